"""Many receivers fill one spool side by side, coming and going."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from failing_disk import FailingDisk
from spooling import KIND, MIB, drain, payloads_in, writing
from test_writer_killed import acknowledged, receiver, wait_for

from collector.spool.reader import SpoolReader


def test_each_has_its_own_segments(tmp_path: Path) -> None:
    """Three processes and a loader at once, one of them killed: every acknowledged record arrives once."""
    folder = tmp_path / "spool"
    told = [tmp_path / f"told{number}" for number in range(3)]
    processes = [
        receiver(folder, f"r{number}", file, senders=8, count=0 if number == 0 else 600, segment_bytes=30_000)
        for number, file in enumerate(told)
    ]
    found: list[bytes] = []
    try:
        for file in told:
            wait_for(file, 1)
        processes[0].kill()
        deadline = time.monotonic() + 30
        while any(process.poll() is None for process in processes):
            assert time.monotonic() < deadline
            found += drain(folder, max_bytes=50_000, loads=3)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    assert [process.returncode for process in processes] == [-9, 0, 0]
    found += drain(folder)
    names = [payload.split(b" ")[0] for payload in found]
    assert len(names) == len(set(names))
    for file in told:
        assert acknowledged(file) <= set(names)
    assert sum(name.startswith((b"r1-", b"r2-")) for name in names) == 1200
    assert not list(folder.glob("*.spool"))
    assert not list(folder.glob("*.keys"))


def test_two_writers_in_one_process(tmp_path: Path) -> None:
    """Writers never share a segment, not even in one process at one microsecond."""

    async def run() -> None:
        async with writing(tmp_path) as one, writing(tmp_path) as two:
            await asyncio.gather(
                *(spool.append(KIND, b"%d" % number, key="shop") for number in range(50) for spool in (one, two))
            )

    asyncio.run(run())
    assert len(SpoolReader(tmp_path).segments()) == 2
    assert sorted(payloads_in(tmp_path)) == sorted(b"%d" % number for number in range(50) for _ in range(2))


def test_order_within_a_writer(tmp_path: Path) -> None:
    """Records of one writer are read in the order in which they were appended."""

    async def run() -> None:
        async with writing(tmp_path) as spool:
            await asyncio.gather(*(spool.append(KIND, b"%04d" % number, key="shop") for number in range(3000)))
            assert spool.stats.records == 3000
            assert spool.stats.groups < 3000

    asyncio.run(run())
    assert payloads_in(tmp_path) == [b"%04d" % number for number in range(3000)]


def test_closing_waits_for_what_is_under_way(tmp_path: Path) -> None:
    """A stopping receiver puts everything on disk first, answers it, and takes nothing after."""

    async def run() -> None:
        async with writing(tmp_path) as spool:
            first = [asyncio.ensure_future(spool.append(KIND, b"%d" % number, key="shop")) for number in range(10)]
            await asyncio.sleep(0)
            await asyncio.gather(spool.close(), spool.close())
            assert all(task.done() and task.exception() is None for task in first)
            with pytest.raises(Exception, match="stopping"):
                await spool.append(KIND, b"late", key="shop")

    asyncio.run(run())
    assert len(payloads_in(tmp_path)) == 10


def test_what_comes_during_a_sync(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What gathered while the disk was busy goes next, all in one group, without another append to push it."""
    disk = FailingDisk(monkeypatch, failures=0)
    disk.go_on.clear()

    async def run() -> None:
        async with writing(tmp_path) as spool:
            first = asyncio.ensure_future(spool.append(KIND, b"first", key="shop"))
            await asyncio.to_thread(disk.begun.wait, 10)
            others = [asyncio.ensure_future(spool.append(KIND, b"%d" % number, key="shop")) for number in range(7)]
            await asyncio.sleep(0.01)
            assert not first.done()
            disk.go_on.set()
            await asyncio.wait_for(asyncio.gather(first, *others), 10)
            assert (spool.stats.groups, spool.stats.largest_group) == (2, 7)

    asyncio.run(run())
    assert len(disk.synced) == 3, "two groups and the end mark"


def test_a_sender_that_hangs_up(tmp_path: Path) -> None:
    """Cancelling one wait neither disturbs the others of its group nor takes the record back."""

    async def run() -> None:
        async with writing(tmp_path) as spool:
            tasks = [asyncio.ensure_future(spool.append(KIND, b"%d" % number, key="shop")) for number in range(10)]
            await asyncio.sleep(0)
            tasks[3].cancel()
            answers = await asyncio.gather(*tasks, return_exceptions=True)
            assert [type(answer) for answer in answers].count(asyncio.CancelledError) == 1

    asyncio.run(run())
    assert len(payloads_in(tmp_path)) == 10


def test_a_writer_that_never_wrote(tmp_path: Path) -> None:
    """Starting and stopping leaves no segment behind."""

    async def run() -> None:
        async with writing(tmp_path, segment_bytes=MIB) as spool:
            assert spool.problem is None

    asyncio.run(run())
    assert list(tmp_path.iterdir()) == []
    assert drain(tmp_path) == []
