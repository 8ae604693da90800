"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from collector.errors import SettingsError
from collector.spool.durable import sync_folder

OWNER_ONLY = 0o600
"""What is exported is personal data."""


@contextmanager
def written(out: Path | None, option: str) -> Iterator[IO[bytes]]:
    """Where to write: standard output, or a file that gets its name when it is whole and on disk.

    Raises SettingsError when it cannot be written; any error leaves what bore the name before as it was.
    """
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    part = out.with_name(f"{out.name}.part")
    try:
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(handle)
        part.rename(out)
        sync_folder(out.parent)
    except OSError as error:
        raise SettingsError(f"{option}: {out} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
