"""What is told to metrics and people about a spool, above all when the loader does not keep up."""

from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from spooling import KIND, drain, facts_of, fill, left_behind, places, writing

from collector.spool import note, segment
from collector.spool.note import Note
from collector.spool.progress import Progress
from collector.spool.reader import NO_LOSS, SpoolReader
from collector.spool.segment import keys_file
from collector.spool.waiting import backlog


def test_nothing_waits(tmp_path: Path) -> None:
    """No folder, an empty one and a drained one all have an empty backlog."""
    assert backlog(tmp_path / "none").oldest_s is None
    assert backlog(tmp_path).bytes == 0
    fill(tmp_path, [b"x"])
    drain(tmp_path)
    waiting = backlog(tmp_path)
    assert (waiting.bytes, waiting.oldest_s, waiting.segments, waiting.disk_bytes) == (0, None, 0, 0)
    assert not (tmp_path / "none").exists()


def test_a_loaded_segment_that_still_grows(tmp_path: Path) -> None:
    """A segment begun long ago whose records are all loaded keeps nobody waiting."""

    async def run() -> None:
        async with writing(tmp_path) as spool:
            assert backlog(tmp_path).oldest_s is None
            await spool.append(KIND, b"x" * 100, key="shop")
            waiting = backlog(tmp_path)
            assert waiting.bytes == 132
            assert waiting.oldest_s is not None
            drain(tmp_path)
            waiting = backlog(tmp_path)
            assert (waiting.bytes, waiting.oldest_s, waiting.segments) == (0, None, 1)
            assert waiting.disk_bytes == 132 + segment.HEADER_SIZE

    asyncio.run(run())
    waiting = backlog(tmp_path)
    assert waiting.disk_bytes == 132 + segment.HEADER_SIZE + segment.RECORD_HEADER_SIZE, "with its end mark"
    assert (waiting.bytes, waiting.oldest_s) == (0, None)


def test_the_oldest_record_not_the_oldest_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The age is that of the first record that is not loaded, in whichever segment."""
    clock = segment.now_us()
    monkeypatch.setattr(segment, "now_us", lambda: clock)
    path = left_behind(tmp_path, [b"loaded"])
    clock += 100_000_000
    left_behind(tmp_path, [b"young"])
    clock += 50_000_000
    assert backlog(tmp_path).oldest_s == pytest.approx(150)
    with Progress(tmp_path) as progress:
        batch = SpoolReader(tmp_path).read(path.name, 0, 1 << 20)
        progress.name([batch.range])
        progress.acknowledge()
        waiting = backlog(tmp_path)
    assert waiting.oldest_s == pytest.approx(50)
    assert (waiting.segments, waiting.bytes, waiting.loss) == (2, 37, NO_LOSS)


def test_a_damaged_first_record(tmp_path: Path) -> None:
    """Where the first record's time cannot be read, the segment's own stands in for it."""
    path = left_behind(tmp_path, [b"x", b"y"])
    content = bytearray(path.read_bytes())
    content[places(path)[0][0]] ^= 1
    path.write_bytes(content)
    oldest = backlog(tmp_path).oldest_s
    assert oldest is not None
    assert 0 <= oldest < 60


def test_who_may_read(tmp_path: Path) -> None:
    """Touchpoints are personal data: the folder and every file in it are for the collector's own user alone."""
    folder = tmp_path / "data" / "spool"

    async def run() -> None:
        async with writing(folder, segment_bytes=1000) as spool:
            for _ in range(5):
                await spool.append(KIND, b"x" * 500, key="shop")
            with Progress(folder) as progress:
                progress.name([])
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            modes = {name: stat.S_IMODE(facts.st_mode) for name, facts in facts_of(folder).items()}
            assert len(modes) > 6
            assert set(modes.values()) == {0o600}

    asyncio.run(run())


def lines(count: int) -> bytes:
    """A payload as receivers write it: an envelope and so many rows."""
    return b"envelope\n" + b'{"row": 1}\n' * count


def test_rows_are_counted_by_the_writers_note(tmp_path: Path) -> None:
    """Finished segments are counted exactly, whatever was in their records, an envelope being none."""
    fill(tmp_path, [lines(3), lines(1), lines(40)])
    fill(tmp_path, [lines(5)])
    assert backlog(tmp_path).rows == 49
    drain(tmp_path)
    assert backlog(tmp_path).rows == 0


def test_rows_of_a_writer_that_died(tmp_path: Path) -> None:
    """Without a note, or with one that is behind, the size of the touchpoints that are known tells of the others."""
    path = left_behind(tmp_path, [lines(10)] * 20)
    assert backlog(tmp_path).rows == 200
    half = places(path)[9][1]
    note.write(tmp_path, path.name, Note({"shop": 1}, 100, half))
    assert backlog(tmp_path).rows == 200
    keys_file(tmp_path, path.name).write_bytes(b'{"shop": 10}')
    assert backlog(tmp_path).rows == 200


def test_rows_of_a_segment_loaded_in_part(tmp_path: Path) -> None:
    """What is left is counted by its share, after a restart of the loader too."""
    fill(tmp_path, [lines(10)] * 20)
    [name] = SpoolReader(tmp_path).segments()
    with Progress(tmp_path) as progress:
        batch = SpoolReader(tmp_path).read(name, 0, len(lines(10)) * 5)
        progress.name([batch.range])
        progress.acknowledge()
    assert backlog(tmp_path).rows == 150


def test_a_segment_of_nothing_that_can_be_read(tmp_path: Path) -> None:
    """Damage from the first byte on counts no rows and breaks nothing."""
    path = left_behind(tmp_path, [lines(3)])
    path.write_bytes(b"\0" * 500)
    assert backlog(tmp_path).rows == 0
