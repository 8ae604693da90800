"""What time it is, and how long ago something was, on a machine whose clock anybody may set.

A *boot* is the time from one start of the machine to the next. Within it `uptime_ms` rises steadily, asleep too, and
nobody can set it; it means nothing in another boot. `wall_ms` is the clock on the wall, which may jump.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Now:
    """One look at both clocks. `boot` is empty where the system has no name for this boot."""

    boot: str
    uptime_ms: int
    wall_ms: int


class Clock(Protocol):
    """What the rest needs of time; tests have one that they can set."""

    def now(self) -> Now: ...


class MachineClock:
    """The clocks of this machine."""

    def __init__(self) -> None:
        try:
            self._boot = _BOOT_ID.read_text("ascii").strip()
        except OSError:
            self._boot = ""
        # On Linux CLOCK_MONOTONIC stands still while the machine sleeps. macOS and Windows count sleep in theirs.
        self._source: int | None = getattr(time, "CLOCK_BOOTTIME", None)

    def now(self) -> Now:
        """Both clocks, read one right after the other."""
        uptime = time.monotonic() if self._source is None else time.clock_gettime(self._source)
        return Now(self._boot, int(uptime * 1000), int(time.time() * 1000))


class NamedClock:
    """A clock on a system that does not name its boots, with a name for this one."""

    def __init__(self, clock: Clock, boot: str) -> None:
        self._clock, self._boot = clock, boot

    def now(self) -> Now:
        """As the clock below says."""
        return replace(self._clock.now(), boot=self._boot)
