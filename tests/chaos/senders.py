"""Senders that give up nothing: what is not answered 202 is sent again, the same touchpoints under the same ids."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.installation import Installation, touchpoint

KEYS = ("demo", "demo-secret")
BATCH = 5
PAUSE_S = 0.02
SENT_TWICE = 0.02
"""Share of the requests that are sent again although they were answered, as when the answer was lost on its way."""


class Sender(threading.Thread):
    """One of them. `moment` says how far the harness is when something is accepted."""

    def __init__(self, installation: Installation, number: int, seed: int, moment: Callable[[], int]) -> None:
        super().__init__(name=f"sender-{number}", daemon=True)
        self.key = KEYS[number % len(KEYS)]
        self.accepted: dict[str, int] = {}
        """Id of each touchpoint that was accepted → the moment."""
        self.answers: dict[int, int] = {}
        """Status → how many requests were answered with it; 0: not answered."""
        self.repeated = 0
        self.problems: list[Any] = []
        self.stopping = threading.Event()
        self._installation, self._moment = installation, moment
        self._chance = random.Random(f"{seed} sender {number}")
        self._visitor = f"visitor-{number}"

    def run(self) -> None:
        """Send until told to stop; whatever is under way then is sent until it is accepted."""
        while not self.stopping.is_set():
            filler = "x" * self._chance.randrange(1000)
            batch = [touchpoint(visitor_id=self._visitor, properties={"filler": filler}) for _ in range(BATCH)]
            while not self._send(batch):
                self.repeated += 1
                time.sleep(0.05)
            if self._chance.random() < SENT_TWICE:
                self.repeated += 1
                self._send(batch)
            time.sleep(PAUSE_S)

    def _send(self, batch: list[dict[str, Any]]) -> bool:
        status, answer = self._installation.send(batch, self.key)
        self.answers[status] = self.answers.get(status, 0) + 1
        if status == 202:
            if answer["accepted"] != len(batch):
                self.problems.append(answer)
            self.accepted |= dict.fromkeys((one["id"] for one in batch), self._moment())
            return True
        if status not in (0, 503):
            self.problems.append((status, answer))
        return False
