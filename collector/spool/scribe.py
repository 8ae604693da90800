"""The writer's thread: the only one that touches the disk once a writer runs."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, NamedTuple

from collector.spool import losses
from collector.spool.finishing import asked
from collector.spool.growing import Entry, GrowingSegment
from collector.spool.room import Look, Watch
from collector.spool.segment import Range

LOOK_EVERY_S = 1.0
"""Seconds between looks at what the other writers and the loader did to the folder."""

OLD_S = 600.0
OLD_WHEN_TIGHT_S = 10.0
"""Seconds after which a segment is finished even if small, so that the loader can delete it: what is loaded already
is personal data at rest for nothing, and counts towards the limit."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Waiting:
    """A record whose sender waits for the answer."""

    entry: Entry
    size: int
    answer: asyncio.Future[None]


class Desk(NamedTuple):
    """Who gave the work and hears how it went: each is called on the event loop."""

    synced: Callable[[float], None]
    """The group in hand is on disk; it took so many seconds."""
    failed: Callable[[str], None]
    """The group in hand is not on disk, for the reason given."""
    looked: Callable[[Look | None, str | None], None]
    """What lies in the folder (None: it cannot be read), and why the disk cannot be used, if it cannot."""
    stopped: Callable[[], None]
    """Everything is on disk and the segment is given to the loader."""


class Scribe:
    """Writes one group after the other; looks after the folder in between."""

    def __init__(self, folder: Path, segment_bytes: int, is_tight: Callable[[Look], bool]) -> None:
        self.jobs: SimpleQueue[list[Waiting] | None] = SimpleQueue()
        """Groups to write; None to stop."""
        self._folder = folder
        self._segment_bytes = segment_bytes
        self._is_tight = is_tight
        self._watch = Watch(folder)
        self._growing: GrowingSegment | None = None
        self._asked = (0, 0)
        self._failure: str | None = None
        self._next_look = time.monotonic() + LOOK_EVERY_S

    def run(self, loop: asyncio.AbstractEventLoop, desk: Desk) -> None:
        """The thread's life. `desk` is called on `loop`."""

        def tell(hear: Callable[..., None], *facts: Any) -> None:
            try:
                loop.call_soon_threadsafe(hear, *facts)
            except RuntimeError:  # the loop is closed: nobody waits any more
                pass

        while True:
            try:
                group = self.jobs.get(timeout=max(0.0, self._next_look - time.monotonic()))
            except Empty:
                tell(desk.looked, self._look_after(), self._failure)
                continue
            if group is None:
                break
            begun = time.monotonic()
            if self._write(group):
                tell(desk.synced, time.monotonic() - begun)
            else:
                tell(desk.failed, self._failure)
            if time.monotonic() >= self._next_look:
                tell(desk.looked, self._look_after(), self._failure)
        self._finish()
        tell(desk.stopped)

    def look(self) -> Look:
        """The folder now. Raises OSError."""
        growing = self._growing
        return self._watch.look(growing.name if growing else None, growing.by_key if growing else {})

    def _write(self, group: list[Waiting]) -> bool:
        try:
            if self._growing and self._growing.synced >= self._segment_bytes:
                self._finish()
            self._begin().append(waiting.entry for waiting in group)
        except Exception as error:  # whatever it is, those who wait must hear of it
            self._fail(error)
            return False
        self._failure = None
        return True

    def _begin(self) -> GrowingSegment:
        if not self._growing:
            self._asked = asked(self._folder)  # before it: who asks meanwhile is answered once too often, never not
            self._growing = GrowingSegment(self._folder)
        return self._growing

    def _finish(self) -> None:
        growing, self._growing = self._growing, None
        if growing:
            growing.finish()

    def _fail(self, error: Exception) -> None:
        what = error if isinstance(error, OSError) else type(error).__name__  # others may quote what was sent
        failure = f"{self._folder} cannot be written: {what}; check the disk's room and health"
        _log.error("%s", failure, exc_info=not isinstance(error, OSError))
        self._failure = failure
        growing, self._growing = self._growing, None
        if growing:
            growing.abandon()

    def _note_deleted(self, growing: GrowingSegment) -> None:
        """Keeps what the segment held: how much of it was loaded before, nobody knows any more."""
        held = Range(growing.name, 0, growing.synced)
        losses.note(self._folder, [losses.deleted(held, records=growing.records)])

    def _look_after(self) -> Look | None:
        """About once a second: whether a failed disk works again, our own segment, everybody's bytes."""
        self._next_look = time.monotonic() + LOOK_EVERY_S
        try:
            if self._failure:
                self._begin()
                self._failure = None
            if self._growing and self._growing.lost_its_name:
                self._note_deleted(self._growing)
                raise FileNotFoundError(f"{self._growing.name} was deleted while it grew; what was not loaded is lost")
            if self._growing:
                self._growing.note_keys()
            look = self.look()
            old = OLD_WHEN_TIGHT_S if self._is_tight(look) else OLD_S
            if self._growing and self._growing.records and self._growing.age_s >= old:
                self._finish()
            if self._growing and asked(self._folder) != self._asked:
                self._finish()
            return look
        except Exception as error:  # the thread must live, or every sender waits for ever
            self._fail(error)
            return None
