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
    """One connection: free, or waiting for the answer to one request. One that is lost is never free again."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self._received = b""
        self._due = 0.0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a socket's is one
        self._transport = transport

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
            self._pace.answered(self, status, time.perf_counter() - self._due)

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()


class Pace:
    """What is due, who is free, and what was answered."""

    def __init__(self, requests: Path) -> None:
        self.took: list[float] = []
        self.refused = 0
        self.broken = 0
        self.free: deque[Sender] = deque()
        self._all_answered = asyncio.Event()
        self._requests = cycle(list(read(requests)))
        self._due: deque[float] = deque()
        self._expected: int | None = None

    def answered(self, sender: Sender, status: int, seconds: float) -> None:
        """A connection is free again."""
        self.took.append(seconds)
        if not 200 <= status < 300:
            self.refused += 1
        self.free.append(sender)
        self.send_due()
        if len(self.took) == self._expected:
            self._all_answered.set()

    def send_due(self) -> None:
        """Send what is due, as far as connections are free."""
        while self._due and self.free:
            self.free.popleft().send(next(self._requests), self._due.popleft())

    async def keep(self, rate: float, seconds: float) -> float:
        """Have `rate` requests due each second; gives the seconds until the last one was sent."""
        begun = time.perf_counter()
        count = 0
        while (now := time.perf_counter()) < begun + seconds:
            while count < (now - begun) * rate:
                self._due.append(begun + count / rate)
                count += 1
            self.send_due()
            await asyncio.sleep(TICK_S)
        self._expected = count
        if len(self.took) < count:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._all_answered.wait(), LAST_ANSWERS_S)
        self.broken = count - len(self.took)
        return time.perf_counter() - begun


async def send(port: int, connections: int, seconds: float, rate: float, requests: Path) -> Driven:
    """Send at that rate for so many seconds, and wait for the last answers."""
    loop = asyncio.get_running_loop()
    pace = Pace(requests)
    opened = [await loop.create_connection(lambda: Sender(pace), "127.0.0.1", port) for _ in range(connections)]
    pace.free.extend(sender for _, sender in opened)
    spent = await pace.keep(rate, seconds)
    for _, sender in opened:
        sender.close()
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
