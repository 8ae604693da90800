"""`klantreis import` in a process that kills itself with -9 at the moment that is its first argument."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from collector.cli import main
from collector.history import course
from collector.history.journal import Journal
from collector.history.judge import Judge

STRETCH_BYTES = 300 * 1024
"""So that a few thousand rows are several stretches, of two requests each."""

MOMENTS: dict[str, tuple[type, str, int, str]] = {
    "first rows appended, not noted": (Journal, "write", 2, "before"),
    "appended, not noted": (Journal, "write", 3, "before"),
    "noted": (Journal, "write", 2, "after"),
    "within a stretch": (Judge, "judge", 4, "before"),
}


def arrange(moment: str) -> None:
    """Let the so-maniest call of the method of this moment be the last thing that happens."""
    course.STRETCH_BYTES = STRETCH_BYTES
    owner, name, last, when = MOMENTS[moment]
    method: Callable[..., Any] = getattr(owner, name)
    calls = 0

    def interposed(self: Any, *arguments: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == last and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        given = method(self, *arguments)
        if calls == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return given

    setattr(owner, name, interposed)


if __name__ == "__main__":
    arrange(sys.argv[1])
    sys.argv = ["klantreis", "import", *sys.argv[2:]]
    main()
