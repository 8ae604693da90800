"""How many statements run at once, and how many wait."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.limits import WAIT_S, WAITING


class Places:
    """Places for statements of one kind; first come, first served."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._free = asyncio.Semaphore(limit)
        self._waiting = 0

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """Hold a place. Raises Fault 202 when too many wait, or this one has waited too long."""
        if self._waiting >= WAITING:
            raise self._full()
        self._waiting += 1
        try:
            await asyncio.wait_for(self._free.acquire(), WAIT_S)
        except asyncio.TimeoutError:
            raise self._full() from None
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._free.release()

    def _full(self) -> Fault:
        return Fault(202, f"Too many simultaneous queries. Maximum: {self._limit}. Try again, or ask less at once")
