"""Retention: what a touchpoint told goes when it goes, and not before."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import pytest

from collector.journeys.ending import let_end
from collector.warehouse.migrate import migrate
from tests.journeys.settling import Journeys

TABLES = ("touchpoints_stored", "journey_steps_stored", "identities_stored", "people_stored")
KEPT_DAYS = 30
DAY_MS = 86_400_000


@pytest.fixture
def ending(journeys: Journeys) -> Iterator[Journeys]:
    """Journeys whose warehouse keeps nothing for longer, once the test says so."""
    yield journeys
    migrate(journeys.warehouse, journeys.settings)


def told(days_ago: float, **identifiers: str) -> dict[str, object]:
    """A view of a page so many days ago."""
    at = int(time.time() * 1000 - days_ago * DAY_MS)
    return {"id": str(uuid.uuid4()), "type": "page_view", "occurred_at": at, **identifiers}


def everything_ends(journeys: Journeys, kept_days: int = KEPT_DAYS) -> None:
    """Now, instead of within hours."""
    chosen = journeys.settings.model_copy(update={"keep_touchpoints_days": kept_days})
    migrate(journeys.warehouse, chosen)
    for table in TABLES:
        journeys.warehouse.command(f"OPTIMIZE TABLE klantreis.{table} FINAL")
    journeys.turn.take(seize=True)
    let_end(journeys.warehouse, chosen, journeys.turn)
    journeys.settle()


def days_pass(journeys: Journeys, site: str, value: str) -> None:
    """What was told of an identifier is 40 days old."""
    journeys.warehouse.command(
        "ALTER TABLE klantreis.identities_stored UPDATE told_at = now() - INTERVAL 40 DAY"
        " WHERE site = {site:String} AND position(concat(value, other_value), {value:String}) > 0",
        {"site": site, "value": value},
        {"mutations_sync": "2"},
    )


def rows_with(journeys: Journeys, site: str, value: str) -> dict[str, int]:
    """In how many rows of each table it stands."""
    asked = (
        f"SELECT '{table}' AS name, count() AS n FROM klantreis.{table}"
        " WHERE site = {site:String} AND position(toString(tuple(*)), {value:String}) > 0"
        for table in TABLES
    )
    found = journeys.warehouse.rows(" UNION ALL ".join(asked), {"site": site, "value": value})
    return {str(row["name"]): int(row["n"]) for row in found}


def as_from_nothing(journeys: Journeys, site: str) -> dict[str, tuple[object, ...]]:
    """The steps by visitor and moment, which are those of what is left, settled from nothing."""

    def steps() -> dict[str, tuple[object, ...]]:
        found = journeys.steps(site).items()
        return {str(key): (row["person"], row["journey"], row["step"], row["phase"]) for key, row in found}

    incremental = steps()
    journeys.settle_from_nothing()
    assert steps() == incremental
    return incremental


def test_nothing_is_left_of_whoever_stayed_away(ending: Journeys) -> None:
    """Of the identifiers neither, nor whose they are; whoever came again is known as before."""
    site = "kept"
    staying = {"visitor_id": "staying-visitor", "customer_id": "staying-customer"}
    told_long_ago = [told(40, visitor_id="gone-visitor", customer_id="gone-customer"), told(40, **staying)]
    ending.load([(site, [*told_long_ago, told(1, **staying), told(0.5, visitor_id="staying-visitor")])])
    ending.settle()
    assert 0 not in rows_with(ending, site, "gone-").values(), "nothing is there that could end"
    days_pass(ending, site, "gone-")
    everything_ends(ending, kept_days=0)
    assert 0 not in rows_with(ending, site, "gone-").values(), "it ended although everything is kept"
    everything_ends(ending)
    assert set(rows_with(ending, site, "gone-").values()) == {0}
    steps = ending.steps(site)
    assert len(steps) == 2 and {row["visitor_id"] for row in steps.values()} == {"staying-visitor"}
    [person] = {row["person"] for row in steps.values()}
    ending.load([(site, [told(0, customer_id="staying-customer")])])
    ending.settle()
    steps = ending.steps(site)
    assert len(steps) == 3 and {row["person"] for row in steps.values()} == {person}


def test_a_login_that_has_ended_says_nothing_any_more(ending: Journeys) -> None:
    """The device is a stranger's again, whoever of the two comes back or none; the customer's other one stays."""
    site = "kept-login"
    logged_in = told(40, visitor_id="old-device", customer_id="customer")
    browsing = [told(10 - part / 10, visitor_id="old-device") for part in range(2)]
    new = [told(2, visitor_id="new-device", customer_id="customer"), told(1, visitor_id="new-device")]
    ending.load([(site, [logged_in, *browsing, *new])])
    ending.settle()
    assert len({row["person"] for row in ending.steps(site).values()}) == 1
    days_pass(ending, site, "old-device")
    everything_ends(ending)
    by_device: dict[str, set[object]] = {}
    for row in ending.steps(site).values():
        by_device.setdefault(row["visitor_id"], set()).add(row["person"])
    assert [len(people) for people in by_device.values()] == [1, 1]
    assert not by_device["old-device"] & by_device["new-device"]
    assert rows_with(ending, site, "old-device")["people_stored"] == 0
    assert len(as_from_nothing(ending, site)) == 4
