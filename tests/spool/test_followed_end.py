"""Following the end of a spool: nothing is missed, told twice or held up, and one look is bounded."""

from __future__ import annotations

import asyncio
import os
import struct
import zlib
from pathlib import Path

import pytest

from collector.spool import segment
from collector.spool import tail as tail_module
from collector.spool.segment import HEADER_SIZE, RECORD_HEADER_SIZE
from collector.spool.tail import Tail
from tests.spool.spooling import KIND, drain, fill, left_behind, writing


def looked(tail: Tail) -> list[bytes]:
    """The payloads that one look gives."""
    return [record.payload for _, record in tail.look()]


def test_what_is_loaded_and_deleted_between_two_looks_is_told_once(tmp_path: Path) -> None:
    """Of a segment that was seen once, the rest is told after it is gone; every record in order, and none twice."""
    told: list[bytes] = []
    gone = 0

    async def run() -> None:
        nonlocal gone
        async with writing(tmp_path, segment_bytes=4 * (80 + RECORD_HEADER_SIZE)) as spool:
            for number in range(60):
                await spool.append(KIND, b"%04d" % number * 20, key="shop")
                if number % 4 == 1:
                    told.extend(looked(tail))
                elif number % 4 == 0:  # the segment before has ended
                    before = len(segment.names(tmp_path))
                    await asyncio.to_thread(drain, tmp_path)
                    gone += before - len(segment.names(tmp_path))

    tail = Tail(tmp_path)
    assert looked(tail) == []
    asyncio.run(run())
    drain(tmp_path)
    told.extend(looked(tail))
    assert told == [b"%04d" % number * 20 for number in range(60)]
    assert gone > 10
    assert looked(tail) == []
    tail.close()


def test_segments_that_are_read_to_their_end_are_let_go(tmp_path: Path) -> None:
    """A deleted segment that stays open would keep its room on the disk."""
    before = len(os.listdir("/proc/self/fd"))
    tail = Tail(tmp_path)
    looked(tail)
    for number in range(5):
        left_behind(tmp_path, [b"%d" % number])
    assert looked(tail) == [b"0", b"1", b"2", b"3", b"4"]
    assert len(os.listdir("/proc/self/fd")) == before
    left_behind(tmp_path, [b"5"])
    assert looked(tail) == [b"5"]


def test_the_first_look_begins_near_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who opens the page sees what came just before, from the next whole record on, not gigabytes of backlog."""
    monkeypatch.setattr(tail_module, "BEFORE_BYTES", 10 * (100 + RECORD_HEADER_SIZE) - 1)
    payloads = [b"%04d" % number * 25 for number in range(1000)]
    fill(tmp_path, payloads)
    tail = Tail(tmp_path)
    assert looked(tail) == payloads[-9:]  # of ten records and the end mark a little is missing
    assert tail.skipped == 0
    tail.close()


def test_faster_than_it_can_be_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are told, and how much was left out."""
    monkeypatch.setattr(tail_module, "LOOK_BYTES", 2_000)
    tail = Tail(tmp_path)
    looked(tail)
    payloads = [b"%04d" % number * 25 for number in range(500)]
    path = left_behind(tmp_path, payloads)
    told = looked(tail)
    assert 10 < len(told) < 20
    assert told == payloads[-len(told) :]
    assert tail.skipped == path.stat().st_size - 2_000
    tail.close()


def test_a_record_that_is_still_being_written_is_told_when_it_is_whole(tmp_path: Path) -> None:
    """Half a record is waited for, and a torn one at the end of a dead receiver's segment is passed over."""
    path = left_behind(tmp_path, [b"first", b"second"])
    whole = path.read_bytes()
    path.write_bytes(whole[:-3])
    tail = Tail(tmp_path)
    with path.open("ab") as writer:
        segment.hold(writer.fileno())
        assert looked(tail) == [b"first"]
        os.truncate(path, len(whole) - 3)
        writer.write(whole[-3:])
        writer.flush()
        assert looked(tail) == [b"second"]
    torn = left_behind(tmp_path, [b"third", b"fourth"])
    torn.write_bytes(torn.read_bytes()[:-2])
    assert looked(tail) == [b"third"]
    tail.close()


def test_a_segment_of_a_newer_version_is_left_out(tmp_path: Path) -> None:
    """The others are followed all the same."""
    newer = left_behind(tmp_path, [b"newer"])
    content = bytearray(newer.read_bytes())
    content[8:12] = struct.pack("<I", 2)
    content[28:32] = zlib.crc32(content[:28]).to_bytes(4, "little")
    newer.write_bytes(content)
    left_behind(tmp_path, [b"known"])
    tail = Tail(tmp_path)
    assert looked(tail) == [b"known"]
    left_behind(tmp_path, [b"another"])
    assert looked(tail) == [b"another"]
    tail.close()


def test_damage_is_passed_over(tmp_path: Path) -> None:
    """What lies behind it is told; the loader reports the loss."""
    path = left_behind(tmp_path, [b"x" * 50, b"y" * 50, b"z" * 50])
    content = bytearray(path.read_bytes())
    content[HEADER_SIZE + RECORD_HEADER_SIZE + 10] ^= 0xFF
    path.write_bytes(content)
    tail = Tail(tmp_path)
    assert looked(tail) == [b"y" * 50, b"z" * 50]
    tail.close()
