"""A rule set in memory: signals, the rules that recognise them, and the models that give them a phase."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from collector.phases.conditions import AllOf, AnyOf, Condition, Not, Test
from collector.phases.strict_yaml import Place

LANGUAGE = "phase-rules/1-0-0"
"""The `format:` of every rule file."""
UNCLASSIFIED = "unclassified"
"""The phase where no rule matched: somebody should write one."""
OUTSIDE = "outside"
"""The phase where a rule says that the model has none for this touchpoint."""
UNSETTLED = "unsettled"
"""Where a phase in the journey is asked for and that journey is not settled yet. No model may have a phase of this
name. It is never stored by a load: a touchpoint's own phase is known at once."""
RESERVED = (OUTSIDE, UNCLASSIFIED, UNSETTLED)
"""Words that stand where a phase stands and are none."""
PURCHASE = "purchase"
AMBASSADOR = "ambassador"
COUNTS_AS = (PURCHASE, AMBASSADOR)
"""What a signal may count as, for the facts of the journey."""


@dataclass(frozen=True)
class Earlier:
    """A touchpoint of an example's journey before the one in question, like `given` and `derived` of Example."""

    given: dict[str, Any]
    derived: dict[str, str]


@dataclass(frozen=True)
class Example:
    """A touchpoint and what must become of it.

    `given` is the touchpoint as a sender would send it, `derived` what the collector would add (`came_by`, `is_bot` …).
    `expect` is a rule id or `unclassified`; with `denied` it is the rule that must not match. `after` holds the
    touchpoints of the journey before it, oldest first: such an example speaks of a settled journey, even when it is
    empty.
    """

    given: dict[str, Any]
    derived: dict[str, str]
    expect: str
    denied: bool
    after: tuple[Earlier, ...] | None
    place: Place


@dataclass(frozen=True)
class Rule:
    """One rule: where its condition (and, later, its journey condition) holds, `outcome` is the signal or phase."""

    id: str
    outcome: str
    description: str
    condition: AllOf
    journey: AllOf | None
    examples: tuple[Example, ...]
    place: Place

    @property
    def at_load(self) -> bool:
        """Whether a touchpoint alone decides it. A rule with journey facts applies when the journey is settled."""
        return self.journey is None


@dataclass(frozen=True)
class Signal:
    """Something that can happen, as people call it. `counts_as` tells the journey's facts what it is: a purchase, or
    the work of an ambassador; empty for all others."""

    id: str
    title: dict[str, str]
    description: str
    place: Place
    counts_as: str = ""


@dataclass(frozen=True)
class Phase:
    """A phase of a model. `part` is `buyer` up to the first purchase, `customer` after it."""

    id: str
    title: dict[str, str]
    part: str
    place: Place


@dataclass(frozen=True)
class Model:
    """A phase model: its phases in order, and its rules, of which the first that matches decides."""

    id: str
    title: dict[str, str]
    source: str
    default: bool
    phases: tuple[Phase, ...]
    rules: tuple[Rule, ...]
    place: Place

    @property
    def phase_ids(self) -> tuple[str, ...]:
        """The ids of its phases, in order."""
        return tuple(phase.id for phase in self.phases)


@dataclass(frozen=True)
class RuleSet:
    """Everything of one rule folder."""

    signals: tuple[Signal, ...]
    signal_rules: tuple[Rule, ...]
    models: tuple[Model, ...]
    lists: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @cached_property
    def hash(self) -> str:
        """16 hex digits over whatever decides a classification: another wording of a description changes nothing."""
        meaning = {
            "format": LANGUAGE,
            "signals": [_meaning(rule) for rule in self.signal_rules],
            "counts_as": [sorted(self.counting_as(word)) for word in COUNTS_AS],
            "models": [
                {
                    "id": model.id,
                    "default": model.default,
                    "phases": [[phase.id, phase.part] for phase in model.phases],
                    "rules": [_meaning(rule) for rule in model.rules],
                }
                for model in self.models
            ],
        }
        text = json.dumps(meaning, ensure_ascii=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def default_model(self) -> Model:
        """The model whose phase is the column `phase`."""
        return next(model for model in self.models if model.default)

    def counting_as(self, word: str) -> tuple[str, ...]:
        """The signals that count as a purchase, or as an ambassador's."""
        return tuple(signal.id for signal in self.signals if signal.counts_as == word)

    def layers(self) -> Iterator[tuple[str, tuple[Rule, ...]]]:
        """The signal rules under the name `signal`, then each model's rules under its id."""
        yield "signal", self.signal_rules
        for model in self.models:
            yield model.id, model.rules


def whole(rule: Rule) -> AllOf:
    """All that has to hold of a rule once its journey is settled."""
    return rule.condition if rule.journey is None else AllOf((*rule.condition.parts, *rule.journey.parts))


def _meaning(rule: Rule) -> list[Any]:
    journey = None if rule.journey is None else _written(rule.journey)
    return [rule.id, rule.outcome, _written(rule.condition), journey]


def _written(condition: Condition) -> list[Any]:
    if isinstance(condition, Test):
        return [condition.field.name, condition.operator, sorted(condition.values)]
    if isinstance(condition, Not):
        return ["not", _written(condition.part)]
    word = "any" if isinstance(condition, AnyOf) else "all"
    return [word, *(_written(part) for part in condition.parts)]
