"""A migrated warehouse, emptied for each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate


@pytest.fixture
def warehouse(clickhouse: Settings) -> Iterator[Warehouse]:
    """A warehouse with this version's schema and nothing in it."""
    with Warehouse(clickhouse, timeout_s=120) as connected:
        migrate(connected, clickhouse)
        for table in ("touchpoints_stored", "rejected_stored", "forgotten"):
            connected.command(f"TRUNCATE TABLE klantreis.{table}")
        yield connected
