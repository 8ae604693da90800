"""The disk has no room left, and then it has again."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from spooling import KIND, MIB, drain, writing

from collector.errors import SpoolFailing
from collector.spool.durable import Reserved
from collector.spool.reader import SpoolReader
from tests.small_disk import small_disk as disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB."""
    with disk(tmp_path / "disk", "1m") as place:
        yield place


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process may grow beyond `size` bytes: a write that would is cut short, the next one fails."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk(small_disk: Path) -> None:
    """Appends are refused while the disk is full, taken again without restart, and nothing acknowledged is missing."""
    folder = small_disk / "spool"

    async def run() -> list[bytes]:
        acknowledged = []
        async with writing(folder, segment_bytes=100_000) as spool:
            for number in range(1000):
                payload = b"%04d" % number + b"x" * 2000
                try:
                    await spool.append(KIND, payload, key="shop")
                except SpoolFailing as error:
                    assert str(folder) in str(error)
                    break
                acknowledged.append(payload)
            else:
                raise AssertionError("1 MiB took 2 MB")
            assert 200 < len(acknowledged) < 600
            for _ in range(50):  # however often senders try again
                with pytest.raises(SpoolFailing):
                    await spool.append(KIND, b"x" * 20_000, key="shop")
            assert spool.problem
            assert spool.stats.refused_failing == 51
            # No room for the loader's notes either, but what is loaded makes room.
            room = SpoolReader(folder).segments()
            saved = [record.payload for record in SpoolReader(folder).read(room[0], 0, MIB).records]
            (folder / room[0]).unlink()
            acknowledged = acknowledged[len(saved) :]
            await spool.append(KIND, b"again", key="shop")
            assert spool.problem is None
            assert saved
        return [*acknowledged, b"again"]

    acknowledged = asyncio.run(run())
    assert [payload for payload in drain(folder) if len(payload) < 20_000] == acknowledged


def test_a_full_disk_does_not_fill_with_attempts(small_disk: Path) -> None:
    """Attempts that fail leave no files behind."""
    folder = small_disk / "spool"

    async def run() -> None:
        async with writing(folder) as spool:
            await spool.append(KIND, b"before", key="shop")
            (small_disk / "other").write_bytes(b"x" * 600_000)
            before = len(os.listdir(folder))
            for _ in range(30):
                with pytest.raises(SpoolFailing):
                    await spool.append(KIND, b"x" * 900_000, key="shop")
            assert len(os.listdir(folder)) <= before

    asyncio.run(run())


def test_a_write_that_is_cut_short(tmp_path: Path) -> None:
    """Of a group that only fits in part nothing is acknowledged, and what went before it stays."""
    folder = tmp_path / "spool"

    async def run() -> None:
        async with writing(folder) as spool:
            await spool.append(KIND, b"whole", key="shop")
            with largest_file(5000):
                group = (spool.append(KIND, b"x" * 1000, key="shop") for _ in range(20))
                answers = await asyncio.gather(*group, return_exceptions=True)
            assert [type(answer) for answer in answers] == [SpoolFailing] * 20
            await spool.append(KIND, b"after", key="shop")

    asyncio.run(run())
    assert drain(folder) == [b"whole", b"after"]


def test_notes_on_a_full_disk(small_disk: Path) -> None:
    """The loader's notes can be replaced again and again when there is not a page left, and are read back."""
    notes = small_disk / "progress.json"
    reserved = Reserved(notes, 32_768)
    reserved.replace(b"first")
    with pytest.raises(OSError, match="No space left"):
        (small_disk / "other").write_bytes(b"x" * 2_000_000)
    for number in range(5):
        reserved.replace(b"%d" % number * 10_000)
        assert notes.read_bytes().rstrip(b"\n") == b"%d" % number * 10_000


@pytest.mark.parametrize("renamed", [False, True], ids=["before the rename", "after the rename"])
def test_notes_after_a_crash_between_two_names(tmp_path: Path, renamed: bool) -> None:
    """Whatever a crash within `replace` left, the notes are whole, and the next ones do not write over them."""
    notes, spare, former = (tmp_path / f"progress.{end}" for end in ("json", "spare", "former"))
    Reserved(notes, 4096).replace(b"older")
    spare.write_bytes(b"newer".ljust(4096, b"\n"))
    os.link(notes, former)
    if renamed:
        spare.rename(notes)
    before = notes.read_bytes().rstrip(b"\n")
    reserved = Reserved(notes, 4096)
    assert notes.read_bytes().rstrip(b"\n") == before == (b"newer" if renamed else b"older")
    assert not spare.samefile(notes) and not former.exists()
    reserved.replace(b"newest")
    assert notes.read_bytes().rstrip(b"\n") == b"newest"
