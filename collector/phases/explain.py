"""`rules explain`: for one touchpoint, which rule matched in each layer, and why those before it did not.

Nothing is worked out here: the winner comes from the compiled expression that loads use, and whether a condition
holds is asked of ClickHouse in the same SQL that the expression is built of. Of a touchpoint alone nothing is known of
its journey: rules with facts then wait. With what came before it, the journey is settled and facts are conditions like
all others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from collector.phases.closeness import came_close
from collector.phases.conditions import Condition, as_text, tests_of
from collector.phases.engine import Normalise, RunSql, statement
from collector.phases.fields import Field
from collector.phases.rules import UNCLASSIFIED, Rule, RuleSet, whole
from collector.phases.sql import Expression, literal
from collector.phases.strict_yaml import Place
from collector.phases.tried import Derived, Tried, matched, with_facts

WIDTH = 80
"""Characters of a condition that are shown of a rule that did not match."""
EARLIER = 2_000
"""Rules before the winner that are looked at: those nearest to it."""


@dataclass(frozen=True)
class ConditionFound:
    """One condition of a rule: as it is written, whether it held, and what the touchpoint had in its fields.

    `close` is whether it came near, where it did not hold.
    """

    text: str
    held: bool
    found: dict[str, str]
    close: bool = True


@dataclass(frozen=True)
class RuleFound:
    """A rule that was looked at. `waits_for` are the journey facts of one that applies when the journey settles; empty
    for a rule without, and where the journey is settled."""

    id: str
    outcome: str
    place: Place
    conditions: tuple[ConditionFound, ...]
    waits_for: str

    @property
    def waits(self) -> bool:
        """Whether the journey has to settle before this rule can match."""
        return bool(self.waits_for)

    @property
    def failed(self) -> tuple[ConditionFound, ...]:
        """The conditions that did not hold."""
        return tuple(one for one in self.conditions if not one.held)


@dataclass(frozen=True)
class LayerFound:
    """What one layer made of the touchpoint: `layer` is `signal` or a model's id, `outcome` its signal or phase.

    `own` is the outcome at load, where the journey is settled and another rule decides in it.
    """

    layer: str
    outcome: str
    own: str
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
            own = f"; until its journey was settled: {layer.own}" if layer.own else ""
            found.append(f"{layer.layer}: {layer.outcome or UNCLASSIFIED}, {by}{own}")
            for one in layer.matched.conditions if layer.matched else ():
                found.append(f"    holds: {_shown_condition(one, every)}")
            near = [rule for rule in layer.before if every or _near(rule)]
            found += [f"  {_before(rule, every)}" for rule in near]
            if len(near) < len(layer.before):
                found.append(f"  {len(layer.before) - len(near)} more rules before it did not come near")
        return found


def _near(rule: RuleFound) -> bool:
    """Waiting for the journey, or only kept out by a field that the touchpoint does have, with nearly such a value."""
    if not rule.failed:
        return True
    return len(rule.failed) < len(rule.conditions) and any(one.close and any(one.found.values()) for one in rule.failed)


def _before(rule: RuleFound, every: bool) -> str:
    if not rule.failed:
        return f"{rule.id} ({rule.place}) waits for the journey, for {rule.waits_for}"
    return f"{rule.id} ({rule.place}) fails: {'; '.join(_shown_condition(one, every) for one in rule.failed)}"


def _shown_condition(condition: ConditionFound, every: bool) -> str:
    text = condition.text if every or len(condition.text) <= WIDTH else f"{condition.text[:WIDTH]}…"
    found = ", ".join(
        f"{name} is {value!r}" if value else f"{name} is absent" for name, value in condition.found.items()
    )
    return f"{text} ({found})"


def explain(
    rule_set: RuleSet,
    touchpoint: bytes,
    run_sql: RunSql,
    normalise: Normalise,
    derived: Derived | None = None,
    after: Sequence[tuple[bytes, Derived]] | None = None,
) -> Explanation:
    """Explain one touchpoint, given as JSON; `derived` states what enrichment would add (`came_by`, `is_bot` …).

    `after` is what came before it, with moments of their own: the explanation is then that of a settled journey.
    """
    one = Tried(touchpoint, derived or {}, None if after is None else tuple(after))
    settled = one.after is not None
    [own] = matched(rule_set, [replace(one, after=None)], run_sql, normalise)
    [winners] = matched(rule_set, [one], run_sql, normalise) if settled else [own]
    layers: list[tuple[str, tuple[Rule, ...], str]] = []
    for layer, rules in rule_set.layers():
        position = next((at for at, rule in enumerate(rules) if rule.id == winners[layer]), len(rules))
        layers.append((layer, rules[max(0, position - EARLIER) : position + 1], winners[layer]))
    looked_at = [(whole(rule) if settled else rule.condition).parts for _, rules, _ in layers for rule in rules]
    answers = iter(_held(rule_set, one, [part for parts in looked_at for part in parts], run_sql, normalise))
    conditions = iter([tuple(next(answers) for _ in parts) for parts in looked_at])
    found = []
    for layer, rules, winner in layers:
        seen = [
            RuleFound(rule.id, rule.outcome, rule.place, next(conditions), "" if settled else _waits_for(rule))
            for rule in rules
        ]
        match = seen.pop() if winner else None
        before = "" if own[layer] == winner else _outcome(rule_set, layer, own[layer])
        found.append(LayerFound(layer, match.outcome if match else "", before, match, tuple(seen)))
    return Explanation(tuple(found))


def _waits_for(rule: Rule) -> str:
    return "" if rule.journey is None else ", ".join(map(as_text, rule.journey.parts))


def _outcome(rule_set: RuleSet, layer: str, rule_id: str) -> str:
    rules = dict(rule_set.layers())[layer]
    return next((rule.outcome for rule in rules if rule.id == rule_id), UNCLASSIFIED)


def _held(
    rule_set: RuleSet, one: Tried, conditions: list[Condition], run_sql: RunSql, normalise: Normalise
) -> list[ConditionFound]:
    """Each condition with its answer, in order: asked of ClickHouse in one statement."""
    if not conditions:
        return []
    sql = Expression("_w")  # aliases that the steps do not have
    fields = {(test.field.name, test.field.column): test.field for part in conditions for test in tests_of(part)}
    held = [sql.condition(part) for part in conditions]
    found = [_shown(sql, field) for field in fields.values()]
    steps, [row_number] = with_facts(rule_set, [one], normalise, sql.windows())
    text = statement(
        "conditions",
        definitions="".join(f"{definition}, " for definition in sql.definitions()),
        held=", ".join(held),
        found=", ".join(found),
        steps=steps,
        row=str(row_number),
    )
    [row] = run_sql(text)
    values = dict(zip(fields, (str(value) for value in _items(row["found"])), strict=True))
    return [
        ConditionFound(as_text(part), str(holds) in ("1", "True", "true"), found, came_close(part, found))
        for part, holds in zip(conditions, _items(row["held"]), strict=True)
        for found in [_of(part, values)]
    ]


def _shown(sql: Expression, field: Field) -> str:
    """A field's value as text, absent as the empty text."""
    if field.kind == "phase":
        return sql.text(field)
    if field.kind == "phases":
        return f"toString(arraySort({sql.reached(field)}))"
    raw = f"properties[{literal(field.column)}]" if field.kind == "property" else field.column
    return f"ifNull(toString({raw}), '')"


def _of(condition: Condition, values: dict[tuple[str, str], str]) -> dict[str, str]:
    return {test.field.name: values[test.field.name, test.field.column] for test in tests_of(condition)}


def _items(value: object) -> list[object]:
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"an Array was expected, not {type(value).__name__}")
    return list(value)
