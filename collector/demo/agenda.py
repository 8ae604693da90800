"""What is to happen, in order of time: the clock of the demo."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from itertools import count

Life = Iterator[float]
"""Somebody who acts: yields the moment at which they want to act again (seconds since 1970 UTC)."""


class Agenda:
    """Runs actions in order of their moments; equal moments in the order in which they were planned.

    Only what is planned is held, so memory follows the number of people under way and not what they do.
    """

    def __init__(self, start: float) -> None:
        self.now = start
        self._planned: list[tuple[float, int, Callable[[], None]]] = []
        self._serial = count()

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Plan an action. A moment that has passed means now: time never runs back."""
        heapq.heappush(self._planned, (max(moment, self.now), next(self._serial), action))

    def follow(self, life: Life) -> None:
        """Let somebody act until they stop of their own accord or the agenda ends."""

        def act() -> None:
            moment = next(life, None)
            if moment is not None:
                self.at(moment, act)

        act()

    def run(self, end: float) -> Iterator[float]:
        """Do what is planned before `end`, yielding the moment of each action after it was done."""
        while self._planned and self._planned[0][0] < end:
            self.now, _, action = heapq.heappop(self._planned)
            action()
            yield self.now
