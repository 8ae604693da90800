"""Credit for purchases, worked out by hand, and Markov's against matrices."""

from __future__ import annotations

import random
from decimal import Decimal

import numpy as np
import pytest

from collector.phases.rules import RuleSet
from collector.questions import markov
from collector.questions.answer import answer
from collector.questions.catalogue import question
from collector.warehouse.client import Warehouse
from tests.questions import generated
from tests.questions.conftest import Fill

THREE = [("Email", 14), ("Display", 7), ("Direct", 0)]
FOUR = [("Email", 9), ("Display", 8), ("Email", 7), ("Paid Search", 6)]
BY_HAND = [
    ("first", THREE, {"Email": "1", "Display": "0", "Direct": "0"}),
    ("last", THREE, {"Email": "0", "Display": "0", "Direct": "1"}),
    ("last_non_direct", THREE, {"Email": "0", "Display": "1", "Direct": "0"}),
    ("last_non_direct", [("Direct", 2), ("Direct", 1)], {"Direct": "1"}),
    ("linear", THREE, {"Email": "0.333333333333", "Display": "0.333333333333", "Direct": "0.333333333334"}),
    ("position", THREE, {"Email": "0.4", "Display": "0.2", "Direct": "0.4"}),
    ("position", FOUR, {"Email": "0.5", "Display": "0.1", "Paid Search": "0.4"}),
    ("position", THREE[:2], {"Email": "0.5", "Display": "0.5"}),
    ("position", THREE[:1], {"Email": "1"}),
    # 2⁻², 2⁻¹ and 2⁰ make 1.75, of which they are 1/7, 2/7 and 4/7.
    ("time_decay", THREE, {"Email": "0.142857142857", "Display": "0.285714285714", "Direct": "0.571428571429"}),
    ("linear", [], {"(no touch)": "1"}),
]


def credited(warehouse: Warehouse, **given: str) -> dict[str, Decimal]:
    """Name → credit."""
    told = answer(warehouse, question("attribution"), given)
    return {row[0]: row[told.columns.index("conversions")] for row in told.rows}


@pytest.mark.parametrize(("rule", "arrivals", "expected"), BY_HAND)
def test_one_purchase_is_shared_as_by_hand(
    fill: Fill, rules: RuleSet, rule: str, arrivals: list[tuple[str, float]], expected: dict[str, str]
) -> None:
    """Each rule, on paths of no, one, two, three and four touches."""
    warehouse = fill(generated.path(rules, 1, arrivals, "100"))
    assert credited(warehouse, rule=rule) == {name: Decimal(value) for name, value in expected.items()}


def test_old_touches_fall_out_of_the_window(fill: Fill, rules: RuleSet) -> None:
    """What is older than the window gets nothing, what is just as old gets its part."""
    warehouse = fill(generated.path(rules, 1, THREE, "100"))
    assert credited(warehouse, window_days="7") == {"Display": Decimal("0.5"), "Direct": Decimal("0.5")}


def test_a_journey_without_a_purchase_gives_no_credit(fill: Fill, rules: RuleSet) -> None:
    """Nor does it take any."""
    warehouse = fill(generated.path(rules, 1, THREE, "100") + generated.path(rules, 2, FOUR, None))
    assert credited(warehouse, rule="last") == {"Email": 0, "Display": 0, "Direct": 1}


def test_markov_of_three_paths_is_as_by_hand() -> None:
    """start → a → b → purchase, start → a → null, start → b → null.

    a is begun with in 2 of 3 paths and goes on to b in half of its cases, b buys in half of its: 1/3 reach b by a, 1/3
    begin there, so a purchase is made in (1/3 + 1/3) · 1/2 = 1/3. Without b nothing is left; without a, 1/3 · 1/2 = 1/6
    is left, so half is lost.
    """
    transitions = [
        *(("(start)", "a", 2), ("(start)", "b", 1), ("a", "b", 1), ("a", "(null)", 1)),
        *(("b", "(purchase)", 1), ("b", "(null)", 1)),
    ]
    assert markov.removal_effects(transitions) == pytest.approx({"a": 1 / 2, "b": 1})
    assert markov.shares(transitions) == pytest.approx({"a": 1 / 3, "b": 2 / 3})


@pytest.mark.parametrize("seed", range(20))
def test_markov_is_what_matrices_say(seed: int) -> None:
    """Against a chain that is solved anew without each touch, with loops and touches that nobody begins with."""
    draw = random.Random(seed)
    names = [f"touch-{number}" for number in range(draw.randrange(1, 12))]
    transitions = [
        (source, target, draw.randrange(1, 50))
        for source in ("(start)", *names)
        for target in (*names, *(("(purchase)", "(null)") if source != "(start)" else ()))
        if target in ("(null)", names[0]) or draw.random() < 0.5
    ]
    effects, whole = markov.removal_effects(transitions), bought_without(transitions, names, None)
    reached = {target for _, target, _ in transitions} | {source for source, _, _ in transitions}
    for name in names:
        if whole:
            lost = 1 - bought_without(transitions, names, name) / whole
            assert effects.get(name, 0.0) == pytest.approx(lost, abs=1e-9), name in reached
    assert sum(markov.shares(transitions).values()) == pytest.approx(1.0 if whole else 0.0)


def bought_without(transitions: list[markov.Transition], names: list[str], removed: str | None) -> float:
    """The probability of a purchase when everybody who comes to one touch stops there."""
    states = ["(start)", *names, "(purchase)", "(null)"]
    chain = np.zeros((len(states), len(states)))
    for source, target, number in transitions:
        chain[states.index(source), states.index("(null)" if target == removed else target)] += number
    chain[-2, -2] = chain[-1, -1] = 1
    chain /= np.maximum(chain.sum(axis=1, keepdims=True), 1)
    between = len(states) - 2
    absorbed = np.linalg.solve(np.eye(between) - chain[:between, :between], chain[:between, between:])
    return float(absorbed[0, 0])
