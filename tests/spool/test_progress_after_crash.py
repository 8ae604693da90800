"""The loader dies between naming a range, inserting it, acknowledging it and deleting what is done."""

from __future__ import annotations

import errno
import os
import zlib
from pathlib import Path

import pytest
from spooling import drain, fill, flip, left_behind, payloads_in, places

from collector.errors import SpoolUnreadable
from collector.spool import durable
from collector.spool.progress import PROGRESS_FILE, Progress
from collector.spool.reader import Loss, SpoolReader
from collector.spool.segment import Range
from collector.spool.waiting import backlog

PAYLOADS = [b"%03d" % number for number in range(100)]


def test_the_same_range_again(tmp_path: Path) -> None:
    """What was named and not acknowledged is pending after a restart, and gives exactly the same records."""
    path = left_behind(tmp_path, PAYLOADS)
    reader = SpoolReader(tmp_path)
    batch = reader.read(path.name, 0, 120)
    with Progress(tmp_path) as progress:
        progress.name([batch.range])
    with path.open("ab") as more:  # what came meanwhile is not in the range
        more.write(b"torn")
    with Progress(tmp_path) as progress:
        assert progress.acknowledged(path.name) == 0
        (wanted,) = progress.pending()
        again = SpoolReader(tmp_path).read_range(wanted)
        assert again.records == batch.records
        assert again.range == batch.range
        progress.acknowledge()
        assert progress.pending() == []
    with Progress(tmp_path) as progress:
        assert progress.acknowledged(path.name) == batch.end
    assert drain(tmp_path) == PAYLOADS[len(batch.records) :]


def test_a_range_with_damage_in_it_and_a_torn_tail(tmp_path: Path) -> None:
    """The repeated range finds the same loss, and the spool's total has it once."""
    path = left_behind(tmp_path, PAYLOADS)
    with path.open("ab") as file:
        file.write(b"torn")
    flip(path, places(path)[5][1] - 1)
    with Progress(tmp_path) as progress:
        batch = SpoolReader(tmp_path).read(path.name, 0, 1 << 20)
        progress.name([batch.range])
    with Progress(tmp_path) as progress:
        again = SpoolReader(tmp_path).read_range(progress.pending()[0])
        assert (again.records, again.loss, again.exhausted) == (batch.records, batch.loss, True)
        assert again.loss == Loss(damaged_records=1, damaged_bytes=35, torn_bytes=4)
        progress.acknowledge(again.loss)
        assert progress.delete_loaded() == [path.name]
    other = left_behind(tmp_path, [b"one", b"two"])
    flip(other, places(other)[1][1] - 1)
    drain(tmp_path)
    with Progress(tmp_path) as progress:
        assert progress.loss == again.loss + Loss(damaged_records=1, damaged_bytes=35)
    assert backlog(tmp_path).loss == progress.loss


def test_several_segments_in_one_load(tmp_path: Path) -> None:
    """Ranges of several segments, and several of one, are named and acknowledged together."""
    paths = [left_behind(tmp_path, PAYLOADS) for _ in range(3)]
    reader = SpoolReader(tmp_path)
    with Progress(tmp_path) as progress:
        batches = [reader.read(path.name, 0, 1 << 20) for path in paths[:2]]
        first = reader.read(paths[2].name, 0, 30)
        batches += [first, reader.read(paths[2].name, first.end, 60)]
        progress.name([batch.range for batch in batches])
    with Progress(tmp_path) as progress:
        assert progress.pending() == [batch.range for batch in batches]
        progress.acknowledge()
        assert sorted(progress.delete_loaded()) == sorted(path.name for path in paths[:2])
        assert progress.acknowledged(paths[2].name) == batches[3].end


def test_a_range_that_would_skip_touchpoints(tmp_path: Path) -> None:
    """Naming something that does not follow what is acknowledged is refused, as is naming over pending ranges."""
    path = left_behind(tmp_path, PAYLOADS)
    batch = SpoolReader(tmp_path).read(path.name, 0, 120)
    with Progress(tmp_path) as progress:
        with pytest.raises(ValueError, match="does not follow"):
            progress.name([Range(path.name, batch.end, batch.end + 10)])
        with pytest.raises(ValueError, match="does not follow"):
            progress.name([batch.range, batch.range])
        progress.name([batch.range])
        with pytest.raises(ValueError, match="pending"):
            progress.name([Range(path.name, batch.end, batch.end + 10)])


def test_killed_between_the_steps_of_deleting(tmp_path: Path) -> None:
    """Acknowledged but not deleted: deleted at the next start, and not loaded again."""
    path = left_behind(tmp_path, PAYLOADS, finished=True)
    path.with_suffix(".keys").write_text('{"shop": 3500}')
    with Progress(tmp_path) as progress:
        batch = SpoolReader(tmp_path).read(path.name, 0, 1 << 20)
        progress.name([batch.range])
        progress.acknowledge()
    assert drain(tmp_path) == []
    assert not path.exists()
    assert not path.with_suffix(".keys").exists()
    with Progress(tmp_path) as progress:
        progress.name([])
    assert path.name.encode() not in (tmp_path / PROGRESS_FILE).read_bytes()


def test_a_pending_segment_is_kept(tmp_path: Path) -> None:
    """While a range is pending its segment stays, whatever else is acknowledged."""
    path = left_behind(tmp_path, PAYLOADS)
    with Progress(tmp_path) as progress:
        batch = SpoolReader(tmp_path).read(path.name, 0, 1 << 20)
        progress.name([batch.range])
        assert progress.delete_loaded() == []
        progress.acknowledge()
        assert progress.delete_loaded() == [path.name]


def test_a_segment_without_records(tmp_path: Path) -> None:
    """A segment of a writer that died before its first record is acknowledged like any other and deleted."""
    path = left_behind(tmp_path, [])
    empty = tmp_path / "0000000000000001-1-00000000.spool"
    empty.touch()
    assert drain(tmp_path) == []
    assert not path.exists()
    assert not empty.exists()


@pytest.mark.parametrize("damage", [b"", b"00000000\n{}\n", b"not even a line", b"\xff\xfe", b"0\n"])
def test_damaged_notes(tmp_path: Path, damage: bytes, caplog: pytest.LogCaptureFixture) -> None:
    """Notes that cannot be trusted are kept aside and the whole spool is loaded again: nothing is skipped."""
    fill(tmp_path, PAYLOADS)
    batch = SpoolReader(tmp_path).read(SpoolReader(tmp_path).segments()[0], 0, 100)
    with Progress(tmp_path) as progress:
        progress.name([batch.range])
        progress.acknowledge()
    (tmp_path / PROGRESS_FILE).write_bytes(damage)
    assert drain(tmp_path) == PAYLOADS
    assert (tmp_path / "progress.damaged").read_bytes() == damage
    assert "loaded again" in caplog.text


def test_every_damaged_byte_of_the_notes(tmp_path: Path) -> None:
    """Wherever a bit of the notes turns over, the loader skips nothing."""
    path = left_behind(tmp_path, PAYLOADS)
    batch = SpoolReader(tmp_path).read(path.name, 0, 100)
    with Progress(tmp_path) as progress:
        progress.name([batch.range])
        progress.acknowledge()
    notes = tmp_path / PROGRESS_FILE
    whole = notes.read_bytes()
    filled_from = len(whole.rstrip(b"\n"))
    for offset in (*range(filled_from + 2), *range(filled_from + 2, len(whole), 997), len(whole) - 1):
        notes.write_bytes(whole)
        flip(notes, offset, 1 << offset % 7)
        with Progress(tmp_path) as progress:
            assert progress.acknowledged(path.name) in (0, batch.end)


def test_notes_and_segments_of_a_newer_version(tmp_path: Path) -> None:
    """A newer format is refused with a remedy, not guessed at and not deleted."""
    path = left_behind(tmp_path, PAYLOADS)
    header = path.read_bytes()[:8] + (2).to_bytes(4, "little") + path.read_bytes()[12:28]
    path.write_bytes(header + zlib.crc32(header).to_bytes(4, "little") + path.read_bytes()[32:])
    with pytest.raises(SpoolUnreadable, match="newer Klantreis"):
        SpoolReader(tmp_path).read(path.name, 0, 100)
    line = b'{"format":2}'
    (tmp_path / PROGRESS_FILE).write_bytes(b"%08x\n%s\n" % (zlib.crc32(line), line))
    with pytest.raises(SpoolUnreadable, match="newer Klantreis"):
        Progress(tmp_path)


def test_notes_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk refuses the notes, nothing is named or acknowledged, and a later attempt may succeed."""
    path = left_behind(tmp_path, PAYLOADS)
    batch = SpoolReader(tmp_path).read(path.name, 0, 100)

    def refuse(handle: int, content: bytes) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Progress(tmp_path) as progress:
        with monkeypatch.context() as full:
            full.setattr(durable, "write_all", refuse)
            with pytest.raises(OSError, match="No space"):
                progress.name([batch.range])
        assert progress.pending() == []
        progress.name([batch.range])
        with monkeypatch.context() as full:
            full.setattr(durable, "write_all", refuse)
            with pytest.raises(OSError, match="No space"):
                progress.acknowledge()
        assert progress.pending() == [batch.range]
        assert progress.acknowledged(path.name) == 0
        progress.acknowledge()
        assert progress.acknowledged(path.name) == batch.end
    assert payloads_in(tmp_path) == PAYLOADS
