"""However often and in whatever order a touchpoint is delivered, analysts see it once, as it was first received."""

from __future__ import annotations

import uuid

from collector.warehouse.client import Warehouse
from tests.warehouse.rows import RECEIVED_US, row, store


def test_a_repeated_range_replaces_itself(warehouse: Warehouse) -> None:
    """A load that is repeated after a crash leaves every touchpoint once, at every moment."""
    rows = [
        row(occurred_at=RECEIVED_US // 1000 - n * 86_400_000 * 20) for n in range(1, 40)
    ]  # over two years of months
    for _ in range(3):
        assert store(warehouse).store(rows) == []
        assert warehouse.rows("SELECT count() AS n, uniqExact(id) AS ids FROM klantreis.touchpoints") == [
            {"n": 39, "ids": 39}
        ]


def test_the_earliest_receipt_wins(warehouse: Warehouse) -> None:
    """Whoever holds a public key cannot overwrite what is stored, in whatever order the two are loaded."""
    for order in (1, -1):
        one = {"id": str(uuid.uuid4()), "visitor_id": "v"}
        deliveries = [
            row(**one, page={"title": "first"}, _received_us=RECEIVED_US),
            row(**one, page={"title": "forged"}, _received_us=RECEIVED_US + 1),
        ]
        for delivery in deliveries[::order]:
            store(warehouse).store([delivery])
        assert warehouse.rows(
            "SELECT page_title FROM klantreis.touchpoints WHERE id = {id:UUID}", {"id": one["id"]}
        ) == [{"page_title": "first"}]


def test_what_differs_between_deliveries_is_not_in_the_key(warehouse: Warehouse) -> None:
    """A retry a year later, from another address and with a clock that was set right, is the same touchpoint."""
    one = {"id": str(uuid.uuid4()), "visitor_id": "v", "occurred_at": RECEIVED_US // 1000 - 3_600_000}
    later = RECEIVED_US + 365 * 86_400_000_000
    store(warehouse).store(
        [row(**one, _sent_us=RECEIVED_US - 3_600_000_000, _address="10.0.0.0", _visitor_hash=2**64 - 1)]
    )
    store(warehouse).store([row(**one, _received_us=later, _sent_us=later, _address="10.9.9.0", _visitor_hash=7)])
    assert warehouse.rows("SELECT address, visitor_hash FROM klantreis.touchpoints") == [
        {"address": "10.0.0.0", "visitor_hash": 2**64 - 1}
    ]
