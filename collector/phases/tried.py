"""Examples and explanations: touchpoints put through the compiled rules in ClickHouse."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from collector.phases.compile import compile_rules, compile_settled
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


@dataclass(frozen=True)
class Tried:
    """A touchpoint to put through the rules, and what came before it; None for one as it is loaded."""

    raw: bytes
    derived: Derived
    after: tuple[tuple[bytes, Derived], ...] | None = None


def matched(
    rule_set: RuleSet, touchpoints: Sequence[Tried], run_sql: RunSql, normalise: Normalise
) -> list[dict[str, str]]:
    """For each touchpoint: layer (`signal` or a model) → the id of the rule that matched, empty when none did.

    One with a journey is told as that journey settles, the others as a load would store them.
    """
    loaded = [(at, one) for at, one in enumerate(touchpoints) if one.after is None]
    settled = [(at, one) for at, one in enumerate(touchpoints) if one.after is not None]
    found: dict[int, dict[str, str]] = {}
    for some, statement_of in ((loaded, _at_load), (settled, _settled)):
        if some:
            rows = run_sql(statement_of(rule_set, [one for _, one in some], normalise))
            found |= {at: _texts(row["rules"]) for (at, _), row in zip(some, rows, strict=True)}
    return [found[at] for at in range(len(touchpoints))]


def _at_load(rule_set: RuleSet, touchpoints: Sequence[Tried], normalise: Normalise) -> str:
    return statement(
        "classify",
        select_list=compile_rules(rule_set).select_list,
        stated=stated([one.derived for one in touchpoints]),
        touchpoints=normalise([one.raw for one in touchpoints]),
    )


def _settled(rule_set: RuleSet, touchpoints: Sequence[Tried], normalise: Normalise) -> str:
    facts, asked = with_facts(rule_set, touchpoints, normalise)
    return statement("settle", settled=compile_settled(rule_set).select_list, facts=facts, asked=array(asked))


def with_facts(
    rule_set: RuleSet, touchpoints: Sequence[Tried], normalise: Normalise, windows: Sequence[str] | None = None
) -> tuple[str, list[int]]:
    """A SELECT of every step of these journeys, classified as at load and with its facts; and the `_row` of each
    touchpoint in question. `windows` over own phases are those of the rules, unless others are asked for."""
    rows: list[tuple[bytes, Derived]] = []
    journeys: list[int] = []
    asked = []
    for number, one in enumerate(touchpoints):
        steps = [*(one.after or ()), (one.raw, one.derived)]
        rows += steps
        journeys += [number] * len(steps)
        asked.append(len(rows) - 1)
    steps_of = statement(
        "steps",
        journeys=array(journeys),
        select_list=compile_rules(rule_set).select_list,
        stated=stated([derived for _, derived in rows]),
        touchpoints=normalise([raw for raw, _ in rows]),
    )
    for_facts = dict(compile_settled(rule_set).for_facts)
    if windows is not None:
        for_facts["own"] = "".join(f",\n{window}" for window in windows)
    return statement("facts", steps=steps_of, **for_facts), asked


def example_touchpoint(example: Example) -> Tried:
    """An example's touchpoint, what it states besides, and its journey."""
    after = None if example.after is None else tuple((as_json(one.given), one.derived) for one in example.after)
    return Tried(as_json(example.given), example.derived, after)


def _texts(value: object) -> dict[str, str]:
    """A Map as clients return it: a mapping, or its JSON text."""
    found = json.loads(value) if isinstance(value, str) else value
    if not isinstance(found, dict):
        raise TypeError(f"a Map was expected, not {type(found).__name__}")
    return {str(key): str(one) for key, one in found.items()}
