"""Takes records from the event loop and answers when they are on disk.

Records that arrive while a group is being synced gather into the next one. One thread does all that may block, so a
slow disk slows down answers and never the event loop. Measured on one core, 600-byte records, 64 to 500 of them
waiting: a thread with a queue cost 6 µs of processor an append in all, the loop's executor 8 µs; waiting 1 ms for a
larger group cost a third of the rate; files allocated in advance synced no faster than files that grow (0.16 ms
each), so segments grow.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from collector.errors import SpoolFailing, SpoolFull
from collector.spool import segment
from collector.spool.durable import make_folder
from collector.spool.room import Look, Room
from collector.spool.scribe import Desk, Scribe, Waiting

WAITING_LIMIT = 32 << 20
"""Bytes of records waiting for the disk at most: a disk that hangs must cost answers, not memory."""

SEGMENTS_A_SHARE = 32
"""A segment is at most this part of one key's share: a live segment cannot be deleted, even when it is all loaded."""


@dataclass
class WriterStats:
    """What a writer did since it started. Read it on the event loop."""

    records: int = 0
    bytes: int = 0
    """Acknowledged, with the 32 bytes that each record costs on top of its payload."""
    groups: int = 0
    largest_group: int = 0
    sync_seconds: float = 0.0
    """Spent in writing and syncing groups."""
    slowest_sync: float = 0.0
    refused_full: int = 0
    refused_failing: int = 0


class SpoolWriter:
    """Appends to the spool in `folder` for one process; any number of processes may do so side by side.

    Make it inside a running event loop and `close` it there. `limit_bytes` bounds the whole folder, over all writers,
    `key_share` (0 to 1) the part of it that the records of one key may take, `segment_bytes` one file.
    `on_group(records, bytes, seconds)` is called on the event loop after each synced group.

    Raises SpoolFailing when the folder cannot be made or read.
    """

    def __init__(
        self,
        folder: Path,
        *,
        limit_bytes: int,
        segment_bytes: int,
        key_share: float,
        on_group: Callable[[int, int, float], None] | None = None,
    ) -> None:
        self.stats = WriterStats()
        self._folder = folder
        self._on_group = on_group
        self._loop = asyncio.get_running_loop()
        self._room = Room(folder, limit_bytes, key_share)
        self._failure: str | None = None
        self._gathered: list[Waiting] = []
        self._in_hand: list[Waiting] = []
        self._waiting_bytes = 0
        self._scheduled = False
        self._closing = False
        self._closed: asyncio.Future[None] = self._loop.create_future()
        segment_bytes = min(segment_bytes, int(limit_bytes * key_share / SEGMENTS_A_SHARE))
        try:
            make_folder(folder)
            self._scribe = Scribe(folder, segment_bytes, self._room.tight)
            self._room.looked(self._scribe.look(), ())
        except OSError as error:
            raise SpoolFailing(f"{folder} cannot be used as a spool: {error}; check its disk and owner") from error
        desk = Desk(self._synced, self._failed, self._looked, self._stopped)
        threading.Thread(target=self._scribe.run, args=(self._loop, desk), name="spool", daemon=True).start()

    async def append(self, kind: int, payload: bytes, *, key: str, rows: int = 1) -> None:
        """Puts one record on disk; when this returns, it is there after a power cut too.

        `kind` is a `collector.envelope.Kind`, `key` the name of the key that the payload came with, `rows` how
        many touchpoints it holds, for those who ask what waits. Raises SpoolFull or SpoolFailing: then nothing may be
        acknowledged, although the record may still turn up in the warehouse.
        Cancelling the wait does not take the record back.
        """
        if not (0 < kind <= segment.KIND_LIMIT and 0 < len(payload) <= segment.PAYLOAD_LIMIT):
            raise ValueError(f"a record has a kind of 1 to 255 and 1 to {segment.PAYLOAD_LIMIT} bytes")
        size = segment.RECORD_HEADER_SIZE + len(payload)
        self._admit(size, key)
        waiting = Waiting((kind, payload, key, rows), size, self._loop.create_future())
        self._gathered.append(waiting)
        self._waiting_bytes += size
        if not self._in_hand and not self._scheduled:
            # Not at once: whatever else this round of the loop appends goes into the same group.
            self._scheduled = True
            self._loop.call_soon(self._hand_over)
        await waiting.answer

    @property
    def problem(self) -> str | None:
        """Why the next append would probably be refused; None when all is well. For readiness checks.

        It clears by itself within about a second when the cause is gone, also while nothing is appended.
        """
        if self._failure:
            return self._failure
        return f"{self._folder} has reached its limit (spool_limit_mib)" if self._room.full else None

    @property
    def total_bytes(self) -> int:
        """Bytes in the whole folder, at most about a second old."""
        return self._room.total

    @property
    def waiting(self) -> int:
        """Records that wait for the disk now."""
        return len(self._gathered) + len(self._in_hand)

    async def close(self) -> None:
        """Puts on disk whatever waits, and lets the loader have the segment. Later appends raise SpoolFailing."""
        if not self._closing:
            self._closing = True
            self._hand_over()
            self._stop_when_done()
        await asyncio.shield(self._closed)

    def _admit(self, size: int, key: str) -> None:
        if self._closing:
            raise SpoolFailing("this receiver is stopping")
        if self._waiting_bytes and self._waiting_bytes + size > WAITING_LIMIT:
            self.stats.refused_failing += 1
            raise SpoolFailing(f"{self._waiting_bytes} bytes wait for {self._folder}: its disk hangs or is too slow")
        try:
            self._room.take(size, key)
        except SpoolFull:
            self.stats.refused_full += 1
            raise

    def _hand_over(self) -> None:
        self._scheduled = False
        if self._gathered and not self._in_hand:
            self._in_hand, self._gathered = self._gathered, []
            self._scribe.jobs.put(self._in_hand)

    def _stop_when_done(self) -> None:
        if self._closing and not self._in_hand and not self._gathered:
            self._scribe.jobs.put(None)

    def _synced(self, seconds: float) -> None:
        done, self._in_hand = self._in_hand, []
        size = sum(waiting.size for waiting in done)
        self._waiting_bytes -= size
        self._failure = None
        self._hand_over()  # first: the disk works while the answers go out
        for waiting in done:
            if not waiting.answer.done():
                waiting.answer.set_result(None)
        stats = self.stats
        stats.records += len(done)
        stats.bytes += size
        stats.groups += 1
        stats.largest_group = max(stats.largest_group, len(done))
        stats.sync_seconds += seconds
        stats.slowest_sync = max(stats.slowest_sync, seconds)
        if self._on_group:
            self._on_group(len(done), size, seconds)
        self._stop_when_done()

    def _failed(self, failure: str) -> None:
        """Refuses everything that waits: the next append finds a new segment."""
        refused, self._in_hand, self._gathered = self._in_hand + self._gathered, [], []
        self._waiting_bytes = 0
        self._failure = failure
        self.stats.refused_failing += len(refused)
        for waiting in refused:
            self._room.give_back(waiting.size, waiting.entry[2])
            if not waiting.answer.done():
                waiting.answer.set_exception(SpoolFailing(failure))
        self._stop_when_done()

    def _looked(self, look: Look | None, failure: str | None) -> None:
        self._failure = failure
        if look:
            not_in_it = itertools.chain(self._in_hand, self._gathered)
            self._room.looked(look, ((waiting.size, waiting.entry[2]) for waiting in not_in_it))

    def _stopped(self) -> None:
        if not self._closed.done():
            self._closed.set_result(None)
