"""One connection of the public port, and how long it may keep us waiting.

uvicorn waits for ever for a first byte, for the rest of a head and for the rest of a body; some thousand half-open
requests would fill its table. Here each connection says what it waits for and until when, and one look at all of them
four times a second ends what takes too long: 12,000 connections cost 0.7 ms a look, a timer for each would cost more
and have to be set three times a request. Each gets at least its time, of which what this process was held up is no
part: what came meanwhile has not been read yet.

::

    connected ──▶ first byte ──▶ head ──▶ body ──▶ answer ──▶ next ──▶ head …
                      1 s         5 s     10 s       –         15 s     (settings: …_timeout_s, keep_alive_s)

Too slow a body is answered 408, too large a head 431, what is no HTTP 400, all in the form of `answers`; the others are
closed without a word, as they asked nothing yet.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Collection
from functools import partial
from math import inf
from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol, RequestResponseCycle

from collector.errors import Reason, Refused
from collector.receive import answers
from collector.receive.tally import Tally
from collector.settings import Settings

LOOK_EVERY_S = 0.25
HEAD_BYTES = 64 * 1024
"""Bytes of a head: browsers and proxies stay below 32 KiB, with all their cookies."""

_OFFER = re.compile(rb"(^|\r\n)upgrade(?=:)", re.IGNORECASE)

PIPELINED = 64
"""Requests that may wait on one connection for the answer to the one before. No browser or proxy sends any so, and each
takes 0.8 KiB: 5 MB of tiny ones over twenty connections took 216 MiB."""

CROWDED = 0.8
"""Share of the connections that may be open from which on idle ones are closed after a second."""
PATIENCE_WHEN_CROWDED_S = 1.0

CLOSE = (b"connection", b"close")

FIRST_BYTE, HEAD, BODY, ANSWER, NEXT, READER = "first_byte", "head", "body", "answer", "next", "reader"
"""What is waited for; ANSWER is ours, READER is that the other side takes what we wrote."""
_BEFORE_THE_BODY = (FIRST_BYTE, NEXT, HEAD)


class Patience:
    """How long is waited, the same for all connections of a worker, and the look that ends it."""

    def __init__(self, settings: Settings, tally: Tally, connections_limit: int) -> None:
        self.seconds = {
            FIRST_BYTE: settings.first_byte_timeout_s,
            HEAD: settings.head_timeout_s,
            BODY: settings.body_timeout_s,
            ANSWER: inf,
            NEXT: settings.keep_alive_s,
            READER: settings.body_timeout_s,
        }
        self.until: dict[str, float] = {}
        """The loop's time until which what begins to be waited for now is waited for; good until the next look."""
        self.connections_limit = connections_limit
        self.tally = tally
        self._next_look = inf

    def start(self, connections: Collection[Any]) -> None:
        """Begins to look at the connections; within the running loop."""
        loop = asyncio.get_running_loop()

        def look() -> None:
            loop.call_later(LOOK_EVERY_S, look)
            self.look(loop.time(), connections)

        look()

    def look(self, now: float, connections: Collection[Any]) -> None:
        """Ends every wait that has taken too long."""
        held_up = now - self._next_look
        if held_up > LOOK_EVERY_S:
            for connection in connections:
                connection.deadline += held_up
        self._next_look = now + LOOK_EVERY_S
        self.until = {what: self._next_look + seconds for what, seconds in self.seconds.items()}
        crowded = len(connections) > CROWDED * self.connections_limit
        idle_since = now - PATIENCE_WHEN_CROWDED_S + self.seconds[NEXT]
        for connection in tuple(connections):
            if connection.deadline < now or (
                crowded and connection.waits_for is NEXT and connection.deadline < idle_since
            ):
                connection.expire()


class Connection(HttpToolsProtocol):
    """uvicorn's protocol with limits of time and size."""

    def __init__(self, *arguments: Any, patience: Patience, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.patience = patience
        self.waits_for = FIRST_BYTE
        self.deadline = inf
        self._head_bytes = 0
        """Of the head that is coming in, as far as the parser has it."""
        self._held = b""
        """The beginning of a header, whose rest has not come yet."""
        self._between_headers = False
        self._pipelined = False
        """The head began in the same bytes as what came before it ended: where, only the parser knows."""

    def wait_for(self, what: str) -> None:
        """From now on the connection waits for this, and no longer than it may."""
        self.waits_for = what
        self.deadline = self.patience.until[what]

    def expire(self) -> None:
        """It took too long."""
        self.patience.tally.closed[self.waits_for] += 1
        self.deadline = inf
        if self.waits_for is BODY:
            self.refuse(Refused(Reason.BODY_SLOW))
        elif self.waits_for is READER:
            self.transport.abort()
        else:
            self.transport.close()

    def answer(self, cycle: RequestResponseCycle, status: int, headers: answers.HeaderList, body: bytes) -> bool:
        """Writes a whole answer in one piece; says no when the application has to send it by ASGI.

        uvicorn checks each header with two regular expressions and writes head and body apart: 4 µs and a system
        call more, of the 50 µs that a small request takes. Our headers are our own, so there is nothing to check.
        """
        if cycle.response_started or self.flow.write_paused or cycle.scope["method"] == "HEAD":
            return False
        cycle.response_started = cycle.response_complete = True
        del cycle.scope["extensions"]  # it leads back to the cycle: garbage that only a collection would find
        if not cycle.disconnected:
            self._write(status, headers if cycle.keep_alive else [*headers, CLOSE], body)
            if not cycle.keep_alive:
                self.transport.close()
        cycle.on_response()
        return True

    def refuse(self, refused: Refused) -> None:
        """Answers for the application, unless it has begun to, and closes."""
        cycle = self.cycle
        busy = cycle is not None and not cycle.response_complete
        if busy and (cycle.response_started or self.pipeline):
            self.transport.abort()
            return
        if busy:
            cycle.response_started = cycle.response_complete = True
            cycle.message_event.set()  # the application hears that there is nobody any more
        status, headers, body = answers.refusal(refused)
        self._write(status, [*headers, CLOSE], body)
        self.transport.close()
        self.patience.tally.answers[refused.reason.word] += 1

    def _write(self, status: int, headers: answers.HeaderList, body: bytes) -> None:
        lines = [STATUS_LINE[status]]
        for name, value in (*self.server_state.default_headers, *headers):
            lines += (name, b": ", value, b"\r\n")
        lines += (b"\r\n", body)
        self.transport.write(b"".join(lines))

    # What uvicorn and its parser call, in the order in which it happens. `super()` would cost as much as the rest.

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self.wait_for(FIRST_BYTE)
        if len(self.connections) > self.patience.connections_limit:
            self.patience.tally.closed["too_many"] += 1
            transport.abort()

    def data_received(self, data: bytes) -> None:
        began = self.waits_for
        if began in _BEFORE_THE_BODY and not self._pipelined:
            data = self._of_head(self._held + data if self._held else data)
            if not data:
                return
        HttpToolsProtocol.data_received(self, data)
        if self._pipelined and began is HEAD and self.waits_for is HEAD:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse_head()

    def _of_head(self, data: bytes) -> bytes:
        """What the parser may have now of these bytes, which begin a head or go on with it: nothing of too large a
        one, no offers, and of a head that comes in pieces only whole headers, or half an offer would pass."""
        between = self._between_headers
        end = 2 if between and data.startswith(b"\r\n") else data.find(b"\r\n\r\n") + 4
        is_whole = end != 3
        if self._head_bytes + (end if is_whole else len(data)) > HEAD_BYTES:
            self._refuse_head()
            return b""
        if not is_whole:
            return self._whole_headers(data)
        if self._head_bytes:
            self._head_bytes, self._held, self._between_headers = 0, b"", False
        return data if data.find(b"pgrade:", 0, end) < 0 else _without_offers(data, end, between)

    def _whole_headers(self, data: bytes) -> bytes:
        """Holds back the header that is not whole yet. The first line is not held: what is no HTTP is told at once."""
        between = self._between_headers
        end = data.rfind(b"\r\n") + 2
        if end >= 2:
            data, self._held, self._between_headers = data[:end], data[end:], True
        elif between:
            data, self._held = b"", data
        self._head_bytes += len(data)
        return _without_offers(data, len(data), between)

    def _refuse_head(self) -> None:
        if not self.transport.is_closing():
            self.refuse(Refused(Reason.HEAD_TOO_LARGE))

    def on_message_begin(self) -> None:
        HttpToolsProtocol.on_message_begin(self)
        self._pipelined = self.waits_for not in _BEFORE_THE_BODY
        self.wait_for(HEAD)

    def on_headers_complete(self) -> None:
        if len(self.pipeline) >= PIPELINED:
            self.patience.tally.closed["pipelined"] += 1
            raise ConnectionAbortedError  # the parser stops, and the connection ends as one that is no HTTP
        HttpToolsProtocol.on_headers_complete(self)
        # The cycle holds the same dictionary, and the application has not seen it yet.
        at_once: Any = partial(self.answer, self.cycle)
        self.scope["extensions"] = {answers.AT_ONCE: at_once}
        if self._pipelined:
            self._pipelined, self._head_bytes = False, 0
        self.headers = []  # trailers come here: behind the body nobody may name a key or an address
        self.wait_for(BODY)

    def on_message_complete(self) -> None:
        HttpToolsProtocol.on_message_complete(self)
        self.wait_for(NEXT if self.cycle.response_complete else ANSWER)

    def on_response_complete(self) -> None:
        if self.pipeline:
            super().on_response_complete()
            return
        # What uvicorn does, without its timer for each answer.
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        # An answer may be given before the whole body has come; what is left of it is still waited for, and dropped.
        if self.waits_for is ANSWER:
            self.wait_for(NEXT)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.wait_for(READER)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self.waits_for is READER:
            self.wait_for(NEXT if self.cycle.response_complete else ANSWER)

    def send_400_response(self, msg: str) -> None:
        self.refuse(Refused(Reason.NOT_HTTP))


def _without_offers(data: bytes, end: int, between: bool) -> bytes:
    """A head, up to `end`, without its offers of HTTP/2 or WebSocket; it may be `between` headers that it begins.

    Java's client makes one with every request. We need not take it up (RFC 9110, 7.8), but the parser then takes the
    body for the first bytes of another protocol.
    """
    head = data[:end] if between else b" " + data[:end]  # so that `^` is the beginning of a header, or nothing
    return _OFFER.sub(rb"\1x-offer", head)[0 if between else 1 :] + data[end:]
