"""How fast a key or an address prefix may send; off unless a rate is set.

All workers share one table, a memory-mapped file of a million moments: for each key or prefix the moment until which
its allowance is used up (the generic cell rate algorithm, a leaky bucket in one number). So the rate holds over all
workers, and a flood of addresses takes 8 MiB at most. Two names may fall on one place of the table (with 1,000 active
ones: 1 in 1,000 does) and then share an allowance; two workers may write at once and then count one request too few.
Both are harmless here and make locks needless.
"""

from __future__ import annotations

import math
import mmap
import os
import time
import zlib
from pathlib import Path

from collector.errors import Reason, Refused

PLACES = 1 << 20
AHEAD_S = 5.0
"""Seconds of allowance that may be used at once: a page that sends what it gathered is not a flood."""

WAIT_S = 3600.0
"""Seconds that a sender is told to wait at most, also after the machine's clock was set back."""


class Rates:
    """The table. The file is made when first a rate is checked; without rates there is none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._table: memoryview[float] | None = None

    def take(self, name: str, count: int, rate: float) -> None:
        """Counts `count` touchpoints for `name`, which may send `rate` a second.

        Raises Refused with the seconds to wait, and then counts nothing.
        """
        table = self._open() if self._table is None else self._table
        place = zlib.crc32(name.encode("utf-8", "replace")) % PLACES
        now = time.time()
        used_until = min(max(table[place], now), now + AHEAD_S + WAIT_S)
        if used_until - now > AHEAD_S:
            raise Refused(Reason.RATE_EXCEEDED, retry_after=math.ceil(used_until - now - AHEAD_S))
        # A large batch may run ahead of the allowance, or a rate below its size would never let it pass.
        table[place] = used_until + count / rate

    def _open(self) -> memoryview[float]:
        size = PLACES * 8
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            if os.fstat(handle).st_size != size:
                os.ftruncate(handle, size)
            self._table = memoryview(mmap.mmap(handle, size)).cast("d")
        finally:
            os.close(handle)
        return self._table
