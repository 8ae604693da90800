"""The body of a request: unpacked as it comes, the statement first, then the rows."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping
from typing import Any

from collector.warehouse.embedded.compression import NativeUnpacker, Unpacker, unpacker
from collector.warehouse.embedded.faults import Disconnected, Fault
from collector.warehouse.embedded.limits import IDLE_S, STATEMENT_BYTES
from collector.warehouse.embedded.request import Ask
from collector.warehouse.embedded.statement import Incomplete, Statement, parse

_ON_THREAD_BYTES = 64 * 1024
"""Longer texts are parsed on a thread (about 5 ms), so that the event loop goes on."""

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

_TRY_EACH_BYTES = 256 * 1024
"""Up to here a statement is looked for in every piece that comes; beyond, each time the text has doubled."""


class Body:
    """The pieces of one request's body, unpacked."""

    def __init__(self, receive: Receive, ask: Ask) -> None:
        """Raises Fault for a coding that is not known here."""
        self._receive = receive
        self._unpackers: list[Unpacker] = [unpacker(coding) for coding in reversed(ask.coding.split(",")) if coding]
        if ask.native_body:
            self._unpackers.append(NativeUnpacker())
        self._pieces: Iterator[bytes] = iter(())
        self._ended = False

    async def read(self) -> bytes:
        """The next piece, or empty bytes at the end.

        Raises Disconnected, and Fault for a damaged body or one that stands still.
        """
        while True:
            piece = next(filter(None, self._pieces), None)
            if piece is not None:
                return piece
            if self._ended:
                return b""
            data, self._ended = await self._next()
            pieces = _through(self._unpackers, data)
            self._pieces = _and_finish(pieces, self._unpackers) if self._ended else pieces

    async def _next(self) -> tuple[bytes, bool]:
        try:
            message = await asyncio.wait_for(self._receive(), IDLE_S)
        except asyncio.TimeoutError:
            raise Fault(
                209, f"Timeout exceeded while reading from socket: no byte of the body for {IDLE_S:.0f} s"
            ) from None
        if message["type"] == "http.disconnect":
            raise Disconnected
        return message.get("body", b""), not message.get("more_body", False)

    async def drop(self) -> None:
        """Read to the end and throw it away, so that the connection can serve the next request."""
        try:
            while not self._ended:
                _, self._ended = await self._next()
        except Fault:
            pass  # it stands still; the answer goes out, and the connection ends with it


def _through(unpackers: list[Unpacker], data: bytes) -> Iterator[bytes]:
    if not unpackers:
        yield data
        return
    for piece in unpackers[0].feed(data):
        yield from _through(unpackers[1:], piece)


def _and_finish(pieces: Iterator[bytes], unpackers: list[Unpacker]) -> Iterator[bytes]:
    yield from pieces
    for one in unpackers:
        one.finish()


class Heads:
    """The statements that came lately, with all that stands before their rows.

    A loader sends the same megabyte of SQL many times a minute. That it is the same is found out a hundred times faster
    than what it says.
    """

    KEPT = 8
    WORTH_BYTES = 16 * 1024

    def __init__(self) -> None:
        self._known: OrderedDict[bytes, Statement] = OrderedDict()

    def find(self, text: bytes) -> tuple[Statement, int] | None:
        """The statement that `text` begins with, and where its rows begin."""
        for head, statement in self._known.items():
            if text.startswith(head):
                self._known.move_to_end(head)
                return statement, len(head)
        return None

    def keep(self, head: bytes, statement: Statement) -> None:
        """Remember a statement with rows."""
        if len(head) >= self.WORTH_BYTES and head.endswith(b"\n"):
            self._known[head] = statement
            while len(self._known) > self.KEPT:
                self._known.popitem(last=False)


async def read_statement(ask: Ask, body: Body, formats: Mapping[str, str], heads: Heads) -> tuple[Statement, bytes]:
    """The statement of a request, and the first of the rows that follow it.

    Raises Disconnected, and Fault for what is too long or no statement.
    """
    text = bytearray(ask.query.encode() + b"\n" if ask.query else b"")
    complete, due = False, 0
    while not complete:
        piece = await body.read()
        text += piece
        complete = not piece
        if len(text) < due and not complete:
            continue
        due = 0 if len(text) < _TRY_EACH_BYTES else 2 * len(text)
        whole = bytes(text)
        if (known := heads.find(whole)) is not None:
            return known[0], whole[known[1] :]
        try:
            if len(whole) > _ON_THREAD_BYTES:
                statement, begin = await asyncio.to_thread(parse, whole, formats, complete=complete)
            else:
                statement, begin = parse(whole, formats, complete=complete)
        except Incomplete:
            if len(text) > STATEMENT_BYTES:
                break
            continue
        if begin > STATEMENT_BYTES:
            break
        heads.keep(whole[:begin], statement)
        return statement, whole[begin:]
    raise Fault(62, f"Max query size exceeded: a statement is at most {STATEMENT_BYTES} bytes")
