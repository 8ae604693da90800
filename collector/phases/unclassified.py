"""Signals that a model leaves unclassified: no mistake, but seldom meant. `rules check` tells them beside mistakes."""

from __future__ import annotations

from collector.phases.conditions import tests_of
from collector.phases.rules import OUTSIDE, UNCLASSIFIED, Model, RuleSet


def remarks(rule_set: RuleSet) -> list[str]:
    """A line for each model that knows a signal in none of its rules, with the remedy."""
    found = []
    for model in rule_set.models:
        unknown = [signal.id for signal in rule_set.signals if not _knows(model, signal.id)]
        if unknown:
            found.append(
                f"{model.place.file}: {model.id} leaves {UNCLASSIFIED}: {', '.join(unknown)};"
                f" add them to a rule of it (or phase: {OUTSIDE}), unless that is meant"
            )
    return found


def _knows(model: Model, signal: str) -> bool:
    """Whether a rule that decides at load names the signal, or asks for none."""
    for rule in model.rules:
        named = [test for test in tests_of(rule.condition) if test.field.name == "signal"]
        if rule.at_load and (not named or any(signal in test.values for test in named)):
            return True
    return False
