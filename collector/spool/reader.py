"""Reads the spool: whole records in order, what was lost on the way, and whether more can come.

Stateless but for one memory (the number of the next record, to count losses): every read opens the segment anew, so
a loader may poll any number of them. Windows of the file are read with `pread` and not mapped into memory: a writer
that abandons a segment cuts it shorter, which would kill a process that had it mapped.
"""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from collector.errors import SpoolUnreadable
from collector.spool import segment
from collector.spool.segment import END_KIND, HEADER_SIZE, MARKER, RECORD_HEADER_SIZE, Range, RecordHeader

WINDOW_BYTES = 1 << 20
"""Bytes of a segment in memory at a time, on top of the records handed out; a larger record is read whole."""


Expected = tuple[int, int]
"""An offset of a segment, and the number that the record there must have."""


class Loss(msgspec.Struct, frozen=True):
    """What could not be read."""

    damaged_records: int = 0
    """Accepted and gone. At least: where nothing valid follows, one is counted for all that may have been there."""
    damaged_bytes: int = 0
    torn_bytes: int = 0
    """At the end of segments whose writer died: nobody ever got an answer for these."""

    def __add__(self, other: Loss) -> Loss:
        return Loss(
            self.damaged_records + other.damaged_records,
            self.damaged_bytes + other.damaged_bytes,
            self.torn_bytes + other.torn_bytes,
        )


NO_LOSS = Loss()


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as it was appended, and the bytes of the segment that it takes."""

    kind: int
    payload: bytes
    start: int
    end: int


@dataclass(frozen=True)
class Batch:
    """What one read gave. Its range covers everything up to `end`, damage and torn tail included."""

    segment: str
    records: list[Record]
    start: int
    end: int
    loss: Loss
    """Found between `start` and `end`, and nowhere else: reading on from `end` does not count it again."""
    final: bool
    """Nobody can append any more."""
    exhausted: bool
    """Final and read to its end: once acknowledged up to `end`, the segment can be deleted."""

    @property
    def range(self) -> Range:
        """What to name before the records are inserted. It may hold no records, and then only needs acknowledging."""
        return Range(self.segment, self.start, self.end)


class SpoolReader:
    """Reads the segments in `folder`. Takes no lock that anyone waits for and changes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._next: dict[str, Expected | None] = {}

    def segments(self) -> list[str]:
        """Names of the segments, oldest first."""
        names = segment.names(self._folder)
        self._next = {name: self._next[name] for name in names if name in self._next}
        return names

    def read(self, name: str, start: int, max_bytes: int) -> Batch:
        """The records of a segment from offset `start` (0, or the `end` of an earlier batch) on.

        Stops when `max_bytes` of payload are together, or at the last whole record; at least one record is given if
        there is one. A segment that is gone is exhausted. Raises SpoolUnreadable (newer format) or OSError.
        """
        return self._read(name, start, max_bytes, None)

    def read_range(self, wanted: Range) -> Batch:
        """The same records again that a batch with this range had: to repeat a load that was cut short.

        Less than then when the writer took back bytes for which nobody ever got an answer.
        """
        return self._read(wanted.segment, wanted.start, wanted.end - wanted.start, wanted.end)

    def _read(self, name: str, start: int, max_bytes: int, stop: int | None) -> Batch:
        try:
            handle = os.open(self._folder / name, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return Batch(name, [], start, max(start, stop or 0), NO_LOSS, final=True, exhausted=True)
        try:
            batch, self._next[name] = read_open(name, handle, start, max_bytes, self._next.get(name), stop)
        finally:
            os.close(handle)
        return batch


def read_open(
    name: str, handle: int, start: int, max_bytes: int, following: Expected | None = None, stop: int | None = None
) -> tuple[Batch, Expected | None]:
    """The records of an open segment as `SpoolReader.read` gives them, and what follows them, for the next time.

    From an offset within a record on, reading begins at the next one. Raises SpoolUnreadable or OSError.
    """
    final = segment.is_final(handle)  # before the size: see there
    size = os.fstat(handle).st_size
    walk = _Walk(name, handle, final, size if stop is None else min(size, stop))
    walk.begin(start, following)
    walk.on(max_bytes)
    end = walk.position if stop is None else max(walk.position, stop)
    batch = Batch(name, walk.records, start, end, walk.loss, final, final and walk.position >= size)
    return batch, following if walk.expected is None else (walk.position, walk.expected)


@dataclass
class _Walk:
    """One pass over an open segment, up to `size`."""

    name: str
    handle: int
    final: bool
    size: int
    position: int = 0
    expected: int | None = None
    """The number that the next record must have; None in the middle of a segment that was not read before."""
    salt: int = 0
    loss: Loss = NO_LOSS
    records: list[Record] = field(default_factory=list)
    _window: bytes = b""
    _base: int = 0

    def begin(self, start: int, remembered: Expected | None) -> None:
        """Goes to `start`, behind the segment's header if that is where it is."""
        front = os.pread(self.handle, HEADER_SIZE, 0)
        header = segment.decode_header(front)
        salt = header.salt if header else segment.salt_in(self.name)
        if header and header.version > segment.FORMAT_VERSION:
            raise SpoolUnreadable(
                f"{self.name} has spool format {header.version}, this version reads {segment.FORMAT_VERSION}: "
                "let the newer Klantreis that wrote it load it"
            )
        self.position = start
        self.salt = salt or 0
        if start >= self.size:
            return
        if self.size < HEADER_SIZE:
            self._tear()
        elif salt is None and self.final:
            # Renamed and damaged: no checksum can be verified, so nothing in it can be believed.
            self._lose(self.size - start, records=1)
        elif salt is None:
            self.size = start
        elif start < HEADER_SIZE:
            self.position, self.expected = HEADER_SIZE, 0
            if header is None:
                self.loss += Loss(damaged_bytes=HEADER_SIZE)
        elif start == HEADER_SIZE:
            self.expected = 0
        elif remembered and remembered[0] == start:
            self.expected = remembered[1]

    def on(self, max_bytes: int) -> None:
        """Takes records until there are enough, or no more."""
        while self.position < self.size and max_bytes > 0:
            max_bytes = self._take_whole(max_bytes)
            if max_bytes > 0 and self.position < self.size and not self._pass_trouble():
                return

    def _take_whole(self, room: int) -> int:
        """The hot loop: whole records from the window, up to the first that is not. Returns the room that is left."""
        window, base, salt, records = self._window, self._base, self.salt, self.records
        view = memoryview(window)
        at = self.position - base  # behind the window when it is not loaded yet, never before it
        last = min(len(window), self.size - base)
        expected = self.expected
        unpack, crc32, marker = segment.unpack_front, zlib.crc32, segment.MARKER_NUMBER
        while room > 0 and at <= last - RECORD_HEADER_SIZE:
            found, checksum, length, number, kind = unpack(window, at)
            body = at + RECORD_HEADER_SIZE
            end = body + length
            if found != marker or end > last or crc32(view[at + 8 : end], salt) != checksum:
                break
            if number != expected:
                self.expected = expected
                self._miss(number)
            if kind == END_KIND:
                at = self.size - base  # nothing comes behind it
                break
            records.append(Record(kind, window[body:end], base + at, base + end))
            expected = number + 1
            room -= length
            at = end
        self.position, self.expected = base + at, expected
        return room

    def _pass_trouble(self) -> bool:
        """Something else than a whole record in the window: more of the file, a torn tail, or damage.

        False when only the writer can say, later.
        """
        left = self.size - self.position
        if not self._in_window(min(left, RECORD_HEADER_SIZE)):
            self._load(WINDOW_BYTES)
            return True
        header = segment.record_header(self._window, self.position - self._base, self.salt)
        if header is None:
            return self._pass_garbage(left)
        size = RECORD_HEADER_SIZE + header.length
        if size > left:
            return self._tear()
        if not self._in_window(size):
            self._load(max(WINDOW_BYTES, size))
            return True
        self._pass_damaged(header, size)
        return True

    def _pass_damaged(self, header: RecordHeader, size: int) -> None:
        """A record whose own length can be trusted, but nothing of its payload."""
        self._miss(header.number)
        self._lose(size, records=int(header.kind != END_KIND))
        self.expected = header.number + 1

    def _pass_garbage(self, left: int) -> bool:
        """No record's head: on to the next one, whose number will tell how many are gone."""
        following = self._next_head() if left > RECORD_HEADER_SIZE else None
        if following is not None:
            at, header = following
            self._lose(at - self.position, records=int(self.expected is None))
            self._miss(header.number)
            self.expected = header.number
            return True
        if not self.final:
            return False
        if left <= RECORD_HEADER_SIZE or self._only_zeros():
            return self._tear()
        self._lose(left, records=1)
        return True

    def _next_head(self) -> tuple[int, RecordHeader] | None:
        """The nearest record's head behind this offset that holds, and where it stands."""
        start = self.position + 1
        while start <= self.size - RECORD_HEADER_SIZE:
            window = os.pread(self.handle, min(WINDOW_BYTES, self.size - start), start)
            at = window.find(MARKER)
            while at >= 0:
                head = os.pread(self.handle, RECORD_HEADER_SIZE, start + at)
                header = segment.record_header(head, 0, self.salt)
                if header and header.number >= (self.expected or 0):
                    return start + at, header
                at = window.find(MARKER, at + 1)
            if len(window) < len(MARKER):
                return None
            start += len(window) - len(MARKER) + 1  # a marker may straddle two windows
        return None

    def _only_zeros(self) -> bool:
        at = self.position
        while at < self.size:
            window = os.pread(self.handle, min(WINDOW_BYTES, self.size - at), at)
            if not window or window.strip(b"\0"):
                return not window
            at += len(window)
        return True

    def _in_window(self, size: int) -> bool:
        return self._base <= self.position and self.position + size <= self._base + len(self._window)

    def _load(self, size: int) -> None:
        self._base = self.position
        size = min(size, self.size - self.position)
        self._window = os.pread(self.handle, size, self.position)
        if len(self._window) < size:  # the writer took bytes back between our look at the size and now
            self.size = self.position + len(self._window)

    def _miss(self, number: int) -> None:
        """Counts the records between the one that had to come and the one that came."""
        if self.expected is not None and number > self.expected:
            self.loss += Loss(damaged_records=number - self.expected)

    def _lose(self, size: int, *, records: int) -> None:
        self.loss += Loss(damaged_records=records, damaged_bytes=size)
        self.position += size

    def _tear(self) -> bool:
        """The rest was being written when its writer died, unless that lives: then False."""
        if self.final:
            self.loss += Loss(torn_bytes=self.size - self.position)
            self.position = self.size
        return self.final
