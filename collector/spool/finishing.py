"""Asks the receivers to finish their segments now: what is loaded already can then be deleted.

The question is the file `finish.now`, written anew each time. A receiver looks at it once a second and finishes a
segment that it began before the question. The file stays; who asks need not live until it is answered.
"""

from __future__ import annotations

from pathlib import Path

from collector.spool import segment
from collector.spool.durable import replace

REQUEST_FILE = "finish.now"


def ask(folder: Path) -> list[str]:
    """Ask, and give the segments that hold whatever was accepted before; none without a spool. Raises OSError."""
    if not folder.is_dir():
        return []
    replace(folder / REQUEST_FILE, b"", sync=False)
    return segment.names(folder)


def asked(folder: Path) -> tuple[int, int]:
    """What changes with every question. Raises OSError."""
    try:
        facts = (folder / REQUEST_FILE).stat()
    except FileNotFoundError:
        return 0, 0
    return facts.st_mtime_ns, facts.st_ino
