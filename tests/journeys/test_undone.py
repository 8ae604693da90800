"""What is undone leaves no trace: links made and unmade, people forgotten, hubs that came and went."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from collector.errors import PersonRemains
from collector.journeys import decisions
from collector.journeys.identity import Node
from collector.people.erase import erase
from collector.people.tables import Tables
from collector.people.who import Who
from tests.journeys.settling import Journeys
from tests.journeys.world import DAY_MS, START_MS

COUNT = count(1)


def touchpoint(at_days: float, **fields: Any) -> dict[str, Any]:
    """One of these tests' touchpoints."""
    number = next(COUNT)
    return {
        "id": f"00000000-0000-4000-8000-{number:012d}",
        "type": "product_view",
        "occurred_at": START_MS + int(at_days * DAY_MS),
        **fields,
    }


@pytest.fixture
def site(journeys: Journeys, request: pytest.FixtureRequest) -> str:
    """A site of the test's own."""
    return f"undone-{request.node.name}"


def of(site: str, kind: str, value: str) -> Node:
    """An identifier."""
    return Node(site, kind, value)


def decide(journeys: Journeys, site: str, word: decisions.Decision) -> None:
    """Decide of visitor a and customer C, and settle."""
    decisions.decide(journeys.warehouse, of(site, "visitor", "a"), of(site, "customer", "C"), word)
    journeys.settle()


def test_a_link_that_is_undone_was_never_there(journeys: Journeys, site: str) -> None:
    """Link, unlink, link again, and back to the facts: the same steps each time, as if it had never happened."""
    browsing = [touchpoint(day, visitor_id="a", channel="web") for day in range(3)]
    buying = [
        touchpoint(1.5, type="sale", channel="store", customer_id="C", order={"id": "o1", "total": "9.00"}),
        touchpoint(4, type="review_written", customer_id="C"),
    ]
    journeys.load([(site, browsing + buying)])
    journeys.settle()
    apart = journeys.steps(site)
    assert len({row["person"] for row in apart.values()}) == 2
    decide(journeys, site, "link")
    together = journeys.steps(site)
    assert len({row["person"] for row in together.values()}) == 1
    assert sorted(row["step"] for row in together.values()) == [1, 2, 3, 4, 5]
    decide(journeys, site, "unlink")
    assert journeys.steps(site) == apart
    decide(journeys, site, "link")
    assert journeys.steps(site) == together
    decide(journeys, site, "facts")
    assert journeys.steps(site) == apart


def test_a_fact_that_is_unlinked_comes_back(journeys: Journeys, site: str) -> None:
    """A touchpoint with both of a pair that is unlinked is the visitor's alone; facts speak again when told to."""
    journeys.load([(site, [touchpoint(0, visitor_id="a"), touchpoint(1, visitor_id="a", customer_id="C")])])
    journeys.load([(site, [touchpoint(2, customer_id="C", type="sale", channel="store")])])
    journeys.settle()
    before = journeys.steps(site)
    assert len({row["person"] for row in before.values()}) == 1
    decide(journeys, site, "unlink")
    apart = journeys.steps(site)
    assert len({row["person"] for row in apart.values()}) == 2
    assert {row["visitor_id"] for row in apart.values() if row["customer_id"] == "C" and row["step"] == 2} == {"a"}
    decide(journeys, site, "facts")
    assert journeys.steps(site) == before


def test_a_till_that_everybody_uses_links_nobody(journeys: Journeys, site: str) -> None:
    """A tablet is somebody's device until it has linked too many; then what was linked by it is apart again."""
    home = [touchpoint(number, visitor_id=f"home{number}") for number in range(5)]
    over = [
        touchpoint(number + 0.5, visitor_id=f"home{number}", identity={"linked_visitor_id": "tablet"})
        for number in range(5)
    ]
    journeys.load([(site, home + over[:3] + [touchpoint(9, visitor_id="tablet")])])
    journeys.settle()
    assert (
        len({row["person"] for row in journeys.steps(site).values()}) == 3
    )  # three homes by the tablet, and two alone
    journeys.load([(site, over[3:])])
    journeys.settle()
    steps = journeys.steps(site)
    assert len({row["person"] for row in steps.values() if row["visitor_id"] != "tablet"}) == 5
    assert [row["person"] for row in steps.values() if row["visitor_id"] == "tablet"] == [0]


def test_two_customers_on_one_device_stay_two(journeys: Journeys, site: str) -> None:
    """What nobody is known on is of whoever was known last, and before that of the first."""
    shared = [
        touchpoint(0, visitor_id="sofa"),
        touchpoint(1, visitor_id="sofa", customer_id="anna"),
        touchpoint(2, visitor_id="sofa"),
        touchpoint(3, visitor_id="sofa", customer_id="bert"),
        touchpoint(4, visitor_id="sofa"),
    ]
    journeys.load([(site, shared)])
    journeys.settle()
    people = [row["person"] for row in sorted(journeys.steps(site).values(), key=lambda row: row["occurred_at"])]
    anna, bert = people[1], people[3]
    assert anna != bert
    assert people == [anna, anna, anna, bert, bert]


def test_a_long_journey_is_one_part(journeys: Journeys, site: str) -> None:
    """What is settled together appears at one moment: ten thousand steps of a person are one part of the table."""
    many = [touchpoint(number / 1000, visitor_id="long") for number in range(10_000)]
    journeys.load([(site, many)])
    journeys.warehouse.command("SYSTEM STOP MERGES klantreis.journey_steps_stored")
    try:
        journeys.settle()
        parts = journeys.warehouse.rows(
            "SELECT _part, count() AS n FROM klantreis.journey_steps_stored WHERE site = {site:String} GROUP BY _part",
            {"site": site},
        )
    finally:
        journeys.warehouse.command("SYSTEM START MERGES klantreis.journey_steps_stored")
    assert [int(part["n"]) for part in parts] == [10_000]


def test_whoever_was_linked_with_the_forgotten_goes_on_alone(journeys: Journeys, site: str) -> None:
    """A device is forgotten: nothing of it is left among links and journeys, and the customer's begin with the rest."""
    mail = "f" * 64
    browsing = [touchpoint(0, visitor_id="device-1"), touchpoint(1, visitor_id="device-1", customer_id="cust-9")]
    browsing += [touchpoint(2, visitor_id="device-1", identity={"email_hash": mail})]
    buying = [
        touchpoint(3, type="sale", channel="store", customer_id="cust-9", order={"id": "o7", "total": "5.00"}),
        touchpoint(4, type="support_contact", channel="phone", customer_id="cust-9"),
    ]
    journeys.load([(site, browsing + buying)])
    journeys.settle()
    before = journeys.steps(site)
    assert len({row["person"] for row in before.values()}) == 1
    erase(journeys.settings, Who(site, (("visitor", "device-1"),)), lambda what: None)
    journeys.warehouse.command("TRUNCATE TABLE klantreis.forgotten")  # other tests load as if nobody were
    journeys.settle()
    after = sorted(journeys.steps(site).values(), key=lambda row: int(row["step"]))
    assert [(row["customer_id"], row["step"], row["purchase"]) for row in after] == [
        ("cust-9", 1, True),
        ("cust-9", 2, False),
    ]
    where = "site = {site:String} AND value IN ({a:String}, {b:String})"
    for table in ("people_stored", "identities_stored", "changed", "settling", "settling_batch", "identity_decisions"):
        [left] = journeys.warehouse.rows(
            f"SELECT count() AS n FROM klantreis.{table} WHERE {where}",
            {"site": site, "a": "device-1", "b": mail},
        )
        assert left["n"] == 0, table
    assert not journeys.warehouse.rows(
        "SELECT 1 FROM system.tables WHERE database = 'klantreis' AND name = 'settling_touchpoints' AND total_rows > 0"
    )


def test_forgetting_that_was_interrupted_leaves_no_number_of_them(
    journeys: Journeys, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stopped when their steps are gone, and repeated: whoever was one person with them is not any more."""
    told = [touchpoint(0, visitor_id="phone", customer_id="K-1042"), touchpoint(1, visitor_id="phone")]
    journeys.load([(site, told)])
    journeys.settle()
    [before] = {row["person"] for row in journeys.steps(site).values()}
    them = Who(site, (("customer", "K-1042"),))

    def stop(self: Tables) -> int:
        raise PersonRemains("stopped")

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Tables, "purge_left_over", stop)
        with pytest.raises(PersonRemains):
            erase(journeys.settings, them, lambda what: None)
    erase(journeys.settings, them, lambda what: None)
    journeys.warehouse.command("TRUNCATE TABLE klantreis.forgotten")  # other tests load as if nobody were
    journeys.settle()
    [left] = journeys.steps(site).values()
    assert left["person"] != before and left["step"] == 1


def test_an_order_told_again_is_the_same_purchase(journeys: Journeys, site: str) -> None:
    """By the page, on another page and by the server: one purchase, of what any of them knew, and one journey."""
    order = {"type": "order", "channel": "web", "customer_id": "anna"}
    told = [
        touchpoint(0, customer_id="anna", channel="web"),
        touchpoint(1, **order, order={"id": "A-1"}),
        touchpoint(2, type="delivery", customer_id="anna", order={"id": "A-1", "total": "7.00", "currency": "USD"}),
        touchpoint(3, **order, order={"id": "A-1", "total": "200.00", "currency": "EUR"}),
        touchpoint(4, customer_id="anna", channel="web"),
    ]
    journeys.load([(site, told)])
    journeys.settle()
    steps = sorted(journeys.steps(site).values(), key=lambda row: row["occurred_at"])
    assert [row["purchase"] for row in steps] == [False, True, False, False, False]
    assert [row["journey_number"] for row in steps] == [1] * 5
    assert (str(steps[1]["order_total"]), steps[1]["order_currency"]) == ("200.0000", "EUR")
    assert steps[4]["days_since_purchase"] == 3
