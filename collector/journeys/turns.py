"""One settler at a time for a warehouse, however many collectors it has.

A settler takes a turn by adding a row with the next number, and keeps it by signs of life. Another one takes over when
they have ceased. Every statement that writes journeys compares the highest turn with its own when it begins, and writes
nothing where it is another's; whoever takes over waits until what had begun before has ended. So what an interrupted
settler still does can never undo what came after it.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from collector.errors import SettlerBusy
from collector.journeys.sql import statement
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.running import await_inserts

SIGN_EVERY_S = 5.0
SILENT_AFTER_S = 30.0
"""Without a sign of life for so long a settler has lost its turn. Longer than any batch should take."""


@contextmanager
def nobody_settles(settings: Settings) -> Iterator[None]:
    """Meanwhile no settlement writes anything: the turn is seized, and kept.

    After a failure inside, settling goes on when the turn has been silent for long enough. Raises SettlerBusy and
    WarehouseError.
    """
    over = threading.Event()
    with Warehouse(settings) as warehouse:
        turn = Turn(warehouse)
        turn.take(seize=True)

        def keep() -> None:
            while not over.wait(SIGN_EVERY_S):
                turn.keep()

        keeper = threading.Thread(target=keep, name="turn", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()
        turn.keep(at_once=True)  # raises if it was lost meanwhile: somebody may have settled
        turn.give_back()


class Turn:
    """The right to settle. Taken with `take`; `number` is what statements compare."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._settler = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(8)}"
        self._signed = 0.0
        self.number = 0

    def is_taken(self) -> bool:
        """Whether another settler is at work. Raises WarehouseError."""
        return self._is_anothers(self._latest())

    @property
    def condition(self) -> str:
        """Part of a statement: that it is still this turn."""
        return statement("my_turn", turn=str(self.number))

    def take(self, *, seize: bool = False) -> None:
        """Begin a turn; `seize` ends another's.

        Raises SettlerBusy while another settler is at work, and WarehouseError.
        """
        latest = self._latest()
        if latest is not None and self._is_anothers(latest) and not seize:
            raise SettlerBusy(
                f"journeys are being settled by another process ({latest[1].rpartition(' ')[0]}): it settles "
                "everybody who changes, also what you ask for; or stop it and repeat the command after 30 s"
            )
        self.number = (latest[0] if latest else 0) + 1
        self._sign()
        # Of two that took the same turn at once the first by name has it.
        mine = self._latest()
        if mine is None or mine[1] != self._settler:
            raise SettlerBusy("another process took the turn to settle journeys at the same moment: repeat the command")
        if left := await_inserts(self._warehouse):
            raise SettlerBusy(f"{left} INSERTs do not come to an end (system.processes): repeat the command later")

    def keep(self, *, at_once: bool = False) -> None:
        """Give a sign of life, now and then. Raises SettlerBusy when the turn is another's, and WarehouseError."""
        if not at_once and time.monotonic() - self._signed < SIGN_EVERY_S:
            return
        latest = self._latest()
        if latest is None or latest[0] != self.number or latest[1] != self._settler:
            raise SettlerBusy("another process settles journeys now")
        self._sign()

    def give_back(self) -> None:
        """Let the next one begin at once. Raises WarehouseError."""
        self._warehouse.command(statement("turn_ended"), {"turn": self.number, "settler": self._settler})

    def _is_anothers(self, latest: tuple[int, str, float] | None) -> bool:
        return latest is not None and latest[1] != self._settler and latest[2] < SILENT_AFTER_S

    def _sign(self) -> None:
        self._warehouse.command(statement("turn_kept"), {"turn": self.number, "settler": self._settler})
        self._signed = time.monotonic()

    def _latest(self) -> tuple[int, str, float] | None:
        """The highest turn, who has it, and how many seconds ago it gave a sign of life."""
        rows = self._warehouse.rows(statement("turn_latest"))
        return None if not rows else (int(rows[0]["turn"]), str(rows[0]["settler"]), float(rows[0]["silent_s"]))
