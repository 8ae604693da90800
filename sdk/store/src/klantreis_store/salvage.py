"""What can still be read of a damaged outbox.

First by SQL, from the oldest on and then from the newest back, each until the damage. What lies between is looked for
in the bytes of the files: a touchpoint is JSON that begins with its id. That finds some that were sent already too,
which are then sent again: the collector stores each once.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import uuid
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from klantreis_store.outbox import COLUMNS, Waiting
from klantreis_store.reckoning import UNKNOWN_BOOT
from klantreis_store.touchpoint import BYTES

FILES = ("outbox.db", "outbox.db-wal", "outbox.db-shm")
GAP = 1000
"""Numbers left out after damage: some may have been given that are not to be seen any more."""

_BEGIN = b'{"id":"'


@dataclass
class Salvage:
    """What was found."""

    rows: dict[str, Waiting] = field(default_factory=dict)
    """By id."""
    aside: list[tuple[Any, ...]] = field(default_factory=list)
    boots: list[tuple[Any, ...]] = field(default_factory=list)
    losses: list[tuple[Any, ...]] = field(default_factory=list)
    sequence: int = 0
    sent: int = 0
    dropped: int = 0
    told: int = 0
    kept: int | None = None
    """How many there were, where that could be read."""

    @property
    def lost(self) -> int | None:
        """How many could not be read; None where nobody knows."""
        return None if self.kept is None else max(0, self.kept - len(self.rows))


def salvage(folder: Path) -> Salvage:
    """Reads copies of the damaged files; changes nothing that matters, and raises nothing for damage."""
    found = Salvage()
    with contextlib.suppress(sqlite3.Error):
        connection = sqlite3.connect(folder / FILES[0], isolation_level=None)
        try:
            _by_sql(connection, found)
        finally:
            connection.close()
    for name in FILES[:2]:
        file = folder / name
        if file.exists():
            _by_bytes(file.read_bytes(), found)
    return found


def _by_sql(connection: sqlite3.Connection, found: Salvage) -> None:
    for table, into in (("aside", found.aside), ("boots", found.boots), ("losses", found.losses)):
        with contextlib.suppress(sqlite3.Error):
            into.extend(connection.execute(f"SELECT * FROM {table}"))
    with contextlib.suppress(sqlite3.Error, ValueError):
        [(found.sequence, found.sent, found.dropped, found.told, found.kept)] = connection.execute(
            "SELECT sequence, sent, dropped, told, kept FROM state"
        )
    for direction in ("ASC", "DESC"):
        with contextlib.suppress(sqlite3.Error):
            for row in connection.execute(f"SELECT {COLUMNS} FROM outbox ORDER BY number {direction}"):
                one = Waiting(*row)
                if isinstance(one.body, bytes) and one.is_whole:
                    found.rows.setdefault(one.id, one)


def _by_bytes(content: bytes, found: Salvage) -> None:
    taken = {one.number for one in found.rows.values()}
    beyond = max([found.sequence, *taken]) + GAP // 2
    for body, fields in _touchpoints(content):
        identified = str(fields["id"])
        if identified in found.rows:
            continue
        number = fields.get("sequence")
        if not isinstance(number, int) or number in taken or not 0 < number < beyond:
            beyond = number = beyond + 1
        taken.add(number)
        # How old it is stood elsewhere in the file: it goes by the clock that stamped it.
        found.rows[identified] = Waiting(
            number, identified, str(fields["type"]), body, zlib.crc32(body), UNKNOWN_BOOT, 0
        )


def _touchpoints(content: bytes) -> Iterator[tuple[bytes, dict[str, Any]]]:
    decoder = json.JSONDecoder()
    place = content.find(_BEGIN)
    while place >= 0:
        text = content[place : place + BYTES + 256].decode("utf-8", "replace")
        try:
            fields, end = decoder.raw_decode(text)
            uuid.UUID(fields["id"])
            if (
                isinstance(fields["type"], str)
                and isinstance(fields["occurred_at"], int)
                and "\ufffd" not in text[:end]
            ):
                yield text[:end].encode(), fields
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            pass  # torn, or the beginning of something else
        place = content.find(_BEGIN, place + 1)
