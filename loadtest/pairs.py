"""Measurements that are compared: taken in turn within one run, told with their spread.

A machine's speed drifts from minute to minute and from machine to machine; the ratio of two neighbouring measurements
does so far less. So what is compared runs A B A B …, and a ratio is that of neighbours.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Spread:
    """A few measurements of the same thing."""

    values: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle one."""
        return statistics.median(self.values)

    @property
    def lowest(self) -> float:
        """The lowest one."""
        return min(self.values)

    @property
    def highest(self) -> float:
        """The highest one."""
        return max(self.values)


def spread(values: Iterable[float]) -> Spread:
    """Measurements in the order in which they were taken. Raises ValueError when there are none."""
    taken = tuple(values)
    if not taken:
        raise ValueError("nothing was measured")
    return Spread(taken)


def ratios(values: Sequence[float], against: Sequence[float]) -> Spread:
    """Each measurement ÷ its neighbour of the same round."""
    return spread(value / other for value, other in zip(values, against, strict=True))


def in_turn(rounds: int, contenders: Mapping[str, Callable[[], T]]) -> dict[str, list[T]]:
    """Run every contender once a round; gives what each returned, by name."""
    taken: dict[str, list[T]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, run in contenders.items():
            taken[name].append(run())
    return taken
