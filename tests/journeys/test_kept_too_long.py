"""Retention: what a touchpoint told goes when it goes, and not before."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator

import pytest

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


def let_end(journeys: Journeys, kept_days: int = KEPT_DAYS) -> None:
    """Now, instead of within hours."""
    migrate(journeys.warehouse, journeys.settings.model_copy(update={"keep_touchpoints_days": kept_days}))
    for table in TABLES:
        journeys.warehouse.command(f"OPTIMIZE TABLE klantreis.{table} FINAL")


def days_pass(journeys: Journeys, site: str, value: str) -> None:
    """What was noted of an identifier is 40 days old."""
    for table, column, text in (
        ("identities_stored", "told_at", "concat(value, other_value)"),
        ("people_stored", "settled_at", "value"),
    ):
        journeys.warehouse.command(
            f"ALTER TABLE klantreis.{table} UPDATE {column} = now() - INTERVAL 40 DAY"
            f" WHERE site = {{site:String}} AND position({text}, {{value:String}}) > 0",
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


def test_nothing_is_left_of_whoever_stayed_away(ending: Journeys) -> None:
    """Of the identifiers neither, nor whose they are; whoever came again is known as before."""
    site = "kept"
    ending.load(
        [
            (
                site,
                [
                    told(40, visitor_id="gone-visitor", customer_id="gone-customer"),
                    told(40, visitor_id="staying-visitor", customer_id="staying-customer"),
                    told(1, visitor_id="staying-visitor", customer_id="staying-customer"),
                    told(0.5, visitor_id="staying-visitor"),
                ],
            )
        ]
    )
    ending.settle()
    assert 0 not in rows_with(ending, site, "gone-").values(), "nothing is there that could end"
    days_pass(ending, site, "gone-")
    let_end(ending, kept_days=0)
    assert 0 not in rows_with(ending, site, "gone-").values(), "it ended although everything is kept"
    let_end(ending)
    assert set(rows_with(ending, site, "gone-").values()) == {0}
    steps = ending.steps(site)
    assert len(steps) == 2 and {row["visitor_id"] for row in steps.values()} == {"staying-visitor"}
    [person] = {row["person"] for row in steps.values()}
    ending.load([(site, [told(0, customer_id="staying-customer")])])
    ending.settle()
    steps = ending.steps(site)
    assert len(steps) == 3 and {row["person"] for row in steps.values()} == {person}


def test_a_login_that_has_ended_says_nothing_any_more(ending: Journeys) -> None:
    """A device that comes back after the time is a stranger's, as if it had all been settled from what is left."""
    site = "kept-login"
    ending.load([(site, [told(40, visitor_id="device", customer_id="customer"), told(1, customer_id="customer")])])
    ending.settle()
    days_pass(ending, site, "device")
    let_end(ending)
    ending.load([(site, [told(0, visitor_id="device")])])
    ending.settle()
    steps = ending.steps(site)
    assert len({row["person"] for row in steps.values()}) == len(steps) == 2
    ending.settle_from_nothing()
    assert ending.steps(site).keys() == steps.keys()
    assert {key: row["person"] for key, row in ending.steps(site).items()} == {
        key: row["person"] for key, row in steps.items()
    }
