"""What the loader has acknowledged of the spool, and what it is loading now; on disk, in `progress.json`.

The file is two lines, the CRC-32 of the second in hex and the second, JSON::

    {"format": 1,
     "acknowledged": {segment: offset up to which everything is loaded},
     "pending": [[segment, start, end], …],      named before they were inserted, not acknowledged yet
     "loss": {"damaged_records": …, "damaged_bytes": …, "torn_bytes": …}}      since the spool began

It is replaced as a whole, synced, at every step, in room that it keeps for that (newlines follow the two lines). If
it is gone or damaged, everything in the spool is loaded again: repeated touchpoints replace themselves, so that costs
time and nothing else.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import socket
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec

from collector.errors import SpoolTaken, SpoolUnreadable
from collector.spool import segment
from collector.spool.durable import FILE_MODE, Reserved, make_folder
from collector.spool.reader import NO_LOSS, Loss
from collector.spool.segment import KEYS_SUFFIX, NEW_SUFFIX, SUFFIX, Range

PROGRESS_FILE = "progress.json"
LOCK_FILE = "loader.lock"
PROGRESS_FORMAT = 1
NOTES_BYTES = 32 * 1024
"""Room kept for the notes: some 250 segments. More are noted where the disk has room."""
HOLDER_BYTES = 128

ABANDONED_S = 60.0
"""Seconds after which an unlocked `.new` file is the remains of a crash: making one takes milliseconds."""

_log = logging.getLogger(__name__)


class Notes(msgspec.Struct, forbid_unknown_fields=False):
    """progress.json."""

    format: int = PROGRESS_FORMAT
    acknowledged: dict[str, int] = msgspec.field(default_factory=dict)
    pending: list[Range] = msgspec.field(default_factory=list)
    loss: Loss = NO_LOSS


class Progress:
    """The loader's place in the spool. One loader a folder: it holds a lock until `close`.

    The way of one load: `name` the ranges → insert them → `acknowledge` → `delete_loaded`. After a crash `pending`
    says what to insert again, before anything else.
    """

    def __init__(self, folder: Path) -> None:
        """Raises SpoolTaken (another loader is at work), SpoolUnreadable (newer format) or OSError."""
        self._folder = folder
        self._path = folder / PROGRESS_FILE
        make_folder(folder)
        self._lock = _lock(folder)
        try:
            self._notes = read_notes(self._path)
            self._file = Reserved(self._path, NOTES_BYTES)
            if not self._path.exists():
                with contextlib.suppress(OSError):  # the first load may find the disk full: have both files before
                    self._keep(self._notes)
            here = set(segment.names(folder))
        except BaseException:
            os.close(self._lock)
            raise
        self._notes.acknowledged = {name: at for name, at in self._notes.acknowledged.items() if name in here}

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets another loader have the spool."""
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def acknowledged(self, name: str) -> int:
        """The offset in segment `name` from which to read on; 0 for one that is new."""
        return self._notes.acknowledged.get(name, 0)

    def pending(self) -> list[Range]:
        """The ranges that were named and not acknowledged: after a crash, insert exactly these again."""
        return list(self._notes.pending)

    @property
    def loss(self) -> Loss:
        """What could not be read since the spool began; each loss once, however often its range was repeated."""
        return self._notes.loss

    def name(self, ranges: Sequence[Range]) -> None:
        """Puts on disk what is going to be inserted. Raises OSError, and then it must not be inserted.

        Each range begins where its segment is acknowledged up to (or the range before it ends): ValueError if not,
        or if ranges are pending.
        """
        if self._notes.pending:
            raise ValueError("ranges are pending: acknowledge them first")
        reached: dict[str, int] = {}
        for one in ranges:
            if one.start != reached.get(one.segment, self.acknowledged(one.segment)) or one.end < one.start:
                raise ValueError(f"{one} does not follow what is acknowledged: it would skip or repeat touchpoints")
            reached[one.segment] = one.end
        self._keep(msgspec.structs.replace(self._notes, pending=list(ranges)))

    def acknowledge(self, loss: Loss = NO_LOSS) -> None:
        """Puts on disk that the pending ranges are in the warehouse, synced; `loss` was found in them.

        Raises OSError; the ranges then stay pending, and inserting them again is harmless.
        """
        acknowledged = dict(self._notes.acknowledged)
        for one in self._notes.pending:
            acknowledged[one.segment] = one.end
        notes = msgspec.structs.replace(
            self._notes, acknowledged=acknowledged, pending=[], loss=self._notes.loss + loss
        )
        self._keep(notes)

    def delete_loaded(self) -> list[str]:
        """Deletes the segments that are final and acknowledged to their end, and remains of crashes; names the former.

        Call it after `acknowledge` and, for what a crash left, at the start. Raises OSError.
        """
        deleted = []
        for name, facts in self._files():
            if name.endswith(SUFFIX):
                if facts.st_size <= self.acknowledged(name) and self._delete(name):
                    deleted.append(name)
            elif self._is_remains(name, facts):
                (self._folder / name).unlink(missing_ok=True)
        return deleted

    def _delete(self, name: str) -> bool:
        path = self._folder / name
        if not _left_alone(path, self.acknowledged(name)):
            return False
        segment.keys_file(self._folder, name).unlink(missing_ok=True)
        path.unlink(missing_ok=True)
        self._notes.acknowledged.pop(name, None)
        return True

    def _is_remains(self, name: str, facts: os.stat_result) -> bool:
        path = self._folder / name
        if name.endswith(KEYS_SUFFIX):
            return not path.with_suffix(SUFFIX).exists()
        old = time.time() - facts.st_mtime > ABANDONED_S
        return name.endswith(NEW_SUFFIX) and old and _left_alone(path, facts.st_size)

    def _files(self) -> list[tuple[str, os.stat_result]]:
        files = []
        with os.scandir(self._folder) as entries:
            for entry in entries:
                try:
                    files.append((entry.name, entry.stat(follow_symlinks=False)))
                except FileNotFoundError:  # a receiver renames and removes meanwhile
                    pass
        return files

    def _keep(self, notes: Notes) -> None:
        line = msgspec.json.encode(notes)
        self._file.replace(b"%08x\n%s\n" % (zlib.crc32(line), line))
        self._notes = notes


def take_room(folder: Path) -> None:
    """Makes the loader's notes before there is anything to load, so that receivers can fill the disk without them.

    Without effect where a loader is at work already, or where there is no room: then receivers cannot accept either.
    """
    with contextlib.suppress(SpoolTaken, SpoolUnreadable, OSError):
        Progress(folder).close()


def _lock(folder: Path) -> int:
    path = folder / LOCK_FILE
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(handle, 200, 0).decode("utf-8", "replace").strip() or "another process"
        os.close(handle)
        raise SpoolTaken(
            f"{folder} is being loaded by {holder} already, and a spool has one loader: "
            "stop it, or give this one a data folder of its own"
        ) from None
    with contextlib.suppress(OSError):  # the lock holds on a full disk too, and is then all that matters
        os.pwrite(handle, f"process {os.getpid()} on {socket.gethostname()}".encode().ljust(HOLDER_BYTES), 0)
    return handle


def read_notes(path: Path, *, keep_damaged: bool = True) -> Notes:
    """What a loader noted in `path`; nothing when it is gone or damaged. Raises SpoolUnreadable or OSError.

    With `keep_damaged` a damaged file is reported and put aside, as its loader does.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Notes()
    checksum, _, line = content.partition(b"\n")
    line = line.rstrip(b"\n")
    try:
        if int(checksum, 16) != zlib.crc32(line):
            raise ValueError("its checksum is wrong")
        notes = msgspec.json.decode(line, type=Notes)
    except ValueError as error:  # msgspec's errors are ValueErrors too
        if keep_damaged:
            aside = path.with_suffix(".damaged")
            path.rename(aside)
            _log.error("%s is damaged (%s), kept as %s: the whole spool is loaded again", path, error, aside.name)
        return Notes()
    if notes.format > PROGRESS_FORMAT:
        raise SpoolUnreadable(
            f"{path} has format {notes.format}, this version reads {PROGRESS_FORMAT}: "
            "run the newer Klantreis that wrote it, or delete the file to load the spool again"
        )
    return notes


def _left_alone(path: Path, size: int) -> bool:
    """Whether nobody holds this file and it is still no larger than `size`."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return segment.is_final(handle) and os.fstat(handle).st_size <= size
    finally:
        os.close(handle)
