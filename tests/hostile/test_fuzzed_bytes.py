"""Random damage to what was good: to bodies, compressed bodies, the spool. Seeded; `make fuzz` runs the long form."""

from __future__ import annotations

import asyncio
import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from collector.errors import Refused
from collector.receive import body
from collector.receive.accept import Checks
from collector.receive.access import Key
from collector.receive.arriving import Arriving
from collector.receive.decode import decode, raws
from collector.receive.tally import Tally
from collector.settings import Settings
from collector.spool import segment
from collector.spool.reader import SpoolReader
from tests.hostile.case import body_of, corpus

LIMIT = 8 << 20
SEED = 20_261_124
NOW_MS = 1_795_000_000_000
KEYS = (Key(name="web", site="shop", kind="public"), Key(name="till", site="shop", kind="secret"))
LARGEST = 20_000
"""Bytes of a body that is damaged: larger ones take the time of hundreds of small ones."""


@pytest.fixture(scope="module")
def bodies() -> list[bytes]:
    """What the corpus sends, before it is packed."""
    light = (case for case in corpus() if "body" in case and not case["name"].startswith(("encodings/bomb", "sizes/")))
    return [found for case in light if len(found := body_of({**case, "pack": []}, NOW_MS, "x")) <= LARGEST]


def damaged(good: bytes, dice: random.Random) -> bytes:
    """The bytes with one to four places changed, taken out, doubled, or swapped for what parsers stumble over."""
    text = bytearray(good)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(text) + 1)
        how = dice.randrange(6)
        if how == 0 and text:
            text[at % len(text)] ^= 1 << dice.randrange(8)
        elif how == 1:
            del text[at : at + dice.randint(1, 20)]
        elif how == 2:
            text[at:at] = text[at : at + dice.randint(1, 200)]
        elif how == 3:
            text[at:at] = dice.choice(
                (b'"', b"\\", b"{", b"]", b"\\ud800", b"\0", b"\xff", b"1e999", b",", b"null", b"\xed\xa0\x80")
            )
        elif how == 4:
            text[at:at] = dice.randbytes(dice.randint(1, 8))
        else:
            text = text[:at]
    return bytes(text)


def take(sent: bytes, key: Key, checks: Checks) -> str:
    """The whole way in up to the spool: the reason of a refusal, or how much of it came in. Fails on anything else."""
    try:
        delivery = decode(body.unpack(sent, LIMIT), limit=500, nesting=16)
    except Refused as refused:
        return refused.reason.word
    arriving = Arriving(key, "192.0.2.0", {}, delivery.sent_us)
    checked = asyncio.run(checks.sort(delivery, arriving))
    assert checked.number + len(checked.rejected) == len(delivery.touchpoints) == len(raws(delivery))
    for line in checked.lines.splitlines():
        assert isinstance(json.loads(line)["occurred_at"], int)
    return "some" if checked.rejected else "all"


def test_damaged_bodies_are_refused_or_understood(bodies: list[bytes], request: Any) -> None:
    """Every kind of outcome, and no other: a refusal of ours, or touchpoints that are accepted or rejected."""
    dice, checks = random.Random(SEED), Checks(Settings(data=Path("unused")), Tally())
    outcomes: dict[str, int] = {}
    for _ in range(request.config.getoption("--fuzz")):
        outcome = take(damaged(dice.choice(bodies), dice), dice.choice(KEYS), checks)
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    print(f"\ndamaged bodies: {outcomes}")
    assert outcomes.keys() >= {"all", "some", "not_json"}


def test_damaged_compression_is_refused_or_unpacked(bodies: list[bytes], request: Any) -> None:
    """A damaged gzip stream is never half understood: it is refused, or gives the very bytes that were packed."""
    dice = random.Random(SEED)
    refused = unharmed = 0
    for _ in range(request.config.getoption("--fuzz")):
        good = dice.choice(bodies)
        packed = damaged(gzip.compress(good, compresslevel=dice.choice((0, 1, 9)), mtime=0), dice)
        try:
            found = body.unpack(packed, LIMIT)
        except Refused as why:
            assert why.reason.word in ("bad_compression", "body_too_large")
            refused += 1
        else:
            # Without its first two bytes it is no gzip any more, and a whole stream may have been doubled.
            assert found == packed or found == good * (len(found) // max(1, len(good)))
            unharmed += 1
    print(f"\ndamaged compression: {refused} refused, {unharmed} unharmed")
    assert refused > unharmed


def test_flipped_bits_of_a_spool_cost_only_the_records_that_they_hit(tmp_path: Path, request: Any) -> None:
    """Whatever turns over in a segment, each record elsewhere is read as it was written, and none is invented."""
    dice = random.Random(SEED)
    header = segment.new_header()
    payloads = [dice.randbytes(dice.choice((1, 30, 300, 3_000))) for _ in range(40)]
    pieces = [segment.encode_header(header)]
    ends = [len(pieces[0])]
    for number, payload in enumerate(payloads):
        pieces += segment.frame(header.salt, number, segment.now_us(), 1, payload)
        ends.append(sum(map(len, pieces)))
    good = b"".join(pieces) + segment.end_mark(header.salt, len(payloads))
    path = tmp_path / segment.name_of(header)
    read = lost = 0
    for _ in range(request.config.getoption("--fuzz")):
        text = bytearray(good)
        hits = {dice.randrange(len(good) * 8) for _ in range(dice.choice((1, 1, 1, 2, 8, 64)))}
        for hit in hits:
            text[hit // 8] ^= 1 << hit % 8
        path.write_bytes(text)
        found = [record.payload for record in SpoolReader(tmp_path).read(path.name, 0, 1 << 40).records]
        whole = [
            payload
            for payload, begin, end in zip(payloads, ends, ends[1:], strict=False)
            if not any(begin <= hit // 8 < end for hit in hits)
        ]
        assert found == whole, sorted(hits)
        read, lost = read + len(found), lost + len(payloads) - len(found)
    print(f"\nflipped bits: {read} records read, {lost} lost to the bits that hit them")
