"""Rules that can never match are found by reading: shadowed, covered by several, or contradicting themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from engine_in_process import normalise, run_sql
from rule_folder import write

from collector.phases.check import check
from collector.phases.folder import read_folder
from collector.phases.lint import lint

DEAD: dict[str, list[dict[str, Any]]] = {
    "the same condition again": [{"type": "order"}, {"type": "order"}],
    "one value of an earlier list": [{"type": ["order", "sale"]}, {"type": "sale"}],
    "more conditions than an earlier rule": [{"type": "order"}, {"type": "order", "channel": "web"}],
    "behind a rule without conditions": [{}, {"type": "order"}],
    "another case": [{"page.title": "Cart"}, {"page.title": "CART"}],
    "a slash at the end": [{"page.path": "/cart"}, {"page.path": "/cart/"}],
    "a longer beginning": [{"page.path|startswith": "/nl"}, {"page.path|startswith": "/nl/cart"}],
    "a longer end": [{"page.path|endswith": "cart"}, {"page.path|endswith": ["/cart", "/kart-cart"]}],
    "a beginning that contains": [{"page.path|contains": "/nl"}, {"page.path|startswith": "/nl/cart"}],
    "a whole text that contains": [{"page.path|contains": "/cart"}, {"page.path": "/nl/cart"}],
    "the same regex": [{"page.path|regex": ["/a$", "/b$"]}, {"page.path|regex": "/b$"}],
    "a higher number": [{"order.total|gte": 100}, {"order.total|gt": 100}],
    "an exact number": [{"order.step|lt": 3}, {"order.step": [1, 2]}],
    "a test of a field that is there": [{"order.total|exists": True}, {"order.total|gte": 100}],
    "two earlier rules together": [{"type": "order"}, {"type": "sale"}, {"type": ["sale", "order"]}],
    "an any-of that is covered": [
        {"type": ["order", "sale"]},
        {"any": [{"type": "order", "channel": "web"}, {"type": "sale"}]},
    ],
    "a wider negation": [{"not": {"channel": "web"}}, {"not": {"channel": ["web", "store"]}}],
    "a value that a negation allows": [{"not": {"channel": "web"}}, {"channel": "store"}],
    "a value against its negation": [{"channel": "web", "not": {"channel": ["web", "store"]}}],
    "two values at once": [{"channel": "web", "all": [{"channel": "store"}]}],
    "absent and compared": [{"page.path|exists": False, "page.path|endswith": "/cart"}],
    "numbers apart": [{"order.total|gt": 100, "order.total|lte": 100}],
    "a text and a beginning it lacks": [{"page.path": "/cart", "page.path|startswith": "/nl"}],
    "both true and false": [{"search.local": True, "not": {"search.local": True}}],
}

ALIVE: dict[str, list[dict[str, Any]]] = {
    "another value": [{"type": "order"}, {"type": "sale"}],
    "a wider list": [{"type": "sale"}, {"type": ["order", "sale"]}],
    "fewer conditions": [{"type": "order", "channel": "web"}, {"type": "order"}],
    "a shorter beginning": [{"page.path|startswith": "/nl/cart"}, {"page.path|startswith": "/nl"}],
    "other fields": [{"page.path|contains": "cart"}, {"page.title|contains": "cart"}],
    "another property": [{"properties.a": "x"}, {"properties.b": "x"}],
    "a number that may be lower": [{"order.total|gte": 100}, {"order.total|gte": 99.99}],
    "the same number, reached": [{"order.total|gt": 100}, {"order.total|gte": 100}],
    "absent": [{"order.total|exists": True}, {"order.total|exists": False}],
    "a negation that is narrower": [{"not": {"channel": ["web", "store"]}}, {"not": {"channel": "web"}}],
    "a regex that might match less": [{"page.path|regex": "/cart$"}, {"page.path": "/cart"}],
    "several parts of one text": [{"page.path|startswith": "/nl", "page.path|endswith": "/cart"}],
    "numbers between": [{"order.total|gte": 100, "order.total|lte": 100}],
}


def complaints(folder: Path, rules: list[dict[str, Any]]) -> list[str]:
    """What lint says of dead rules."""
    named = [{"id": f"made.r{at}", "signal": "made", **rule} for at, rule in enumerate(rules)]
    return [line for line in lint(read_folder(write(folder, named))).faults.lines() if "can never match" in line]


@pytest.mark.parametrize("case", DEAD)
def test_a_dead_rule_is_told(tmp_path: Path, case: str) -> None:
    """The last rule is told to be dead, and no other."""
    rules = DEAD[case]
    [line] = complaints(tmp_path, rules)
    assert f"rule made.r{len(rules) - 1} can never match" in line


@pytest.mark.parametrize("case", ALIVE)
def test_a_living_rule_is_left_alone(tmp_path: Path, case: str) -> None:
    """A rule that something can still reach is never called dead."""
    assert complaints(tmp_path, ALIVE[case]) == []


def test_a_rule_with_journey_facts_shadows_only_rules_with_the_same_facts(tmp_path: Path) -> None:
    """A rule for customers leaves everybody else to the rules after it."""
    model: list[dict[str, Any]] = [
        {"id": "one.customer", "phase": "one", "signal": "made", "journey": {"customer": True}},
        {
            "id": "two.reached",
            "phase": "two",
            "signal": "made",
            "journey": {"reached": "one", "not": {"reached": "two"}},
        },
        {"id": "three.any", "phase": "three", "signal": "made"},
        {"id": "one.late", "phase": "one", "signal": "made", "journey": {"purchases|gte": 2}},
    ]
    write(tmp_path, [{"id": "made.r", "signal": "made", "type": "order"}], model)
    [line] = [line for line in lint(read_folder(tmp_path)).faults.lines() if "can never match" in line]
    assert "rule one.late can never match: one.customer" in line


def test_a_shadow_that_reading_cannot_see_is_caught_by_the_examples(tmp_path: Path) -> None:
    """A regex that takes another rule's texts is found because examples run against the whole set."""
    rules = [
        {"id": "made.wide", "signal": "made", "page.path|regex": "^/(cart|kart)"},
        {
            "id": "made.narrow",
            "signal": "made",
            "page.path": "/cart",
            "examples": [{"given": {"type": "page_view", "page.path": "/cart"}, "expect": "made.narrow"}],
        },
    ]
    found = check(write(tmp_path, rules), run_sql, normalise)
    assert any("example of made.narrow is taken by made.wide" in line and "move made.narrow" in line for line in found)
