"""A row that ClickHouse refuses never costs its neighbours, and never stops the loader."""

from __future__ import annotations

import random

import pytest

from collector.errors import WarehouseAway
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import Store
from tests.warehouse.rows import UNCLASSIFIED, row, store

POISON = {
    "a text for a number": {"order": {"total": "twelve"}},
    "an id that is none": {"id": "no-uuid"},
    "a text for a list": {"products": "three"},
    "a list for an object": {"page": [1, 2]},
}


@pytest.mark.parametrize("fields", POISON.values(), ids=POISON)
def test_a_bad_row_is_found_alone(warehouse: Warehouse, fields: dict[str, object]) -> None:
    """Whatever ClickHouse cannot read is given back with its words; the others are stored."""
    rows = [row() for _ in range(50)]
    bad = row(**fields)
    rows.insert(17, bad)
    refused = store(warehouse).store(rows)
    assert [one.row for one in refused] == [bad]
    assert refused[0].message
    assert warehouse.rows("SELECT count() AS n FROM klantreis.touchpoints") == [{"n": 50}]


def test_many_bad_rows_among_good_ones(warehouse: Warehouse) -> None:
    """Seeded positions, first and last included: exactly the bad rows are refused."""
    chance = random.Random(7)
    rows = [row() for _ in range(128)]
    bad = {0, 127, *(chance.randrange(128) for _ in range(4))}
    for index in bad:
        rows[index] = row(order={"total": "x" * index + "y"})
    refused = store(warehouse).store(rows)
    assert {one.row for one in refused} == {rows[index] for index in bad}
    assert warehouse.rows("SELECT count() AS n FROM klantreis.touchpoints") == [{"n": 128 - len(bad)}]


def test_a_fault_of_the_statement_blames_no_row(warehouse: Warehouse) -> None:
    """When the same statement fails without rows too, nothing is refused however often it fails."""
    broken = Store(
        warehouse, "INSERT INTO klantreis.no_such_table SELECT * FROM input('a String') FORMAT JSONEachRow\n"
    )
    for _ in range(7):
        with pytest.raises(WarehouseAway):
            broken.store([b'{"a":"b"}'])


def test_a_fault_of_the_rules_blames_no_row(warehouse: Warehouse) -> None:
    """A compiled expression that ClickHouse refuses with a code that rows bring too costs no touchpoint."""
    mistyped = UNCLASSIFIED.replace("'' AS signal", "toString(page_path + order_total) AS signal")
    broken = Store(warehouse, statement.load(mistyped, clock_skew_s=60))
    with pytest.raises(WarehouseAway):
        broken.store([row(), row()])
