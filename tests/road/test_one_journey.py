"""Web, a code in the store, the till with a loyalty card, the app, a call, a review: one journey of one person.

What is expected stands in docs/journeys.md, as `make journey` printed it.
"""

from __future__ import annotations

import re

import pytest

from tests.road.one_journey import STEPS, Customer, settled, told_as_tables, walk
from tests.road.sdks import ROOT, Sdks

pytestmark = pytest.mark.browser

PAGE = (ROOT / "docs/journeys.md").read_text("utf-8")


def test_the_whole_way_is_one_journey(sdks: Sdks) -> None:
    """In the order in which it happened, with its phase in each model, though nobody said that it is one person."""
    anna = Customer("4711", "2912000341")
    walk(sdks, anna)
    rows = settled(sdks, anna, STEPS)
    assert len({row["person"] for row in rows}) == len({row["journey"] for row in rows}) == 1
    assert [row["occurred_at"] for row in rows] == sorted(row["occurred_at"] for row in rows)
    assert [row["signal"] for row in rows if row["channel"] in ("store", "phone")] == [
        "store_visited",
        "sold_in_store",
        "support_contacted",
    ]
    # The browser, the receipt's code, the app and its web view: a till and a call centre are nobody's device.
    assert len({row["visitor_id"] for row in rows} - {""}) == 4
    happened, called = told_as_tables(rows)
    print(f"{happened}\n\n{called}")
    assert happened in PAGE
    assert called in PAGE


def test_a_code_scanned_with_another_device_joins_at_its_login(sdks: Sdks) -> None:
    """Who scanned is somebody else until the customer logs in there; then the visit to the store is the journey's."""
    berta = Customer("8120", "2912000777")
    walk(sdks, berta, own_device=False)
    rows = settled(sdks, berta, STEPS + 1)
    assert len({row["person"] for row in rows}) == len({row["journey"] for row in rows}) == 1
    scanned, login = rows[2:4], rows[-1]
    assert [row["type"] for row in (*scanned, login)] == ["page_view", "store_visit", "identify"]
    assert {row["visitor_id"] for row in scanned} == {login["visitor_id"]} != {rows[0]["visitor_id"]}
    happened, _ = told_as_tables(rows[:-1])
    assert re.sub(" +", " ", happened) in re.sub(" +", " ", PAGE)
