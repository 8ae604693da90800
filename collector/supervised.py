"""What a supervisor notes of its processes, for the metrics and for `klantreis doctor`: a small file in the metrics
folder, replaced at each start of a process. The supervisor imports nothing that counts, so that nothing can bring it
down."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

PROCESS_VARIABLE = "PROMETHEUS_PROCESS"
"""Environment variable with the name of a process among those that count: `<supervisor's pid>-<child's name>`."""

_FILES = "supervisor_*.json"


class Supervised(msgspec.Struct):
    """One supervisor's processes."""

    pids: dict[str, list[int]] = msgspec.field(default_factory=dict)
    """By role. One that has just ended may still be named."""
    restarts: dict[str, int] = msgspec.field(default_factory=dict)
    """How often a process of each role was started again since the supervisor started."""


def write(folder: Path, supervised: Supervised) -> None:
    """Replaces this process's note. Raises OSError."""
    path = folder / f"supervisor_{os.getpid()}.json"
    temporary = path.with_suffix(".new")
    temporary.write_bytes(msgspec.json.encode(supervised))
    temporary.replace(path)


def read(folder: Path) -> list[Supervised]:
    """The notes of all supervisors of an installation. Raises OSError."""
    found = []
    for path in sorted(folder.glob(_FILES)):
        try:
            found.append(msgspec.json.decode(path.read_bytes(), type=Supervised))
        except (FileNotFoundError, msgspec.MsgspecError):  # it is being cleared away, or the disk was full
            continue
    return found
