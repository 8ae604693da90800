"""One at a time on this machine: the system takes the turn back when a process dies, however it dies.

A SQLite file with an exclusive transaction on it, since the standard library has no lock of files that works on every
system. Nothing is ever written to it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from pathlib import Path


class Turn:
    """The right to do something alone, named by a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: sqlite3.Connection | None = None
        self._lock = threading.Lock()

    @property
    def held(self) -> bool:
        """Whether it is ours."""
        return self._held is not None

    def take(self, within_s: float = 0.0) -> bool:
        """Whether it is ours now; waits so long for whoever has it."""
        with self._lock:
            self._held = self._held or self._locked(within_s)
        return self.held

    def give_back(self) -> None:
        """Lets the next one."""
        with self._lock:
            self._let_go()

    def pause(self) -> None:
        """Before a fork: see `forks.LetsGo`. The turn is lost by it, and taken again where it is wanted."""
        self._lock.acquire()
        self._let_go()

    def resume(self) -> None:
        """After a fork, in parent and child."""
        self._lock.release()

    def _locked(self, within_s: float) -> sqlite3.Connection | None:
        connection: sqlite3.Connection | None = None
        try:
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            connection = sqlite3.connect(self._path, timeout=within_s, isolation_level=None, check_same_thread=False)
            connection.execute("BEGIN EXCLUSIVE")
        except (sqlite3.Error, OSError):
            if connection is not None:
                connection.close()
            return None
        return connection

    def _let_go(self) -> None:
        if self._held is not None:
            with contextlib.suppress(sqlite3.Error):
                self._held.close()
            self._held = None
