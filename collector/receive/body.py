"""The body of a request: how much of it is taken in, and how much it may become.

Who sends it slowly is cut off by `connection.py`, which knows what the socket does; here a body that never ends would
just wait.
"""

from __future__ import annotations

import zlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from collector.errors import Reason, Refused
from collector.receive.credentials import Headers

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

GZIP = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's number for: 32 KiB window, gzip header and trailer with checksum

MEMBERS = 16
"""Gzip streams one after the other in one body (RFC 1952 allows any number). Each costs a decompressor."""


class Gone(Exception):
    """The sender hung up before the body was complete: there is nobody to answer."""


async def read(receive: Receive, headers: Headers, limit: int) -> bytes:
    """The body as sent, at most `limit` bytes. Raises Refused, or Gone."""
    announced = headers.get(b"content-length")
    if announced is not None and int(announced) > limit:
        raise _too_large(limit, "")
    message = await receive()
    if not message.get("more_body") and message["type"] == "http.request":
        body: bytes = message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit, "")
        return body  # nearly always
    parts, size = [], 0
    while True:
        if message["type"] == "http.disconnect":
            raise Gone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise _too_large(limit, "")
        if not message.get("more_body"):
            return b"".join(parts)
        message = await receive()


def unpack(body: bytes, limit: int) -> bytes:
    """The body decompressed, if it begins as gzip does: senders forget the header, and beacons cannot set one.

    At most `limit` bytes ever exist of it, so a bomb costs what an honest body of that size costs. Several streams in a
    row are taken; anything else behind the end is not. Raises Refused.
    """
    if not body.startswith(GZIP):
        return body
    parts, size = [], 0
    for _ in range(MEMBERS):
        stream = zlib.decompressobj(_GZIP_WINDOW)
        try:
            part = stream.decompress(body, limit - size + 1)
        except zlib.error as error:
            raise Refused(Reason.BAD_COMPRESSION, str(error)) from None
        size += len(part)
        if size > limit:
            raise _too_large(limit, " after decompression")
        if not stream.eof:
            raise Refused(Reason.BAD_COMPRESSION, "the gzip stream ends too early")
        parts.append(part)
        body = stream.unused_data
        if not body:
            return b"".join(parts)
        if not body.startswith(GZIP):
            break
    raise Refused(Reason.BAD_COMPRESSION, f"{len(body)} bytes follow the gzip stream")


def _too_large(limit: int, when: str) -> Refused:
    return Refused(Reason.BODY_TOO_LARGE, f"a body is at most {limit} bytes{when}; {Reason.BODY_TOO_LARGE.remedy}")
