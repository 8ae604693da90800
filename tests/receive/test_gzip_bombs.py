"""Compressed bodies: honest ones come in, bombs and damaged ones are refused before they cost anything."""

from __future__ import annotations

import gzip
import json
import zlib

import pytest

from tests.receive.receiver import Receiver, touchpoint

MIB = 1 << 20


def batch(receiver: Receiver, *, padding: int = 0) -> tuple[str, bytes]:
    """An id, and a batch with its touchpoint that is at least this large."""
    sent = touchpoint()
    return sent["id"], json.dumps({"key": receiver.public, "touchpoints": [sent], "padding": " " * padding}).encode()


def test_gzip_is_seen_by_its_first_bytes(receiver: Receiver) -> None:
    """No header has to announce it, since a beacon cannot set one; and a header that does is fine."""
    for headers in ({}, {"Content-Encoding": "gzip"}, {"Content-Type": "text/plain"}):
        identified, body = batch(receiver)
        assert receiver.post(gzip.compress(body), **headers).json["accepted"] == 1
        assert receiver.stored(identified)


def test_several_streams_in_a_row_are_one_body(receiver: Receiver) -> None:
    """RFC 1952 lets a body be made of several gzip members; some proxies and libraries write them."""
    identified, body = batch(receiver)
    assert receiver.post(gzip.compress(body[:40]) + gzip.compress(body[40:])).json["accepted"] == 1
    assert receiver.stored(identified)


DAMAGED = {
    "cut off": lambda packed: packed[:-9],
    "without checksum": lambda packed: packed[:-8],
    "wrong checksum": lambda packed: packed[:-8] + b"\0" * 8,
    "garbage behind": lambda packed: packed + b"garbage",
    "zeros behind": lambda packed: packed + b"\0" * 512,
    "too many streams": lambda packed: packed + gzip.compress(b"") * 20,
    "only the first bytes": lambda packed: b"\x1f\x8b",
    "not gzip after all": lambda packed: b"\x1f\x8b" + b"x" * 100,
    "a cut stream behind": lambda packed: packed + packed[:20],
}


@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED.keys())
def test_what_is_damaged_is_refused(receiver: Receiver, damage: object) -> None:
    """Anything but complete gzip streams is answered 400, so that nothing half is ever taken for whole."""
    _, body = batch(receiver)
    assert callable(damage)
    answer = receiver.post(damage(gzip.compress(body)))
    assert (answer.status, answer.reason) == (400, "bad_compression")


def test_deflate_is_not_gzip(receiver: Receiver) -> None:
    """Another compression is no JSON."""
    assert receiver.post(zlib.compress(batch(receiver)[1])).reason == "not_json"


@pytest.mark.parametrize("size", [9 * MIB, 100 * MIB, 1000 * MIB])
def test_a_bomb_is_defused(receiver: Receiver, size: int) -> None:
    """However large it would become, it is answered 413, and the receiver's memory stays what it was."""
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(b" " * MIB) for _ in range(size // MIB)) + bomb.flush()
    answer = receiver.post(packed)
    assert (answer.status, answer.reason) == (413, "body_too_large")
    assert peak_mib(receiver) < 300


def test_a_bomb_in_many_streams_is_defused(receiver: Receiver) -> None:
    """The limit holds over all streams of a body together."""
    answer = receiver.post(gzip.compress(b" " * (3 * MIB)) * 4)
    assert (answer.status, answer.reason) == (413, "body_too_large")


def test_a_body_up_to_the_limit_comes_in(receiver: Receiver) -> None:
    """The limits are 1 MiB as sent and 8 MiB unpacked, the last byte included."""
    identified, body = batch(receiver)
    packed = gzip.compress(body + b" " * (8 * MIB - len(body)))
    assert receiver.post(packed).json["accepted"] == 1
    assert receiver.stored(identified)
    identified, body = batch(receiver)
    assert receiver.post(body + b" " * (MIB - len(body))).json["accepted"] == 1
    answer = receiver.post(body + b" " * (MIB - len(body) + 1))
    assert (answer.status, answer.reason) == (413, "body_too_large")


def peak_mib(receiver: Receiver) -> int:
    """The largest resident size that the receiver ever had."""
    assert receiver.process is not None
    with open(f"/proc/{receiver.process.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) // 1024
