"""How full the spool is, over all its writers, and whether a record still fits."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from collector.errors import SpoolFull
from collector.spool import note, segment

TIGHT = 7 / 8
"""Share of a limit from which on a receiver hands over its segment early, so that the loader can delete it."""


@dataclass(frozen=True)
class Look:
    """What lay in the folder at one moment: bytes in all, and bytes by key."""

    total: int = 0
    by_key: dict[str, int] = field(default_factory=dict)


class Watch:
    """Looks into the folder. Blocking: about 2 µs a file, plus what changed of the notes of bytes by key."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._notes: dict[str, tuple[int, int, dict[str, int]]] = {}

    def look(self, own: str | None, own_by_key: dict[str, int]) -> Look:
        """The folder now. `own` is the writer's growing segment, of which it knows the bytes by key better.

        Raises OSError when the folder cannot be read.
        """
        total = 0
        by_key = dict(own_by_key)
        own_note = segment.keys_file(self._folder, own).name if own else None
        notes: dict[str, tuple[int, int, dict[str, int]]] = {}
        with os.scandir(self._folder) as entries:
            for entry in entries:
                try:
                    facts = entry.stat(follow_symlinks=False)
                except FileNotFoundError:  # the loader deletes meanwhile
                    continue
                total += facts.st_size
                if entry.name.endswith(segment.KEYS_SUFFIX) and entry.name != own_note:
                    known = self._notes.get(entry.name)
                    if known is None or known[:2] != (facts.st_mtime_ns, facts.st_size):
                        known = (facts.st_mtime_ns, facts.st_size, note.read(Path(entry.path)).by_key)
                    notes[entry.name] = known
                    for key, size in known[2].items():
                        by_key[key] = by_key.get(key, 0) + size
        self._notes = notes
        return Look(total, by_key)


class Room:
    """The limits, against the last look and what this writer has added since. Lives on the event loop.

    Between two looks other writers may overshoot the limit by what they take in a second, and all by the heads and
    notes of new segments, some hundred bytes each.
    """

    def __init__(self, folder: Path, limit_bytes: int, key_share: float) -> None:
        self._folder = folder
        self._limit = limit_bytes
        self._key_limit = int(limit_bytes * key_share)
        self.total = 0
        self._by_key: dict[str, int] = {}

    def take(self, size: int, key: str) -> None:
        """Counts a record of `size` bytes in, or raises SpoolFull."""
        of_key = self._by_key.get(key, 0) + size
        if self.total + size > self._limit:
            raise SpoolFull(
                f"{self._folder} holds {self.total} of the {self._limit} bytes it may (spool_limit_mib): "
                "ClickHouse is away or slower than what comes in; `klantreis doctor` says which"
            )
        if of_key > self._key_limit:
            raise SpoolFull(
                f"{self._folder} holds {of_key - size} bytes of key {key}, which may take {self._key_limit} "
                "(spool_key_share): it sends faster than the loader loads"
            )
        self.total += size
        self._by_key[key] = of_key

    def give_back(self, size: int, key: str) -> None:
        """Counts a record out that did not get to the disk."""
        self.total -= size
        self._by_key[key] = self._by_key.get(key, 0) - size

    def looked(self, look: Look, waiting: Iterable[tuple[int, str]]) -> None:
        """Takes over a look; `waiting` are the size and key of the records that were not in it yet."""
        self.total = look.total
        self._by_key = dict(look.by_key)
        for size, key in waiting:
            self.total += size
            self._by_key[key] = self._by_key.get(key, 0) + size

    @property
    def full(self) -> bool:
        """Whether the spool as a whole has reached its limit."""
        return self.total + segment.RECORD_HEADER_SIZE >= self._limit

    def tight(self, look: Look) -> bool:
        """Whether the spool, or the share of one key, is nearly used up."""
        largest = max(look.by_key.values(), default=0)
        return look.total >= self._limit * TIGHT or largest >= self._key_limit * TIGHT
