"""Looks at processes once a second: resident memory and open files, from /proc."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

LOOK_EVERY_S = 1.0
MIB = 2**20


@dataclass(frozen=True)
class Sample:
    """One look at one process."""

    name: str
    at_s: float
    """Since the watch began."""
    memory_mib: float
    """Resident."""
    files: int
    """Open descriptors."""


class Watch:
    """Samples of processes, by name, for as long as its block lasts."""

    def __init__(self, processes: Mapping[str, int]) -> None:
        self.samples: list[Sample] = []
        self._processes = processes
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        begun = time.monotonic()
        while not self._over.wait(LOOK_EVERY_S):
            for name, pid in self._processes.items():
                try:
                    memory, files = _memory_mib(pid), sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
                except OSError:  # it has ended
                    continue
                self.samples.append(Sample(name, time.monotonic() - begun, memory, files))


def _memory_mib(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / MIB


def trend(points: Sequence[tuple[float, float]]) -> float:
    """Slope of the straight line through the points by least squares; 0 for fewer than two."""
    count = len(points)
    if count < 2:
        return 0.0
    mean_x, mean_y = sum(x for x, _ in points) / count, sum(y for _, y in points) / count
    spread_x = sum((x - mean_x) ** 2 for x, _ in points)
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / spread_x if spread_x else 0.0
