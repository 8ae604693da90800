"""A segment while its writer appends to it. Blocking: lives in the writer's thread."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from pathlib import Path

from collector.spool import note, segment
from collector.spool.durable import FILE_MODE, sync_data, sync_folder, write_all
from collector.spool.note import NO_NOTE, Note

Entry = tuple[int, bytes, str, int]
"""What is appended: kind, payload, the name of the key that it came with, how many rows it holds."""


class GrowingSegment:
    """One segment, made by this process and locked by it until `finish` or `abandon`."""

    def __init__(self, folder: Path) -> None:
        """Begins a segment. When this returns, it is there after a power cut too. Raises OSError, leaving nothing."""
        header = segment.new_header()
        self.name = segment.name_of(header)
        self.records = 0
        self.synced = segment.HEADER_SIZE
        """Bytes that are on disk for sure: what `abandon` cuts back to."""
        self.by_key: dict[str, int] = {}
        """Bytes of the records by the key that they came with."""
        self.rows = 0
        """Touchpoints in the records, kept rejected ones included."""
        self._begun = time.monotonic()
        self._salt = header.salt
        self._path = folder / self.name
        self._noted = NO_NOTE
        temporary = folder / (self.name + segment.NEW_SUFFIX)
        self._handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, FILE_MODE)
        try:
            segment.hold(self._handle)
            write_all(self._handle, segment.encode_header(header))
            os.fsync(self._handle)
            temporary.rename(self._path)
            sync_folder(folder)
        except BaseException:
            os.close(self._handle)
            temporary.unlink(missing_ok=True)
            self._path.unlink(missing_ok=True)
            raise

    @property
    def age_s(self) -> float:
        """Seconds since it was begun."""
        return time.monotonic() - self._begun

    @property
    def lost_its_name(self) -> bool:
        """Somebody deleted the file: whatever is written from now on would vanish unnoticed."""
        return os.fstat(self._handle).st_nlink == 0

    def append(self, entries: Iterable[Entry]) -> None:
        """Puts a group of records on disk: when this returns, each may be acknowledged.

        Raises OSError, after which only `abandon` may follow.
        """
        now = segment.now_us()
        number = self.records
        pieces: list[bytes] = []
        by_key, rows = self.by_key, self.rows
        for kind, payload, key, held in entries:
            pieces += segment.frame(self._salt, number, now, kind, payload)
            by_key[key] = by_key.get(key, 0) + segment.RECORD_HEADER_SIZE + len(payload)
            rows += held
            number += 1
        group = b"".join(pieces)
        write_all(self._handle, group)
        sync_data(self._handle)
        self.records, self.rows = number, rows
        self.synced += len(group)

    def note_keys(self) -> None:
        """Writes down bytes by key and rows for the other receivers, the next start and whoever asks what waits.

        Not synced, and a failure is ignored: the key's share is a fence between senders, not bookkeeping.
        """
        noting = Note(dict(self.by_key), self.rows, self.synced)
        if noting != self._noted and self.records:
            try:
                note.write(self._path.parent, self.name, noting)
                self._noted = noting
            except OSError:
                pass

    def finish(self) -> None:
        """Closes it in good order.

        Never raises: the records are on disk already, so a disk that refuses the end mark costs nothing.
        """
        if not self.records:
            self.abandon()
            return
        self.note_keys()
        try:
            write_all(self._handle, segment.end_mark(self._salt, self.records))
            sync_data(self._handle)
        except OSError:
            self.abandon()
            return
        with contextlib.suppress(OSError):
            os.close(self._handle)

    def abandon(self) -> None:
        """Closes it after a failure, without what was never acknowledged. Never raises: the disk has failed already."""
        with contextlib.suppress(OSError):
            if self.records:
                os.ftruncate(self._handle, self.synced)
            else:
                # A full disk must not fill with the empty segments of all the attempts to use it again.
                segment.keys_file(self._path.parent, self.name).unlink(missing_ok=True)
                self._path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            os.close(self._handle)
