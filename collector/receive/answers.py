"""What a receiver says: the same form for every error, and headers that any page's script may read.

The answers hold nothing that is secret, and no cookie is ever looked at, so every origin may read them: `*`, and
therefore never with credentials. What a key's `origins` allow is decided when a touchpoint comes in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from typing import Any

import msgspec

from collector.errors import Refused
from collector.receive.accept import Turned

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
HeaderList = list[tuple[bytes, bytes]]
Answer = tuple[int, HeaderList, bytes]
"""Status, headers, body."""

_JSON = (b"content-type", b"application/json")
ANY_ORIGIN = (b"access-control-allow-origin", b"*")
_READABLE = (b"access-control-expose-headers", b"retry-after")

PREFLIGHT: HeaderList = [
    ANY_ORIGIN,
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type, content-encoding, authorization, x-write-key"),
    (b"access-control-max-age", b"86400"),
]
"""The answer to a browser that asks first. Private networks are not named: no page has to reach a collector there."""

AT_ONCE = "klantreis.answer"
"""ASGI extension: called with status, headers and body it writes them in one piece, or says False."""

_NONE: Mapping[str, Any] = {}
_ALL_ACCEPTED: dict[int, Answer] = {}


async def give(scope: Scope, send: Send, status: int, headers: HeaderList, body: bytes) -> None:
    """One whole answer: at once where the server can (connection.py), else as ASGI has it."""
    at_once = scope.get("extensions", _NONE).get(AT_ONCE)
    if at_once is None or not at_once(status, headers, body):
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def acceptance(count: int, rejected: Sequence[Turned] = ()) -> Answer:
    """A 202: how many came in, and for each other one its place, id and reason."""
    if not rejected and count in _ALL_ACCEPTED:
        return _ALL_ACCEPTED[count]
    body = msgspec.json.encode({"accepted": count, "rejected": [_told(turned) for turned in rejected]})
    answer = 202, [_JSON, ANY_ORIGIN, (b"content-length", b"%d" % len(body))], body
    if not rejected:
        _ALL_ACCEPTED[count] = answer
    return answer


def _told(turned: Turned) -> dict[str, Any]:
    why = turned.why
    entry = {"index": turned.place, "id": turned.id, "reason": why.reason.word, "detail": why.detail}
    if why.field is not None:
        entry["field"] = f"$.touchpoints[{turned.place}]{why.field[1:]}"
    return entry


def refusal(refused: Refused, status: int | None = None) -> Answer:
    """Status (the reason's own unless given), headers and body of an error."""
    told = {"reason": refused.reason.word, "detail": refused.detail}
    if refused.field is not None:
        told["field"] = refused.field
    body = msgspec.json.encode(told)
    headers = [_JSON, ANY_ORIGIN, (b"cache-control", b"no-store"), (b"content-length", b"%d" % len(body))]
    if refused.retry_after is not None:
        headers += [(b"retry-after", b"%d" % refused.retry_after), _READABLE]
    if refused.reason.status == 401:
        headers.append((b"www-authenticate", b'Bearer realm="klantreis"'))
    return status or refused.reason.status, headers, body
