"""Sends prepared requests at a fixed rate, however fast they are answered (an open loop), as independent people do.

`python -m loadtest.paced PORT CONNECTIONS SECONDS RATE FILE` sends RATE requests a second, each at its own moment. A
request whose moment comes while every connection still waits for an answer goes as soon as one is free; its time
counts from its moment, so that a server that stalls is not spared (the "coordinated omission" of closed loops).
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
import time
from collections import deque
from itertools import cycle
from math import ceil
from pathlib import Path

import msgspec
import uvloop

from loadtest.generator import Driven
from loadtest.hammer import read, status_of_whole

TICK_S = 0.002
"""Between looks which requests are due."""
LAST_ANSWERS_S = 30.0
"""Given to requests that are under way when the time is over."""


class Sender(asyncio.Protocol):
    """One connection: free, or waiting for the answer to one request."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._received = b""
        self._due = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a socket's is one
        self._transport = transport
        self._pace.is_free(self)

    def send(self, request: bytes, due: float) -> None:
        """Send the request that was due at that moment."""
        assert self._transport is not None
        self._due = due
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._received += data
        status = status_of_whole(self._received)
        if status is not None:
            self._received = b""
            self._pace.answered(status, time.perf_counter() - self._due)
            self._pace.is_free(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._pace.is_lost(self)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


class Pace:
    """What is due, who is free, and what was answered."""

    def __init__(self, port: int, connections: int, requests: Path) -> None:
        self.took: list[float] = []
        self.refused = 0
        self.broken = 0
        self._port = port
        self._room = connections
        self._open: set[Sender] = set()
        self._opening: set[asyncio.Task[object]] = set()
        self._free: list[Sender] = []
        self._all_answered = asyncio.Event()
        self._requests = cycle(list(read(requests)))
        self._due: deque[float] = deque()
        self._expected: int | None = None

    def is_free(self, sender: Sender) -> None:
        """A connection was made, or has its answer."""
        self._open.add(sender)
        self._free.append(sender)
        self._send_due()

    def is_lost(self, sender: Sender) -> None:
        """The server closed it, as it does when nothing is sent for long."""
        self._open.discard(sender)
        if sender in self._free:
            self._free.remove(sender)
        self._room += 1

    def answered(self, status: int, seconds: float) -> None:
        """A request has its answer."""
        self.took.append(seconds)
        if not 200 <= status < 300:
            self.refused += 1
        if len(self.took) == self._expected:
            self._all_answered.set()

    async def keep(self, rate: float, seconds: float) -> float:
        """Have `rate` requests due each second; gives the seconds until the last one was answered."""
        begun = time.perf_counter()
        count, all_due = 0, round(rate * seconds)
        while (past := time.perf_counter() - begun) < seconds or count < all_due:
            due = min(all_due, ceil(past * rate))
            self._due += (begun + number / rate for number in range(count, due))
            count = due
            self._send_due()
            await asyncio.sleep(TICK_S)
        self._expected = count
        if len(self.took) < count:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._all_answered.wait(), LAST_ANSWERS_S)
        self.broken = count - len(self.took)
        spent = time.perf_counter() - begun
        for sender in tuple(self._open):
            sender.close()
        return spent

    def _send_due(self) -> None:
        """Send what is due, as far as connections are free; open another where none is, if there is room."""
        while self._due and self._free:
            # The one that was used last: those that are not needed are closed for being idle.
            self._free.pop().send(next(self._requests), self._due.popleft())
        if self._due and self._room > 0:
            self._room -= 1
            loop = asyncio.get_running_loop()
            task = loop.create_task(loop.create_connection(lambda: Sender(self), "127.0.0.1", self._port))
            self._opening.add(task)
            task.add_done_callback(self._opening.discard)


async def send(port: int, connections: int, seconds: float, rate: float, requests: Path) -> Driven:
    """Send at that rate over at most so many connections for so many seconds, and wait for the last answers."""
    pace = Pace(port, connections, requests)
    spent = await pace.keep(rate, seconds)
    took = sorted(pace.took)
    count = len(took)
    p50, p99 = (took[count // 2] * 1e3, took[count * 99 // 100] * 1e3) if count else (0.0, 0.0)
    return Driven(count - pace.refused, spent, pace.refused, pace.broken, p50, p99)


def main() -> None:
    """Send a file's requests again and again, and write what came of it."""
    port, connections, seconds, rate, path = sys.argv[1:]
    driven = uvloop.run(send(int(port), int(connections), float(seconds), float(rate), Path(path)))
    sys.stdout.write(f"RESULT {msgspec.json.encode(driven).decode()}\n")


if __name__ == "__main__":
    main()
