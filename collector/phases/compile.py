"""The three readings of a rule set, each one ClickHouse select list made of the same conditions.

At load, rules with journey facts are passed over (`compile_rules`). When a journey is settled its facts are columns,
and every rule is read whole (`compile_settled`). In between, a touchpoint waits for its journey in those models where
a rule with facts stands before the one that matched and nothing but the facts is missing (`compile_waiting`).
`lookup.py` makes a layer of rules one number: that of the first rule that matches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from collector.phases.conditions import Condition
from collector.phases.facts import fact_columns
from collector.phases.lookup import first_match
from collector.phases.rules import AMBASSADOR, PURCHASE, UNCLASSIFIED, Rule, RuleSet, whole
from collector.phases.sql import Expression, array, literal, touchpoint_names, verify

SETTINGS: dict[str, int] = {
    "max_query_size": 64 * 1024 * 1024,
    "max_ast_elements": 1_000_000,
    "max_expanded_ast_elements": 5_000_000,
    "max_parser_depth": 2_000,
}
"""Settings that a statement with a compiled expression needs: a thousand rules are some 100 KB of SQL, and the
defaults (256 KiB, 50,000 elements) end at a few thousand. They bound the statement, not the data."""


@dataclass(frozen=True)
class Compiled:
    """A rule set as SQL.

    `levels` are select lists, each over what the one before gives, the first over a source with the columns of a
    touchpoint. Together they define `signal`, `phase`, `phases`, `rules` and `rule_set`, and before them some columns
    of their own that begin with an underscore. ClickHouse names a column after its whole expression, so what stands
    on its own level is planned once: the five models took 30 ms a statement on three levels and 300 on one.
    """

    levels: tuple[str, ...]
    hash: str

    @property
    def select_list(self) -> str:
        """All levels as one, where no source can stand between them: dear to plan, the same for each row."""
        return ",\n".join(self.levels)


def _at_load(rule: Rule) -> Condition | None:
    return rule.condition if rule.at_load else None


def compile_rules(rule_set: RuleSet) -> Compiled:
    """The one expression that classifies touchpoints: at load, over history, in explanations and in tests.

    Rules with journey facts are left out: they apply when a journey is settled.
    """
    sql = Expression()
    signal_rules = rule_set.signal_rules
    found = f"{first_match(signal_rules, sql, _at_load)} AS _s1"
    signal = f"{_named(signal_rules, '_s1', 'outcome', '')} AS signal"
    lines = []
    phases, ids = [], [f"'signal', {_named(signal_rules, '_s1', 'id', '')}"]
    for number, model in enumerate(rule_set.models, 1):
        alias, phase = f"_m{number}", "phase" if model.default else f"_g{number}"
        lines.append(f"{first_match(model.rules, sql, _at_load)} AS {alias}")
        lines.append(f"{_named(model.rules, alias, 'outcome', UNCLASSIFIED)} AS {phase}")
        phases.append(f"{literal(model.id)}, {phase}")
        ids.append(f"{literal(model.id)}, {_named(model.rules, alias, 'id', '')}")
    if not any(model.default for model in rule_set.models):
        lines.append(f"{literal(UNCLASSIFIED)} AS phase")
    lines.append(f"map({', '.join(phases)}) AS phases")
    lines.append(f"map({', '.join(ids)}) AS rules")
    lines.append(f"{literal(rule_set.hash)} AS rule_set")
    levels = (",\n".join([*sql.definitions(), found]), signal, ",\n".join(lines))
    verify(",\n".join(levels), touchpoint_names())
    return Compiled(levels, rule_set.hash)


@dataclass(frozen=True)
class Settled:
    """The models of a rule set as SQL over journeys.

    Its `levels`, like those of Compiled, define `settled_phase` (of the default model), `settled_phases` and
    `settled_rules` (model → phase, model → rule id) over a source with the columns of a touchpoint, its `signal`, and
    the columns of `facts.FACTS`, and before them `_j1` …: of each model the number of the rule that matched, from 1.
    `for_facts` is what `facts.sql` takes: conditions on `signal`, and windows over own phases.
    """

    levels: tuple[str, ...]
    for_facts: Mapping[str, str]

    @property
    def select_list(self) -> str:
        """All levels as one, as Compiled has them."""
        return ",\n".join(self.levels)


def compile_settled(rule_set: RuleSet) -> Settled:
    """The expression that gives each step of a settled journey its phase in every model, by all rules."""
    sql = Expression("_h")  # aliases of its own: its source may have been classified in the same statement
    found, lines, phases, ids = [], [], [], []
    default = literal(UNCLASSIFIED)
    for number, model in enumerate(rule_set.models, 1):
        alias, phase = f"_j{number}", f"_k{number}"
        found.append(f"{first_match(model.rules, sql, whole)} AS {alias}")
        lines.append(f"{_named(model.rules, alias, 'outcome', UNCLASSIFIED)} AS {phase}")
        phases.append(f"{literal(model.id)}, {phase}")
        ids.append(f"{literal(model.id)}, {_named(model.rules, alias, 'id', '')}")
        default = phase if model.default else default
    lines.append(f"{default} AS settled_phase")
    lines.append(f"map({', '.join(phases)}) AS settled_phases")
    lines.append(f"map({', '.join(ids)}) AS settled_rules")
    levels = tuple(",\n".join(level) for level in (sql.definitions(), found, lines) if level)
    names = touchpoint_names() | fact_columns() | {"settled_phase", "settled_phases", "settled_rules"}
    verify(",\n".join([*levels, *sql.windows()]), names)
    counting = {
        name: f"signal IN {_tuple(rule_set.counting_as(word))}"
        for name, word in (("purchase", PURCHASE), ("ambassador", AMBASSADOR))
    }
    return Settled(levels, {**counting, "own": "".join(f",\n{window}" for window in sql.windows())})


def compile_waiting(rule_set: RuleSet) -> str:
    """A select list that defines `waits`: the models in which the phase may change when the journey settles.

    Its source has the columns of a touchpoint and its `signal`. In all other models the own phase is the last word.
    """
    sql = Expression("_w")
    waiting = []
    for model in rule_set.models:
        first = first_match(model.rules, sql, lambda rule: rule.condition)
        facts = [number for number, rule in enumerate(model.rules, 1) if not rule.at_load]
        if facts:
            waiting.append(f"if({first} IN ({', '.join(map(str, facts))}), {literal(model.id)}, '')")
    found = f"arrayFilter(_w0 -> _w0 != '', [{', '.join(waiting)}])" if waiting else "emptyArrayString()"
    select_list = ",\n".join([*sql.definitions(), f"{found} AS waits"])
    verify(select_list, touchpoint_names() | {"waits"})
    return select_list


def _tuple(words: Sequence[str]) -> str:
    return f"({', '.join(map(literal, words))})" if words else "('')"


def _named(rules: Sequence[Rule], alias: str, attribute: str, otherwise: str) -> str:
    """The id or outcome of the rule whose number is in `alias`; an index beyond the end gives the empty text."""
    names = [str(getattr(rule, attribute)) for rule in rules]
    if not names:
        return literal(otherwise)
    if not otherwise:
        return f"arrayElement({array(names)}, {alias})"
    return f"arrayElement({array([*names, otherwise])}, least({alias}, {len(names) + 1}))"
