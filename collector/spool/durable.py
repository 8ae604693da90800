"""Files that are whole or not there, and that are still there after a power cut."""

from __future__ import annotations

import os
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
    temporary = path.with_name(path.name + ".new")
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
