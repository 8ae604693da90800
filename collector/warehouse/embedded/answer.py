"""The answer to one request: held back a little, packed, sent, with ClickHouse's headers.

The first megabyte is held back, so that most errors still get their HTTP status. One that comes later is written into
the answer in the frame that clients look for (`X-ClickHouse-Exception-Tag`), and the answer is then broken off rather
than ended: nobody can take half of it for the whole.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import tempfile
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import IO, Any

from collector.warehouse.embedded.compression import NativePacker, Packer, packer
from collector.warehouse.embedded.engine import Outcome
from collector.warehouse.embedded.faults import Disconnected, Fault
from collector.warehouse.embedded.folder import PIPES
from collector.warehouse.embedded.limits import HOLD_BYTES, HOLD_IN_MEMORY_BYTES, HOLD_ON_DISK_BYTES, IDLE_S
from collector.warehouse.embedded.request import Ask

Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
DISPLAY_NAME = "klantreis"

_PACK_ON_THREAD_BYTES = 64 * 1024
"""More than this is packed on a thread, so that the event loop goes on."""

_CONTENT_TYPES = (
    (
        ("jsoneachrow", "jsonlines", "ndjson", "jsonstringseachrow", "jsoncompacteachrow"),
        "application/x-ndjson; charset=UTF-8",
    ),
    (("json",), "application/json; charset=UTF-8"),
    (("csvwithnames",), "text/csv; charset=UTF-8; header=present"),
    (("csv",), "text/csv; charset=UTF-8; header=absent"),
    (("tabseparated", "tsv"), "text/tab-separated-values; charset=UTF-8"),
    (("html",), "text/html; charset=UTF-8"),
    (("xml",), "application/xml; charset=UTF-8"),
    (("parquet", "arrow", "orc", "native", "rowbinary", "avro", "msgpack", "npy", "bson"), "application/octet-stream"),
)
"""By the beginning of the format's name in small letters; the first that fits."""


def content_type(output_format: str) -> str:
    """What a server says of an answer in this format."""
    name = output_format.lower()
    return next((kind for starts, kind in _CONTENT_TYPES if name.startswith(starts)), "text/plain; charset=UTF-8")


class Answer:
    """One answer, in the making."""

    def __init__(self, send: Send, version: str, timezone: str) -> None:
        self._send, self._version, self._timezone = send, version, timezone
        self._ask = Ask(reads_only=True)
        self._format = ""
        self._packer: Packer | None = None
        self._held = _Held()
        self._tag = secrets.token_hex(8)
        self._started = False
        self._without_body = False

    def to(self, ask: Ask, *, head: bool = False) -> None:
        """Say what is answered; before that, errors are sent plainly."""
        self._ask, self._without_body = ask, head

    async def write(self, data: bytes, output_format: str) -> None:
        """Add to the answer. Raises Disconnected when nobody receives it any more."""
        self._format = output_format
        if self._started:
            await self._pass_on(data, more=True)
            return
        self._held.add(data)
        if self._held.size > (HOLD_ON_DISK_BYTES if self._ask.wait_end else HOLD_BYTES):
            await self._start(None)
            await self._flush_held()

    async def finish(self, outcome: Outcome, output_format: str) -> None:
        """The statement is done: send what is left."""
        if not self._started:
            self._format = output_format
            await self._start(outcome)
            await self._flush_held()
        await self._pass_on(b"", more=False)

    async def fail(self, fault: Fault) -> None:
        """The statement has failed."""
        text = fault.text(self._version).encode()
        if not self._started:
            self._held.close()
            await self._send_error(fault, text)
            return
        frame = b"\r\n__exception__\r\n%b\r\n%b%d %b\r\n__exception__\r\n"
        tag = self._tag.encode()
        await self._pass_on(frame % (tag, text, len(text), tag), more=True)
        assert self._packer is not None  # noqa: S101  # it was made at the start
        await self._body(self._packer.finish(), more=True)

    async def plain(self, text: str, status: int = 200) -> None:
        """A fixed answer."""
        await self._head(status, [("Content-Type", "text/html; charset=UTF-8")], len(text))
        await self._body(text.encode(), more=False)

    async def _send_error(self, fault: Fault, text: bytes) -> None:
        headers = [("Content-Type", "text/plain; charset=UTF-8"), ("X-ClickHouse-Exception-Code", str(fault.code))]
        if fault.status == 401:
            headers.append(("WWW-Authenticate", 'Basic realm="ClickHouse"'))
        if fault.status == 503:
            headers.append(("Retry-After", "1"))
        await self._head(fault.status, headers, len(text))
        await self._body(text, more=False)

    async def _start(self, outcome: Outcome | None) -> None:
        headers = [
            ("Content-Type", content_type(self._format)),
            ("X-ClickHouse-Format", self._format),
            ("X-ClickHouse-Exception-Tag", self._tag),
        ]
        coding = self._ask.answer_coding
        if outcome is not None:
            headers.append(("X-ClickHouse-Summary", _summary(outcome)))
        if coding:
            headers.append(("Content-Encoding", coding))
        self._packer = NativePacker() if self._ask.native_answer else packer(coding)
        if self._ask.native_answer and coding:
            self._packer = _Both(NativePacker(), packer(coding))
        empty = outcome is not None and not self._held.size and not coding
        await self._head(200, headers, 0 if empty else None)
        self._started = True

    async def _head(self, status: int, headers: list[tuple[str, str]], length: int | None) -> None:
        given = [
            *headers,
            ("X-Content-Type-Options", "nosniff"),  # rows are no page, whatever they look like
            ("X-ClickHouse-Server-Display-Name", DISPLAY_NAME),
            ("X-ClickHouse-Query-Id", self._ask.query_id),
            ("X-ClickHouse-Timezone", self._timezone),
        ]
        if length is not None:
            given.append(("Content-Length", str(length)))
        encoded = [(name.encode(), value.encode("latin-1", "replace")) for name, value in given if value]
        await self._send({"type": "http.response.start", "status": status, "headers": encoded})

    async def _flush_held(self) -> None:
        try:
            for data in self._held.pieces():
                await self._pass_on(data, more=True)
        finally:
            self._held.close()

    async def _pass_on(self, data: bytes, *, more: bool) -> None:
        assert self._packer is not None  # noqa: S101  # it was made at the start
        if len(data) > _PACK_ON_THREAD_BYTES and (self._ask.answer_coding or self._ask.native_answer):
            packed = await asyncio.to_thread(self._packer.pack, data)
        else:
            packed = self._packer.pack(data) if data else b""
        if not more:
            packed += self._packer.finish()
        if packed or not more:
            await self._body(packed, more=more)

    async def _body(self, data: bytes, *, more: bool) -> None:
        body = b"" if self._without_body else data
        try:
            await asyncio.wait_for(self._send({"type": "http.response.body", "body": body, "more_body": more}), IDLE_S)
        except (OSError, asyncio.TimeoutError):  # gone, or takes nothing any more
            raise Disconnected from None


class _Held:
    """An answer held back: in memory, beyond HOLD_IN_MEMORY_BYTES in a temporary file."""

    def __init__(self) -> None:
        self.size = 0
        self._memory: list[bytes] = []
        self._file: IO[bytes] | None = None

    def add(self, data: bytes) -> None:
        self.size += len(data)
        if self._file is None and self.size > HOLD_IN_MEMORY_BYTES:
            self._file = tempfile.TemporaryFile(dir=PIPES)  # noqa: SIM115  # closed in close
        if self._file is None:
            self._memory.append(data)
        else:
            self._file.write(data)

    def pieces(self) -> Iterator[bytes]:
        yield from self._memory
        if self._file is not None:
            self._file.seek(0)
            while data := self._file.read(HOLD_BYTES):
                yield data

    def close(self) -> None:
        self._memory.clear()
        if self._file is not None:
            self._file.close()
            self._file = None


class _Both:
    """Blocks of ClickHouse's own within an HTTP coding: clients that ask for both expect both."""

    def __init__(self, inner: Packer, outer: Packer) -> None:
        self._inner, self._outer = inner, outer

    def pack(self, data: bytes) -> bytes:
        return self._outer.pack(self._inner.pack(data))

    def finish(self) -> bytes:
        return self._outer.finish()


def _summary(outcome: Outcome) -> str:
    """Counts as texts, as a server sends them: 64-bit numbers do not fit JavaScript's."""
    counts = {
        "read_rows": outcome.read_rows,
        "read_bytes": outcome.read_bytes,
        "written_rows": outcome.written_rows,
        "written_bytes": outcome.written_bytes,
        "total_rows_to_read": 0,
        "result_rows": outcome.result_rows,
        "result_bytes": len(outcome.data),
        "elapsed_ns": outcome.elapsed_ns,
    }
    return json.dumps({name: str(value) for name, value in counts.items()}, separators=(",", ":"))
