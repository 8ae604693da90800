"""What was told and is not confirmed yet, on disk: one file for all programs of a machine.

`add` returns when its touchpoints are synced. A touchpoint leaves by one of three ways and no other: the collector
confirmed it, the collector refused it for good (then it is in `aside`), or there was no room for it (then it is counted
in `losses`). `opened.py` opens it, and saves what can be saved of a damaged one.
"""

from __future__ import annotations

import json
import sqlite3
import uuid
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from typing import Any

from klantreis_store.clock import Now
from klantreis_store.reckoning import UNKNOWN_BOOT, Boot
from klantreis_store.touchpoint import Made

LIMIT = 200_000
"""Touchpoints kept. A till with 600 receipts a day fills it in eleven months, and it is then some 200 MB."""

ASIDE_LIMIT = 10_000
DELIVERED_SHOWN = 100
STEADY_MS = 2000
"""Two clocks that drift apart by less were not set."""

KEPT_LONGEST = frozenset({"sale", "order", "payment", "return_made", "exchange", "repair"})
"""There is money in it: what goes last when there is no room."""

LOW_VALUE = frozenset({"engagement", "page_view", "screen_view"})
"""What goes first, as with all SDKs: `x-low-value-types` of the contract."""


@dataclass(frozen=True)
class Waiting:
    """One touchpoint on its way."""

    number: int
    id: str
    type: str
    body: bytes
    crc: int
    boot: int
    uptime_ms: int

    @property
    def is_whole(self) -> bool:
        """Whether it is what was stored."""
        return zlib.crc32(self.body) == self.crc


@dataclass(frozen=True)
class State:
    """The totals; schema.sql says what each is."""

    sequence: int
    kept: int
    sent: int
    dropped: int
    told: int
    asked: int
    pause_boot: int
    pause_until_ms: int
    trouble: str | None


COLUMNS = ", ".join(field.name for field in fields(Waiting))


@dataclass(frozen=True)
class Refusal:
    """Why one is put aside."""

    waiting: Waiting
    reason: str
    detail: str
    known: bool
    """The collector keeps it among its own rejected ones, so that it need not be told that it is missing."""


class Outbox:
    """The outbox over one connection. One thread at a time uses it; each of its changes is one transaction."""

    def __init__(self, connection: sqlite3.Connection, *, limit: int = LIMIT) -> None:
        self.connection = connection
        self._limit = limit
        self._boot: tuple[str, int] | None = None

    def add(self, made: Sequence[Made], now: Now) -> int:
        """Stores them in order, and is done when they are on disk; how many were dropped for want of room."""
        with self.transaction():
            [(sequence, kept)] = self.connection.execute("SELECT sequence, kept FROM state")
            dropped = self._make_room(kept + len(made) - self._limit, now) if kept + len(made) > self._limit else 0
            boot = self.boot(now)
            self.connection.execute("UPDATE state SET sequence = ?", [sequence + len(made)])
            self.insert(
                waiting(number, one, UNKNOWN_BOOT if one.dated else boot, now.uptime_ms)
                for number, one in enumerate(made, sequence + 1)
            )
        return dropped

    def insert(self, rows: Iterable[Waiting]) -> None:
        """Within a transaction. What is there already, by its id, stays as it is."""
        self.connection.executemany(
            "INSERT OR IGNORE INTO outbox VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            ((*astuple(one), spare(one.type)) for one in rows),
        )

    def boot(self, now: Now) -> int:
        """The number of this boot, noted anew with what the clocks say; within a transaction."""
        if self._boot is None or self._boot[0] != now.boot:
            self.connection.execute(
                "INSERT OR IGNORE INTO boots (boot, first_uptime_ms, first_wall_ms, last_uptime_ms, last_wall_ms)"
                " VALUES (?, ?, ?, ?, ?)",
                [now.boot, now.uptime_ms, now.wall_ms, now.uptime_ms, now.wall_ms],
            )
            [(number,)] = self.connection.execute("SELECT number FROM boots WHERE boot = ?", [now.boot])
            self._boot = now.boot, number
        self.connection.execute(
            "UPDATE boots SET last_uptime_ms = ?, last_wall_ms = ? WHERE number = ? AND last_uptime_ms <= ?",
            [now.uptime_ms, now.wall_ms, self._boot[1], now.uptime_ms],
        )
        return self._boot[1]

    def knows(self, now: Now) -> bool:
        """Whether this boot has its number already."""
        return self._boot is not None and now.boot == self._boot[0]

    def name_of_boot(self, now: Now) -> str:
        """Where the system has none: the latest goes on when both clocks went on by the same, else it is another."""
        last = self.connection.execute(
            "SELECT boot, last_uptime_ms, last_wall_ms FROM boots ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if last is None or now.uptime_ms < last[1]:
            return str(uuid.uuid4())
        drift_ms = (now.wall_ms - last[2]) - (now.uptime_ms - last[1])
        return str(last[0]) if abs(drift_ms) <= STEADY_MS else str(uuid.uuid4())

    def oldest(self, count: int) -> list[Waiting]:
        """So many of those that wait, the oldest first."""
        return [
            Waiting(*row)
            for row in self.connection.execute(
                f"SELECT {COLUMNS} FROM outbox ORDER BY number LIMIT ?",
                [count],
            )
        ]

    def boots(self) -> list[Boot]:
        """All that touchpoints still wait of, and the latest one."""
        return [
            Boot(*row)
            for row in self.connection.execute(
                "SELECT number, first_uptime_ms, first_wall_ms, last_uptime_ms, last_wall_ms, true_zero_ms"
                " FROM boots ORDER BY number"
            )
        ]

    def note_true_time(self, now: Now, true_ms: int) -> None:
        """The collector's clock was seen; what only earlier boots need is forgotten once nothing of them waits."""
        with self.transaction():
            number = self.boot(now)
            self.connection.execute(
                "UPDATE boots SET true_zero_ms = ? WHERE number = ?", [true_ms - now.uptime_ms, number]
            )
            self.connection.execute(
                "DELETE FROM boots WHERE number < (SELECT min(boot) FROM"
                " (SELECT boot FROM outbox WHERE boot > 0 UNION ALL SELECT boot FROM aside WHERE boot > 0"
                " UNION ALL SELECT ?))",
                [number],
            )

    def settle(self, confirmed: Sequence[Waiting], refused: Sequence[Refusal], wall_ms: int, *, told: int = 0) -> None:
        """Lets go of what the collector has answered for. It knows now of `told` more that were given up."""
        with self.transaction():
            self.connection.executemany(
                "INSERT OR REPLACE INTO delivered VALUES (?, ?, ?, ?)",
                [(one.number, one.type, occurred_at(one.body), wall_ms) for one in confirmed[-DELIVERED_SHOWN:]],
            )
            self.connection.executemany(
                "INSERT OR REPLACE INTO aside VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(*astuple(one.waiting), one.reason, one.detail[:500]) for one in refused],
            )
            gone = [*confirmed, *(one.waiting for one in refused)]
            self.connection.executemany("DELETE FROM outbox WHERE id = ?", [(one.id,) for one in gone])
            self.connection.execute(
                "UPDATE state SET sent = sent + ?, dropped = dropped + ?, told = told + ?, trouble = NULL",
                [len(confirmed), sum(not one.known for one in refused), told],
            )
            self.connection.execute(
                "DELETE FROM delivered WHERE number NOT IN (SELECT number FROM delivered ORDER BY number DESC LIMIT ?)",
                [DELIVERED_SHOWN],
            )
            if refused:
                self._trim_aside(wall_ms)

    def put_back(self) -> int:
        """What was refused waits again; how many."""
        with self.transaction():
            rows = [Waiting(*row) for row in self.connection.execute(f"SELECT {COLUMNS} FROM aside")]
            self.insert(rows)
            self.connection.execute("DELETE FROM aside")
        return len(rows)

    def rewrite(self, changed: Sequence[tuple[Waiting, bytes]]) -> None:
        """Gives touchpoints that were never accepted another body."""
        with self.transaction():
            self.connection.executemany(
                "UPDATE outbox SET body = ?, crc = ? WHERE id = ?",
                [(body, zlib.crc32(body), waiting.id) for waiting, body in changed],
            )

    def state(self) -> State:
        """The one row of it."""
        [row] = self.connection.execute(
            "SELECT sequence, kept, sent, dropped, told, asked, pause_boot, pause_until_ms, trouble FROM state"
        )
        return State(*row)

    def note_trouble(self, trouble: Mapping[str, Any], now: Now, pause_ms: int) -> None:
        """What the last attempt failed with, and for how long the collector itself asked not to try again."""
        with self.transaction():
            self.connection.execute(
                "UPDATE state SET trouble = ?, pause_boot = ?, pause_until_ms = ?",
                [json.dumps(trouble), self.boot(now), now.uptime_ms + pause_ms if pause_ms else 0],
            )

    def ask(self) -> None:
        """Lets whoever sends on this machine try at once."""
        with self.transaction():
            self.connection.execute("UPDATE state SET asked = asked + 1")

    def lose(self, what: str, count: int, wall_ms: int) -> None:
        """Counts what is gone; within a transaction."""
        # Not ON CONFLICT: the SQLite of a till may be older than it.
        self.connection.execute("INSERT OR IGNORE INTO losses VALUES (?, 0, 0)", [what])
        self.connection.execute(
            "UPDATE losses SET count = count + ?, latest_at = ? WHERE what = ?", [count, wall_ms, what]
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; on disk when it is left."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise

    def _make_room(self, count: int, now: Now) -> int:
        chosen = self.connection.execute(
            "SELECT number, type FROM outbox WHERE spare > 0 ORDER BY spare DESC, number LIMIT ?", [count]
        ).fetchall()
        if len(chosen) < count:
            chosen += self.connection.execute(
                "SELECT number, type FROM outbox WHERE spare = 0 ORDER BY number LIMIT ?", [count - len(chosen)]
            ).fetchall()
        self.connection.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number, _ in chosen])
        for type, times in Counter(type for _, type in chosen).items():
            self.lose(f"no room: {type}", times, now.wall_ms)
        self.connection.execute("UPDATE state SET dropped = dropped + ?", [len(chosen)])
        return len(chosen)

    def _trim_aside(self, wall_ms: int) -> None:
        gone = self.connection.execute(
            "DELETE FROM aside WHERE number NOT IN (SELECT number FROM aside ORDER BY number DESC LIMIT ?)",
            [ASIDE_LIMIT],
        ).rowcount
        if gone:
            self.lose("no room among the refused", gone, wall_ms)


def waiting(number: int, made: Made, boot: int, uptime_ms: int) -> Waiting:
    """A touchpoint with its place in the order, which tells persons apart and so is left out of what is anonymous."""
    text = made.body if made.anonymous else f'{made.body[:-1]},"sequence":{number}}}'
    body = text.encode()
    return Waiting(number, made.id, made.type, body, zlib.crc32(body), boot, uptime_ms)


def occurred_at(body: bytes) -> int:
    """By the clock that stamped it, in milliseconds since 1970."""
    return int(json.loads(body)["occurred_at"])


def spare(type: str) -> int:
    """How soon a touchpoint goes when there is no room."""
    return 0 if type in KEPT_LONGEST else 2 if type in LOW_VALUE else 1
