"""A generator of our own: raw keep-alive connections on one event loop, no pipelining.

For where wrk is not installed (generator.py starts `python -m loadtest.hammer PORT CONNECTIONS SECONDS FILE`, which
writes the same line as wrk.lua), and for sending every request of a file exactly once.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterable, Iterator
from itertools import cycle
from pathlib import Path

import msgspec
import uvloop

from loadtest.generator import ANSWER_WITHIN_S, Driven

_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"\r\ncontent-length:"


def read(path: Path) -> Iterator[bytes]:
    """The requests of a file that traffic.py wrote."""
    with path.open("rb") as file:
        while line := file.readline():
            yield file.read(int(line))


class Run:
    """What all connections share."""

    def __init__(self, requests: Iterable[bytes], connections: int) -> None:
        self.requests = iter(requests)
        self.under_way = connections
        self.over = asyncio.Event()
        """Told to stop, or every request is answered."""
        self.refused = 0
        self.broken = 0
        self.took: list[float] = []


class Connection(asyncio.Protocol):
    """Sends a request, waits for its answer, sends the next, until there is none."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._received = b""
        self._sent: float | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # a socket's is one
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._received += data
        status = status_of_whole(self._received)
        if status is None or self._sent is None:
            return
        self._received = b""
        self._run.took.append(time.perf_counter() - self._sent)
        if not 200 <= status < 300:
            self._run.refused += 1
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self._run.over.is_set() and self._sent is not None:
            self._run.broken += 1
            self._done()

    def close(self) -> None:
        """End it, whatever it waits for; one that has waited too long is broken."""
        if self._sent is not None and time.perf_counter() - self._sent > ANSWER_WITHIN_S:
            self._run.broken += 1
        if self._transport is not None:
            self._transport.abort()

    def _next(self) -> None:
        request = None if self._run.over.is_set() else next(self._run.requests, None)
        if request is None or self._transport is None:
            self._sent = None
            self._done()
        else:
            self._sent = time.perf_counter()
            self._transport.write(request)

    def _done(self) -> None:
        self._run.under_way -= 1
        if not self._run.under_way:
            self._run.over.set()


def status_of_whole(received: bytes) -> int | None:
    """The status of an answer that has come in whole; None while it has not."""
    head, end, body = received.partition(_END_OF_HEAD)
    if not end:
        return None
    _, found, rest = head.lower().partition(_LENGTH)
    if found and len(body) < int(rest.split(b"\r\n", 1)[0]):
        return None
    return int(head[9:12])


async def hammer(port: int, requests: Iterable[bytes], *, connections: int, seconds: float) -> Driven:
    """Send over so many connections until the requests are used up or the time is."""
    run = Run(requests, connections)
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    opened = [await loop.create_connection(lambda: Connection(run), "127.0.0.1", port) for _ in range(connections)]
    try:
        await asyncio.wait_for(run.over.wait(), seconds)
    except asyncio.TimeoutError:
        run.over.set()
    spent = time.perf_counter() - begun
    took = sorted(run.took)
    for _, connection in opened:
        connection.close()
    count = len(took)
    p50, p99 = (took[count // 2] * 1e3, took[count * 99 // 100] * 1e3) if count else (0.0, 0.0)
    return Driven(count - run.refused, spent, run.refused, run.broken, p50, p99)


def main() -> None:
    """Send a file's requests again and again, and write what came of it."""
    port, connections, seconds, path = sys.argv[1:]
    requests = cycle(list(read(Path(path))))
    driven = uvloop.run(hammer(int(port), requests, connections=int(connections), seconds=float(seconds)))
    sys.stdout.write(f"RESULT {msgspec.json.encode(driven).decode()}\n")


if __name__ == "__main__":
    main()
