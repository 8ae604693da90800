"""The outbox of a folder: opened when it is needed, mended when it is damaged, opened anew when another program did so.

Mending, one program at a time (`mending.lock`), safe to be cut short anywhere and begun again:

1. `mending` is written. Whoever commits while it is there, or into a file that is not the folder's any more, does it
   again afterwards: so nothing goes into a file that was copied already.
2. The damaged files are copied to `damaged-…`, which stays for whoever wants to look.
3. What can be read of the copies goes into `outbox.new`, and what could not is counted there.
4. `outbox.new` takes the place of the damaged files, and `mending` is removed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import sqlite3
import threading
import time
from pathlib import Path
from typing import Callable, TypeVar

from klantreis_store import database, forks
from klantreis_store.errors import OutboxError
from klantreis_store.outbox import LIMIT, Outbox
from klantreis_store.salvage import FILES, GAP, Salvage, salvage
from klantreis_store.turn import Turn

MENDED_WITHIN_S = 120.0
TRIES = 4

log = logging.getLogger("klantreis_store")
T = TypeVar("T")


class OnDisk:
    """The outbox in `folder`, for any thread. Raises OutboxError when the folder cannot be made or used."""

    def __init__(self, folder: Path, *, limit: int = LIMIT) -> None:
        self.folder = folder
        self._limit = limit
        self._path = folder / FILES[0]
        self._lock = threading.Lock()
        self._outbox: Outbox | None = None
        self._file: tuple[int, int] | None = None
        self._checked = False
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise OutboxError(
                f"{folder}: cannot be made ({error.strerror}); name a folder that this user may write"
            ) from None
        forks.watch(self)

    def do(self, work: Callable[[Outbox], T]) -> T:
        """Does `work` on the outbox, and again where it was damaged or replaced meanwhile: so it must bear repeating.

        Raises OutboxError when it is not done: disk full or failing, no right to write, held by another program.
        """
        with self._lock:
            for _ in range(TRIES):
                try:
                    done = work(self._opened())
                except sqlite3.Error as error:
                    self._close()
                    if not database.is_damage(error):
                        raise database.explained(error, self._path) from error
                    self._mend(str(error))
                    continue
                except OSError as error:
                    raise OutboxError(
                        f"{self._path}: the touchpoint is not on disk ({error}); look at disk and rights"
                    ) from error
                if self._is_in_place():
                    return done
                self._close()
        raise OutboxError(f"{self._path}: is damaged or replaced again and again; look at the disk")

    def close(self) -> None:
        """Lets go of the file. It is opened again when needed."""
        with self._lock:
            self._close()

    def pause(self) -> None:
        """Before a fork: see `forks.LetsGo`."""
        self._lock.acquire()
        self._close()

    def resume(self) -> None:
        """After a fork, in parent and child."""
        self._lock.release()

    def _opened(self) -> Outbox:
        if self._marker.exists():
            self._close()
            self._mend("mending was cut short")
        if self._outbox is None:
            connection = database.connect(self._path)
            try:
                if not self._checked:
                    database.check(connection)
                    self._checked = True
                self._file = _identity(self._path)
            except BaseException:
                connection.close()
                raise
            self._outbox = Outbox(connection, limit=self._limit)
        return self._outbox

    def _is_in_place(self) -> bool:
        return not self._marker.exists() and _identity(self._path) == self._file

    def _close(self) -> None:
        if self._outbox is not None:
            with contextlib.suppress(sqlite3.Error):
                self._outbox.connection.close()
            self._outbox = None

    @property
    def _marker(self) -> Path:
        return self.folder / "mending"

    def _mend(self, fault: str) -> None:
        turn = Turn(self.folder / "mending.lock")
        if not turn.take(MENDED_WITHIN_S):
            raise OutboxError(f"{self._path}: is damaged, and another program mends it for too long; look at the disk")
        try:
            if not self._marker.exists():
                if self._is_sound():
                    return  # another program has mended it while we waited
                _write_down(self._marker, f"damaged-{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}")
            copies = self.folder / self._marker.read_text("ascii")
            if not copies.exists():
                self._copy(copies)
            found = salvage(copies)
            self._replace(found, copies.name)
        except OSError as error:
            raise OutboxError(
                f"{self._path}: is damaged and cannot be mended ({error}); stop other programs that use it, make room"
            ) from error
        finally:
            turn.give_back()
        lost = "an unknown number" if found.lost is None else str(found.lost)
        log.error(
            "%s was damaged (%s): %d touchpoints saved, %s lost; the damaged files are in %s",
            self._path, fault, len(found.rows), lost, copies,
        )  # fmt: skip

    def _is_sound(self) -> bool:
        try:
            connection = database.connect(self._path)
            try:
                database.check(connection)
            finally:
                connection.close()
        except sqlite3.Error:
            return False
        return True

    def _copy(self, copies: Path) -> None:
        part = copies.with_name(copies.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(mode=0o700)
        for name in FILES[:2]:
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, part / name)
                (part / name).chmod(0o600)
        part.rename(copies)
        database.sync_folder(self.folder)

    def _replace(self, found: Salvage, copies: str) -> None:
        new = self.folder / "outbox.new"
        for name in ("outbox.new", "outbox.new-wal", "outbox.new-shm"):
            with contextlib.suppress(FileNotFoundError):
                (self.folder / name).unlink()
        connection = database.connect(new)
        try:
            _fill(Outbox(connection), found, copies)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.execute("PRAGMA journal_mode=DELETE")  # one file, that one rename puts in place
        finally:
            connection.close()
        for name in FILES[1:]:
            with contextlib.suppress(FileNotFoundError):
                (self.folder / name).unlink()
        new.replace(self._path)
        database.sync_folder(self.folder)
        self._marker.unlink()
        database.sync_folder(self.folder)


def _fill(outbox: Outbox, found: Salvage, copies: str) -> None:
    connection, now_ms = outbox.connection, int(time.time() * 1000)
    with outbox.transaction():
        outbox.insert(found.rows.values())
        for table, rows in (("aside", found.aside), ("boots", found.boots), ("losses", found.losses)):
            for row in rows:
                connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", row)
        last = max([found.sequence, *(one.number for one in found.rows.values())]) + GAP
        connection.execute(
            "UPDATE state SET sequence = ?, sent = ?, dropped = ?, told = ?",
            [last, found.sent, found.dropped + (found.lost or 0), found.told],
        )
        if found.lost is None:
            outbox.lose(f"{copies}: an unknown number could not be read", 1, now_ms)
        elif found.lost:
            outbox.lose(f"{copies}: could not be read", found.lost, now_ms)


def _write_down(path: Path, text: str) -> None:
    """Whole or not at all, and on disk."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    database.sync_folder(path.parent)


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_dev, facts.st_ino
