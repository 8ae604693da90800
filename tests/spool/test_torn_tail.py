"""A writer dies while it writes: the record it was at is cut short."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from spooling import KIND, left_behind, places, read_segment

from collector.spool import segment
from collector.spool.growing import GrowingSegment
from collector.spool.reader import NO_LOSS, Loss, SpoolReader

PAYLOADS = [b"first", b'{"second": "\xc3\xa9"}\n', b"x" * 100]


def test_every_truncation_of_the_last_record(tmp_path: Path) -> None:
    """Wherever the last record is cut, those before it are read, the rest counts as torn and nothing as damaged."""
    path = left_behind(tmp_path, PAYLOADS)
    whole = path.read_bytes()
    start, end = places(path)[-1]
    assert end == len(whole)
    for cut in range(start, end):
        path.write_bytes(whole[:cut])
        records, loss, exhausted = read_segment(path)
        assert [record.payload for record in records] == PAYLOADS[:-1]
        assert loss == Loss(torn_bytes=cut - start)
        assert exhausted


def test_every_truncation_while_the_writer_lives(tmp_path: Path) -> None:
    """The same cut in a segment that still grows is no loss: reading waits there and goes on when the rest comes."""
    path = left_behind(tmp_path, PAYLOADS)
    whole = path.read_bytes()
    start, end = places(path)[-1]
    for cut in range(start, end):
        path.write_bytes(whole[:cut])
        writer = os.open(path, os.O_WRONLY | os.O_APPEND)
        segment.hold(writer)
        reader = SpoolReader(tmp_path)
        first = reader.read(path.name, 0, 1 << 20)
        assert [record.payload for record in first.records] == PAYLOADS[:-1]
        assert (first.end, first.loss, first.final, first.exhausted) == (start, NO_LOSS, False, False)
        os.write(writer, whole[cut:])
        rest = reader.read(path.name, first.end, 1 << 20)
        assert [record.payload for record in rest.records] == PAYLOADS[-1:]
        assert (rest.loss, rest.exhausted) == (NO_LOSS, False)
        os.close(writer)
        assert reader.read(path.name, rest.end, 1 << 20).exhausted


@pytest.mark.parametrize("length", range(segment.HEADER_SIZE))
def test_every_truncation_of_the_head(tmp_path: Path, length: int) -> None:
    """A segment that holds not even its own header is empty, exhausted and can be acknowledged."""
    path = left_behind(tmp_path, [])
    path.write_bytes(path.read_bytes()[:length])
    batch = SpoolReader(tmp_path).read(path.name, 0, 1 << 20)
    assert (batch.records, batch.end, batch.exhausted) == ([], length, True)
    assert batch.loss == Loss(torn_bytes=length)


@pytest.mark.parametrize("zeros", [1, 31, 32, 33, 5000, (2 << 20) + 5])
def test_a_tail_of_zeros(tmp_path: Path, zeros: int) -> None:
    """A file system that had grown the file but not written it leaves zeros: torn, not damaged."""
    path = left_behind(tmp_path, PAYLOADS)
    with path.open("ab") as file:
        file.write(bytes(zeros))
    records, loss, exhausted = read_segment(path)
    assert [record.payload for record in records] == PAYLOADS
    assert (loss, exhausted) == (Loss(torn_bytes=zeros), True)


def test_a_lost_end_mark_costs_nothing(tmp_path: Path) -> None:
    """However much of the end mark is there, no record is counted as lost."""
    path = left_behind(tmp_path, PAYLOADS, finished=True)
    whole = path.read_bytes()
    for cut in range(len(whole) - segment.RECORD_HEADER_SIZE, len(whole) + 1):
        path.write_bytes(whole[:cut])
        records, loss, exhausted = read_segment(path)
        assert len(records) == len(PAYLOADS)
        assert (loss.damaged_records, loss.damaged_bytes, exhausted) == (0, 0, True)


def test_an_abandoned_segment_has_no_torn_tail(tmp_path: Path) -> None:
    """A writer that gives a segment up cuts it back to what it had acknowledged."""
    growing = GrowingSegment(tmp_path)
    growing.append([(KIND, b"kept", "shop", 1)])
    with (tmp_path / growing.name).open("ab") as file:
        file.write(b"half a rec")
    growing.abandon()
    records, loss, exhausted = read_segment(tmp_path / growing.name)
    assert [record.payload for record in records] == [b"kept"]
    assert (loss, exhausted) == (NO_LOSS, True)


def test_a_range_that_was_taken_back(tmp_path: Path) -> None:
    """A pending range that the writer cut short is repeated with what is left, and then counts as done."""
    path = left_behind(tmp_path, PAYLOADS)
    reader = SpoolReader(tmp_path)
    before = reader.read(path.name, 0, 1 << 20)
    os.truncate(path, before.records[-1].start)
    again = reader.read_range(before.range)
    assert [record.payload for record in again.records] == PAYLOADS[:-1]
    assert (again.range, again.loss, again.exhausted) == (before.range, NO_LOSS, True)
