"""A till whose time and network a test sets: the package's own code on a real disk, with nothing waited for."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from klantreis_store import Person, Shop, Store
from klantreis_store.answers import Reply
from klantreis_store.batch import Limits
from klantreis_store.clock import Now
from klantreis_store.on_disk import OnDisk
from klantreis_store.outbox import LIMIT
from klantreis_store.sender import Sender

URL = "http://127.0.0.1:9"
KEY = "sk_of_a_test"


@dataclass
class SimulatedClock:
    """Both clocks of a machine. `wall_ms` may be set; `pass_ms` lets time pass on both."""

    wall_ms: int
    uptime_ms: int = 60_000
    boots: int = 1

    def now(self) -> Now:
        """As the package asks for it."""
        return Now(f"boot-{self.boots}", self.uptime_ms, self.wall_ms)

    def pass_ms(self, ms: int) -> None:
        """Time goes on."""
        self.wall_ms += ms
        self.uptime_ms += ms

    def reboot(self, off_ms: int = 0) -> None:
        """The machine starts anew, after being off for so long."""
        self.boots += 1
        self.wall_ms += off_ms
        self.uptime_ms = 15_000


@dataclass
class Till:
    """One till on one machine, which can be killed and started again. `post` is its network."""

    folder: Path
    clock: SimulatedClock
    post: Callable[[bytes], Reply]
    limit: int = LIMIT
    limits: Limits = field(default_factory=Limits)
    shop: Shop | None = None
    key: Callable[[], str] = lambda: KEY
    url: str = URL
    chance: Callable[[], float] = field(default_factory=lambda: random.Random(1).random)

    def __post_init__(self) -> None:
        self.start()

    def start(self) -> None:
        """The program starts."""
        self.store = Store(
            URL, key=KEY, folder=self.folder, shop=self.shop, limit=self.limit, sends=False, clock=self.clock
        )
        sdk = {"name": "klantreis-store", "version": "test"}
        self.disk = OnDisk(self.folder, limit=self.limit)
        self.sender = Sender(
            self.disk, self, self.key, self.clock, sdk=sdk, limits=self.limits, chance=self.chance, poll_s=3600.0
        )

    def stop(self) -> None:
        """The program ends. Nothing of it is written at its end, so that a kill leaves the same."""
        self.sender.close()
        self.disk.close()
        self.store.close()

    def wait(self, ms: int) -> None:
        """Time passes, and what is due by then happens in its order."""
        end = self.clock.uptime_ms + ms
        while True:
            step_ms = max(1, round(self.sender.step() * 1000)) if self._is_busy() else end - self.clock.uptime_ms
            if self.clock.uptime_ms + step_ms >= end:
                self.clock.pass_ms(end - self.clock.uptime_ms)
                return
            self.clock.pass_ms(step_ms)

    def _is_busy(self) -> bool:
        return self.disk.do(lambda outbox: outbox.state()).kept > 0


def accepted(body: bytes, **more: Any) -> Reply:
    """What a collector answers that takes everything."""
    answer = {"accepted": len(json.loads(body)["touchpoints"]), "rejected": []}
    return Reply(202, more, json.dumps(answer).encode())


CUSTOMER = Person(customer_id="c-7")
