"""Nothing of SQLite is open while this process forks.

SQLite keeps in the process which locks it holds on a file. A child takes that memory over, but not the locks: it would
believe that it holds them, the parent would find itself alone and remove the log, and what the child commits afterwards
would go into a file without a name. So whoever has a file open lets go of it before a fork, and opens it when needed.
"""

from __future__ import annotations

import os
import threading
import weakref
from typing import Protocol


class LetsGo(Protocol):
    """Has a file of SQLite open, now and then."""

    def pause(self) -> None:
        """Waits for what is under way, lets go of the file, and opens none until `resume`."""

    def resume(self) -> None:
        """Goes on, in the parent and in the child."""


_live: weakref.WeakSet[LetsGo] = weakref.WeakSet()
_lock = threading.Lock()
_paused: list[LetsGo] = []
_told = False
_forks = 0


def watch(one: LetsGo) -> None:
    """From now on it is asked to let go before each fork."""
    with _lock:
        _live.add(one)


def seen() -> int:
    """How many forks led to this process; those that C code makes without telling Python beforehand do not count."""
    return _forks


def _before() -> None:
    global _told
    _lock.acquire()
    _told = True
    for one in list(_live):
        one.pause()
        _paused.append(one)


def _after() -> None:
    global _told
    if not _told:
        return
    _told = False
    while _paused:
        _paused.pop().resume()
    _lock.release()


def _after_in_child() -> None:
    global _forks
    _forks += _told
    _after()


if hasattr(os, "register_at_fork"):  # Windows has no fork
    os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after_in_child)
