"""What the spool lost, on disk until somebody has taken note of it: `losses.jsonl`.

Lines are only ever appended, each synced: a loss, found by the loader before it acknowledges the range or by a receiver
whose segment vanished, or the moment at which an operator acknowledged all losses above. A load that is repeated after
a crash may note its loss again; the same range counts once. The file outlives `progress.json`, so that no repair of
the spool makes a loss silent.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from collector.spool.durable import FILE_MODE, sync_folder, write_all
from collector.spool.reader import NO_LOSS, Loss
from collector.spool.segment import Range

LOSSES_FILE = "losses.jsonl"

Cause = Literal["damaged", "torn", "deleted", "acknowledged"]

_log = logging.getLogger(__name__)


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line: what was lost where, or (cause `acknowledged`) that somebody knows of all above."""

    at: int
    """Seconds since 1970 at which it was found."""
    cause: Cause
    """`damaged`: accepted and unreadable. `torn`: left by a dying receiver, never answered. `deleted`: the file was."""
    segment: str = ""
    start: int = 0
    end: int = 0
    loss: Loss = NO_LOSS

    def told(self) -> str:
        """What happened, in a sentence."""
        place, loss = f"{self.segment}, bytes {self.start} to {self.end}", self.loss
        if self.cause == "torn":
            return f"{place}: a receiver died while it wrote {loss.torn_bytes} bytes; nobody got an answer for them"
        if self.cause == "deleted":
            return f"{place}: somebody deleted the file before it was acknowledged; what was not loaded is lost"
        return (
            f"{place}: the spool is damaged; at least {loss.damaged_records} records ({loss.damaged_bytes} bytes) that "
            "had been accepted are lost"
        )


class Losses(msgspec.Struct, frozen=True):
    """Everything in the file."""

    total: Loss
    open: list[Entry]
    """Not acknowledged; torn tails too, which are no loss of anything that was accepted."""

    @property
    def lost(self) -> list[Entry]:
        """The open ones in which something accepted is gone."""
        return [entry for entry in self.open if entry.cause != "torn"]


_decode = msgspec.json.Decoder(Entry).decode


def found(one: Range, loss: Loss) -> Entry:
    """The entry for what the reader lost in a range."""
    cause: Cause = "damaged" if loss.damaged_records or loss.damaged_bytes else "torn"
    return Entry(int(time.time()), cause, one.segment, one.start, one.end, loss)


def deleted(one: Range, *, records: int) -> Entry:
    """The entry for a range whose segment somebody deleted before it was acknowledged; `records` of them at least."""
    return Entry(int(time.time()), "deleted", *one, Loss(damaged_records=records, damaged_bytes=one.end - one.start))


def note(folder: Path, entries: Sequence[Entry]) -> None:
    """Puts losses on disk and in the log. Raises OSError."""
    if not entries:
        return
    for entry in entries:
        if entry.cause != "acknowledged":
            _log.log(logging.WARNING if entry.cause == "torn" else logging.ERROR, "%s", entry.told())
    path = folder / LOSSES_FILE
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)
    try:
        size = os.fstat(handle).st_size
        # After a crash in the middle of a line, which is then skipped, the next one must not become part of it.
        begin = b"\n" if size and os.pread(handle, 1, size - 1) != b"\n" else b""
        write_all(handle, begin + b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries))
        os.fsync(handle)
    finally:
        os.close(handle)
    sync_folder(folder)


def acknowledge(folder: Path) -> None:
    """Says that somebody knows of all losses so far. Raises OSError."""
    note(folder, [Entry(int(time.time()), "acknowledged")])


def read(folder: Path) -> Losses:
    """The losses of the spool in `folder`; none when there is no file. Raises OSError."""
    try:
        content = (folder / LOSSES_FILE).read_bytes()
    except FileNotFoundError:
        return Losses(NO_LOSS, [])
    total, seen = NO_LOSS, set()
    waiting: list[Entry] = []
    for line in content.splitlines():
        try:
            entry = _decode(line)
        except msgspec.MsgspecError:
            continue
        if entry.cause == "acknowledged":
            waiting = []
            continue
        place = (entry.segment, entry.start, entry.end)
        if place not in seen:
            seen.add(place)
            total += entry.loss
            waiting.append(entry)
    return Losses(total, waiting)
