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


CONTRADICTING_FACTS: dict[str, dict[str, Any]] = {
    "a stranger who bought": {"customer": False, "purchases|gte": 1},
    "a customer without a purchase": {"customer": True, "purchases": 0},
    "a customer before anything": {"customer": True, "touchpoints": 0},
    "a customer without a day of purchase": {"customer": True, "days_since_purchase|exists": False},
    "a stranger's days since the purchase": {"not": {"customer": True}, "days_since_purchase|lte": 60},
    "more purchases than touchpoints": {"purchases|gte": 3, "touchpoints|lt": 3},
    "a number between two whole ones": {"purchases|gt": 1, "all": [{"purchases|lt": 2}]},
    "a first touchpoint with one before": {"touchpoints": 0, "previous_phase": "one"},
    "a phase before, and none reached": {"previous_phase": "one", "reached|exists": False},
    "reached and not": {"reached": "one", "not": {"reached": ["one", "two"]}},
    "two phases just before": {"previous_phase": "one", "all": [{"previous_phase": "two"}]},
    "days below nothing": {"days_since_last|lt": 0},
    "sessions before the first touchpoint": {"touchpoints|lt": 1, "sessions": 2},
}
AGREEING_FACTS: dict[str, dict[str, Any]] = {
    "a customer of some time": {"customer": True, "purchases|lte": 1, "days_since_purchase|gte": 10},
    "several reached": {"reached": "one", "all": [{"reached": "two"}]},
    "reached one and not another": {"reached": "one", "not": {"reached": "two"}},
    "no purchase, whatever the days": {"not": {"days_since_purchase|lte": 60}, "customer": False},
    "an ambassador's first": {"arrived_by_ambassador": True, "touchpoints": 0},
}
TAKEN: dict[str, list[dict[str, Any]]] = {
    "customers have bought": [{"customer": True}, {"purchases|gte": 2}],
    "a day of purchase is a customer's": [{"customer": True}, {"days_since_purchase|lte": 60}],
    "strangers and customers are all": [{"customer": False}, {"customer": True}, {"touchpoints|gte": 3}],
    "the first and the others are all": [{"touchpoints": 0}, {"touchpoints|gte": 1}, {"reached": "one"}],
    "what is just before was reached": [{"reached": ["one", "two"]}, {"previous_phase": "one"}],
    "a longer time": [{"days_since_last|gt": 2}, {"days_since_last|gte": 30}],
}


def told_of(folder: Path, journeys: list[dict[str, Any] | None]) -> list[str]:
    """What lint says of dead rules of a model with these facts, all for one signal."""
    model: list[dict[str, Any]] = [
        {"id": f"one.r{at}", "phase": "one", "signal": "made", **({} if facts is None else {"journey": facts})}
        for at, facts in enumerate(journeys)
    ]
    write(folder, [{"id": "made.r", "signal": "made", "type": "order"}], model)
    return [line for line in lint(read_folder(folder)).faults.lines() if "can never match" in line]


@pytest.mark.parametrize("case", CONTRADICTING_FACTS)
def test_facts_that_contradict_each_other_are_told(tmp_path: Path, case: str) -> None:
    """What no journey can have at once makes a dead rule."""
    [line] = told_of(tmp_path, [CONTRADICTING_FACTS[case], None])
    assert "rule one.r0 can never match: its conditions contradict each other" in line


@pytest.mark.parametrize("case", AGREEING_FACTS)
def test_facts_that_a_journey_may_have_are_left_alone(tmp_path: Path, case: str) -> None:
    """No rule is called dead that some journey reaches."""
    assert told_of(tmp_path, [AGREEING_FACTS[case], None]) == []


@pytest.mark.parametrize("case", TAKEN)
def test_a_rule_whose_journeys_earlier_rules_take_is_told(tmp_path: Path, case: str) -> None:
    """What follows from a fact counts: the last rule is dead, and the rule that decides at load is not."""
    [line] = told_of(tmp_path, [*TAKEN[case], None])
    assert f"rule one.r{len(TAKEN[case]) - 1} can never match" in line


def test_facts_below_a_rule_that_takes_every_touchpoint_are_dead(tmp_path: Path) -> None:
    """A rule with facts stands above the one that decides until the journey is settled, or it never matches."""
    [line] = told_of(tmp_path, [None, {"customer": True}])
    assert "rule one.r1 can never match: one.r0" in line and "move one.r1 before it" in line


def test_rules_with_facts_take_nothing_at_load(tmp_path: Path) -> None:
    """Strangers and customers together are everybody; yet until the journey is settled only the rule below decides."""
    assert told_of(tmp_path, [{"customer": False}, {"customer": True}, None]) == []
    assert told_of(tmp_path, [{"purchases|gte": 0}, None]) == []


def test_a_journey_is_shown_beside_the_touchpoint_alone(tmp_path: Path) -> None:
    """A rule with facts has an example with `after:`, and the same touchpoint without; purchases are known."""
    given = {"type": "order"}
    rule: dict[str, Any] = {"id": "one.fact", "phase": "one", "signal": "made", "journey": {"customer": True}}
    below = {"id": "two.rest", "phase": "two", "signal": "made"}

    def told(*examples: dict[str, Any]) -> str:
        model = [{**rule, "examples": list(examples)}, below]
        write(tmp_path, [{"id": "made.r", "signal": "made", "type": "order"}], model)
        return "\n".join(line for line in lint(read_folder(tmp_path)).faults.lines() if "two.rest" not in line)

    hit = {"given": given, "after": [{"type": "order"}], "expect": "one.fact"}
    alone = {"given": given, "expect": "two.rest"}
    assert "one.fact applies when the journey is settled; say what came before" in told({**alone, "expect": "one.fact"})
    assert "no example of the same touchpoint without its journey" in told(hit, {**hit, "after": []})
    assert "customer: no signal counts as a purchase" in told(hit, alone)
    late = {**hit, "after": [{"type": "order", "days_ago": 2}, {"type": "sale", "days_ago": 3}]}
    assert "days_ago: 2 is later than what follows it; after: begins with the oldest" in told(late, alone)


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
