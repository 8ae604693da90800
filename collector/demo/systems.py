"""The company's own systems: they gather touchpoints and send them with the secret key once in a while."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

from collector.demo.agenda import Agenda
from collector.demo.delivery import Delivery, KeyKind, TouchpointFields

LATEST = 0.001
"""Seconds before the end of the period at which everything that is still held goes out."""

NEVER = math.inf


@dataclass(frozen=True, slots=True)
class Habit:
    """How a system sends: as whom, how often, and how much at a time."""

    user_agent: str
    sdk: str
    every_s: float
    at_most: int = 100


class Network(Protocol):
    """What a system needs of the world."""

    agenda: Agenda
    end: float

    def post(self, delivery: Delivery) -> None: ...

    def is_seen(self, moment: float) -> bool: ...


class System:
    """One till, mail system, service desk …: holds touchpoints until it is time, or until its line is back."""

    def __init__(
        self,
        habit: Habit,
        network: Network,
        offline: tuple[float, float] = (0.0, 0.0),
    ) -> None:
        self._habit, self._network, self._offline = habit, network, offline
        self._held: list[tuple[float, TouchpointFields]] = []
        self._planned = NEVER

    def record(self, moment: float, touchpoint: TouchpointFields) -> None:
        """Keep a touchpoint for the next time of sending. What occurs outside the period is left out."""
        if not self._network.is_seen(moment):
            return
        self._held.append((moment, touchpoint))
        self._plan(moment + self._habit.every_s)

    def _plan(self, moment: float) -> None:
        """Send at this moment, or when the line is back, unless an earlier time of sending is planned already."""
        begins, ends = self._offline
        if begins <= moment < ends:
            moment = ends
        moment = min(moment, self._network.end - LATEST)
        if moment < self._planned:
            self._planned = moment
            self._network.agenda.at(moment, self._send)

    def _send(self) -> None:
        """Send what has occurred by now; a touchpoint that was recorded ahead of its time waits."""
        self._planned = NEVER
        now = self._network.agenda.now
        due = sorted((held for held in self._held if held[0] <= now), key=lambda held: held[0])
        self._held = [held for held in self._held if held[0] > now]
        for first in range(0, len(due), self._habit.at_most):
            batch = [touchpoint for _, touchpoint in due[first : first + self._habit.at_most]]
            self._network.post(Delivery(KeyKind.SECRET, self._habit.user_agent, now, batch, (self._habit.sdk, "0.1.0")))
        if self._held:
            self._plan(min(held[0] for held in self._held) + self._habit.every_s)
