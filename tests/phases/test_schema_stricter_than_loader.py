"""The schemas for editors: they mark what is written wrongly, and never what the loader would take."""

from __future__ import annotations

import copy
import json
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from rule_folder import MODEL

from collector.phases.conditions import OPERATORS
from collector.phases.facts import FACTS
from collector.phases.fields import ALIASES, FIELDS
from collector.phases.folder import read_folder
from collector.phases.lint import lint
from collector.phases.strict_yaml import Faults, Listing, Mapping, Node, Scalar, read
from collector.shipped import rules as shipped_rules

SHIPPED = sorted(file for room in ("signals", "models") for file in (shipped_rules() / room).glob("*.yaml"))
VALIDATORS = {
    room: Draft7Validator(json.loads((shipped_rules() / "schema" / f"{room}.schema.json").read_text("utf-8")))
    for room in ("signals", "models")
}


def data(node: Node | None) -> Any:
    """A file as an editor reads it: what stands without quotes may be a number, true, false or nothing."""
    if isinstance(node, Mapping):
        return {key.value: data(value) for key, value in node}
    if isinstance(node, Listing):
        return [data(one) for one in node.items]
    assert isinstance(node, Scalar)
    return json.loads(node.value) if node.kind in ("number", "boolean") and node.plain else node.value


@cache
def document(file: Path) -> Any:
    """The content of a rule file."""
    return data(read(file.name, file.read_text("utf-8"), Faults()))


@pytest.mark.parametrize("room", VALIDATORS)
def test_the_schema_is_one(room: str) -> None:
    """Editors refuse a schema that is none, often without a word."""
    Draft7Validator.check_schema(VALIDATORS[room].schema)


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_what_ships_is_valid(file: Path) -> None:
    """An editor marks nothing in the rules that ship."""
    assert [error.message for error in VALIDATORS[file.parent.name].iter_errors(document(file))] == []


SIGNALS = """format: phase-rules/1-0-0
types: [balie]
signals:
  - {id: cart_viewed, title: {en: Cart viewed}, description: The cart was looked at., counts_as: purchase}
rules:
  - id: page.cart
    signal: cart_viewed
    description: The cart.
    type: page_view
    channel: web
    page.path|endswith: [/winkelwagen, /cart]
    order.total|gte: 150
    properties.size|exists: true
    not: {channel: store}
    examples:
      - {given: {type: page_view, page.path: /cart, order.total: 150}, expect: page.cart}
      - {given: {type: balie, page: {path: /}}, expect: unclassified}
"""
HOUSE = """format: phase-rules/1-0-0
model: house
title: {en: House, nl: Huis}
source: Made for a test.
phases:
  - {id: one, title: {en: One}, part: buyer}
  - {id: two, title: {en: Two}, part: buyer}
  - {id: three, title: {en: Three}, part: customer}
rules:
  - id: one.cart
    phase: one
    description: The cart.
    signal: cart_viewed
    journey: {customer: true, days_since_purchase|lte: 60, reached: [two, three]}
    examples:
      - {given: {type: page_view}, after: [{type: order, days_ago: 3}], expect: one.cart}
      - {given: {type: page_view}, expect: not one.cart}
"""
MISTAKES = [  # file, what is written rightly, and wrongly
    (SIGNALS, "phase-rules/1-0-0", "phase-rules/2"),
    (SIGNALS, "signals:\n", "signal:\n"),
    (SIGNALS, "counts_as: purchase", "counts_as: sale"),
    (SIGNALS, "title: {en: Cart viewed}", "title: Cart viewed"),
    (SIGNALS, "{en: Cart", "{english: Cart"),
    (SIGNALS, "id: page.cart", "id: page"),
    (SIGNALS, "id: page.cart", "id: Page.Cart"),
    (SIGNALS, "signal: cart_viewed", "signal: cart viewed"),
    (SIGNALS, "    signal: cart_viewed\n", ""),
    (SIGNALS, "    description: The cart.\n", ""),
    (SIGNALS, "channel: web", "channel: wbe"),
    (SIGNALS, "channel: web", "channel: [web, shop]"),
    (SIGNALS, "channel: web", "chanel: web"),
    (SIGNALS, "|endswith", "|endwith"),
    (SIGNALS, "[/winkelwagen, /cart]", "[]"),
    (SIGNALS, "[/winkelwagen, /cart]", "[1.10]"),
    (SIGNALS, "|gte: 150", '|gte: "150"'),
    (SIGNALS, "|gte: 150", "|gte: [150]"),
    (SIGNALS, "order.total|gte", "page.path|gte"),
    (SIGNALS, "order.total|gte: 150", "order.total|contains: x"),
    (SIGNALS, "|exists: true", "|exists: there"),
    (SIGNALS, "not: {channel: store}", "not: store"),
    (SIGNALS, "not: {channel: store}", "any: [{id: x.y}]"),
    (SIGNALS, "not: {channel: store}", "journey: {customer: true}"),
    (SIGNALS, "given: {type: page_view, ", "given: {"),
    (SIGNALS, "page.path: /cart", "page.pth: /cart"),
    (SIGNALS, "page: {path: /}", "page: {pth: /}"),
    (SIGNALS, "expect: unclassified", "expect: none"),
    (SIGNALS, "      - {given: {type: balie, page: {path: /}}, expect: unclassified}\n", ""),
    (HOUSE, "model: house\n", ""),
    (HOUSE, "source: Made for a test.\n", "sources: Made for a test.\n"),
    (HOUSE, "part: customer", "part: client"),
    (HOUSE, "  - {id: two, title: {en: Two}, part: buyer}\n", ""),
    (HOUSE, "phase: one\n", "signals: one\n"),
    (HOUSE, "customer: true,", "custommer: true,"),
    (HOUSE, "customer: true,", "customer: yes please,"),
    (HOUSE, "days_since_purchase|lte", "days_since_purchase"),
    (HOUSE, "|lte: 60", "|lte: long"),
    (HOUSE, "days_ago: 3", "days_ago: three"),
    (HOUSE, "days_ago: 3", "day_ago: 3"),
    (HOUSE, "after: [", "before: ["),
]


@pytest.mark.parametrize("number", range(len(MISTAKES)))
def test_a_mistake_is_marked_while_it_is_written(number: int) -> None:
    """One wrong word in a file that is right is marked; without it nothing is."""
    text, right, wrong = MISTAKES[number]
    validator = VALIDATORS["models" if text is HOUSE else "signals"]
    assert text.count(right) >= 1
    assert [error.message for error in validator.iter_errors(data(read("x", text, Faults())))] == []
    assert not validator.is_valid(data(read("x", text.replace(right, wrong, 1), Faults())))


# Rules that ship, changed at random: what the loader takes, the schema takes.

KEYS = [
    *(f"{name}|{operator}" for name in ("type", "page.path", "order.total", "search.local", "properties.x", "came_by")
      for operator in OPERATORS if operator != "equals"),
    *FIELDS, *ALIASES, *(fact.name for fact in FACTS), *(f"{fact.name}|gte" for fact in FACTS),
    "any", "all", "not", "signal", "phase", "signal|exists", "journey", "retired", "properties.a b", "properties.|gte",
    "page", "order", "properties", "days_ago", "after", "counts_as",
]  # fmt: skip
VALUES: list[Any] = [
    True, False, None, 0, 5, -3, 1.5, 99.95, "", " ", "x", "WEB", "Store", "Page_View", "order", "B2B", "/cart", "no",
    "not a.b", "unclassified", "outside", "a.b", "\n", "é", "x" * 513, [], ["web", "WEB"],
    [5, 1.5], [True], ["x", ["y"]],
    {}, {"channel": "web"}, {"any": [{"type": "order"}]}, [{"channel": "web"}, {"page.path|glob": "/*"}],
    {"customer": True}, {"touchpoints|gt": 3}, {"type": "order"}, [{"type": "order", "days_ago": 2}], {"path": "/x"},
]  # fmt: skip


def containers(node: Any) -> Iterator[Any]:
    """Every mapping and list within, the outermost first."""
    if isinstance(node, (dict, list)):
        yield node
        for one in node.values() if isinstance(node, dict) else node:
            yield from containers(one)


@st.composite
def changed(draw: st.DrawFn) -> tuple[str, Any]:
    """A file with one shipped rule in which one or two things were changed, and the room that it is of."""
    file = draw(st.sampled_from(SHIPPED))
    room, rule = file.parent.name, copy.deepcopy(draw(st.sampled_from(document(file)["rules"])))
    for example in rule["examples"]:  # of other rules nothing is known here
        example["expect"] = example["expect"] if rule["id"] in example["expect"] else "unclassified"
    for _ in range(draw(st.sampled_from((1, 1, 1, 2)))):
        target = draw(st.sampled_from(list(containers(rule))))
        at = draw(st.sampled_from(list(target) if isinstance(target, dict) else range(len(target)))) if target else None
        deed = draw(st.sampled_from(("value", "value", "key", "more", "out")))
        if at is not None and deed == "value":
            target[at] = copy.deepcopy(draw(st.sampled_from(VALUES)))
        elif at is not None and deed == "out":
            del target[at]
        elif isinstance(target, dict):
            value = copy.deepcopy(draw(st.sampled_from(VALUES)))
            target[draw(st.sampled_from(KEYS))] = target.pop(at) if deed == "key" and at is not None else value
    return room, rule


def whole_file(room: str, rule: dict[str, Any]) -> dict[str, Any]:
    """The rule as the only one of a file, with all that it needs declared."""
    if room == "signals":
        signal = rule.get("signal")
        declared = [{"id": signal, "title": {"en": "Made"}, "description": "Made."}] if isinstance(signal, str) else []
        return {"format": "phase-rules/1-0-0", "signals": declared, "rules": [rule]}
    phases = dict.fromkeys(one for one in (rule.get("phase"), "aa", "bb", "cc") if isinstance(one, str))
    rests = [
        {
            "id": f"zz.{phase}",
            "phase": phase,
            "description": "Made.",
            "channel": channel,
            "examples": [
                {"given": {"type": "order"}, "expect": f"zz.{phase}"},
                {"given": {"type": "order"}, "expect": "unclassified"},
            ],
        }
        for phase, channel in zip(phases, ("web", "store", "phone", "chat"), strict=False)
    ]
    return {
        "format": "phase-rules/1-0-0",
        "model": "made",
        "title": {"en": "Made"},
        "source": "Made.",
        "phases": [{"id": one, "title": {"en": "Made"}, "part": "buyer"} for one in phases if one != "outside"],
        "rules": [rule, *(one for one in rests if one["phase"] != rule.get("phase"))],
    }


def faults(folder: Path, room: str, content: Any) -> list[str]:
    """What the loader has against this file, beside a file of the other room that suits it."""
    for name in ("signals", "models"):
        (folder / name).mkdir(exist_ok=True)
    (folder / room / "10_made.yaml").write_text(json.dumps(content), "utf-8")
    if room == "models":
        used = sorted({value for one in containers(content) if isinstance(one, dict) for value in named(one)})
        signals = [{"id": one, "title": {"en": "Made"}, "description": "Made."} for one in used]
        other = {"format": "phase-rules/1-0-0", "signals": signals}
        (folder / "signals" / "10_other.yaml").write_text(json.dumps(other), "utf-8")
    else:
        (folder / "models" / "10_other.yaml").write_text(MODEL.format(rules=""), "utf-8")
    (folder / "lists").mkdir(exist_ok=True)
    (folder / "lists" / "after_sales_topics.txt").write_text("garantie\n", "utf-8")
    lines = lint(read_folder(folder)).faults.lines()
    return [line for line in lines if line.startswith(f"{room}/10_made") and not any(one in line for one in OF_OTHERS)]


OF_OTHERS = ("no model knows", "no signal counts as", "no model is the default", "can never match", "unknown list")
"""Complaints that speak of more than one rule: a schema knows nothing of them either way."""


def named(one: dict[str, Any]) -> list[str]:
    """The signals that a mapping names."""
    value = one.get("signal", [])
    return [text.lower() for text in (value if isinstance(value, list) else [value]) if isinstance(text, str) and text]


def test_what_the_loader_takes_the_schema_takes() -> None:
    """Whatever is changed in a shipped rule: where the loader has nothing against it, no editor marks it."""
    taken: list[bool] = []

    @settings(max_examples=300, derandomize=True, database=None)
    @given(changed())
    def tried(made: tuple[str, dict[str, Any]]) -> None:
        room, rule = made
        content = whole_file(room, rule)
        with tempfile.TemporaryDirectory() as folder:
            taken.append(not faults(Path(folder), room, content))
        if taken[-1]:
            assert [error.message for error in VALIDATORS[room].iter_errors(content)] == []

    tried()
    assert min(taken.count(True), taken.count(False)) > 30  # else it says nothing
