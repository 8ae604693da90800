"""What can be wrong with rules that are well written: found without ClickHouse.

One `check_…` function for each kind of mistake; `CHECKS` is the list of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from typing import TypeGuard

from collector.phases.conditions import Condition, Test, tests_of
from collector.phases.consequences import Clause, cases, with_consequences
from collector.phases.facts import BUYING_FACTS
from collector.phases.folder import Reading
from collector.phases.implication import (
    by_field,
    covers,
    expanded,
    impossible,
    part_name,
    rule_clauses,
    telling_first,
)
from collector.phases.lookup import MOST_RULES
from collector.phases.meant import meant
from collector.phases.overlap import taken_in_part
from collector.phases.rules import OUTSIDE, PURCHASE, UNCLASSIFIED, Rule
from collector.phases.strict_yaml import Place


def lint(reading: Reading) -> Reading:
    """The same reading with the mistakes of every check added."""
    for check in CHECKS:
        check(reading)
    return reading


def check_ids_are_unique(reading: Reading) -> None:
    """An id that stands twice would make it impossible to tell which rule matched."""
    rules = reading.rule_set
    _unique(reading, "signal", ((signal.id, signal.place) for signal in rules.signals))
    _unique(reading, "model", ((model.id, model.place) for model in rules.models))
    for _, layer in rules.layers():
        _unique(reading, "rule", ((rule.id, rule.place) for rule in layer))


def _unique(reading: Reading, what: str, found: Iterable[tuple[str, Place]]) -> None:
    first: dict[str, Place] = {}
    for identity, place in found:
        if identity in first:
            reading.faults.add(place, f"{what} {identity} stands twice (first at {first[identity]}); choose another id")
        first.setdefault(identity, place)


def check_ids_are_not_reused(reading: Reading) -> None:
    """Stored rows keep the id of the rule that matched them; a retired id may not come to mean something else."""
    for layer, rules in reading.rule_set.layers():
        retired = reading.retired.get(layer, {})
        for rule in rules:
            if rule.id in retired:
                reading.faults.add(
                    rule.place, f"rule {rule.id} was retired (at {retired[rule.id]}); choose an id that was never used"
                )


def check_one_default_model(reading: Reading) -> None:
    """The column `phase` needs exactly one model to come from."""
    models = reading.rule_set.models
    chosen = [model for model in models if model.default]
    if models and not chosen:
        reading.faults.add(models[0].place, "no model is the default; write default: true in one of them")
    for model in chosen[1:]:
        reading.faults.add(model.place, f"{chosen[0].id} is the default model already; leave default: out here")


def check_signals_are_used(reading: Reading) -> None:
    """A signal that no rule gives never happens; one that no model knows never gets a phase."""
    rules = reading.rule_set
    given = set().union(*(found for file, found in reading.given.items() if file.startswith("signals/")))
    loading = [rule for model in rules.models for rule in model.rules if rule.at_load]
    known = {value for rule in loading for value in _signals_of(rule)}
    catch_all = any(not _signals_of(rule) for rule in loading)
    for signal in rules.signals:
        if signal.id not in given:
            reading.faults.add(signal.place, f"no rule gives the signal {signal.id}; write one, or leave it out")
        elif signal.id not in known and rules.models and not catch_all:
            reading.faults.add(
                signal.place,
                f"no model knows the signal {signal.id}; add it to a rule of a model (or phase: {OUTSIDE})",
            )


def _signals_of(rule: Rule) -> set[str]:
    return {value for test in tests_of(rule.condition) if test.field.name == "signal" for value in test.values}


def check_phases_are_reached(reading: Reading) -> None:
    """A phase that no rule gives stays empty for ever, and looks like a gap in the journey."""
    for model in reading.rule_set.models:
        given = reading.given[model.place.file]
        for phase in model.phases:
            if phase.id not in given:
                reading.faults.add(
                    phase.place, f"no rule of {model.id} gives the phase {phase.id}; write one, or leave the phase out"
                )


def check_rules_can_be_numbered(reading: Reading) -> None:
    """A compiled expression tells rules apart by small numbers."""
    for layer, rules in reading.rule_set.layers():
        if len(rules) > MOST_RULES:
            where = rules[MOST_RULES].place
            reading.faults.add(where, f"{layer} has more than {MOST_RULES} rules; join rules by lists of values")


def check_lists_are_used(reading: Reading) -> None:
    """A list that no rule names is most often a misspelt name."""
    for name, place in reading.unused_lists.items():
        reading.faults.add(place, f"no rule uses the list {name}; name it with |in_list: {name}, or delete the file")


def check_examples_are_there(reading: Reading) -> None:
    """Each rule shows what it is for, and where it ends."""
    for _, rules in reading.rule_set.layers():
        for rule in rules:
            if rule.place in reading.without_examples:
                continue
            own = [example for example in rule.examples if example.expect == rule.id and not example.denied]
            if not own:
                reading.faults.add(
                    rule.place, f"rule {rule.id} has no example that hits; add - {{given: {{…}}, expect: {rule.id}}}"
                )
            if len(own) == len(rule.examples):
                reading.faults.add(
                    rule.place,
                    f"rule {rule.id} has no near miss; add an example that looks alike and expects another rule,"
                    f" {UNCLASSIFIED}, or not {rule.id}",
                )


def check_journeys_are_shown(reading: Reading) -> None:
    """A rule with journey facts shows a journey for which it is meant, and the same touchpoint without any."""
    for _, rules in reading.rule_set.layers():
        for rule in rules:
            if rule.at_load or rule.place in reading.without_examples:
                continue
            hits = [one for one in rule.examples if one.expect == rule.id and not one.denied]
            for one in hits:
                if one.after is None:
                    reading.faults.add(
                        one.place,
                        f"{rule.id} applies when the journey is settled; say what came before: after: [{{type: …}}]",
                    )
            alone = [(one.given, one.derived) for one in rule.examples if one.after is None and one not in hits]
            if hits and not any((one.given, one.derived) in alone for one in hits):
                reading.faults.add(
                    rule.place,
                    f"rule {rule.id} has no example of the same touchpoint without its journey; add one without after:,"
                    " which expects the rule that decides until then",
                )


def check_purchases_are_known(reading: Reading) -> None:
    """Without a signal that counts as a purchase nobody ever becomes a customer."""
    rules = reading.rule_set
    if rules.counting_as(PURCHASE):
        return
    for _, layer in rules.layers():
        for rule in layer:
            for test in tests_of(rule.journey) if rule.journey is not None else ():
                if test.field.name in BUYING_FACTS:
                    reading.faults.add(
                        test.place,
                        f"{test.field.name}: no signal counts as a purchase; write counts_as: {PURCHASE} in one",
                    )


def check_expectations_are_known(reading: Reading) -> None:
    """An example can only expect a rule of its own layer."""
    for layer, rules in reading.rule_set.layers():
        known = {rule.id for rule in rules} | {UNCLASSIFIED}
        where = "signals/" if layer == "signal" else f"model {layer}"
        for rule in rules:
            for example in rule.examples:
                if example.expect not in known:
                    reading.faults.add(
                        example.place, f"no rule {example.expect} in {where}; {meant(example.expect, known)}"
                    )


def check_rules_can_match(reading: Reading) -> None:
    """A rule that contradicts itself, or of which earlier rules take everything, is dead.

    A rule without facts decides at load, where rules with facts are passed over: none of those takes anything from it.
    """
    for _, rules in reading.rule_set.layers():
        before = _Earlier()
        for rule in rules:
            if rule.place in reading.spoiled:  # what was left out of it may be what keeps it apart
                continue
            alive = [clause for clause in rule_clauses(rule) if not impossible(with_consequences(clause))]
            if not alive:
                reading.faults.add(
                    rule.place, f"rule {rule.id} can never match: its conditions contradict each other; mend them"
                )
            elif (taken := before.taking(rule, alive)) is not None:
                reading.faults.add(
                    rule.place,
                    f"rule {rule.id} can never match: {taken.id} ({taken.place}) comes first and takes everything;"
                    f" move {rule.id} before it, or make {taken.id} narrower",
                )
            else:
                for text in taken_in_part(rule, alive, before.taker):
                    reading.faults.add(rule.place, text)
            before.add(rule, alive)


class _Earlier:
    """The clauses of the rules so far, found by a word that they ask for: of a thousand rules few share one."""

    def __init__(self) -> None:
        self._clauses: dict[tuple[str, str], list[tuple[frozenset[str], Clause, Rule]]] = {}

    def add(self, rule: Rule, clauses: list[Clause]) -> None:
        for clause in clauses:
            found = _fields(clause), telling_first(clause), rule
            for place in _asked_for(clause):
                self._clauses.setdefault(place, []).append(found)

    def taking(self, rule: Rule, clauses: list[Clause]) -> Rule | None:
        """The rule that takes what is left of these clauses of `rule`, when nothing is."""
        last = None
        for clause in expanded(clauses):
            last = self.taker(rule, clause)
            if last is None and not rule.at_load:
                last = self._sharers(rule, clause)
            if last is None:
                return None
        return last

    def _sharers(self, rule: Rule, clause: Clause) -> Rule | None:
        """The last of several rules that share out between them what this clause of a rule with facts is for."""
        takers = [self.taker(rule, case) for case in cases(clause) if not impossible(with_consequences(case))]
        return takers[-1] if takers and None not in takers else None

    def taker(self, rule: Rule, clause: Clause) -> Rule | None:
        """The earlier rule that takes this clause of `rule`."""
        parts = by_field(with_consequences(clause))
        words = ((name, part.compared[0]) for name, given in parts.items() for part in given if _is_word(part))
        candidates = chain.from_iterable(self._clauses.get(place, ()) for place in (ANY_WORD, *words))
        return next(
            (
                earlier
                for fields, wide, earlier in candidates
                if (earlier.at_load or not rule.at_load) and fields <= parts.keys() and covers(wide, parts)
            ),
            None,
        )


ANY_WORD = ("", "")
"""Where clauses stand that ask for no word."""


def _asked_for(clause: Clause) -> list[tuple[str, str]]:
    """The words of which whatever satisfies the clause has one, with their field: of the field that tells most."""
    for part in sorted(clause, key=lambda part: part_name(part) == "type"):
        if _is_word(part):
            return [(part.field.name, word) for word in part.compared]
    return [ANY_WORD]


def _is_word(part: Condition) -> TypeGuard[Test]:
    """Whether whole texts are asked for: such a test follows from nothing but another one of some of its words."""
    return isinstance(part, Test) and part.field.is_text and part.is_exact and bool(part.compared)


def _fields(clause: Clause) -> frozenset[str]:
    return frozenset(map(part_name, clause))


CHECKS: tuple[Callable[[Reading], None], ...] = (
    check_ids_are_unique,
    check_ids_are_not_reused,
    check_one_default_model,
    check_signals_are_used,
    check_phases_are_reached,
    check_rules_can_be_numbered,
    check_lists_are_used,
    check_examples_are_there,
    check_journeys_are_shown,
    check_purchases_are_known,
    check_expectations_are_known,
    check_rules_can_match,
)
"""Every check, in the order in which they are made."""
