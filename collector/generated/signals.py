"""docs/signals.md: every signal that the shipped rules know, what it means, and what recognises it."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from collector.phases.conditions import AnyOf, Condition, Not, Test
from collector.phases.rulefile import load
from collector.phases.rules import Rule, RuleSet, Signal
from collector.shipped import rules as shipped_rules

SHOWN = 5
"""Values of a condition that the page shows; the rule file has all of them."""

_OWN_SHOPS = ("dutch_shops", "held_out")
"""Files of labelled addresses that belong to no platform."""

_VERBS = {
    "equals": "",
    "startswith": "begins with ",
    "endswith": "ends in ",
    "contains": "contains ",
    "glob": "fits ",
    "gte": "at least ",
    "gt": "more than ",
    "lte": "at most ",
    "lt": "less than ",
}

_HEAD = """# Signals: what happened

Generated from `phase_rules/signals/`; change it there and run `make docs`.

Every touchpoint gets one signal; each model of phases then says what the signal means ([rules.md](rules.md)). What a
sender names by a **type** is believed. Where it only sends that a page was shown, the page's own **kind** decides, then
its **path**, then what **brought** the person there. The first rule that matches wins, in the order of the files.

`klantreis rules explain` tells for one touchpoint which rule matched and why those before it did not.

* *Recognised by* shows the conditions of each rule, at most five values of each; the rule files have all.
* A rule's id is stored with each touchpoint that it matched, in the column `rules` under `signal`.
* `phase_rules/touchpoints.tsv` lists every touchpoint that the sources of the models name, as it is sent, with its
  signal.
"""

_ADDRESSES = """## How far addresses can be trusted

A sender that names types, or at least `page.kind`, is always understood. Guesses from addresses are measured against
addresses that a person labelled (`phase_rules/urls/`), among them pages that deserve no special signal:

| addresses | labelled | right |
|---|---|---|
{rows}

A language or a folder with a language in front of them, a slash behind them and parameters change nothing. What is not
right, and why:

| address | platform | why |
|---|---|---|
{misses}

Shops of one's own are harder: of 44 Dutch addresses that no rule had seen, 36 were right at first sight, 7 were taken
for some page, and 1 for another step of the checkout (mended since). So where a shop calls its pages as nobody else
does, write a rule ([rules.md](rules.md)) or send `page.kind`.
"""


def as_markdown() -> str:
    """The page's text."""
    rule_set = load(shipped_rules())
    parts = [_HEAD, f"There are {len(rule_set.signals)} signals.\n"]
    for file, signals in groupby(rule_set.signals, key=lambda signal: signal.place.file):
        parts.append(f"## {_heading(file)}\n\nDeclared in `{file}`.\n\n{_table(signals, rule_set)}\n")
    return "\n".join([*parts, _addresses(shipped_rules() / "urls")])


def _addresses(folder: Path) -> str:
    """What the labelled addresses say; a test holds the misses against the rules."""
    misses = [line.split("\t") for line in _lines(folder / "misses.txt")]
    rows = []
    for file in sorted(folder.glob("*.tsv")):
        if file.stem in _OWN_SHOPS:
            continue
        missed = sum(platform == file.stem for _, platform, _ in misses)
        count = len(_lines(file))
        rows.append(f"| `{file.name}` | {count} | {count - missed} |")
    told = [f"| `{address}` | {platform} | {why} |" for address, platform, why in misses]
    return _ADDRESSES.format(rows="\n".join(rows), misses="\n".join(told))


def _lines(file: Path) -> list[str]:
    return [line for line in file.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]


def _heading(file: str) -> str:
    """`signals/30_finding_out.yaml` → Finding out."""
    stem = file.rsplit("/", 1)[-1].removesuffix(".yaml")
    return stem.split("_", 1)[-1].replace("_", " ").capitalize()


def _table(signals: Iterable[Signal], rule_set: RuleSet) -> str:
    lines = ["| signal | called | meaning | recognised by |", "|---|---|---|---|"]
    for signal in signals:
        called = " / ".join(signal.title.values())
        by = "<br>".join(_recognised(rule) for rule in rule_set.signal_rules if rule.outcome == signal.id)
        lines.append(f"| `{signal.id}` | {_cell(called)} | {_cell(signal.description)} | {by} |")
    return "\n".join(lines)


def _recognised(rule: Rule) -> str:
    return f"{_said(rule.condition)} ({rule.id})"


def _said(condition: Condition) -> str:
    """The condition in words."""
    if isinstance(condition, Test):
        return _compared(condition)
    if isinstance(condition, Not):
        return f"not {_said(condition.part)}"
    word = " or " if isinstance(condition, AnyOf) else " and "
    alone = len(condition.parts) == 1
    return word.join(_said(part) if alone or _is_single(part) else f"({_said(part)})" for part in condition.parts)


def _is_single(condition: Condition) -> bool:
    return isinstance(condition, (Test, Not)) or len(condition.parts) == 1


def _compared(test: Test) -> str:
    name = test.field.name
    if test.operator == "regex":
        return f"{name} fits the rule's pattern"
    if test.operator == "exists":
        return f"{name} is {'there' if test.values == ('true',) else 'absent'}"
    if test.list_name:
        return f"{name} is on the list {test.list_name}"
    shown = [f"`{_cell(value)}`" for value in test.values[:SHOWN]]
    more = " …" if len(test.values) > SHOWN else ""
    return f"{name} {_VERBS[test.operator]}{', '.join(shown)}{more}"


def _cell(text: str) -> str:
    """Within a table, a bar would begin the next cell."""
    return text.replace("|", "\\|")
