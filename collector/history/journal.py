"""How far an import has come, on disk: `imports/<fingerprint>.json` in the data folder, replaced as a whole, synced.

The fingerprint is that of the work: the file (its size, its first MiB and its last 64 KiB), the mapping's text, the
form, the key and its site. A file that has grown, or a changed mapping, is other work. The note is written after the
rows that it speaks of are synced in the spool, so it may be behind and never ahead. What is repeated because it was
behind has the ids, the receipt and the request boundaries of the first time, so it replaces itself: also in
klantreis.rejected, whose key holds the receipt.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from pathlib import Path

import msgspec

from collector.errors import HistoryUnreadable, SpoolFailing
from collector.history.source import Position
from collector.receive.access import Key
from collector.spool.durable import FILE_MODE, make_folder, replace

FORMAT = 1
HEAD_BYTES = 1 << 20
TAIL_BYTES = 64 * 1024


class Counts(msgspec.Struct):
    """What became of the rows up to a position."""

    rows: int = 0
    accepted: int = 0
    skipped: int = 0
    set_aside: int = 0
    """Optional fields that were not what they must be."""
    not_kept: int = 0
    """Rejected rows that were only counted: more than rejected_per_day."""
    rejected: dict[str, int] = msgspec.field(default_factory=dict)
    """By reason."""
    examples: dict[str, str] = msgspec.field(default_factory=dict)
    """By reason: where the first one stands and what is wrong, without any value of it."""


class Notes(msgspec.Struct):
    """One journal file; times in microseconds since 1970 UTC."""

    file: str
    key: str
    began_us: int
    """When the import began: the receipt of all its touchpoints, however often it is resumed."""
    position: Position = Position()
    counts: Counts = msgspec.field(default_factory=Counts)
    finished_us: int | None = None
    format: int = FORMAT


class Journal:
    """The notes on one file; locked, so that one import of it runs at a time."""

    def __init__(self, folder: Path, name: str, file: Path, key: Key) -> None:
        """Raises HistoryUnreadable when another import of the same file runs, and SpoolFailing."""
        self._path = folder / f"{name}.json"
        try:
            make_folder(folder)
            self._lock = os.open(folder / f"{name}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        except OSError as error:
            raise _failing(folder, error) from error
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self.notes = self._read() or Notes(str(file), key.name, time.time_ns() // 1000)
        except BlockingIOError:
            os.close(self._lock)
            raise HistoryUnreadable(f"{file} is being imported by another process; wait for it or stop it") from None
        except BaseException:
            os.close(self._lock)
            raise

    def begin_again(self) -> None:
        """Forget how far it has come; what comes in again replaces itself."""
        self.notes.position, self.notes.counts, self.notes.finished_us = Position(), Counts(), None

    def write(self) -> None:
        """Puts the notes on disk. Raises SpoolFailing."""
        try:
            replace(self._path, msgspec.json.encode(self.notes), sync=True)
        except OSError as error:
            raise _failing(self._path, error) from error

    def close(self) -> None:
        """Let another import have the file."""
        os.close(self._lock)

    def _read(self) -> Notes | None:
        try:
            notes = msgspec.json.decode(self._path.read_bytes(), type=Notes)
        except FileNotFoundError:
            return None
        except ValueError:  # never half written: damaged, or of another version. Repeating costs time and nothing else
            return None
        return notes if notes.format == FORMAT else None


def _failing(place: Path, error: OSError) -> SpoolFailing:
    return SpoolFailing(f"{place} cannot be written: {error.strerror or error}; mend that, and the same import goes on")


def fingerprint(file: Path, form: str, mapping: str, key: Key) -> str:
    """The name of the journal. Raises HistoryUnreadable when the file cannot be read."""
    try:
        with file.open("rb") as opened:
            size = os.fstat(opened.fileno()).st_size
            head = opened.read(HEAD_BYTES)
            opened.seek(max(0, size - TAIL_BYTES))
            tail = opened.read()
    except OSError as error:
        raise HistoryUnreadable(f"{file} cannot be read: {error.strerror or error}") from None
    digest = hashlib.sha256()
    for part in (str(size).encode(), head, tail, form.encode(), mapping.encode(), key.name.encode(), key.site.encode()):
        digest.update(len(part).to_bytes(8, "little") + part)
    return digest.hexdigest()[:32]
