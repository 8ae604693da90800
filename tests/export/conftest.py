"""A warehouse with touchpoints of two sites and a year, stored once for all tests of the export."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from tests.warehouse.rows import RECEIVED_US, row, store

DAY_MS = 86_400_000
ROWS = 300


@pytest.fixture(scope="session")
def exported(clickhouse: Settings) -> Iterator[Settings]:
    """Settings that lead to it. The sites are `export-a` and `export-b`, a touchpoint a day each."""
    with Warehouse(clickhouse) as warehouse:
        migrate(warehouse, clickhouse)
        rows = [
            row(
                _site=site,
                occurred_at=RECEIVED_US // 1000 - day * DAY_MS,
                visitor_id=f"v-{day}",
                properties={"n": str(day), "text": 'a "quoted"\ntext, with é'},
                order={"id": f"{site}-{day}", "total": f"{day}.25"},
            )
            for site in ("export-a", "export-b")
            for day in range(1, ROWS + 1)
        ]
        assert store(warehouse).store(rows) == []
    yield clickhouse
