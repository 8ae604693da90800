"""Waits for what others do, as long as they get on with it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection

LOOK_EVERY_S = 0.2


def until_gone(here: Callable[[], Collection[object]], patience_s: float) -> Collection[object]:
    """Look until nothing is here any more; gives what still is when nothing has changed for `patience_s` seconds."""
    left = here()
    changed = time.monotonic()
    while left and time.monotonic() - changed < patience_s:
        time.sleep(LOOK_EVERY_S)
        now = here()
        if now != left:
            left, changed = now, time.monotonic()
    return left
