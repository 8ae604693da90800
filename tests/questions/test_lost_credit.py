"""Nothing of what purchases are worth is lost or made up when it is handed out."""

from __future__ import annotations

import pytest

from collector.questions import markov
from collector.questions.answer import answer
from collector.questions.by_removal import by_removal
from collector.questions.catalogue import question
from tests.questions.conftest import Stored

RULES = ("first", "last", "last_non_direct", "linear", "position", "time_decay")


@pytest.mark.parametrize("rule", RULES)
def test_credit_and_revenue_add_up_exactly(stored: Stored, rule: str) -> None:
    """To the last decimal: as many as there are purchases, and what they brought in each currency."""
    told = answer(stored.warehouse, question("attribution"), {"rule": rule, "by": "source", "half_life_days": "0.7"})
    rows = [dict(zip(told.columns, row, strict=True)) for row in told.rows]
    bought = stored.steps[stored.steps.purchase & (stored.steps.person != 0) & ~stored.steps.is_bot]
    assert sum(row["conversions"] for row in rows) == len(bought) > 0
    for currency in ("EUR", "GBP"):
        totals = bought.order_total[bought.order_currency == currency]
        assert sum(row["revenue"] for row in rows if row["currency"] == currency) == sum(filter(None, totals))


def test_removal_hands_out_all_there_is(stored: Stored) -> None:
    """The purchases of the view and their revenue in each currency, by shares that add up to one."""
    told = by_removal(stored.warehouse, {"by": "medium"})
    whole = answer(stored.warehouse, question("attribution"), {"by": "medium"})
    for column in ("conversions", "revenue"):
        sums = [sum(float(row[one.columns.index(column)]) for row in one.rows) for one in (told, whole)]
        assert sums[0] == pytest.approx(sums[1]) and sums[0] > 0
    assert sum({row[0]: row[3] for row in told.rows}.values()) == pytest.approx(1)


def test_whoever_comes_to_a_touch_leaves_it(stored: Stored) -> None:
    """What the warehouse tells of transitions is a chain, and each of its touches gets its share."""
    told = answer(stored.warehouse, question("attribution_transitions"), {"by": "source"})
    transitions = [(str(row[0]), str(row[1]), int(row[2])) for row in told.rows]
    names = {source for source, _, _ in transitions} - {"(start)"}
    for name in names:
        coming = sum(number for _, target, number in transitions if target == name)
        assert coming == sum(number for source, _, number in transitions if source == name)
    assert set(markov.shares(transitions)) == names
