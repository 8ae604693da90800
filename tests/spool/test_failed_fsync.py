"""The disk takes the bytes and then cannot keep them."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from failing_disk import FailingDisk
from spooling import KIND, drain, writing

from collector.errors import SpoolFailing


def test_everything_that_waits_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a failed sync neither its group nor what gathered meanwhile is acknowledged, and none of it is loaded."""
    disk = FailingDisk(monkeypatch, failures=1, after=1)
    monkeypatch.setattr("collector.spool.scribe.LOOK_EVERY_S", 3600.0)  # which would heal it as well

    async def run() -> None:
        async with writing(tmp_path) as spool:
            await spool.append(KIND, b"before", key="shop")
            disk.go_on.clear()
            disk.begun.clear()
            first = asyncio.ensure_future(spool.append(KIND, b"first", key="shop"))
            await asyncio.to_thread(disk.begun.wait, 10)
            second = asyncio.ensure_future(spool.append(KIND, b"second", key="shop"))
            await asyncio.sleep(0)
            assert spool.waiting == 2
            disk.go_on.set()
            answers = await asyncio.gather(first, second, return_exceptions=True)
            assert [type(answer) for answer in answers] == [SpoolFailing] * 2
            assert "Input/output error" in str(answers[0])
            assert spool.problem
            await spool.append(KIND, b"after", key="shop")
            assert spool.problem is None

    asyncio.run(run())
    failed, retried = disk.synced[1], disk.synced[2:]
    assert failed not in retried, "a second sync of the same file may succeed for bytes that are gone"
    assert drain(tmp_path) == [b"before", b"after"]


def test_what_was_refused_takes_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fails for a while does not leave a spool that believes itself full."""
    FailingDisk(monkeypatch, failures=30)

    async def run() -> None:
        async with writing(tmp_path, limit_bytes=100_000) as spool:
            for _ in range(30):
                with pytest.raises(SpoolFailing):
                    await spool.append(KIND, b"x" * 10_000, key="shop")
            for _ in range(9):
                await spool.append(KIND, b"x" * 10_000, key="shop")

    asyncio.run(run())


def test_a_disk_that_stays_bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every append is refused as long as syncs fail, leaving nothing behind; the first good one is taken."""
    FailingDisk(monkeypatch, failures=20)
    monkeypatch.setattr("collector.spool.scribe.LOOK_EVERY_S", 3600.0)

    async def run() -> None:
        async with writing(tmp_path) as spool:
            for _ in range(20):
                with pytest.raises(SpoolFailing):
                    await spool.append(KIND, b"refused", key="shop")
            assert os.listdir(tmp_path) == []
            await spool.append(KIND, b"taken", key="shop")

    asyncio.run(run())
    assert drain(tmp_path) == [b"taken"]


def test_a_disk_that_recovers_while_nothing_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A receiver that a load balancer took out because it was not ready becomes ready again by itself."""
    FailingDisk(monkeypatch, failures=1)
    monkeypatch.setattr("collector.spool.scribe.LOOK_EVERY_S", 0.02)

    async def run() -> None:
        async with writing(tmp_path) as spool:
            with pytest.raises(SpoolFailing):
                await spool.append(KIND, b"refused", key="shop")
            until = time.monotonic() + 60
            while spool.problem is not None:
                assert time.monotonic() < until, spool.problem
                await asyncio.sleep(0.01)

    asyncio.run(run())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A spool where a file stands in the way says so at the start."""
    (tmp_path / "data").write_text("not a folder")

    async def run() -> None:
        with pytest.raises(SpoolFailing, match="data/spool cannot be used"):
            async with writing(tmp_path / "data" / "spool"):
                pass

    asyncio.run(run())


def test_a_segment_deleted_under_its_writer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody clears the folder: within a second the writer goes on in a segment that can be found."""
    monkeypatch.setattr("collector.spool.scribe.LOOK_EVERY_S", 0.02)

    async def run() -> None:
        async with writing(tmp_path) as spool:
            await spool.append(KIND, b"gone", key="shop")
            for file in tmp_path.iterdir():
                file.unlink()
            for _ in range(500):
                await asyncio.sleep(0.01)
                await spool.append(KIND, b"found", key="shop")
                if list(tmp_path.glob("*.spool")):
                    return
            raise AssertionError("the writer still writes to a deleted file")

    asyncio.run(run())
    assert set(drain(tmp_path)) == {b"found"}
