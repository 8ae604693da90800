"""What waits in a spool, for metrics and for people. Nothing is locked, so it may be a moment old."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import msgspec

from collector.spool import note, segment
from collector.spool.progress import PROGRESS_FILE, read_notes
from collector.spool.reader import Loss, SpoolReader
from collector.spool.segment import HEADER_SIZE, RECORD_HEADER_SIZE

SAMPLE_BYTES = 64 * 1024
"""Read of a segment that has no note, to tell how large its touchpoints are."""


class Backlog(msgspec.Struct, frozen=True):
    """What lies in a spool."""

    bytes: int
    """Not loaded yet."""
    rows: int
    """Touchpoints not loaded yet, kept rejected ones included. Exact for segments of which nothing is loaded and whose
    note is up to date; elsewhere by the average size in the segment."""
    oldest_s: float | None
    """Seconds since the oldest record that is not loaded was written; None when all is loaded."""
    disk_bytes: int
    """On disk in all, loaded or not: what spool_limit_mib limits."""
    segments: int
    loss: Loss
    """What could not be read, by the loader's own notes."""


def backlog(folder: Path) -> Backlog:
    """What waits in the spool in `folder`; nothing when there is no such folder. Raises SpoolUnreadable or OSError."""
    notes = read_notes(folder / PROGRESS_FILE, keep_damaged=False)
    waiting = disk = segments = rows = 0
    oldest: int | None = None
    for name in segment.names(folder):
        start = max(notes.acknowledged.get(name, 0), HEADER_SIZE)
        try:
            with (folder / name).open("rb", buffering=0) as file:
                size = os.fstat(file.fileno()).st_size
                first = os.pread(file.fileno(), RECORD_HEADER_SIZE, start)
                last = os.pread(file.fileno(), RECORD_HEADER_SIZE, max(start, size - RECORD_HEADER_SIZE))
        except FileNotFoundError:  # loaded and deleted meanwhile
            continue
        segments += 1
        disk += size
        salt = segment.salt_in(name) or 0
        head, tail = segment.record_header(first, 0, salt), segment.record_header(last, 0, salt)
        if size > start and (head is None or head.kind != segment.END_KIND):
            waiting += size - start
            mark = RECORD_HEADER_SIZE if tail and tail.kind == segment.END_KIND else 0
            rows += _rows(folder, name, size - mark - start)
            written = head.written_us if head else segment.created_in(name)
            oldest = min(filter(None, (oldest, written)), default=None)
    age = None if oldest is None else max(0.0, (segment.now_us() - oldest) / 1e6)
    return Backlog(waiting, rows, age, disk, segments, notes.loss)


def lying(folder: Path) -> dict[str, int]:
    """The segments that lie there now, each with its bytes: what `unloaded` is asked of later. Raises OSError."""
    found = {}
    for name in segment.names(folder):
        with contextlib.suppress(FileNotFoundError):  # loaded and deleted meanwhile
            found[name] = (folder / name).stat().st_size
    return found


def unloaded(folder: Path, then: dict[str, int]) -> int:
    """Bytes that lay there then and are not loaded yet, whatever came meanwhile. Raises SpoolUnreadable or OSError."""
    notes = read_notes(folder / PROGRESS_FILE, keep_damaged=False)
    here = set(segment.names(folder))
    loaded = {name: max(notes.acknowledged.get(name, 0), HEADER_SIZE) for name in here}
    return sum(max(0, size - loaded[name]) for name, size in then.items() if name in here)


def _rows(folder: Path, name: str, waiting: int) -> int:
    """Rows in the last `waiting` bytes of a segment's records."""
    known = note.read(segment.keys_file(folder, name))
    rows, counted = known.rows, known.at - HEADER_SIZE
    if counted <= 0:
        batch = SpoolReader(folder).read(name, 0, SAMPLE_BYTES)
        rows, counted = sum(note.rows_in(record.payload) for record in batch.records), batch.end - HEADER_SIZE
    return round(rows * waiting / counted) if counted > 0 else 0
