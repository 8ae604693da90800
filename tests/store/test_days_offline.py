"""Days without a network, clocks that are set and machines that start anew: what happened first comes first.

The till's time is simulated and its network is real: the collector sees requests of now that speak of days ago.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from klantreis_store import Line, Person, Shop
from klantreis_store.answers import Reply
from klantreis_store.wire import Wire

from tests.faults.sending import until_loaded
from tests.installation import Installation, touchpoint
from tests.store.simulated import SimulatedClock, Till

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
BETWEEN_HOURS = 0.5
"""Between two touchpoints at least: more than any machine needs to run a test."""
WITHIN_MS = 20 * 60_000
"""Of its real time each step is put; clocks are off by hours and days here."""


class Days:
    """A till that lives two days in an instant, and a customer who also visits the web meanwhile."""

    def __init__(self, folder: Path, collector: tuple[Installation, str], customer: str) -> None:
        self.installation, self.key = collector
        self.customer = customer
        self.person = Person(customer_id=customer)
        now_ms = int(time.time() * 1000)
        self.clock = SimulatedClock(now_ms - 2 * DAY_MS)
        self.true_ms = now_ms - 2 * DAY_MS
        self.online = False
        self.order: list[tuple[str, int]] = []
        """What really happened, in its order: name, and when."""
        self.till = Till(folder, self.clock, self._post, shop=Shop("utrecht", till="3"), key=lambda: self.key)
        self._wire = Wire(self.installation.url, agent="test")

    def _post(self, body: bytes) -> Reply:
        return self._wire.post(body) if self.online else Reply(0, {}, b"", "no network")

    def pass_hours(self, hours: float) -> None:
        """Time goes on, and the till tries to send."""
        self.till.wait(round(hours * HOUR_MS))
        self.true_ms += round(hours * HOUR_MS)

    def tell(self, name: str, what: Callable[[str], str]) -> None:
        """At the till."""
        what(name)
        self.order.append((name, self.true_ms))
        self.pass_hours(BETWEEN_HOURS)

    def sell(self, receipt: str) -> None:
        """A sale to the customer."""
        self.tell(receipt, lambda name: self.till.store.sale(name, "10", [Line("gloves")], person=self.person))

    def visit_web(self, name: str) -> None:
        """On the site, whose clock is right and whose network is there."""
        one = touchpoint(
            "product_view", occurred_at=self.true_ms, channel="web", customer_id=self.customer,
            visitor_id=f"browser-{self.customer}", page={"url": "https://shop.example/gloves"}, order={"id": name},
        )  # fmt: skip
        assert self.installation.send([one], self.key)[0] == 202
        self.order.append((name, self.true_ms))
        self.pass_hours(BETWEEN_HOURS)

    def arrive(self) -> list[dict[str, Any]]:
        """Two days are over and the network is there again; the steps of the customer's journey, once settled."""
        self.pass_hours((int(time.time() * 1000) - self.true_ms) / HOUR_MS)
        self.online = True
        self.till.store._disk.do(lambda outbox: outbox.ask())  # the sender waits for minutes, of simulated time
        self.till.wait(2_000)
        assert self.till.store.status().waiting == 0, self.till.store.status()
        until_loaded(self.installation)
        return self.installation.until(self._journey, "the journey is settled")

    def _journey(self) -> list[dict[str, Any]] | None:
        rows = self.installation.ask(
            "SELECT order_id, toUnixTimestamp64Milli(occurred_at) AS occurred_ms, person FROM klantreis.journey_steps"
            " WHERE customer_id = {customer:String} ORDER BY journey_number, step",
            {"customer": self.customer},
        )
        return rows if rows is not None and len(rows) == len(self.order) else None


def check(days: Days, steps: list[dict[str, Any]]) -> None:
    """The journey is what happened, in its order, each step at its time."""
    assert [step["order_id"] for step in steps] == [name for name, _ in days.order]
    assert len({step["person"] for step in steps}) == 1
    off = [step["occurred_ms"] - when for step, (_, when) in zip(steps, days.order, strict=True)]
    assert max(map(abs, off)) < WITHIN_MS, off


def test_a_clock_that_is_moved_twice(tmp_path: Path, collector: tuple[Installation, str]) -> None:
    """Two days offline, the clock set ahead and then right again: right when it sends, so nothing tells but the age."""
    days = Days(tmp_path, collector, "c-moved")
    days.visit_web("w-1")
    days.sell("R-1")
    days.clock.wall_ms += 7 * HOUR_MS
    days.sell("R-2")
    days.pass_hours(12)
    days.visit_web("w-2")
    days.sell("R-3")
    days.clock.wall_ms -= 9 * HOUR_MS
    days.pass_hours(10)
    days.sell("R-4")
    days.visit_web("w-3")
    days.clock.wall_ms += 2 * HOUR_MS
    days.pass_hours(18)
    days.sell("R-5")
    check(days, days.arrive())


def test_a_restart_in_between(tmp_path: Path, collector: tuple[Installation, str]) -> None:
    """The machine is off for a night, its clock is wrong before and after; the uptimes of two boots are joined."""
    days = Days(tmp_path, collector, "c-restarted")
    days.clock.wall_ms -= 5 * HOUR_MS  # the collector's clock was never seen with it
    days.sell("R-1")
    days.visit_web("w-1")
    days.pass_hours(3)
    days.clock.wall_ms += 8 * HOUR_MS
    days.sell("R-2")
    days.pass_hours(9)
    days.sell("R-3")
    days.till.stop()
    days.clock.reboot(off_ms=11 * HOUR_MS)
    days.true_ms += 11 * HOUR_MS
    days.till.start()
    days.visit_web("w-2")
    days.sell("R-4")
    days.clock.wall_ms -= 3 * HOUR_MS
    days.sell("R-5")
    check(days, days.arrive())


@pytest.mark.parametrize("off_days", [40, -9_000], ids=["ahead", "behind"])
def test_a_time_that_cannot_be(tmp_path: Path, collector: tuple[Installation, str], off_days: int) -> None:
    """A clock weeks ahead, or in the last century: the collector refuses its times, and then gets the right ones."""
    days = Days(tmp_path, collector, f"c-impossible-{off_days}")
    days.clock.wall_ms += off_days * DAY_MS
    days.sell("R-1")
    days.visit_web("w-1")
    days.pass_hours(30)
    days.sell("R-2")
    steps = days.arrive()
    assert days.till.store.status().aside == 0
    check(days, steps)
