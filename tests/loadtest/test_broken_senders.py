"""The generator of our own: what it sends, what it counts, and that it never takes a failure for a success."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import cycle

from loadtest.generator import Driven
from loadtest.hammer import hammer

Answerer = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]

OK = b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok"
FULL = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"


def request(body: bytes) -> bytes:
    """A POST with a body."""
    return b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)


def drive(answer: Answerer, requests: list[bytes], *, again: bool = False, seconds: float = 10.0) -> Driven:
    """Send requests over four connections to a server that answers each body with `answer`."""

    serving: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        serving.add(task)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
                await answer(await reader.readexactly(length), writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def run() -> Driven:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        try:
            return await hammer(port, cycle(requests) if again else requests, connections=4, seconds=seconds)
        finally:
            server.close()
            await asyncio.gather(*serving)

    return asyncio.run(run())


def test_each_request_is_sent_once() -> None:
    """A list of requests is sent as it is: each once, none twice, and the run ends with the last answer."""
    received: list[bytes] = []

    async def answer(body: bytes, writer: asyncio.StreamWriter) -> None:
        received.append(body)
        writer.write(OK)

    driven = drive(answer, [request(b"%d" % number) for number in range(50)])
    assert sorted(received, key=int) == [b"%d" % number for number in range(50)]
    assert (driven.requests, driven.refused, driven.broken) == (50, 0, 0)


def test_an_answer_in_pieces_is_one_answer() -> None:
    """Head and body that come apart are waited for, so that the next request is not sent too early."""

    async def answer(body: bytes, writer: asyncio.StreamWriter) -> None:
        for piece in (OK[:9], OK[9:-1], OK[-1:]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.002)

    driven = drive(answer, [request(b"x")] * 12)
    assert (driven.requests, driven.refused, driven.broken) == (12, 0, 0)


def test_refusals_are_not_counted_as_answered() -> None:
    """A 503 is told apart: a figure with refusals in it would be none."""

    async def answer(body: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(FULL if body == b"no" else OK)

    driven = drive(answer, [request(b"yes"), request(b"no"), request(b"yes")])
    assert (driven.requests, driven.refused, driven.broken) == (2, 1, 0)


def test_closed_connections_are_counted_as_broken() -> None:
    """A server that hangs up without an answer leaves a broken request, and the others go on."""

    async def answer(body: bytes, writer: asyncio.StreamWriter) -> None:
        if body == b"bye":
            writer.close()
        else:
            writer.write(OK)

    driven = drive(answer, [request(b"bye"), *[request(b"x")] * 9])
    assert (driven.requests, driven.refused, driven.broken) == (9, 0, 1)


def test_time_ends_an_endless_run() -> None:
    """Requests that are sent again and again end with the time, and what is under way then is no failure."""

    async def answer(body: bytes, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(0.01)
        writer.write(OK)

    driven = drive(answer, [request(b"x")], again=True, seconds=2)
    assert driven.requests > 4
    assert (driven.refused, driven.broken) == (0, 0)
