"""A connection to an outbox, so set that what was committed survives a power cut.

WAL with `synchronous=FULL` syncs the log at every commit; a commit that returned is on disk, one that was cut short is
as if it had never begun. Readers and the one writer do not wait for one another; writers wait their turn.
"""

from __future__ import annotations

import os
import sqlite3
from importlib import resources
from pathlib import Path

from klantreis_store.errors import OutboxError

FORMAT = 1
BUSY_MS = 30_000
"""How long a commit waits for those of other tills: many slow syncs, and no hang for ever."""

_NOT_DAMAGE = (sqlite3.OperationalError, sqlite3.ProgrammingError, sqlite3.IntegrityError)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether the file is at fault, not the disk or another program: then it is to be repaired, not waited for."""
    if isinstance(error, _NOT_DAMAGE):
        return "malformed" in str(error) or "no such table" in str(error)
    return isinstance(error, sqlite3.DatabaseError)


def connect(path: Path) -> sqlite3.Connection:
    """Opens the outbox, made anew where there is none.

    Raises sqlite3.DatabaseError for a damaged one, OutboxError for one of a newer version.
    """
    is_new = not path.exists()
    if is_new:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))  # customers' data: its owner's alone
    connection = sqlite3.connect(path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False)
    try:
        # No checkpoint when the last one closes: kill -9 leaves the log as well, and it is read the same way.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    if is_new:
        sync_folder(path.parent)
    return connection


def check(connection: sqlite3.Connection) -> None:
    """Reads all of it. Raises sqlite3.DatabaseError where something is damaged."""
    [(verdict,)] = connection.execute("PRAGMA quick_check(1)").fetchall()
    if verdict != "ok":
        raise sqlite3.DatabaseError(str(verdict))


def sync_folder(folder: Path) -> None:
    """Makes names of new and renamed files last; where a system cannot do that (Windows), it does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def explained(error: sqlite3.Error, path: Path) -> OutboxError:
    """The same for whoever runs the till: place, fault, remedy."""
    fault = str(error)
    remedies = {
        "full": "make room on this disk",
        "locked": "another program holds it; `klantreis-store status` and a look at the processes tell which",
        "readonly": "let this program's user write to the folder",
        "unable to open": "let this program's user write to the folder",
        "disk I/O": "the disk fails: look at the system's log, and replace it",
    }
    remedy = next((told for word, told in remedies.items() if word in fault), "see the system's log")
    return OutboxError(f"{path}: the touchpoint is not on disk ({fault}); {remedy}")


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    [(version,)] = connection.execute("PRAGMA user_version").fetchall()
    if version == 0:
        schema = resources.files("klantreis_store").joinpath("schema.sql").read_text("utf-8")
        connection.execute("BEGIN EXCLUSIVE")
        try:
            [(version,)] = connection.execute("PRAGMA user_version").fetchall()  # two tills start at once
            if version == 0:
                for statement in statements(schema):
                    connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    elif version != FORMAT:
        raise OutboxError(f"{path}: has format {version}, this version reads {FORMAT}; use the newer klantreis-store")


def statements(script: str) -> list[str]:
    """A script's statements; executescript would commit between them."""
    found, text = [], ""
    for line in script.splitlines(keepends=True):
        text += line
        if sqlite3.complete_statement(text):
            found.append(text)
            text = ""
    return found
