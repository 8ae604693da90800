"""Loads a rule folder for use: whatever is wrong with it is said before a single touchpoint is classified by it."""

from __future__ import annotations

from pathlib import Path

from collector.errors import RuleErrors
from collector.phases.folder import read_folder
from collector.phases.lint import lint
from collector.phases.rules import RuleSet


def load(folder: Path) -> RuleSet:
    """The rule set of a folder.

    Raises RuleErrors with all mistakes of all files that can be seen without ClickHouse, each as
    `file:line:column: what is wrong; remedy`. `collector.phases.check.check` finds the rest.
    """
    reading = lint(read_folder(folder))
    if reading.faults:
        raise RuleErrors(reading.faults.lines())
    return reading.rule_set
