"""Comparisons: neighbours against neighbours, in turn."""

from __future__ import annotations

from functools import partial

import pytest

from loadtest.pairs import in_turn, ratios, spread


def test_contenders_run_in_turn() -> None:
    """A B A B …, so that a machine that slows down slows both."""
    order: list[str] = []

    def run(name: str) -> int:
        order.append(name)
        return len(order)

    taken = in_turn(3, {name: partial(run, name) for name in ("a", "b")})
    assert order == ["a", "b"] * 3
    assert taken == {"a": [1, 3, 5], "b": [2, 4, 6]}


def test_a_ratio_is_of_neighbours() -> None:
    """A drift that halves the speed of both from round to round does not show in the ratios."""
    told = ratios([60.0, 30.0, 15.0], [100.0, 50.0, 25.0])
    assert told.values == (0.6, 0.6, 0.6)


def test_pairs_that_miss_one_another_are_no_pairs() -> None:
    """Unequal numbers of measurements are a mistake, not a figure."""
    with pytest.raises(ValueError, match=r"longer|shorter"):
        ratios([1.0], [1.0, 2.0])


def test_nothing_measured_is_no_figure() -> None:
    """Without a measurement there is no median."""
    with pytest.raises(ValueError, match="nothing was measured"):
        spread([])


def test_the_spread_shows_the_outliers() -> None:
    """The middle is told, and how far the others lay from it."""
    told = spread([3.0, 1.0, 10.0])
    assert (told.median, told.lowest, told.highest) == (3.0, 1.0, 10.0)
