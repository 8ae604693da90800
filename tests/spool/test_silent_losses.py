"""A loss is known until somebody has acknowledged it, whatever happens to the processes and the other files."""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

import pytest
from spooling import KIND, flip, left_behind, places, writing

from collector.load import Loads
from collector.settings import Settings
from collector.spool import losses
from collector.spool.losses import LOSSES_FILE, Entry
from collector.spool.progress import Progress
from collector.spool.reader import NO_LOSS, Loss, SpoolReader
from collector.spool.segment import Range

DAMAGE = Loss(damaged_records=2, damaged_bytes=300)


def damaged(number: int, loss: Loss = DAMAGE) -> Entry:
    """A loss in a range of its own."""
    return losses.found(Range(f"{number}.spool", 0, 1000), loss)


def test_no_file_no_loss(tmp_path: Path) -> None:
    """Where nothing was lost there is no file."""
    assert losses.read(tmp_path / "none").total == NO_LOSS
    losses.note(tmp_path, [])
    assert not (tmp_path / LOSSES_FILE).exists()


def test_a_loss_stays_open_until_it_is_acknowledged(tmp_path: Path) -> None:
    """Acknowledging closes what was there and forgets nothing; the next loss is open again."""
    losses.note(tmp_path, [damaged(1), damaged(2)])
    known = losses.read(tmp_path)
    assert [entry.segment for entry in known.lost] == ["1.spool", "2.spool"]
    losses.acknowledge(tmp_path)
    assert losses.read(tmp_path).open == []
    assert losses.read(tmp_path).total == Loss(4, 600)
    losses.note(tmp_path, [damaged(3)])
    assert [entry.segment for entry in losses.read(tmp_path).lost] == ["3.spool"]
    assert losses.read(tmp_path).total == Loss(6, 900)


def test_a_repeated_load_loses_once(tmp_path: Path) -> None:
    """A crash between the note and the acknowledgement notes the range again."""
    losses.note(tmp_path, [damaged(1)])
    losses.note(tmp_path, [damaged(1)])
    assert losses.read(tmp_path).total == DAMAGE
    assert len(losses.read(tmp_path).lost) == 1


def test_a_torn_tail_is_told_apart(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nobody got an answer for it, so it is no loss of anything accepted; it is counted and told, at its own level."""
    with caplog.at_level(logging.INFO):
        losses.note(tmp_path, [damaged(1, Loss(torn_bytes=77)), damaged(2)])
    known = losses.read(tmp_path)
    assert [entry.cause for entry in known.open] == ["torn", "damaged"]
    assert [entry.cause for entry in known.lost] == ["damaged"]
    assert known.total.torn_bytes == 77
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", known.open[0].told()),
        ("ERROR", known.open[1].told()),
    ]


@pytest.mark.parametrize("cut", range(1, 60, 7))
def test_a_crash_while_a_loss_is_noted(tmp_path: Path, cut: int) -> None:
    """Half a line is skipped; what was noted before and is noted after counts."""
    losses.note(tmp_path, [damaged(1)])
    whole = (tmp_path / LOSSES_FILE).read_bytes()
    (tmp_path / LOSSES_FILE).write_bytes(whole + whole[:cut])
    losses.note(tmp_path, [damaged(2)])
    assert [entry.segment for entry in losses.read(tmp_path).lost] == ["1.spool", "2.spool"]


def test_bytes_that_are_no_entries(tmp_path: Path) -> None:
    """A damaged file of losses still tells what can be read of it."""
    losses.note(tmp_path, [damaged(1)])
    with (tmp_path / LOSSES_FILE).open("ab") as file:
        file.write(b"\xff\x00\n{}\n[1]\n\n" + b'{"at": 1, "cause": "eaten"}\n')
    losses.note(tmp_path, [damaged(2)])
    assert len(losses.read(tmp_path).lost) == 2


def test_what_the_reader_lost_is_named(tmp_path: Path) -> None:
    """The entry of a range says which bytes of which segment."""
    path = left_behind(tmp_path, [b"x" * 50, b"y" * 50])
    flip(path, places(path)[0][1] - 1)
    batch = SpoolReader(tmp_path).read(path.name, 0, 1 << 20)
    entry = losses.found(batch.range, batch.loss)
    assert (entry.cause, entry.loss.damaged_records, entry.segment) == ("damaged", 1, path.name)
    assert (entry.start, entry.end) == (0, path.stat().st_size)
    assert path.name in entry.told()


def test_a_segment_deleted_while_it_grows(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The receiver notices, and what it held is a loss that somebody has to acknowledge."""

    async def run() -> None:
        async with writing(tmp_path) as spool:
            await spool.append(KIND, b"head\nrow\n", key="shop")
            [name] = SpoolReader(tmp_path).segments()
            (tmp_path / name).unlink()
            for _ in range(600):
                if losses.read(tmp_path).lost:
                    break
                await asyncio.sleep(0.05)
            [entry] = losses.read(tmp_path).lost
            assert (entry.cause, entry.segment, entry.loss.damaged_records) == ("deleted", name, 1)

    asyncio.run(run())
    assert any("somebody deleted the file" in record.getMessage() for record in caplog.records)


def test_a_pending_segment_that_somebody_deleted(tmp_path: Path) -> None:
    """What was named before a crash and is gone after it was perhaps not loaded: that is a loss, and is said once."""
    settings = Settings(data=tmp_path)
    path = left_behind(settings.spool_folder, [b"x" * 50])
    with Progress(settings.spool_folder) as progress:
        progress.name([SpoolReader(settings.spool_folder).read(path.name, 0, 1 << 20).range])
        path.unlink()
        load = Loads(settings).again(progress.pending())
        assert [(entry.cause, entry.segment, entry.end) for entry in load.lost] == [("deleted", path.name, 114)]
        losses.note(settings.spool_folder, load.lost)
        progress.acknowledge(load.loss)
        assert progress.loss == losses.read(settings.spool_folder).total == Loss(1, 114)
