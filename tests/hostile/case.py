"""A case of the corpus: what is sent, byte for byte, and the answer that the documentation promises.

A file of the corpus holds one case a line, as JSON::

    name       unique; the first word is the family
    method     POST unless given
    path       /v1/touchpoints unless given; a text or pieces
    headers    [[name, value], …] beside Host and Content-Length; values are texts or pieces
    body       a text, or a list of pieces: a text, {"repeat": text, "times": n}, {"base64": bytes}, {"names": n} (as
               many members of an object)
    pack       what is done to the body, in this order: gzip, members:N (gzip in N streams), deflate, cut:N
               (all but N bytes), append:TEXT, flip:BIT
    chunked    true: sent in chunks instead of with a Content-Length
    raw        instead of all these: a whole request, head and body, in pieces; {"pause": true} sends apart
    answer     status; reason or reasons of an error; and for a 202:
        accepted   names of touchpoints that must be in klantreis.touchpoints: good, it, or another
        rejected   [place, reason or reasons, path of the field or null]
        problems   name → paths that must stand in the row's `problems`, null for any; none for all others
        kept       true: each text must be in its column as it was sent

Texts may hold ``"@NOW+5@"`` (with its quotes: milliseconds since 1970, 5 later than now), ``@ISO-5@`` (the same as
RFC 3339), ``@SHOP_KEY@`` (a public key that has origins), ``@ID@`` (the id of the case's own touchpoint, `it`),
``@ID:NAME@`` (that of another one) and ``"@GOOD@"`` (with its quotes: a good touchpoint beside it, `good`).
"""

from __future__ import annotations

import base64
import gzip
import json
import re
import time
import uuid
import zlib
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"

_NOW = re.compile(rb'"@NOW([+-]\d+)?@"')
_ISO = re.compile(rb"@ISO([+-]\d+)?@")
_ID = re.compile(rb"@ID(?::([^@]*))?@")
_PAUSE = b"\0@PAUSE@\0"
_SPACE = uuid.UUID("018f0000-0000-7000-8000-000000000000")

Case = dict[str, Any]


def corpus() -> Iterator[Case]:
    """Every case, by file and line."""
    for file in sorted(CORPUS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def id_of(case: Case, name: str = "it") -> str:
    """The id of a touchpoint of a case: the same in every run, another in every case."""
    return str(uuid.uuid5(_SPACE, f"{case['name']}/{name}"))


def parts(case: Case, shop_key: str) -> list[bytes]:
    """The bytes to send; between two parts the sender waits until the first has gone out."""
    now = time.time_ns() // 1_000_000
    if "raw" in case:
        return _filled(_joined(case["raw"]), case, now, shop_key).split(_PAUSE)
    body = body_of(case, now, shop_key)
    head = [f"{case.get('method', 'POST')} ".encode() + _joined(case.get("path", "/v1/touchpoints")) + b" HTTP/1.1"]
    head += [
        b"Host: collector.example",
        *(name.encode() + b": " + _joined(value) for name, value in case.get("headers", ())),
    ]
    if case.get("chunked"):
        head.append(b"Transfer-Encoding: chunked")
        body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in _cut(body, 1000)) + b"0\r\n\r\n"
    elif body or case.get("method", "POST") == "POST":
        head.append(b"Content-Length: %d" % len(body))
    return [_filled(b"\r\n".join(head), case, now, shop_key) + b"\r\n\r\n" + body]


def body_of(case: Case, now: int, shop_key: str) -> bytes:
    """The body as sent."""
    body = _filled(_joined(case.get("body", "")), case, now, shop_key)
    for how in case.get("pack", ()):
        body = _packed(body, *how.split(":", 1))
    return body


def _joined(pieces: Any) -> bytes:
    if isinstance(pieces, str):
        return pieces.encode()
    if isinstance(pieces, list):
        return b"".join(map(_joined, pieces))
    if "times" in pieces:
        repeated: bytes = pieces["repeat"].encode() * pieces["times"]
        return repeated
    if "names" in pieces:
        return b",".join(b'"name-%d":1' % number for number in range(pieces["names"]))
    return _PAUSE if "pause" in pieces else base64.b64decode(pieces["base64"])


def _packed(body: bytes, how: str, what: str = "") -> bytes:
    if how == "gzip":
        return gzip.compress(body, compresslevel=1 if len(body) > 1 << 20 else 9, mtime=0)
    if how == "deflate":
        return zlib.compress(body)
    if how == "members":
        size = -(-len(body) // int(what))
        return b"".join(gzip.compress(piece, mtime=0) for piece in _cut(body, size))
    if how == "cut":
        return body[: len(body) - int(what)]
    if how == "append":
        return body + what.encode()
    place, bit = divmod(int(what), 8)
    return body[:place] + bytes([body[place] ^ 1 << bit]) + body[place + 1 :]


def good(case: Case) -> bytes:
    """The good touchpoint that is sent beside a hostile one."""
    known = {"id": id_of(case, "good"), "type": "page_view", "occurred_at": "@NOW@", "visitor_id": "PERSON-4711-good"}
    return json.dumps(known).encode()


def _filled(text: bytes, case: Case, now: int, shop_key: str) -> bytes:
    if b"@" not in text:
        return text
    text = text.replace(b'"@GOOD@"', good(case))
    text = _ID.sub(lambda found: id_of(case, (found[1] or b"it").decode()).encode(), text)
    text = _NOW.sub(lambda found: b"%d" % (now + int(found[1] or 0)), text)
    text = _ISO.sub(lambda found: _iso(now + int(found[1] or 0)), text)
    return text.replace(b"@SHOP_KEY@", shop_key.encode())


def _iso(ms: int) -> bytes:
    moment = datetime.fromtimestamp(ms // 1000, timezone.utc)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z".encode()


def _cut(body: bytes, size: int) -> Iterator[bytes]:
    for begin in range(0, len(body), size):
        yield body[begin : begin + size]
