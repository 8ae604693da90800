"""The folder of an embedded ClickHouse: what lies where, and that one process has it.

```
data/clickhouse/lock      held by the process that serves the folder
                engine/   chDB's data
                config/   the engine's configuration, written anew at every start
                pipes/    named pipes to and from the engine; emptied at every start
```

The process works *in* this folder: chDB takes its path and its options in one string, in which a path with `?` or `&`
would end early.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from pathlib import Path
from string import Template
from typing import Final

from collector.errors import SettingsError
from collector.warehouse.embedded.limits import ENGINE_THREADS, MIB, STATEMENT_BYTES

ENGINE: Final = Path("engine")
PIPES: Final = Path("pipes")
CONFIG: Final = Path("config")
_GLOBS = frozenset("*?{}[]'\\")
_CACHE_LIMIT_MIB = 512
"""More for marks and primary keys would not be used by tables of the size that one machine holds."""


def is_served(path: Path) -> bool:
    """Whether a process has the folder, be it one that is about to end. Raises OSError where that cannot be seen."""
    try:
        lock = os.open(path / "lock", os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


class Folder:
    """A folder that is ours until `close` or the end of the process."""

    def __init__(self, path: Path, memory_mib: int) -> None:
        """Make, lock and prepare it, and go there. Raises SettingsError when it cannot be had."""
        self.path = path.resolve()
        self.window = f"window_{uuid.uuid4().hex}"
        """Name of the database that shows the file system, to be dropped at once."""
        if any(sign in str(self.path) for sign in _GLOBS) or "::" in str(self.path):
            # The engine takes these for patterns: a pipe that it does not find reads as an empty one, without an error.
            raise SettingsError(
                f"data: {self.path} holds one of {' '.join(sorted(_GLOBS))} or ::; choose another folder"
            )
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = self._take()
            os.chdir(self.path)
            self._prepare(memory_mib)
        except OSError as error:
            raise SettingsError(f"data: {self.path} cannot be used: {error.strerror or error}") from None

    def _take(self) -> int:
        """The lock dies with the process, so a killed one leaves nothing to clear up."""
        lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(lock, 32, 0).decode("ascii", "replace").strip() or "unknown"
            os.close(lock)
            raise SettingsError(
                f"data: {self.path} is served by another process (pid {holder}); stop that one or give another --data"
            ) from None
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{os.getpid()}\n".encode(), 0)
        return lock

    def _prepare(self, memory_mib: int) -> None:
        for folder in (PIPES, CONFIG):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        words = {
            "memory": memory_mib * MIB,
            "query_memory": memory_mib * MIB * 6 // 10,
            "mark_cache": min(memory_mib // 8, _CACHE_LIMIT_MIB) * MIB,
            "small_cache": min(memory_mib // 32, _CACHE_LIMIT_MIB // 4) * MIB,
            "threads": ENGINE_THREADS,
            "statement": STATEMENT_BYTES,
            "window": self.window,
        }
        for name in ("config.xml", "users.xml"):
            template = Path(__file__).with_name(name).read_text(encoding="utf-8")
            (CONFIG / name).write_text(Template(template).substitute(words), encoding="utf-8")
        self._make_default_database()

    def _make_default_database(self) -> None:
        """An ordinary database `default`, in the form in which the engine itself keeps one.

        chDB gives the identity of `metadata/default` to its window on the file system, whatever that is called, and
        then stops because two databases have one identity. The link is only a convenience, and made anew at each start.
        """
        metadata = ENGINE / "metadata"
        metadata.mkdir(parents=True, exist_ok=True, mode=0o700)
        (metadata / "default").unlink(missing_ok=True)
        file = metadata / "default.sql"
        if not file.exists():
            written = file.with_suffix(".new")
            written.write_text(f"ATTACH DATABASE _ UUID '{uuid.uuid4()}'\nENGINE = Atomic\n", encoding="ascii")
            written.rename(file)

    def close(self) -> None:
        """Give the folder free."""
        os.close(self._lock)
