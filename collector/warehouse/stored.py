"""Touchpoints that lie in the warehouse, looked up by their id: for questions about one of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from collector.warehouse.client import Warehouse

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Stored:
    """A stored touchpoint: what it is, and how it was classified. `key` are the parameters that `row` is asked with."""

    site: str
    type: str
    occurred_at: datetime
    signal: str
    phases: Mapping[str, str]
    rules: Mapping[str, str]
    rule_set: str
    key: Mapping[str, Any]


def find(warehouse: Warehouse, identity: UUID) -> list[Stored]:
    """The touchpoints of this id, at most ten: normally one, none when it is not (or not yet) stored."""
    return [
        Stored(
            **{name: one[name] for name in ("site", "type", "occurred_at", "signal", "phases", "rules", "rule_set")},
            key={"id": one["identity"], **{name: one[name] for name in ("site", "visitor_id", "sent_ms")}},
        )
        for one in warehouse.rows((HERE / "stored.sql").read_text(encoding="utf-8"), {"id": str(identity)})
    ]


def row() -> str:
    """SELECT of one stored touchpoint without its classification, as `_row` 0. Its key is bound: see Stored.key."""
    return (HERE / "stored_row.sql").read_text(encoding="utf-8")
