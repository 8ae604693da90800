"""Floods of log lines: the same complaint at most once a minute, with how often it came."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

EVERY_S = 60.0
VARIANTS = 10
"""Lines of one kind a minute when their texts differ; the kind is the place in the code that writes them."""


@dataclass
class _Kind:
    """What was said by one place in the code within the minute."""

    until: float
    said: set[str]
    withheld: int = 0
    last: logging.LogRecord | None = None


class Flood(logging.Filter):
    """Lets a line pass unless it was said less than a minute ago.

    What was withheld is told when the minute is over, by a timer, so that the last word is never missing: `emit` gets a
    copy of the last line withheld that says how many there were.
    """

    def __init__(self, emit: Callable[[logging.LogRecord], object], *, every_s: float = EVERY_S) -> None:
        super().__init__()
        self._emit = emit
        self._every_s = every_s
        self._kinds: dict[tuple[str, int, str], _Kind] = {}
        self._lock = threading.Lock()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line may be written now."""
        if hasattr(record, "withheld"):
            return True
        place = (record.pathname, record.lineno, record.name)
        # A finite number of places writes lines, and VARIANTS bounds what is remembered of each.
        try:
            text = record.getMessage()
        except (TypeError, ValueError):  # of a line that does not fit its values, which is told where it is written
            return True
        with self._lock:
            kind = self._kinds.get(place)
            if kind is None or (time.monotonic() >= kind.until and not kind.withheld):
                kind = self._kinds[place] = _Kind(time.monotonic() + self._every_s, set())
            if text not in kind.said and len(kind.said) < VARIANTS:
                kind.said.add(text)
                return True
            kind.withheld += 1
            kind.last = record
            if kind.withheld == 1:
                wait = max(0.0, kind.until - time.monotonic())
                timer = threading.Timer(wait, self.tell, (place,))
                timer.daemon = True
                timer.start()
        return False

    def tell(self, place: tuple[str, int, str]) -> None:
        """Tells what was withheld of one place, and begins its next minute."""
        with self._lock:
            kind = self._kinds.pop(place, None)
            if kind is None or kind.last is None:
                return
            self._kinds[place] = _Kind(time.monotonic() + self._every_s, {kind.last.getMessage()})
        told = logging.makeLogRecord(vars(kind.last))
        told.msg = f"{kind.last.getMessage()} ({kind.withheld} such lines were withheld within {self._every_s:.0f} s)"
        told.args = None
        told.withheld = kind.withheld
        self._emit(told)

    def tell_all(self) -> None:
        """Tells everything that was withheld: at the end of a process."""
        for place in list(self._kinds):
            self.tell(place)
