"""The touchpoints that came in last, of which each who looks on sees those that they want."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from json import dumps
from typing import NamedTuple

from collector.console.arrival import Arrival

MOST = 10_000
"""Kept. Measured: going through 9,300 of them for a text that is in none takes 12 ms."""
MOST_BYTES = 32 * 2**20
"""Of their texts: ten thousand of the largest would take 320 MiB."""
LISTED = 100
"""Shown at once: as many as somebody reads."""


@dataclass(frozen=True)
class Wanted:
    """Which arrivals somebody looks for; what is empty wants all."""

    key: str = ""
    """Name of the key."""
    type: str = ""
    text: str = ""
    """Stands anywhere in it: a visitor id, a part of an address, an order number."""
    show: str = ""
    """`rejected`, or `problems`: rejected ones and those of which anything was set aside."""
    user_agent: str = ""
    """Of the request."""

    def takes(self, arrival: Arrival) -> bool:
        """Whether it is wanted."""
        told, envelope = arrival.told, arrival.envelope
        return (
            (not self.key or envelope.key_name == self.key)
            and (not self.type or told.type == self.type)
            and (not self.user_agent or envelope.user_agent == self.user_agent)
            and (not self.show or self._troubled(arrival))
            and (not self.text or self._needle in arrival.raw or self.text in (envelope.sdk_name, envelope.site))
        )

    def _troubled(self, arrival: Arrival) -> bool:
        turned = arrival.turned is not None or (arrival.became is not None and arrival.became.state != "stored")
        told = arrival.told
        return turned or (self.show == "problems" and bool(told.problems or told.extra))

    @cached_property
    def _needle(self) -> bytes:
        """As it stands in JSON."""
        return dumps(self.text, ensure_ascii=False)[1:-1].encode("utf-8", "surrogatepass")


class Seen(NamedTuple):
    """What somebody sees."""

    arrivals: list[Arrival]
    """The newest that they want, newest first."""
    more: int
    """Wanted ones that are newer than what they saw last and not among these."""


class Arrivals:
    """Keeps the last ones. Whoever uses it sees to it that nobody else does at the time."""

    def __init__(self) -> None:
        self._kept: deque[Arrival] = deque()
        self._bytes = 0
        self.number = 0
        """Of the last one that came in."""
        self.changed = 0
        """Of the last change: an arrival, or what became of one."""

    def add(self, arrival: Arrival) -> None:
        """Takes one in, and lets go of the oldest where there are too many."""
        self.number += 1
        arrival.number = self.number
        self.note_change(arrival)
        self._kept.append(arrival)
        self._bytes += len(arrival.raw)
        while len(self._kept) > MOST or self._bytes > MOST_BYTES:
            self._bytes -= len(self._kept.popleft().raw)

    def note_change(self, arrival: Arrival) -> None:
        """It is another than it was: whoever sees it has to be told."""
        self.changed += 1
        arrival.changed = self.changed

    def newest(self, wanted: Wanted, after: int) -> Seen:
        """The newest that are wanted, and how many more of them came after that number."""
        shown: list[Arrival] = []
        more = 0
        for arrival in self._backwards(wanted):
            if len(shown) < LISTED:
                shown.append(arrival)
            elif arrival.number > after:
                more += 1
            else:
                break
        return Seen(shown, more)

    def at(self, place: str) -> Arrival | None:
        """The one at this place of the spool."""
        return next((arrival for arrival in reversed(self._kept) if arrival.place == place), None)

    def _backwards(self, wanted: Wanted) -> Iterator[Arrival]:
        return filter(wanted.takes, reversed(self._kept))
