"""`rules check` and `rules test`: everything that can be wrong with a rule folder, and whether its examples hold."""

from __future__ import annotations

import string
from dataclasses import dataclass, field, replace
from pathlib import Path

from collector.phases import patterns
from collector.phases.conditions import tests_of
from collector.phases.engine import Normalise, RunSql, statement
from collector.phases.folder import Reading, read_folder
from collector.phases.lint import lint
from collector.phases.rules import UNCLASSIFIED, Example, Rule, RuleSet
from collector.phases.sql import array, literal, pattern_of
from collector.phases.strict_yaml import Place
from collector.phases.tried import example_touchpoint, matched

PROBES = (
    "", "a", "/", "/cart", "/cart/", "/cart\n", "\n", "a\nb", "a\r\nb", "a\x0bb", "a\x0cb", "a b", "a\u00a0b", "é",
    "aéb", "xé", "éx", "k", "\u212a", "s", "\u017f", "_", "-", "0", "٣", "e\u0301", "🙂", "a🙂b", "[", "]", "{", "}",
    "(", ")", "\\", "^", "$", ".", "|", "+", "*", "?", "\x7f", "\u2028", *string.digits, *string.ascii_lowercase,
)  # fmt: skip
"""Texts on which engines are known to differ: line ends, other spaces, other digits, letters beyond ASCII, and what a
class must not hold."""
SAMPLES = 400
"""Values of examples on which each regex is tried as well."""


@dataclass(frozen=True)
class TestReport:
    """What became of the examples of a rule folder."""

    passed: int
    settled: int
    """Of those tried, the examples with `after:`: they speak of settled journeys."""
    failures: list[str] = field(default_factory=list)

    __test__ = False  # not a test case, whatever pytest thinks of the name

    def lines(self) -> list[str]:
        """The report as text."""
        journeys = f" ({self.settled} of them of settled journeys)" if self.settled else ""
        return [*self.failures, f"{self.passed} examples passed, {len(self.failures)} failed{journeys}"]


def check(folder: Path, run_sql: RunSql | None = None, normalise: Normalise | None = None) -> list[str]:
    """Every mistake of a rule folder, each as `file:line:column: what is wrong; remedy`; empty when there is none.

    Without an engine only what reading can find: regexes are then not tried and examples not run.
    """
    reading = lint(read_folder(folder))
    refused: set[Place] = set()
    if run_sql is not None:
        refused = _try_regexes(reading, run_sql)
    if run_sql is not None and normalise is not None and reading.rule_set.models and not reading.unread:
        try:
            for place, text in _Trial(reading.rule_set, reading.spoiled | refused, run_sql, normalise).failures:
                reading.faults.add(place, text)
        except Exception as error:  # whatever the client raises: better told than thrown at an author
            reading.faults.add(
                Place("signals/"), f"ClickHouse refuses the rules as a whole ({str(error)[:300]}); take the newest out"
            )
    return reading.faults.lines()


def test(folder: Path, run_sql: RunSql, normalise: Normalise) -> TestReport:
    """Run every example of a folder against its whole rule set. Mistakes of the rules themselves count as failures."""
    reading = lint(read_folder(folder))
    if reading.faults:
        return TestReport(0, 0, reading.faults.lines())
    trial = _Trial(reading.rule_set, set(), run_sql, normalise)
    failures = [f"{place}: {text}" for place, text in trial.failures]
    return TestReport(trial.tried - len(failures), trial.settled, failures)


class _Trial:
    """Every example of a rule set against the whole of it, without the rules in `left_out`.

    A rule is left out when it could only be read in part: that is one mistake, and must not bring a dozen others.
    """

    def __init__(self, rule_set: RuleSet, left_out: set[Place], run_sql: RunSql, normalise: Normalise) -> None:
        self.left_out = left_out
        self.order = [(rule.id, rule.place) for rule in rule_set.signal_rules]
        sound = _without(rule_set, left_out)
        self.places = {layer: {rule.id: rule.place for rule in rules} for layer, rules in sound.layers()}
        found = [(layer, rule, one) for layer, rules in sound.layers() for rule in rules for one in rule.examples]
        results = matched(sound, [example_touchpoint(example) for _, _, example in found], run_sql, normalise)
        self.tried = len(found)
        self.settled = sum(example.after is not None for _, _, example in found)
        self.failures = [
            (example.place, self._surprise(layer, rule, example, got))
            for (layer, rule, example), result in zip(found, results, strict=True)
            if self._fails(layer, example, got := result[layer] or UNCLASSIFIED, result)
        ]

    def _fails(self, layer: str, example: Example, got: str, result: dict[str, str]) -> bool:
        if (got == example.expect) != example.denied:
            return False
        if self.left_out and example.after is not None:
            return False  # a rule that was left out may have given a phase that the journey reached
        if example.expect not in self.places[layer] and example.expect != UNCLASSIFIED:
            return False  # it expects a rule that was left out, or none that there is: told elsewhere
        return layer == "signal" or not self._after_a_gap(result["signal"])

    def _after_a_gap(self, winner: str) -> bool:
        """Whether a signal rule that was left out stands before the winner: it might have given another signal."""
        for rule_id, place in self.order:
            if place in self.left_out:
                return True
            if rule_id == winner:
                return False
        return False

    def _surprise(self, layer: str, rule: Rule, example: Example, got: str) -> str:
        places = self.places[layer]
        wanted = f"not {example.expect}" if example.denied else example.expect
        taker = f"{got} ({places[got]})" if got in places else "no rule"
        if not example.denied and example.expect == rule.id and got in places and places[got] < rule.place:
            return (
                f"this example of {rule.id} is taken by {taker}, which comes first;"
                f" move {rule.id} before it, or make {got} narrower"
            )
        return f"this example expects {wanted}, but {taker} matches; correct the rule, or what is expected"


def _without(rule_set: RuleSet, left_out: set[Place]) -> RuleSet:
    def sound(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(rule for rule in rules if rule.place not in left_out)

    models = tuple(replace(model, rules=sound(model.rules)) for model in rule_set.models)
    return replace(rule_set, signal_rules=sound(rule_set.signal_rules), models=models)


def _try_regexes(reading: Reading, run_sql: RunSql) -> set[Place]:
    """Try every regex and glob in both engines; returns the rules whose patterns cannot be used."""
    refused: set[Place] = set()
    tried: dict[str, str | None] = {}
    probes = [*PROBES, *_samples(reading.rule_set)]
    for _, rules in reading.rule_set.layers():
        for rule in rules:
            for test in tests_of(rule.condition):
                if test.operator not in ("regex", "glob"):
                    continue
                for written, pattern in zip(test.values, pattern_of(test), strict=True):
                    if pattern not in tried:
                        tried[pattern] = _differs(pattern, probes, run_sql)
                    if (problem := tried[pattern]) is not None:
                        reading.faults.add(test.place, f"the {test.operator} {written} cannot be used: {problem}")
                        refused.add(rule.place)
    return refused


def _samples(rule_set: RuleSet) -> list[str]:
    """Texts that rules are meant for: the values of the examples, lowered as fields are."""
    found: dict[str, None] = {}
    for _, rules in rule_set.layers():
        for rule in rules:
            for example in rule.examples:
                for value in example.given.values():
                    for text in value.values() if isinstance(value, dict) else (value,):
                        if isinstance(text, str):
                            found[patterns.lowered(text)] = None
    return list(found)[:SAMPLES]


def _differs(pattern: str, probes: list[str], run_sql: RunSql) -> str | None:
    """Why a pattern cannot be used: an engine refuses it, or they read it differently."""
    try:
        rows = run_sql(statement("regexes", probes=array(probes), pattern=literal(pattern)))
    except Exception as error:  # whatever the client raises for a refused statement
        return f"ClickHouse refuses it ({str(error)[:200]}); write it more simply"
    differ = rows[0]["differ"] if rows else []
    if isinstance(differ, (list, tuple)) and differ:
        return f"the two engines read it differently on {differ[0]!r}; write it more simply"
    return None
