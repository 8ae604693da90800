"""Examples and explanations: touchpoints put through the compiled rules in ClickHouse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from collector.phases.compile import compile_rules
from collector.phases.engine import Normalise, RunSql, statement
from collector.phases.fields import FIELDS
from collector.phases.rules import Example, RuleSet
from collector.phases.sql import array

Derived = dict[str, str]


def as_json(touchpoint: dict[str, Any]) -> bytes:
    """A touchpoint as it would lie in the spool."""
    return json.dumps(touchpoint, ensure_ascii=False, separators=(",", ":")).encode()


def stated(derived: Sequence[Derived]) -> str:
    """The REPLACE that puts what an example states of the collector's own work in place of what was derived."""
    columns: dict[str, dict[int, str]] = {}
    for row, facts in enumerate(derived):
        for name, value in facts.items():
            columns.setdefault(name, {})[row] = value
    parts = []
    for name, values in columns.items():
        column = FIELDS[name].column
        rows = array(values)
        if FIELDS[name].kind == "boolean":
            truths = ", ".join(values.values())
            parts.append(f"transform(_row, {rows}, [{truths}], {column}) AS {column}")
        else:
            parts.append(f"transform(_row, {rows}, {array(values.values())}, toString({column})) AS {column}")
    return f"REPLACE ({', '.join(parts)})" if parts else ""


def matched(
    rule_set: RuleSet, touchpoints: Sequence[tuple[bytes, Derived]], run_sql: RunSql, normalise: Normalise
) -> list[dict[str, str]]:
    """For each touchpoint: layer (`signal` or a model) → the id of the rule that matched, empty when none did."""
    if not touchpoints:
        return []
    text = statement(
        "classify",
        select_list=compile_rules(rule_set).select_list,
        stated=stated([derived for _, derived in touchpoints]),
        touchpoints=normalise([raw for raw, _ in touchpoints]),
    )
    return [_texts(row["rules"]) for row in run_sql(text)]


def example_touchpoint(example: Example) -> tuple[bytes, Derived]:
    """An example's touchpoint, and what it states besides."""
    return as_json(example.given), example.derived


def _texts(value: object) -> dict[str, str]:
    """A Map as clients return it: a mapping, or its JSON text."""
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise TypeError(f"a Map was expected, not {type(found).__name__}")
    return {str(key): str(one) for key, one in found.items()}
