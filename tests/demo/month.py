"""A month of the demo as tests look at it: its touchpoints with true times, and who belongs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from collector.demo.browsers import BOTS
from collector.demo.delivery import Delivery

BOT_AGENTS = frozenset(bot.user_agent for bot in BOTS)
BOUGHT = ("order", "sale")


@dataclass(frozen=True)
class Seen:
    """A touchpoint, the delivery it came in, and when it really occurred, in seconds since 1970 UTC."""

    touchpoint: dict[str, Any]
    delivery: Delivery
    moment: float

    @property
    def type(self) -> str:
        return str(self.touchpoint["type"])

    @property
    def is_bot(self) -> bool:
        return self.delivery.user_agent in BOT_AGENTS


@dataclass
class Month:
    """Everything that was sent in a period."""

    start: datetime
    end: datetime
    deliveries: list[Delivery]

    @cached_property
    def touchpoints(self) -> list[Seen]:
        """All of them, in the order in which they were sent."""
        return [
            Seen(touchpoint, delivery, occurred(touchpoint) - delivery.clock_ms / 1000)
            for delivery in self.deliveries
            for touchpoint in delivery.touchpoints
        ]

    @cached_property
    def people(self) -> list[list[Seen]]:
        """Journeys in order of time: touchpoints that share any identifier, directly or by others; no bots."""
        links: dict[str, str] = {}

        def root(name: str) -> str:
            while links.setdefault(name, name) != name:
                links[name] = links[links[name]]
                name = links[name]
            return name

        known = [(seen, list(identifiers(seen.touchpoint))) for seen in self.touchpoints if not seen.is_bot]
        for _, names in known:
            for name in names[1:]:
                links[root(name)] = root(names[0])
        journeys: defaultdict[str, list[Seen]] = defaultdict(list)
        for seen, names in known:
            if names:
                journeys[root(names[0])].append(seen)
        return [sorted(journey, key=lambda seen: seen.moment) for journey in journeys.values()]

    def of_type(self, *types: str) -> list[Seen]:
        """Touchpoints of these types."""
        return [seen for seen in self.touchpoints if seen.type in types]


def occurred(touchpoint: dict[str, Any]) -> float:
    """`occurred_at` in seconds, by the sender's clock."""
    sent = touchpoint["occurred_at"]
    return sent / 1000 if isinstance(sent, int) else datetime.fromisoformat(sent).timestamp()


def identifiers(touchpoint: dict[str, Any]) -> Iterator[str]:
    """What says who it was, each with its kind."""
    for name in ("visitor_id", "customer_id"):
        if name in touchpoint:
            yield f"{name} {touchpoint[name]}"
    for name, value in touchpoint.get("identity", {}).items():
        yield f"{name.removeprefix('linked_')} {value}"
