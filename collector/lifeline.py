"""A child process stops when its supervisor is gone, also when that was killed and could say nothing.

The supervisor holds the write end of a pipe that is the child's standard input; the kernel closes it with the
supervisor, and the child reads end of file.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

FLAG = "--die-with-parent"


def follow_parent() -> None:
    """Stop this process, as SIGTERM would, when standard input ends. Does nothing without `--die-with-parent`."""
    if FLAG in sys.argv:
        threading.Thread(target=_wait, args=(sys.stdin.fileno(),), name="lifeline", daemon=True).start()


def _wait(pipe: int) -> None:
    while os.read(pipe, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
