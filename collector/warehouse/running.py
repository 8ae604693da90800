"""Which statements run now: what began before a change may still do what was right before it."""

from __future__ import annotations

from pathlib import Path

from collector.waiting import until_gone
from collector.warehouse.client import Warehouse

HERE = Path(__file__).parent
INSERT_PATIENCE_S = 300.0
"""Seconds without one INSERT coming to its end: far above the time that a loader waits for one."""


def await_inserts(warehouse: Warehouse) -> int:
    """Return when every INSERT into the tables of people that runs now has ended; gives how many have not.

    Raises WarehouseError.
    """
    before = _running(warehouse, "inserting.sql")
    return len(until_gone(lambda: before & _running(warehouse, "inserting.sql"), INSERT_PATIENCE_S))


def await_readers(warehouse: Warehouse, patience_s: float) -> int:
    """Return when every query that runs now has ended, or none has for so long; gives how many have not.

    Raises WarehouseError.
    """
    before = _running(warehouse, "reading.sql")
    return len(until_gone(lambda: before & _running(warehouse, "reading.sql"), patience_s))


def _running(warehouse: Warehouse, file: str) -> set[object]:
    lines = (HERE / file).read_text(encoding="utf-8").splitlines()
    sql = "\n".join(line for line in lines if not line.startswith("--"))
    return {row["query_id"] for row in warehouse.rows(sql)}
