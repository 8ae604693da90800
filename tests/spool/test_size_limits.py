"""More comes in than the spool may hold."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from spooling import KIND, MIB, drain, facts_of, fill, payloads_in, writing

from collector.errors import SpoolFailing, SpoolFull
from collector.spool import scribe, writer
from collector.spool.reader import SpoolReader
from collector.spool.writer import SpoolWriter


@pytest.fixture(autouse=True)
def _quick_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scribe, "LOOK_EVERY_S", 0.02)


async def until_full(spool: SpoolWriter, key: str = "shop", size: int = 1000) -> int:
    """Appends until the spool is full; returns how many records it took."""
    for count in range(100_000):
        try:
            await spool.append(KIND, b"x" * size, key=key)
        except SpoolFull:
            return count
    raise AssertionError("never full")


async def until_taken(spool: SpoolWriter, payload: bytes, key: str = "shop") -> None:
    """Appends as soon as there is room."""
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            return await spool.append(KIND, payload, key=key)
        except SpoolFull:
            await asyncio.sleep(0.01)
    raise AssertionError("never taken")


async def until_seen(spool: SpoolWriter, folder: Path) -> None:
    """Until a writer has looked at all that lies in the folder."""
    while spool.total_bytes < disk_bytes(folder):
        await asyncio.sleep(0.01)


def disk_bytes(folder: Path) -> int:
    """What lies in the folder, but for what writers rename or remove meanwhile."""
    return sum(facts.st_size for facts in facts_of(folder).values())


def test_the_whole_folder(tmp_path: Path) -> None:
    """The limit holds for the folder, a full spool says so and why, and it takes records again once it is drained."""

    async def run() -> None:
        async with writing(tmp_path, limit_bytes=200_000) as spool:
            taken = await until_full(spool)
            assert 150 < taken <= 200
            assert disk_bytes(tmp_path) <= 202_000  # new segments' heads and notes are counted at the next look
            with pytest.raises(SpoolFull, match=r"spool_limit_mib.*doctor"):
                await spool.append(KIND, b"x" * 1000, key="other")
            assert spool.stats.refused_full == 2
            loaded = await asyncio.to_thread(drain, tmp_path)
            assert len(loaded) == taken
            await until_taken(spool, b"after")
            assert spool.problem is None

    asyncio.run(run())
    assert b"after" in payloads_in(tmp_path)


def test_the_segments_of_others_count(tmp_path: Path) -> None:
    """What other writers and earlier runs left in the folder takes room too, from the first append on."""
    fill(tmp_path, [b"x" * 1000] * 150)

    async def run() -> tuple[int, int]:
        async with writing(tmp_path, limit_bytes=200_000) as one, writing(tmp_path, limit_bytes=200_000) as two:
            taken = await until_full(one)
            await until_seen(two, tmp_path)
            return taken, await until_full(two)

    one, two = asyncio.run(run())
    assert 20 < one < 50
    assert two <= 1


def test_the_share_of_one_key(tmp_path: Path) -> None:
    """One key cannot fill the spool for the others: not with one writer, not with two, not over a restart."""
    limits = {"limit_bytes": 400_000, "key_share": 0.5, "segment_bytes": 50_000}

    async def flood() -> int:
        async with writing(tmp_path, **limits) as one, writing(tmp_path, **limits) as two:
            taken = await until_full(one, "flood")
            with pytest.raises(SpoolFull, match=r"key flood.*spool_key_share"):
                await one.append(KIND, b"x" * 1000, key="flood")
            await asyncio.sleep(0.05)  # for the first one's note, not to look before it
            await until_seen(two, tmp_path)
            taken += await until_full(two, "flood")
            await two.append(KIND, b"y" * 1000, key="shop")
            return taken

    async def again() -> int:
        async with writing(tmp_path, **limits) as spool:
            taken = await until_full(spool, "flood")
            await spool.append(KIND, b"y" * 1000, key="shop")
            return taken

    assert 150 < asyncio.run(flood()) <= 200
    assert asyncio.run(again()) <= 3
    assert payloads_in(tmp_path).count(b"y" * 1000) == 2


def test_segments_are_begun_anew(tmp_path: Path) -> None:
    """A segment that has reached its size is finished and the next begun; all records are there, in order."""
    payloads = [b"%05d" % number + b"x" * 300 for number in range(500)]

    async def run() -> None:
        async with writing(tmp_path, segment_bytes=10_000) as spool:
            for payload in payloads:
                await spool.append(KIND, payload, key="shop")

    asyncio.run(run())
    reader = SpoolReader(tmp_path)
    batches = [reader.read(name, 0, MIB) for name in reader.segments()]
    assert 14 <= len(batches) <= 18
    assert all(batch.exhausted for batch in batches)
    assert [record.payload for batch in batches for record in batch.records] == payloads


def test_a_live_segment_cannot_block_a_drained_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When room is tight a writer hands its segment over early: loaded but live, it could never be deleted."""
    monkeypatch.setattr(scribe, "OLD_WHEN_TIGHT_S", 0.0)
    monkeypatch.setattr(writer, "SEGMENTS_A_SHARE", 1)

    async def run() -> None:
        limits = {"limit_bytes": 200_000, "segment_bytes": MIB}  # the loader's notes keep 64 KiB of it
        async with writing(tmp_path, **limits) as idle, writing(tmp_path, **limits) as busy:
            await until_full(idle)
            for _ in range(500):
                await asyncio.to_thread(drain, tmp_path)
                if not list(tmp_path.glob("*.spool")):
                    break
                await asyncio.sleep(0.01)
            await until_taken(busy, b"x" * 100_000)

    asyncio.run(run())
    assert drain(tmp_path) == [b"x" * 100_000]


def test_an_old_segment_is_handed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With little traffic too, what is loaded leaves the disk after a while."""
    monkeypatch.setattr(scribe, "OLD_S", 0.1)

    async def run() -> None:
        async with writing(tmp_path) as spool:
            await spool.append(KIND, b"rare", key="shop")
            for _ in range(500):
                await asyncio.sleep(0.01)
                await asyncio.to_thread(drain, tmp_path)
                if not list(tmp_path.glob("*.spool")):
                    return
            raise AssertionError("still there")

    asyncio.run(run())


def test_a_disk_that_hangs_costs_no_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While nothing gets to the disk, what waits for it is bounded; those that waited get their answer in the end."""
    monkeypatch.setattr(writer, "WAITING_LIMIT", 10_000)

    async def run() -> None:
        async with writing(tmp_path) as spool:
            answers = await asyncio.gather(
                *(spool.append(KIND, b"x" * 1000, key="shop") for _ in range(50)), return_exceptions=True
            )
            refused = [answer for answer in answers if answer]
            assert len(refused) == 41
            assert all(isinstance(answer, SpoolFailing) and "hangs" in str(answer) for answer in refused)
            assert spool.waiting == 0
            await spool.append(KIND, b"x" * 20_000, key="shop")  # larger than the limit, but nothing waits

    asyncio.run(run())
    assert len(payloads_in(tmp_path)) == 10


@pytest.mark.parametrize(("kind", "payload"), [(0, b"x"), (256, b"x"), (-1, b"x"), (1, b"")])
def test_what_is_no_record(tmp_path: Path, kind: int, payload: bytes) -> None:
    """A kind that the format cannot hold, or no bytes, is the caller's mistake and costs no other record."""

    async def run() -> None:
        async with writing(tmp_path) as spool:
            with pytest.raises(ValueError, match="kind of 1 to 255"):
                await spool.append(kind, payload, key="shop")
            await spool.append(KIND, b"good", key="shop")

    asyncio.run(run())
    assert payloads_in(tmp_path) == [b"good"]
