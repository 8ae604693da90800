"""A segment that is loaded already leaves the disk as soon as somebody asks, and not only when it is old."""

from __future__ import annotations

import asyncio
from pathlib import Path

from collector.spool import finishing, segment
from tests.spool.spooling import drain, writing

WITHIN_S = 30.0


def test_whoever_asks_gets_the_segment_finished(tmp_path: Path) -> None:
    """Each receiver finishes what it began before the question, and goes on in a new segment; nothing is lost."""

    async def gone(names: list[str]) -> None:
        while set(names) & set(segment.names(tmp_path)):
            drain(tmp_path)
            await asyncio.sleep(0.05)

    async def run() -> list[bytes]:
        async with writing(tmp_path) as one, writing(tmp_path) as other:
            for spool in (one, other):
                await spool.append(1, b"before", key="shop")
            assert drain(tmp_path) == [b"before", b"before"]
            before = finishing.ask(tmp_path)
            assert len(before) == 2, "the segments grow, so they cannot be deleted yet"
            await asyncio.wait_for(gone(before), WITHIN_S)
            await one.append(1, b"after", key="shop")
        return drain(tmp_path)

    assert asyncio.run(run()) == [b"after"]
    assert segment.names(tmp_path) == []


def test_a_question_from_before_finishes_nothing(tmp_path: Path) -> None:
    """The file stays; a segment that was begun after it is left to grow."""

    async def run() -> None:
        tmp_path.mkdir(exist_ok=True)
        finishing.ask(tmp_path)
        async with writing(tmp_path) as spool:
            await spool.append(1, b"one", key="shop")
            [name] = segment.names(tmp_path)
            await asyncio.sleep(1.5)
            await spool.append(1, b"two", key="shop")
            assert segment.names(tmp_path) == [name]

    asyncio.run(run())


def test_no_spool_is_no_question(tmp_path: Path) -> None:
    """A machine without a spool is not given one."""
    assert finishing.ask(tmp_path / "none") == []
    assert not (tmp_path / "none").exists()
