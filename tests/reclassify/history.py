"""Stored touchpoints of the demo's people, and two rule folders that differ by a signal and a model."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from collector.demo.delivery import KeyKind
from collector.demo.journeys import journeys
from collector.enrich.rows import compose
from collector.envelope import Envelope, Kind
from collector.phases.compile import compile_rules
from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.shipped import rules as shipped_rules
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import Store

END = datetime(2026, 11, 20, tzinfo=timezone.utc)
CLASSIFIED = "toString(id) AS id, signal, phase, mapSort(phases) AS phases, mapSort(rules) AS rules, rule_set"

SIGNAL = """format: phase-rules/1-0-0
rules:
  - id: made.dutch
    signal: ad_seen
    description: Made for a test, whatever else the Dutch pages are.
    type: page_view
    page.language: nl
    channel: web
    examples:
      - {given: {type: page_view, channel: web, page.language: nl}, expect: made.dutch}
      - {given: {type: page_view, channel: mobile, page.language: nl}, expect: not made.dutch}
"""
MODEL = """format: phase-rules/1-0-0
model: made
title: {en: Made}
source: Made for a test.
phases:
  - {id: before, title: {en: Before}, part: buyer}
  - {id: at, title: {en: At}, part: buyer}
  - {id: after, title: {en: After}, part: customer}
rules:
  - id: after.ordered
    phase: after
    description: Whoever ordered.
    type: [order, sale]
    examples:
      - {given: {type: order, channel: web}, expect: after.ordered}
      - {given: {type: page_view, channel: web}, expect: before.rest}
  - id: at.seen
    phase: at
    description: A product was looked at.
    type: product_view
    examples:
      - {given: {type: product_view, channel: web}, expect: at.seen}
      - {given: {type: page_view, channel: web}, expect: before.rest}
  - id: before.rest
    phase: before
    description: Everything else.
    type: page_view
    examples:
      - {given: {type: page_view, channel: web}, expect: before.rest}
      - {given: {type: order, channel: web}, expect: after.ordered}
"""


def changed_rules(folder: Path) -> Path:
    """The shipped rules with another first signal and one more model."""
    shutil.copytree(shipped_rules(), folder)
    (folder / "signals" / "05_made.yaml").write_text(SIGNAL, "utf-8")
    (folder / "models" / "made.yaml").write_text(MODEL, "utf-8")
    return folder


@cache
def shipped() -> RuleSet:
    """The rules that ship."""
    return load(shipped_rules())


@cache
def demo_rows(people: int) -> tuple[bytes, ...]:
    """Composed rows of the demo's people over 45 days, so in at least two months."""
    payloads = []
    for delivery in journeys(7, people, END - timedelta(days=45), END):
        envelope = Envelope(
            received_us=int(delivery.moment * 1e6),
            site="shop",
            key_name="history",
            secret=delivery.key is KeyKind.SECRET,
            user_agent=delivery.user_agent,
        )
        lines = [msgspec.json.encode({**one, "occurred_at": _ms(one["occurred_at"])}) for one in delivery.touchpoints]
        payloads.append((Kind.TOUCHPOINTS, b"\n".join([msgspec.json.encode(envelope), *lines])))
    return tuple(compose(iter(payloads)).touchpoints)


def _ms(moment: Any) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000) if isinstance(moment, str) else int(moment)


def loader(warehouse: Warehouse, rules: RuleSet) -> Store:
    """What stores rows classified by these rules, as the loader does."""
    return Store(warehouse, statement.load(*compile_rules(rules).levels, clock_skew_s=60))


def stored(warehouse: Warehouse, rows: Sequence[bytes], rules: RuleSet, *, parts: int = 1) -> None:
    """Empty the table and store these rows, in so many parts each month: each takes a tenth of a second to rewrite."""
    warehouse.command("TRUNCATE TABLE klantreis.touchpoints_stored")
    size = len(rows) // parts + 1
    for at in range(0, len(rows), size):
        assert loader(warehouse, rules).store(list(rows[at : at + size])) == []


def classified(warehouse: Warehouse, condition: str = "1") -> dict[str, dict[str, Any]]:
    """What readers see of every touchpoint, by id."""
    rows = warehouse.rows(f"SELECT {CLASSIFIED} FROM klantreis.touchpoints WHERE {condition}")
    return {str(row["id"]): row for row in rows}


def left_over(warehouse: Warehouse) -> list[str]:
    """Columns of a re-classification that somebody could still name."""
    rows = warehouse.rows(
        "SELECT name FROM system.columns WHERE database = 'klantreis' AND startsWith(name, 'reclassified')"
        " AND table IN ('touchpoints_stored', 'touchpoints')"
    )
    return [str(row["name"]) for row in rows]
