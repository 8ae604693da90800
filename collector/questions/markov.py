"""Attribution by removal: how many purchases would be lost if a touch led nowhere.

Journeys are taken for a Markov chain of first order: where somebody goes from a touch depends on that touch alone (E.
Anderl et al., Mapping the customer journey, 2016). The removal effect of a touch is the share of the purchases that
is lost when everybody who comes to it stops there; credit is shared in proportion to it.

No chain is solved anew for each touch. With the fundamental matrix N = (1 − Q)⁻¹ of the touches, somebody who
starts comes to the touch t with the probability N[start, t] / N[t, t] and goes on to a purchase from there with the
probability b[t]; their product is what removing t loses. So one inversion is enough, some 10⁷ steps for 200 touches.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

START, PURCHASE, NULL = "(start)", "(purchase)", "(null)"
"""The ends of paths, as `attribution_transitions` names them."""

Transition = tuple[str, str, int]
"""From, to, how often."""


def shares(transitions: Iterable[Transition]) -> dict[str, float]:
    """The part of all credit that each touch deserves; they add up to one, or there are none without a purchase."""
    effects = removal_effects(transitions)
    total = sum(effects.values())
    return {name: effect / total for name, effect in effects.items()} if total else {}


def removal_effects(transitions: Iterable[Transition]) -> dict[str, float]:
    """The share of purchases, from 0 to 1, that is lost without each touch."""
    going = _probabilities(transitions)
    names = [name for name in going if name != START]
    inverse = _inverse([[(row == column) - going[row].get(column, 0.0) for column in names] for row in names])
    begins = [going.get(START, {}).get(name, 0.0) for name in names]
    visits = [sum(begin * row[at] for begin, row in zip(begins, inverse, strict=True)) for at in range(len(names))]
    buys = [going[name].get(PURCHASE, 0.0) for name in names]
    bought = sum(visit * buy for visit, buy in zip(visits, buys, strict=True))
    if not bought:
        return {}
    onward = [sum(passed * buy for passed, buy in zip(row, buys, strict=True)) for row in inverse]
    return {name: visits[at] / inverse[at][at] * onward[at] / bought for at, name in enumerate(names)}


def _probabilities(transitions: Iterable[Transition]) -> Mapping[str, Mapping[str, float]]:
    """From each place to the next, staying left out: whoever stays goes on all the same."""
    counts: dict[str, dict[str, int]] = {}
    for source, target, number in transitions:
        counts.setdefault(source, {})
        if source != target:
            counts[source][target] = counts[source].get(target, 0) + number
        if target not in (PURCHASE, NULL):
            counts.setdefault(target, {})
    return {
        source: {target: number / sum(targets.values()) for target, number in targets.items()}
        for source, targets in counts.items()
    }


def _inverse(matrix: list[list[float]]) -> list[list[float]]:
    """By Gauss and Jordan, with the largest pivot of each column."""
    size = len(matrix)
    rows = [[*row, *(float(at == column) for column in range(size))] for at, row in enumerate(matrix)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda at: abs(rows[at][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        scale = rows[column][column]
        rows[column] = here = [value / scale for value in rows[column]]
        for at, row in enumerate(rows):
            if at != column and (factor := row[column]):
                rows[at] = [value - factor * taken for value, taken in zip(row, here, strict=True)]
    return [row[size:] for row in rows]
