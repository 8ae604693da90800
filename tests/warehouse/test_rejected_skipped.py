"""Rejected rows are read page by page while they are taken away: none is skipped, repeated or taken by mistake."""

from __future__ import annotations

import json
import random

import pytest

from collector.rejected import kept
from collector.rejected.kept import Chosen, Kept
from collector.settings import Settings
from collector.warehouse import migrate as migrating
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import Store
from tests.warehouse.rows import RECEIVED_US

CHANCE = random.Random(20_261_124)


def fill(warehouse: Warehouse, number: int) -> None:
    """Rows that are alike in all but one thing or another, in no order, some of them twice."""
    rows = []
    for _ in range(number):
        row = {
            "id": CHANCE.choice(["", "a", "b"]),
            "reason": CHANCE.choice(["field_invalid", "unloadable"]),
            "detail": "d",
            "raw": json.dumps({"n": CHANCE.randrange(20)}),
            "received_us": RECEIVED_US + CHANCE.choice([0, 1, 40 * 86_400_000_000]),
            "site": CHANCE.choice(["", "shop", "Ωshop"]),
            "key": CHANCE.choice(["", "web"]),
        }
        rows.append(json.dumps(row).encode())
    assert Store(warehouse, statement.reject()).store(rows) == []


def everything(warehouse: Warehouse) -> list[str]:
    """Names of all rows that there are now."""
    return sorted(row.row for row in kept.newest(warehouse, Chosen(), 100_000))


@pytest.mark.parametrize("size", [1, 7, 2000])
def test_pages_hold_each_row_once(
    warehouse: Warehouse, clickhouse: Settings, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    """However small a page is, and although rows of each page are taken away before the next one is read."""
    monkeypatch.setattr(kept, "PAGE", size)
    fill(warehouse, 60)
    before, stored_us = everything(warehouse), kept.clock(warehouse)
    assert len(before) == len(set(before)) > 40
    seen: list[Kept] = []
    gone: set[str] = set()
    for page in kept.pages(warehouse, Chosen(), stored_us):
        seen += page
        taken = [row for row in page if CHANCE.random() < 0.3]
        if taken:
            kept.remove(warehouse, clickhouse, taken, stored_us)
            gone |= {row.row for row in taken}
    assert sorted(row.row for row in seen) == before
    assert everything(warehouse) == sorted(set(before) - gone)


def test_what_is_rejected_anew_stays(warehouse: Warehouse, clickhouse: Settings) -> None:
    """A row with the same key that came after the replay began is not read, and not taken away with the old one."""
    fill(warehouse, 1)
    stored_us = kept.clock(warehouse)
    [old] = [row for page in kept.pages(warehouse, Chosen(), stored_us) for row in page]
    again = {"id": old.id, "reason": old.reason, "raw": old.raw, "received_us": old.received_us, "site": old.site}
    Store(warehouse, statement.reject()).store([json.dumps(again).encode()])
    kept.remove(warehouse, clickhouse, [old], stored_us)
    assert everything(warehouse) == [old.row]
    assert list(kept.pages(warehouse, Chosen(), stored_us)) == []
    kept.remove(warehouse, clickhouse, [old], kept.clock(warehouse))
    assert everything(warehouse) == []


def test_a_filter_leaves_out_what_it_says(warehouse: Warehouse) -> None:
    """Each filter alone gives what a comparison in Python gives; ids are found however they are written."""
    fill(warehouse, 60)
    rows = kept.newest(warehouse, Chosen(), 1000)
    assert [row.received_us for row in rows] == sorted((row.received_us for row in rows), reverse=True)
    since = RECEIVED_US + 1
    expected = {
        Chosen(reason="unloadable"): {row.row for row in rows if row.reason == "unloadable"},
        Chosen(key="web"): {row.row for row in rows if row.key == "web"},
        Chosen(site="Ωshop"): {row.row for row in rows if row.site == "Ωshop"},
        Chosen(since_us=since): {row.row for row in rows if row.received_us >= since},
        Chosen(ids=(" A-", rows[0].row.upper())): {row.row for row in rows if row.id == "a"} | {rows[0].row},
        Chosen(key="web' OR 1 = 1 --"): set(),
    }
    for chosen, names in expected.items():
        assert {row.row for row in kept.newest(warehouse, chosen, 1000)} == names
        assert sum(group.touchpoints for group in kept.overview(warehouse, chosen)) == len(names)


def test_the_removal_is_valid_sql_on_a_cluster(warehouse: Warehouse, clickhouse: Settings) -> None:
    """No cluster is at hand: the engine at least parses what one would be sent."""
    names = migrating.names(clickhouse.model_copy(update={"clickhouse_cluster": "main"}))
    [sql] = migrating.statements(kept.HERE / "remove.sql", names)
    told = str(warehouse.command("SELECT formatQuerySingleLine({sql:String})", {"sql": sql}))
    assert "rejected_stored_local ON CLUSTER main" in told
