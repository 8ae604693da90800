"""Whether a rule folder changed, for a stat of each file instead of reading them all."""

from __future__ import annotations

from pathlib import Path

PATTERNS = ("signals/*", "models/*", "lists/*")

Signature = tuple[tuple[str, int, int, int], ...]
"""Of each file: name, change, size, number on its file system."""


def files(folder: Path) -> list[Path]:
    """Those that rules are read from, in order."""
    return sorted(path for pattern in PATTERNS for path in folder.glob(pattern))


def signature(folder: Path) -> Signature:
    """Another one than before means that a file was written, came, or went."""
    found = []
    for path in files(folder):
        try:
            facts = path.stat()
        except OSError:
            continue
        found.append((str(path), facts.st_mtime_ns, facts.st_size, facts.st_ino))
    return tuple(found)
