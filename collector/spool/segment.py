"""The spool on disk: format version 1. This text is the specification; the code below reads and writes it.

The spool is one flat folder (mode 0700, files 0600) that many receivers fill and one loader empties::

    1763780000123456-4711-9f3c2a71.spool   a segment: records, appended by one receiver
    1763780000123456-4711-9f3c2a71.keys    its bytes by key and its rows (note.py; about a second behind)
    progress.json                          what the loader has acknowledged and what it is loading now (progress.py)
    progress.spare, progress.former        the room for the next progress.json (durable.Reserved)
    loader.lock                            held by the loader
    losses.jsonl                           what was lost, and up to where somebody took note of it (losses.py)
    finish.now                             asks the receivers to finish their segments (finishing.py)
    *.new                                  being written, to be renamed; ignored, and removed by the loader later

**Segments.** A segment's name is `<created, µs since 1970, 16 digits>-<pid>-<salt, 8 hex digits>.spool`, so names sort
by age. It is made as `.new` with O_EXCL, locked (`flock`, exclusive), gets its header, is fsynced, renamed, and its
folder is fsynced: before its first record, and so that nobody ever sees it unlocked while it may still grow. Its
writer holds the lock as long as it may append, and no one else ever appends to it. The kernel frees the lock when
the writer closes the file *or dies in whatever way*: a segment whose lock is free is **final**. That is the whole
coordination between receivers and loader.

All numbers are little-endian. Checksums are CRC-32 (zlib) seeded with the segment's salt, a random number that stands
in the header and in the name: bytes of another segment, or a record copied into a payload by someone who does not
know the salt, never pass for a record of this one, and a damaged header costs nothing. ::

    header, 32 bytes                            record, 32 bytes and the payload
      0  8  magic  FE 'KLSPOOL'                   0  4  marker  FE 'KR' FF  (FE and FF never occur in UTF-8)
      8  4  format version                        4  4  checksum of bytes 8 … end of payload
     12  4  salt                                  8  4  length of the payload, at least 1
     16  8  created, µs since 1970               12  4  number: 0, 1, 2 … within the segment
     24  4  pid of the writer                    16  8  written, µs since 1970
     28  4  CRC-32 of bytes 0-27, unseeded       24  1  kind (collector.envelope.Kind; 0 is the end mark)
                                                 25  3  zero
                                                 28  4  header checksum, of bytes 8-27
                                                 32  …  payload: opaque here (newline-delimited JSON, envelope.py)

The header checksum says whether a length can be trusted when the payload is damaged; the number says how many records
are gone. The **end mark** is a record of kind 0 with no payload, numbered with the count of records: written when a
segment is finished in good order, absent after a crash.

**Write.** Records that wait gather into one group: one `write`, one `fdatasync`, and only then is each of them
acknowledged. A new segment is begun when the size limit is reached. When a write or a sync fails, the whole group is
refused, the segment is cut back to the last synced byte (best effort) and closed for good, or removed when nothing in
it was ever acknowledged: a second fsync after a failed one may report success for bytes that the kernel has dropped.

**Read.** From any record's start onward. Every byte below the file's size is as its writer wrote it (local file
systems; not NFS), so:

* a record that runs past the end of the file: in a live segment *wait*, in a final one a **torn tail**. It is skipped
  and counted apart: its sender never got an answer. A tail of zeros, or no longer than an end mark, is torn too.
* a record whose checksum fails is **damaged**: reading goes on behind it if its header checksum holds, else at the
  next marker whose header checksum holds and whose number is not one that came before. What lies between is counted
  as lost, bytes and records.

Bytes may be read and loaded that are not synced yet, or whose append is then refused: the sender tries again with the
same ids, and a repeated touchpoint replaces itself.

**Acknowledge.** In this order: the loader names ranges in `progress.json`, inserts them, acknowledges them there, and
unlinks a segment that is final and acknowledged to its end, `.keys` first. A crash in between repeats a step and loses
nothing. Names are never used twice, so an entry without its segment is harmless and is dropped.

**Evolution.** A reader refuses a segment of a newer version rather than guess. Kinds may be added within a version.
"""

from __future__ import annotations

import fcntl
import os
import re
import struct
import time
import zlib
from pathlib import Path
from typing import NamedTuple

FORMAT_VERSION = 1
SUFFIX = ".spool"
KEYS_SUFFIX = ".keys"
NEW_SUFFIX = ".new"

MAGIC = b"\xfeKLSPOOL"
MARKER = b"\xfeKR\xff"
END_KIND = 0
KIND_LIMIT = 255
PAYLOAD_LIMIT = 1 << 30
"""Bytes in one record: far above any request, far below what the length field holds."""

_HEADER = struct.Struct("<8sIIQII")
_CHECKED = struct.Struct("<IIQB3x")
_RECORD = struct.Struct("<4sIIIQB3xI")
HEADER_SIZE = _HEADER.size
RECORD_HEADER_SIZE = _RECORD.size
_CHECKED_FROM = 8
"""Where a record's checksums begin: behind the marker and the checksum itself."""

unpack_front = struct.Struct("<IIII8xB").unpack_from
"""(marker, checksum, length, number, kind) of the record at an offset of a buffer, unchecked. The reader's inner loop:
numbers are quicker to unpack and compare than bytes, and what is left out it does not need."""
MARKER_NUMBER = int.from_bytes(MARKER, "little")

_NAME = re.compile(r"(\d{16})-(\d{1,10})-([0-9a-f]{8})\.spool")


class Range(NamedTuple):
    """The bytes of one segment from `start` up to `end`: what one load takes from it."""

    segment: str
    start: int
    end: int


class Header(NamedTuple):
    """The head of a segment."""

    version: int
    salt: int
    created_us: int
    pid: int


class RecordHeader(NamedTuple):
    """The head of a record whose header checksum holds."""

    length: int
    number: int
    written_us: int
    kind: int


def now_us() -> int:
    """The time in microseconds since 1970."""
    return time.time_ns() // 1000


def new_header() -> Header:
    """The head of a segment that this process begins now, with a fresh salt."""
    return Header(FORMAT_VERSION, int.from_bytes(os.urandom(4), "little"), now_us(), os.getpid())


def name_of(header: Header) -> str:
    """The file name that belongs to a header."""
    return f"{header.created_us:016d}-{header.pid}-{header.salt:08x}{SUFFIX}"


def salt_in(name: str) -> int | None:
    """The salt as the file's name repeats it; None when the file was renamed."""
    match = _NAME.fullmatch(name)
    return int(match.group(3), 16) if match else None


def created_in(name: str) -> int | None:
    """Microseconds since 1970 at which the segment was begun, by its name; None when the file was renamed."""
    match = _NAME.fullmatch(name)
    return int(match.group(1)) if match else None


def encode_header(header: Header) -> bytes:
    """The 32 bytes that a segment begins with."""
    front = _HEADER.pack(MAGIC, *header, 0)[:-4]
    return front + zlib.crc32(front).to_bytes(4, "little")


def decode_header(front: bytes) -> Header | None:
    """The head of a segment; None when it is too short or damaged."""
    if len(front) < HEADER_SIZE:
        return None
    magic, version, salt, created_us, pid, checksum = _HEADER.unpack_from(front)
    if magic != MAGIC or zlib.crc32(front[: HEADER_SIZE - 4]) != checksum:
        return None
    return Header(version, salt, created_us, pid)


def frame(salt: int, number: int, written_us: int, kind: int, payload: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """A record as the pieces to be written one after the other; pieces, so that a large payload is copied once."""
    checked = _CHECKED.pack(len(payload), number, written_us, kind)
    header_checksum = zlib.crc32(checked, salt)
    tail = header_checksum.to_bytes(4, "little")
    checksum = zlib.crc32(payload, zlib.crc32(tail, header_checksum))
    return MARKER + checksum.to_bytes(4, "little"), checked, tail, payload


def end_mark(salt: int, count: int) -> bytes:
    """The record that closes a segment of `count` records."""
    return b"".join(frame(salt, count, now_us(), END_KIND, b""))


def record_header(buffer: bytes, at: int, salt: int) -> RecordHeader | None:
    """The head of the record at `at`; None when there is none, or one that cannot be trusted."""
    if len(buffer) - at < RECORD_HEADER_SIZE:
        return None
    marker, _, length, number, written_us, kind, header_checksum = _RECORD.unpack_from(buffer, at)
    if marker != MARKER:
        return None
    checked = buffer[at + _CHECKED_FROM : at + RECORD_HEADER_SIZE - 4]
    if zlib.crc32(checked, salt) != header_checksum:
        return None
    return RecordHeader(length, number, written_us, kind)


def names(folder: Path) -> list[str]:
    """The segments in `folder`, oldest first; none when the folder is not there yet."""
    try:
        with os.scandir(folder) as entries:
            return sorted(entry.name for entry in entries if entry.name.endswith(SUFFIX))
    except FileNotFoundError:
        return []


def keys_file(folder: Path, name: str) -> Path:
    """Where bytes by key and rows of segment `name` are noted."""
    return folder / (name.removesuffix(SUFFIX) + KEYS_SUFFIX)


def hold(handle: int) -> None:
    """Marks a segment as growing for as long as this process has the file open."""
    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)


def is_final(handle: int) -> bool:
    """Whether nobody can append to this open segment any more.

    Ask before asking for its size: what is then there is all there will ever be.
    """
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
