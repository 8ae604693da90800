"""Compressed bodies: whole, cut, damaged, doubled, and said to be what they are not."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator

from tests.hostile.case import Case
from tests.hostile.families.bodies import SMALL
from tests.hostile.writing import batch, refused, touch

PACKED = len(gzip.compress(SMALL.encode(), mtime=0))
MIB = 1 << 20


def cases() -> Iterator[Case]:
    """All of them."""
    for missing in range(1, PACKED + 1):
        reason = "bad_compression" if PACKED - missing >= 2 else "not_json"
        yield refused(f"encodings/cut-{missing:03d}", 400, reason, body=SMALL, pack=["gzip", f"cut:{missing}"])
    for bit in range((PACKED - 8) * 8, PACKED * 8):
        yield refused(f"encodings/trailer-bit-{bit}", 400, "bad_compression", body=SMALL, pack=["gzip", f"flip:{bit}"])
    for bit in range(16, 24):
        reason = "bad_compression"  # a method that does not exist
        yield refused(f"encodings/method-bit-{bit}", 400, reason, body=SMALL, pack=["gzip", f"flip:{bit}"])
    for behind in ("x", "garbage", "{}", "\n", "\x1f", "\x1f\u008b", " " * 100, "\0" * 512):
        name = f"encodings/behind-{behind[:8].encode().hex()}"
        yield refused(name, 400, "bad_compression", body=SMALL, pack=["gzip", f"append:{behind}"])
    for encoding in (
        "gzip",
        "br",
        "deflate",
        "zstd",
        "compress",
        "identity",
        "gzip, gzip",
        "x-nothing",
        '"',
        "gzip;q=0",
        "",
    ):
        name = f"encodings/announced-{encoding or 'empty'}"
        yield batch(name, json.dumps(touch()), headers=[["Content-Encoding", encoding]])
        yield batch(f"{name}-packed", json.dumps(touch()), headers=[["Content-Encoding", encoding]], pack=["gzip"])
    for kind in (
        "text/plain",
        "application/json",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
        "text/html; charset=utf-16",
        "/",
        '"',
        "",
    ):
        name = f"encodings/type-{kind or 'empty'}"
        yield batch(name, json.dumps(touch()), headers=[["Content-Type", kind]])
    yield refused("encodings/doubled", 400, "not_json", body=SMALL, pack=["gzip", "gzip"])
    yield refused("encodings/deflate", 400, "not_json", body=SMALL, pack=["deflate"])
    yield refused("encodings/deflate-in-gzip", 400, "not_json", body=SMALL, pack=["deflate", "gzip"])
    yield from _members()
    for mib in (9, 64):
        for letter in (" ", "[", "\\u0000"[:1], '"'):
            name = f"encodings/bomb-{mib}-mib-{letter.encode().hex()}"
            yield refused(name, 413, "body_too_large", body={"repeat": letter, "times": mib * MIB}, pack=["gzip"])
    yield refused(
        "encodings/bomb-of-brackets", 413, "body_too_large", body={"repeat": "[", "times": 8 * MIB}, pack=["gzip"]
    )
    yield refused("encodings/bomb-in-members", 413, "body_too_large", body={"base64": _many(15, 1)})


def _members() -> Iterator[Case]:
    for members in (1, 2, 15, 16):
        name = f"encodings/members-{members}"
        yield batch(name, json.dumps(touch()), pack=[f"members:{members}"])
    packed = gzip.compress(SMALL.encode(), mtime=0) + gzip.compress(b"", mtime=0) * 16
    yield refused("encodings/members-17", 400, "bad_compression", body={"base64": base64.b64encode(packed).decode()})


def _many(members: int, mib: int) -> str:
    return base64.b64encode(gzip.compress(b" " * (mib * MIB), mtime=0) * members).decode()
