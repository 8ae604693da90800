"""The salts of visitor hashes in the data folder: one file a day, for all processes of an installation.

A day is one of UTC, as a number since 1970. The file of tomorrow is made while it is today, so that nobody waits at
midnight. What is of no other day than today and tomorrow is deleted. A power cut may cost a file, and then the day's
visitors are counted anew; nothing else depends on it, so nothing is synced.
"""

from __future__ import annotations

import secrets
import time
from datetime import date
from pathlib import Path

from collector.spool import durable

SALT_BYTES = 32
DAY_US = 86_400_000_000

_EPOCH = date(1970, 1, 1).toordinal()
_SUFFIX = ".salt"


def today() -> int:
    """The day that it is by this machine's clock."""
    return time.time_ns() // 1000 // DAY_US


def day_name(day: int) -> str:
    """A day as 2026-11-30."""
    return date.fromordinal(_EPOCH + day).isoformat()


class SaltFiles:
    """The files. Who changes one holds a lock beside the folder: of several processes the first one's salt counts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, day: int) -> bytes | None:
        """A day's salt; None where there is none, or only half of one. Raises OSError."""
        try:
            salt = self._path(day).read_bytes()
        except FileNotFoundError:
            return None
        return salt if len(salt) == SALT_BYTES else None

    def take(self, day: int, known: bytes | None) -> bytes:
        """A day's salt. Where there is none it becomes `known`, or is made now. Raises OSError."""
        salt = self.read(day)
        if salt is not None:
            return salt
        durable.make_folder(self._folder)
        with durable.alone(self._folder):
            salt = self.read(day)
            if salt is None:
                salt = known or secrets.token_bytes(SALT_BYTES)
                durable.replace(self._path(day), salt, sync=False)
        return salt

    def exchange(self, day: int, salt: bytes) -> None:
        """From now on this one counts for the day. Raises OSError."""
        with durable.alone(self._folder):
            durable.replace(self._path(day), salt, sync=False)

    def destroy_others(self, *days: int) -> None:
        """Delete what is of other days, and what a crash left half written. Raises OSError."""
        kept = {self._path(day).name for day in days}
        if not any(name not in kept for name in self._names()):
            return
        with durable.alone(self._folder):  # what is half written now is nobody's
            for name in self._names() - kept:
                (self._folder / name).unlink(missing_ok=True)

    def _path(self, day: int) -> Path:
        return self._folder / f"{day_name(day)}{_SUFFIX}"

    def _names(self) -> set[str]:
        try:
            return {file.name for file in self._folder.iterdir()}
        except FileNotFoundError:
            return set()
