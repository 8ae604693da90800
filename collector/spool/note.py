"""What a receiver notes of its segment beside it, about once a second: bytes by key, and how many rows it holds.

The note is for other receivers (how much of the spool a key takes) and for people (how many touchpoints wait). It is
not synced and may be behind or gone: nothing that must be right depends on it.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from collector.spool import segment
from collector.spool.durable import replace


class Note(msgspec.Struct, frozen=True):
    """The note of one segment, in its `.keys` file as JSON."""

    by_key: dict[str, int]
    """Bytes of its records by the name of the key that they came with."""
    rows: int
    """Lines behind the envelopes: touchpoints, and rejected ones that are kept."""
    at: int
    """Offset in the segment up to which both are counted."""


NO_NOTE = Note({}, 0, 0)

_decode = msgspec.json.Decoder(Note).decode


def read(path: Path) -> Note:
    """The note in this file; NO_NOTE when it is gone, half written or of an older version."""
    try:
        return _decode(path.read_bytes())
    except (OSError, ValueError):  # msgspec's errors are ValueErrors
        return NO_NOTE


def write(folder: Path, name: str, note: Note) -> None:
    """Writes the note of segment `name`. Raises OSError."""
    replace(segment.keys_file(folder, name), msgspec.json.encode(note), sync=False)


def rows_in(payload: bytes) -> int:
    """Rows in a record's payload: its lines without the first, the envelope (collector/envelope.py)."""
    return max(0, payload.count(b"\n") - 1)
