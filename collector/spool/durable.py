"""Files that are whole or not there, and that are still there after a power cut."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

FOLDER_MODE = 0o700
FILE_MODE = 0o600
"""What rests here is personal data: nobody but the collector's own user reads it."""


def make_folder(folder: Path) -> None:
    """Makes `folder` with whatever is missing above it, so that a power cut does not take it away again.

    A folder that is already there keeps its permissions. Raises OSError.
    """
    missing = []
    place = folder
    while not place.exists():
        missing.append(place)
        place = place.parent
    for place in reversed(missing):
        place.mkdir(mode=FOLDER_MODE, exist_ok=True)
        sync_folder(place.parent)


def sync_folder(folder: Path) -> None:
    """Puts the names in `folder` on disk: a new or renamed file is only then sure to be found. Raises OSError."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def replace(path: Path, content: bytes, *, sync: bool) -> None:
    """Gives `path` this content in one step; who reads it meanwhile sees the old or the new one, never half.

    With `sync` it returns when content and name are on disk. Raises OSError.
    """
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")  # receivers that start together write the same file
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, FILE_MODE)
    try:
        write_all(handle, content)
        if sync:
            os.fsync(handle)
    finally:
        os.close(handle)
    temporary.rename(path)
    if sync:
        sync_folder(path.parent)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time changes `path`, by a lock that lies beside it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=FOLDER_MODE)
    handle = os.open(path.with_name(f"{path.name}.lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


class Reserved:
    """A small file that can be replaced on a full disk too, since it keeps the room for its next content.

    A spool that has filled its disk is emptied by the loader alone, which must write down first what it loads: without
    room for that, nothing but an operator could ever make room. So `<name>.spare` is written over in place, which takes
    no room (file systems that copy on write keep a reserve of their own), put in the file's place in one step, and the
    file that was there becomes the next spare. Content is filled up with newlines to the size of the room. The very
    first content has no file before it, so give that while there is room.
    """

    def __init__(self, path: Path, room: int) -> None:
        """`room` is in bytes. A disk without any is no error here."""
        self._path, self._room = path, room
        self._spare, self._former = path.with_suffix(".spare"), path.with_suffix(".former")
        with contextlib.suppress(FileNotFoundError):  # left by a crash within `replace`
            if self._spare.exists():
                self._former.unlink()
            else:
                self._former.rename(self._spare)
        self._reserve()

    def replace(self, content: bytes) -> None:
        """Gives the file this content in one step; when it returns, that is on disk. Raises OSError."""
        self._write(content)
        with contextlib.suppress(OSError):  # there is none yet, or a file system without links
            os.link(self._path, self._former)
        self._spare.rename(self._path)
        if self._former.exists():
            self._former.rename(self._spare)
        sync_folder(self._path.parent)
        self._reserve()

    def _write(self, content: bytes) -> None:
        size = max(self._room, len(content))
        handle = os.open(self._spare, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, FILE_MODE)
        try:
            write_all(handle, content.ljust(size, b"\n"))
            os.ftruncate(handle, size)
            os.fsync(handle)
        finally:
            os.close(handle)

    def _reserve(self) -> None:
        with contextlib.suppress(OSError):
            if not self._spare.exists() or self._spare.stat().st_size < self._room:
                self._write(b"")


def write_all(handle: int, content: bytes) -> None:
    """Writes the whole of `content`: one `write` may take less, on a disk that fills up. Raises OSError."""
    written = os.write(handle, content)
    if written < len(content):
        rest = memoryview(content)[written:]
        while rest:
            rest = rest[os.write(handle, rest) :]


def sync_data(handle: int) -> None:
    """Puts a file's bytes, and the size needed to read them back, on disk. Raises OSError."""
    if hasattr(os, "fdatasync"):
        os.fdatasync(handle)
    else:  # macOS
        os.fsync(handle)
