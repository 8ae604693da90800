"""`rules new`: a model of one's own to begin with, which passes every check as it is written.

It has three phases, before, at and after the purchase, and names every signal of the folder on a line of its own, with
its titles: to make it one's own is to rename phases and move lines. Where the default model says the same of
signals, its examples are taken over; each is expected to match the rule that has its signal.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.errors import RuleErrors
from collector.phases.conditions import tests_of
from collector.phases.document import ID
from collector.phases.engine import Normalise, RunSql
from collector.phases.fields import FIELDS
from collector.phases.rules import LANGUAGE, OUTSIDE, Example, Model, RuleSet, Signal
from collector.phases.tried import example_touchpoint, matched

EXAMPLES = 3
"""Examples of each rule that hit."""
_PLAIN = re.compile(r"[A-Za-z/][A-Za-z0-9_./-]*\Z")
DECIMALS = frozenset(name for name, field in FIELDS.items() if field.kind == "decimal")
_YAML_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})


@dataclass(frozen=True)
class _Part:
    """One phase of the new model with its rule."""

    id: str
    titles: str
    part: str
    description: str

    @property
    def rule(self) -> str:
        return f"{self.id}.signals"


PARTS = (
    _Part("before", "{en: Before the purchase, nl: Voor de aankoop}", "buyer", "Everything on the way to a purchase."),
    _Part("purchase", "{en: Purchase, nl: Aankoop}", "buyer", "The purchase itself and the steps to it."),
    _Part("after", "{en: After the purchase, nl: Na de aankoop}", "customer", "Everything that a purchase leads to."),
    _Part(OUTSIDE, "", "", "What has no phase in this model: it is measured, and is no touch of its own."),
)
"""The last one is no phase."""


def copied(shipped: Path, folder: Path) -> bool:
    """Copy the rules that ship to `folder` where it is not there or empty; False where it holds rules already.

    Raises RuleErrors for a folder that holds something else, or the very one that ships.
    """
    if folder.resolve() == shipped.resolve():
        raise RuleErrors([f"{folder} is the folder that ships; an update would overwrite your model: give your own"])
    if (folder / "signals").is_dir() and (folder / "models").is_dir():
        return False
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise RuleErrors([f"{folder} holds no rules (signals/ and models/); give a folder of rules, or a new one"])
    shutil.copytree(shipped, folder, dirs_exist_ok=True)
    return True


def write(folder: Path, model: str, rule_set: RuleSet, run_sql: RunSql, normalise: Normalise) -> Path:
    """Write `models/MODEL.yaml`; gives its path. Raises RuleErrors where the name cannot be used or is taken."""
    file = folder / "models" / f"{model}.yaml"
    if not ID.match(model) or model == "signal":
        raise RuleErrors([f"{model}: the name of a model is snake_case, such as our_phases, and not signal"])
    if file.exists() or model in {one.id for one in rule_set.models}:
        raise RuleErrors([f"{folder} has a model {model} already; choose another name, nothing was written"])
    text = _text(model, rule_set, run_sql, normalise)
    with file.open("x", encoding="utf-8") as new:
        new.write(text)
    return file


def _text(model: str, rule_set: RuleSet, run_sql: RunSql, normalise: Normalise) -> str:
    groups = _groups(rule_set)
    empty = [part.id for part in PARTS[:-1] if not groups[part.id]]
    if empty:
        like = rule_set.default_model.id
        raise RuleErrors([f"model {like} says too little of signals to begin with; copy models/{like}.yaml instead"])
    examples = _examples(rule_set, groups, run_sql, normalise)
    used = [part for part in PARTS if groups[part.id]]
    phases = "\n".join(f"  - {{id: {one.id}, title: {one.titles}, part: {one.part}}}" for one in PARTS[:-1])
    rules = "\n".join(_rule(part, groups[part.id], examples, used) for part in used)
    return HEAD.format(language=LANGUAGE, model=model, phases=phases) + rules


def _groups(rule_set: RuleSet) -> dict[str, list[Signal]]:
    """Part → its signals, as the default model has them; those that it does not know are outside."""
    model = rule_set.default_model
    part_of = _part_of(model)
    first: dict[str, str] = {}
    for rule in model.rules:
        if rule.at_load:
            for test in tests_of(rule.condition):
                for value in test.values if test.field.name == "signal" else ():
                    first.setdefault(value, part_of.get(rule.outcome, OUTSIDE))
    groups: dict[str, list[Signal]] = {part.id: [] for part in PARTS}
    for signal in rule_set.signals:
        groups[first.get(signal.id, OUTSIDE)].append(signal)
    return groups


def _part_of(model: Model) -> dict[str, str]:
    """Phase of the default model → phase of the new one: its last phase of a buyer is the purchase."""
    buyer = [phase.id for phase in model.phases if phase.part == "buyer"]
    found = {phase.id: PARTS[2].id for phase in model.phases}
    found |= dict.fromkeys(buyer[:-1], PARTS[0].id) | dict.fromkeys(buyer[-1:], PARTS[1].id)
    return found


def _examples(
    rule_set: RuleSet, groups: Mapping[str, Sequence[Signal]], run_sql: RunSql, normalise: Normalise
) -> dict[str, list[Example]]:
    """Part → examples of the default model whose signal it has, as ClickHouse finds it: one of each of its rules."""
    part_of = {signal.id: part for part, signals in groups.items() for signal in signals}
    outcomes = {rule.id: rule.outcome for rule in rule_set.signal_rules}
    tried = [
        next(one for one in rule.examples if one.after is None and one.expect == rule.id and not one.denied)
        for rule in rule_set.default_model.rules
        if rule.at_load
    ]
    found: dict[str, list[Example]] = {part.id: [] for part in PARTS}
    results = matched(rule_set, [example_touchpoint(one) for one in tried], run_sql, normalise)
    for example, result in zip(tried, results, strict=True):
        if (signal := outcomes.get(result["signal"])) in part_of:
            found[part_of[signal]].append(example)
    return found


def _rule(part: _Part, signals: Sequence[Signal], examples: Mapping[str, list[Example]], used: Sequence[_Part]) -> str:
    width = max(len(signal.id) for signal in signals)
    lines = [f"      - {signal.id:<{width}}  # {' · '.join(signal.title.values())}" for signal in signals]
    hits = [f"      - {{given: {_given(one)}, expect: {part.rule}}}" for one in examples[part.id][:EXAMPLES]]
    other = next((one for one in used if one is not part and examples[one.id]), None)
    misses = [] if other is None else [f"      - {{given: {_given(examples[other.id][0])}, expect: {other.rule}}}"]
    return RULE.format(
        id=part.rule, phase=part.id, description=part.description, signals="\n".join(lines),
        examples="\n".join([*hits, *misses]),
    )  # fmt: skip


def _given(example: Example) -> str:
    """The touchpoint of an example on one line, its fields by the names that rules use."""
    flat: dict[str, object] = {}
    for name, value in example.given.items():
        if isinstance(value, dict):
            flat |= {f"{name}.{inner}": one for inner, one in value.items()}
        elif name not in ("id", "occurred_at"):
            flat[name] = value
    flat |= {name: value == "true" if name == "is_bot" else value for name, value in example.derived.items()}
    return "{" + ", ".join(f"{_word(name)}: {_value(name, value)}" for name, value in flat.items()) + "}"


def _value(name: str, value: object) -> str:
    if isinstance(value, str):
        return value if name in DECIMALS else _word(value)
    return json.dumps(value)


def _word(text: str) -> str:
    """A text as YAML has it, in quotes where it would be read as something else."""
    return text if _PLAIN.match(text) and text.lower() not in _YAML_WORDS else json.dumps(text, ensure_ascii=False)


HEAD = """# yaml-language-server: $schema=../schema/models.schema.json
# A model of your own: which phase each signal means to you. docs/rules.md teaches it.
#
# It can be used as it is written. To make it yours:
#   1. Give the phases your own names, titles and number (3 to 10), in order; rules name the same ids after phase:.
#   2. Move signals from rule to rule: one signal a line. Split a rule where you want more phases.
#   3. Put examples right: each is a touchpoint, and the rule that must match it. Every rule has one that hits, and one
#      near miss: something that looks alike and belongs to another rule.
#   4. klantreis rules check FOLDER says what is wrong and what to do; klantreis rules test FOLDER tries the examples.
format: {language}
model: {model}
title: {{en: Our phases, nl: Onze fases}}
source: Our own; say here who made it and after what.

phases:                          # part: buyer up to the first purchase, customer after it
{phases}

rules:                           # the first rule that matches decides
  # What a customer does may mean something else than the same of a stranger. Such a rule stands first, and applies when
  # the journey is settled:
  #
  # - id: after.looking_again
  #   phase: after
  #   description: Somebody who bought before looks at products again.
  #   signal: [product_viewed]
  #   journey: {{customer: true}}
  #   examples:
  #     - {{given: {{type: product_view}}, after: [{{type: order, days_ago: 5}}], expect: after.looking_again}}
  #     - {{given: {{type: product_view}}, expect: before.signals}}

"""

RULE = """  - id: {id}
    phase: {phase}
    description: "{description}"
    signal:
{signals}
    examples:
{examples}
"""
