"""A delivery made by hand, where a test needs to know what is in it."""

from __future__ import annotations

import time

from collector.demo.delivery import Delivery, KeyKind, touchpoint
from collector.demo.people import People

NOW = time.time()


def single(count: int = 1, moment: float = NOW, clock_ms: int = 0) -> Delivery:
    """One public delivery of so many touchpoints."""
    dice = People(1, [1.0]).dice("test")
    touchpoints = [touchpoint(dice, "page_view", moment, "web") for _ in range(count)]
    return Delivery(KeyKind.PUBLIC, "Browser/1.0", moment, touchpoints, ("web", "0.1.0"), clock_ms=clock_ms)
