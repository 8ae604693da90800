"""docs/models.md: the five models that ship, and the phase of every touchpoint of their sources in each of them.

All of it is computed by the rules themselves, in ClickHouse: own phases as a load stores them, and phases in two short
journeys, of somebody who begins one and of somebody who bought five days ago.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from collector.cli.engine import normalise, run_sql
from collector.phases.asked import read
from collector.phases.conditions import as_text
from collector.phases.example import ID, OCCURRED_AT
from collector.phases.rulefile import load
from collector.phases.rules import UNCLASSIFIED, Model, RuleSet
from collector.phases.tried import Derived, Tried, as_json, matched
from collector.settings import load as load_settings
from collector.shipped import rules as shipped_rules

JOURNEYS = {"first": [], "owner": [{"type": "order", "days_ago": 5}]}
"""What came before, in the two journeys that are shown."""

_HEAD = """# Models: what touchpoints mean

Generated from `phase_rules/models/` and `phase_rules/touchpoints.tsv`; change them there and run `make docs`.

A model gives each signal ([signals.md](signals.md)) a phase; [rules.md](rules.md) teaches how. `part` says whether a
phase belongs to the buyer's journey, which ends with the first purchase, or only to the customer's, which goes on and
comes round.
"""
_TABLE = """## Every touchpoint in every model

The touchpoints that the sources of the models name, each with its signal and its own phase: what a load stores. Where
the journey changes it, that stands behind it: *first* for somebody whose journey begins with this touchpoint, *owner*
for somebody who placed an order five days before. `outside` means that the model has no phase for it.
"""


@dataclass(frozen=True)
class _Named:
    moment: str
    name: str
    tried: Tried


def as_markdown() -> str:
    """The page's text."""
    rule_set = load(shipped_rules())
    return "\n".join([_HEAD, *map(_model, rule_set.models), _TABLE, *_tables(rule_set)])


def _model(model: Model) -> str:
    lines = [f"## {model.title['en']}: `{model.id}`\n", f"{model.source}\n"]
    if model.default:
        lines.append("The default model: its phase is the column `phase`.\n")
    lines += ["| phase | called | part |", "|---|---|---|"]
    lines += [f"| `{one.id}` | {' / '.join(one.title.values())} | {one.part} |" for one in model.phases]
    lines += ["\nRules that ask the journey, in their order:\n", "| rule | phase | for | when |", "|---|---|---|---|"]
    for rule in model.rules:
        if rule.journey is not None:
            facts = ", ".join(map(as_text, rule.journey.parts))
            touch = ", ".join(map(as_text, rule.condition.parts)) or "any touchpoint"
            lines.append(f"| {rule.id} | {rule.outcome} | {_cell(touch)} | {_cell(facts)} |")
    return "\n".join(lines) + "\n"


def _tables(rule_set: RuleSet) -> Iterable[str]:
    named = _named()
    settings = load_settings({})
    asked = [one.tried for one in named]
    for after in JOURNEYS.values():
        _, before = read(as_json({"type": "page_view", "after": after}))
        journey = tuple((one, Derived()) for one in before or ())
        asked += [replace(one.tried, after=journey) for one in named]
    found = matched(rule_set, asked, run_sql(settings), normalise(settings))
    rows = [found[at :: len(named)] for at in range(len(named))]
    for moment, some in groupby(zip(named, rows, strict=True), key=lambda pair: pair[0].moment):
        yield _table(rule_set, moment, list(some))


def _named() -> list[_Named]:
    found = []
    for line in (shipped_rules() / "touchpoints.tsv").read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            moment, name, text, _ = line.split("\t")
            touchpoint = json.loads(text)
            derived = {f"campaign.{key}": value for key, value in touchpoint.get("campaign", {}).items()}
            if came_by := touchpoint.pop("came_by", ""):
                derived["came_by"] = came_by
            raw = as_json({"id": ID, "occurred_at": OCCURRED_AT, **touchpoint})
            found.append(_Named(moment, name, Tried(raw, derived)))
    return found


def _table(rule_set: RuleSet, moment: str, some: Sequence[tuple[_Named, Sequence[dict[str, str]]]]) -> str:
    models = [model.id for model in rule_set.models]
    outcomes = {layer: {rule.id: rule.outcome for rule in rules} for layer, rules in rule_set.layers()}
    lines = [
        f"### {moment.capitalize()}\n",
        f"| touchpoint | signal | {' | '.join(models)} |",
        f"|---|---|{'---|' * len(models)}",
    ]
    for named, found in some:
        phases = [[outcomes[model].get(one[model], UNCLASSIFIED) for one in found] for model in models]
        signal = outcomes["signal"].get(found[0]["signal"], "")
        lines.append(f"| {_cell(named.name)} | `{signal}` | {' | '.join(map(_phase, phases))} |")
    return "\n".join(lines) + "\n"


def _phase(phases: Sequence[str]) -> str:
    """The own phase, and what the journeys make of it where that differs."""
    own, *settled = phases
    changed = [f"{who}: {phase}" for who, phase in zip(JOURNEYS, settled, strict=True) if phase != own]
    return own if not changed else f"{own} ({', '.join(changed)})"


def _cell(text: str) -> str:
    """Within a table, a bar would begin the next cell."""
    return text.replace("|", "\\|")
