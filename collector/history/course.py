"""Brings the rows of a file in, from wherever the last attempt got to.

The whole way of a stretch of rows::

    read them  →  what a sender would have sent (mapping)  →  the receiver's own decoding and checks
        →  wait until the loader has caught up  →  append to the spool, synced  →  note how far it is, synced

**Why the spool, and not straight into ClickHouse.** Everything behind the 202 is there already and proven: enrichment,
rules, what ClickHouse refuses, people who are forgotten meanwhile, ClickHouse being away. An INSERT from here would
have to do all of it again, beside the loader, and would leave the guarantee to this command: that a crash at any moment
loses nothing and doubles nothing. In the spool the import is one more writer with a segment of its own, and what it
appended is as safe as what a receiver answered 202 for. The price is that every row is written twice: measured, the
loader is the slower of the two, and the disk is far from busy.

**Why it waits.** The loader reads the oldest segment first, so a spool full of history would keep the touchpoints of
this minute waiting behind it. What lies in the spool unloaded is therefore held below AHEAD_LOADS loads, whoever sent
it. So a spool that grows because ClickHouse is away is not filled by an import either: live senders need it.

**Why repeating is harmless.** The journal (journal.py) may be behind what is in the spool. What is read again gets the
same ids, since these are the file's own or made of the row, and the same receipt, since that is noted: the same row.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import Protocol

from collector.errors import HistoryUnreadable, SpoolFull
from collector.history.journal import Counts, Journal, Notes, fingerprint
from collector.history.judge import Judge, Verdict
from collector.history.reading import Reading
from collector.history.requests import Request, requests
from collector.history.task import Task
from collector.receive.intake import Record
from collector.settings import Settings
from collector.spool import beside
from collector.spool.waiting import backlog
from collector.spool.writer import SpoolWriter

AHEAD_LOADS = 2
"""INSERTs that the loader is behind at most: one in ClickHouse and one that is composed meanwhile."""
STRETCH_BYTES = beside.AT_ONCE // 2
"""Of records that are synced and noted together: four syncs of some milliseconds for 10,000 touchpoints."""
LOOK_EVERY_S = 0.05


class Watcher(Protocol):
    """Hears how it goes."""

    def at(self, done: int, of: int, counts: Counts) -> None:
        """So much of the file is read, and this came of it."""

    def waiting(self, bytes_: int) -> None:
        """The loader has so much to load before more is appended."""


@dataclass(frozen=True)
class Outcome:
    """What came of a file."""

    notes: Notes
    before: bool
    """An earlier run had finished it already, and nothing was done."""
    first: bytes = b""
    """The first touchpoint of this run, as it rests in the spool."""
    problem: str = ""
    """One optional field that this run set aside. It may hold a value, so it is not in the notes, where `klantreis
    forget` does not look."""


def run(settings: Settings, task: Task, watcher: Watcher) -> Outcome:
    """Import a file, or what is left of it.

    Raises MappingErrors where the mapping names columns that the file has not, HistoryUnreadable and
    SpoolError: what was taken in until then is noted, and the same call goes on from there.
    """
    reading = Reading(task)
    try:
        if task.dry_run:
            notes = Notes(str(task.file), task.key.name, time.time_ns() // 1000)
            return asyncio.run(_Course(settings, task, watcher, reading, notes, None).run())
        name = fingerprint(task.file, task.form, task.mapping.text if task.mapping else "", task.key)
        journal = Journal(settings.imports_folder, name, task.file, task.key)
        try:
            if task.again:
                journal.begin_again()
            if journal.notes.finished_us is not None:
                return Outcome(journal.notes, True)
            return asyncio.run(_Course(settings, task, watcher, reading, journal.notes, journal).run())
        finally:
            journal.close()
    finally:
        reading.source.close()


class _Course:
    """One run over a file."""

    def __init__(
        self, settings: Settings, task: Task, watcher: Watcher, reading: Reading, notes: Notes, journal: Journal | None
    ) -> None:
        self._settings, self._task, self._watcher, self._reading = settings, task, watcher, reading
        self._notes, self._journal = notes, journal
        self._judge = Judge(settings, task.key, task.file.name)
        share = int(settings.spool_limit_mib * 2**20 * settings.spool_key_share)
        self._ahead = min(AHEAD_LOADS * settings.load_mib * 2**20, share // 2)
        self._stretch = min(STRETCH_BYTES, share // 8)
        self._records: list[Record] = []
        self._size = 0
        self._first, self._problem = b"", ""

    async def run(self) -> Outcome:
        spool = None
        if self._journal is not None:
            spool = beside.writer(self._settings, "imported")
            self._journal.write()  # the receipt of all rows, before the first of them can be anywhere
        try:
            await self._read(spool)
        finally:
            if spool is not None:
                await spool.close()
        ended = self._task.limit is None or self._notes.counts.rows < self._task.limit
        if ended and self._journal is not None:
            self._notes.finished_us = time.time_ns() // 1000
            self._journal.write()
        return Outcome(self._notes, False, self._first, self._problem)

    async def _read(self, spool: SpoolWriter | None) -> None:
        settings, notes = self._settings, self._notes
        rows, cut = self._reading.left(notes), self._reading.cut(settings.nesting_limit)
        try:
            for request in requests(rows, cut, settings.touchpoints_limit):
                # By the row, so that it is the same when it is read again, and no two bad rows are taken for one.
                verdict = await self._judge.judge(request, notes.began_us + notes.counts.rows)
                self._count(request, verdict)
                self._records += verdict.records
                self._size += sum(len(payload) for _, payload, _ in verdict.records)
                if self._size >= self._stretch:
                    await self._store(spool)
                self._watcher.at(*self._reading.source.progress(), notes.counts)
        except HistoryUnreadable:
            await self._store(spool)  # what was read before is good
            raise
        await self._store(spool)

    async def _store(self, spool: SpoolWriter | None) -> None:
        """Puts the stretch on disk and notes it; in a dry run lets it go. Raises SpoolError."""
        if spool is None:
            self._records, self._size = [], 0
            return
        await self._caught_up()
        while self._records:
            try:
                await asyncio.gather(
                    *(spool.append(kind, payload, key=self._task.key.name, rows=rows)
                      for kind, payload, rows in self._records)
                )  # fmt: skip
                self._records, self._size = [], 0
            except SpoolFull:  # some of them may be there: that they come twice is harmless
                self._watcher.waiting(spool.total_bytes)
                await asyncio.sleep(LOOK_EVERY_S * 10)
        assert self._journal is not None  # noqa: S101  # narrows the type: there is a spool
        self._journal.write()

    async def _caught_up(self) -> None:
        while (waiting := backlog(self._settings.spool_folder).bytes) > self._ahead:
            self._watcher.waiting(waiting)
            await asyncio.sleep(LOOK_EVERY_S)

    def _count(self, request: Request, verdict: Verdict) -> None:
        notes = self._notes
        counts = notes.counts
        notes.position = request.after
        counts.rows += request.rows
        counts.skipped += request.skipped
        counts.accepted += verdict.accepted
        counts.set_aside += verdict.set_aside
        counts.not_kept += verdict.not_kept
        for reason, told in verdict.turned:
            counts.rejected[reason] = counts.rejected.get(reason, 0) + 1
            counts.examples.setdefault(reason, told)
        self._problem = self._problem or verdict.problem
        self._first = self._first or verdict.first
