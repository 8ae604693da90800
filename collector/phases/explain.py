"""`rules explain`: for one touchpoint, which rule matched in each layer, and why those before it did not.

Nothing is worked out here: the winner comes from the compiled expression that loads use, and whether a condition
holds is asked of ClickHouse in the same SQL that the expression is built of.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.phases.conditions import Condition, as_text, tests_of
from collector.phases.engine import Normalise, RunSql, statement
from collector.phases.fields import Field
from collector.phases.rules import UNCLASSIFIED, Rule, RuleSet
from collector.phases.sql import Expression, literal
from collector.phases.strict_yaml import Place
from collector.phases.tried import Derived, matched, stated

WIDTH = 80
"""Characters of a condition that are shown of a rule that did not match."""
EARLIER = 2_000
"""Rules before the winner that are looked at: those nearest to it."""


@dataclass(frozen=True)
class ConditionFound:
    """One condition of a rule: as it is written, whether it held, and what the touchpoint had in its fields."""

    text: str
    held: bool
    found: dict[str, str]


@dataclass(frozen=True)
class RuleFound:
    """A rule that was looked at. `waits` marks one with journey facts, which applies when the journey settles."""

    id: str
    outcome: str
    place: Place
    conditions: tuple[ConditionFound, ...]
    waits: bool

    @property
    def failed(self) -> tuple[ConditionFound, ...]:
        """The conditions that did not hold."""
        return tuple(one for one in self.conditions if not one.held)


@dataclass(frozen=True)
class LayerFound:
    """What one layer made of the touchpoint: `layer` is `signal` or a model's id, `outcome` its signal or phase."""

    layer: str
    outcome: str
    matched: RuleFound | None
    before: tuple[RuleFound, ...]


@dataclass(frozen=True)
class Explanation:
    """The whole answer, signal first, then every model."""

    layers: tuple[LayerFound, ...]

    def lines(self, *, every: bool = False) -> list[str]:
        """As text. Of the earlier rules those that came near, each on one line; with `every` all, at full length."""
        found: list[str] = []
        for layer in self.layers:
            by = f"by rule {layer.matched.id} ({layer.matched.place})" if layer.matched else "no rule matched"
            found.append(f"{layer.layer}: {layer.outcome or UNCLASSIFIED}, {by}")
            for one in layer.matched.conditions if layer.matched else ():
                found.append(f"    holds: {_shown_condition(one, every)}")
            near = [rule for rule in layer.before if every or _near(rule)]
            found += [f"  {_before(rule, every)}" for rule in near]
            if len(near) < len(layer.before):
                found.append(f"  {len(layer.before) - len(near)} more rules before it did not come near")
        return found


def _near(rule: RuleFound) -> bool:
    """Waiting for the journey, or only kept out by a field that the touchpoint does have."""
    if not rule.failed:
        return True
    return len(rule.failed) < len(rule.conditions) and any(any(one.found.values()) for one in rule.failed)


def _before(rule: RuleFound, every: bool) -> str:
    if not rule.failed:
        return f"{rule.id} ({rule.place}) waits for the journey"
    return f"{rule.id} ({rule.place}) fails: {'; '.join(_shown_condition(one, every) for one in rule.failed)}"


def _shown_condition(condition: ConditionFound, every: bool) -> str:
    text = condition.text if every or len(condition.text) <= WIDTH else f"{condition.text[:WIDTH]}…"
    found = ", ".join(
        f"{name} is {value!r}" if value else f"{name} is absent" for name, value in condition.found.items()
    )
    return f"{text} ({found})"


def explain(
    rule_set: RuleSet, touchpoint: bytes, run_sql: RunSql, normalise: Normalise, derived: Derived | None = None
) -> Explanation:
    """Explain one touchpoint, given as JSON; `derived` states what enrichment would add (`came_by`, `is_bot` …)."""
    facts = derived or {}
    [winners] = matched(rule_set, [(touchpoint, facts)], run_sql, normalise)
    layers: list[tuple[str, tuple[Rule, ...], str]] = []
    for layer, rules in rule_set.layers():
        winner = winners[layer]
        position = next((at for at, rule in enumerate(rules) if rule.id == winner), len(rules))
        layers.append((layer, rules[max(0, position - EARLIER) : position + 1], winner))
    look = _Look(run_sql, normalise, touchpoint, {**facts, **_signal(rule_set, winners["signal"])})
    conditions = [part for _, rules, _ in layers for rule in rules for part in rule.condition.parts]
    answers = iter(look.at(conditions))
    found = []
    for layer, rules, winner in layers:
        seen = [
            RuleFound(
                rule.id, rule.outcome, rule.place, tuple(next(answers) for _ in rule.condition.parts), not rule.at_load
            )
            for rule in rules
        ]
        match = seen.pop() if winner else None
        found.append(LayerFound(layer, match.outcome if match else "", match, tuple(seen)))
    return Explanation(tuple(found))


def _signal(rule_set: RuleSet, winner: str) -> Derived:
    return {"signal": next((rule.outcome for rule in rule_set.signal_rules if rule.id == winner), "")}


class _Look:
    """Asks ClickHouse, in one statement, which conditions hold for a touchpoint."""

    def __init__(self, run_sql: RunSql, normalise: Normalise, touchpoint: bytes, facts: Derived) -> None:
        self.run_sql = run_sql
        self.normalise = normalise
        self.touchpoint = touchpoint
        self.facts = facts

    def at(self, conditions: list[Condition]) -> list[ConditionFound]:
        """Each condition with its answer, in order."""
        if not conditions:
            return []
        sql = Expression()
        fields = {test.field.name: test.field for one in conditions for test in tests_of(one)}
        held = [sql.condition(one) for one in conditions]
        found = [_shown(field) for field in fields.values()]
        signal = f"{literal(self.facts['signal'])} AS signal"
        text = statement(
            "conditions",
            definitions="".join(f"{one}, " for one in [signal, *sql.definitions()]),
            held=", ".join(held),
            found=", ".join(found),
            stated=stated([{name: value for name, value in self.facts.items() if name != "signal"}]),
            touchpoints=self.normalise([self.touchpoint]),
        )
        [row] = self.run_sql(text)
        values = dict(zip(fields, (str(value) for value in _items(row["found"])), strict=True))
        return [
            ConditionFound(as_text(one), str(holds) in ("1", "True", "true"), _of(one, values))
            for one, holds in zip(conditions, _items(row["held"]), strict=True)
        ]


def _shown(field: Field) -> str:
    """A field's value as text, absent as the empty text."""
    raw = f"properties[{literal(field.column)}]" if field.kind == "property" else field.column
    return f"ifNull(toString({raw}), '')"


def _of(condition: Condition, values: dict[str, str]) -> dict[str, str]:
    return {test.field.name: values[test.field.name] for test in tests_of(condition)}


def _items(value: object) -> list[object]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"an Array was expected, not {type(value).__name__}")
    return list(value)
