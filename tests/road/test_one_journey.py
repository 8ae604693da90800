"""Web, a code in the store, the till with a loyalty card, the app, a call, a review: one journey of one person."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from tests.road.one_journey import Customer, settled, show, walk
from tests.road.sdks import Sdks

pytestmark = pytest.mark.browser

WHOLE = [
    ("web", "page_view", "article_read", "awareness", "buyer"),
    ("web", "page_view", "product_viewed", "consideration", "buyer"),
    ("web", "page_view", "product_viewed", "consideration", "buyer"),
    ("store", "store_visit", "store_visited", "interest", "buyer"),
    ("store", "sale", "sold_in_store", "action", "buyer"),
    ("mobile", "app_installed", "app_opened", "discovery", "buyer"),
    ("mobile", "app_opened", "app_opened", "discovery", "buyer"),
    ("mobile", "identify", "person_known", "outside", ""),
    ("web", "identify", "person_known", "outside", ""),
    ("web", "page_view", "manual_read", "use", "customer"),
    ("web", "manual_read", "manual_read", "use", "customer"),
    ("mobile", "identify", "person_known", "outside", ""),
    ("phone", "support_contact", "support_contacted", "use", "customer"),
    ("web", "page_view", "review_written", "advocacy", "customer"),
    ("web", "identify", "person_known", "outside", ""),
    ("web", "review_written", "review_written", "advocacy", "customer"),
]
"""What happened, in its order: channel, type, signal, phase and part of the default model."""
OTHER_MODELS = {
    "sold_in_store": {"five_phase": "purchase", "discover_to_talk": "buy", "see_think_do_care": "do", "aida": "action"},
    "support_contacted": {"five_phase": "usage", "discover_to_talk": "experience", "see_think_do_care": "care"},
    "review_written": {"five_phase": "loyalty", "discover_to_talk": "talk", "see_think_do_care": "care"},
}


def happened(rows: list[dict[str, Any]]) -> list[tuple[str, ...]]:
    """What a journey says, to be held against `WHOLE`."""
    return [tuple(row[name] for name in ("channel", "type", "signal", "phase", "part")) for row in rows]


def test_the_whole_way_is_one_journey(sdks: Sdks) -> None:
    """In the order in which it happened, over four devices and two that are nobody's, with its phase in each model."""
    anna = Customer("4711", "2912000341")
    walk(sdks, anna)
    rows = settled(sdks, anna, len(WHOLE))
    show(Console(width=150), rows)
    assert happened(rows) == WHOLE
    assert [row["step"] for row in rows] == list(range(1, len(WHOLE) + 1))
    assert len({row["person"] for row in rows}) == len({row["journey"] for row in rows}) == 1
    assert [row["occurred_at"] for row in rows] == sorted(row["occurred_at"] for row in rows)
    for row in rows:
        assert row["phases"]["sap_hybris"] == row["phase"]
        assert OTHER_MODELS.get(row["signal"], {}).items() <= row["phases"].items()
    assert [row["direction"] for row in rows][:5] == ["start", "forward", "loop", "back", "forward"]
    assert (rows[4]["rules"]["sap_hybris"], rows[12]["rules"]["sap_hybris"]) == ("action.bought", "use.helped")
    # The laptop, the receipt's code, the app and its web view: a till and a call centre are nobody's device.
    assert len({row["visitor_id"] for row in rows} - {""}) == 4


def test_a_code_scanned_with_another_device_joins_at_its_login(sdks: Sdks) -> None:
    """Who scanned is somebody else until the customer logs in there; then the visit to the store is the journey's."""
    berta = Customer("8120", "2912000777")
    walk(sdks, berta, own_device=False)
    rows = settled(sdks, berta, len(WHOLE) + 1)
    assert happened(rows) == [*WHOLE, ("web", "identify", "person_known", "outside", "")]
    assert len({row["person"] for row in rows}) == len({row["journey"] for row in rows}) == 1
    scanned, login = rows[2:4], rows[-1]
    assert {row["visitor_id"] for row in scanned} == {login["visitor_id"]} != {rows[0]["visitor_id"]}
