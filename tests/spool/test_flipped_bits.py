"""A disk gives back other bytes than it was given."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest
from spooling import KIND, flip, left_behind, places, read_segment

from collector.spool import segment
from collector.spool.reader import NO_LOSS, WINDOW_BYTES, Loss, SpoolReader


def test_each_single_bit(tmp_path: Path) -> None:
    """Whichever bit turns over, exactly the record that it is in is lost and counted; all others are read."""
    payloads = [b"a", b"bb\n", segment.MARKER * 3, b"d" * 40]
    path = left_behind(tmp_path, payloads, finished=True)
    whole = path.read_bytes()
    spots = places(path)
    for offset in range(len(whole)):
        hit = [number for number, (start, end) in enumerate(spots) if start <= offset < end]
        for bit in range(8):
            flip(path, offset, 1 << bit)
            records, loss, exhausted = read_segment(path)
            expected = [payload for number, payload in enumerate(payloads) if number not in hit]
            assert [record.payload for record in records] == expected, (offset, bit)
            assert (loss.damaged_records, exhausted) == (len(hit), True), (offset, bit)
            if hit:
                start, end = spots[hit[0]]
                assert loss == Loss(damaged_records=1, damaged_bytes=end - start), (offset, bit)
            flip(path, offset, 1 << bit)


@pytest.mark.parametrize("seed", range(25))
def test_many_bits(tmp_path: Path, seed: int) -> None:
    """Damage in many places: every record without a flipped bit is read, every other one is counted, in any steps."""
    dice = random.Random(seed)
    payloads = [dice.randbytes(dice.choice([1, 30, 600, 9000])) for _ in range(dice.randrange(2, 80))]
    path = left_behind(tmp_path, payloads, finished=True)
    spots = places(path)
    # Distinct bits, so that no flip undoes another.
    bits = {
        (dice.randrange(segment.HEADER_SIZE, spots[-1][1]), dice.randrange(8)) for _ in range(dice.randrange(1, 30))
    }
    for offset, bit in bits:
        flip(path, offset, 1 << bit)
    damaged = {number for number, (start, end) in enumerate(spots) if any(start <= offset < end for offset, _ in bits)}
    for max_bytes in (1, 1000, 1 << 30):
        records, loss, exhausted = read_segment(path, max_bytes)
        assert [record.payload for record in records] == [p for n, p in enumerate(payloads) if n not in damaged]
        assert loss.damaged_records == len(damaged)
        assert loss.damaged_bytes == sum(spots[number][1] - spots[number][0] for number in damaged)
        assert exhausted


def test_damage_in_a_segment_that_still_grows(tmp_path: Path) -> None:
    """Damage is passed as soon as something valid follows it, and what was passed is not counted again."""
    payloads = [b"one", b"two", b"three"]
    path = left_behind(tmp_path, payloads)
    flip(path, places(path)[1][0] + 5)
    with path.open("rb") as writer:
        segment.hold(writer.fileno())
        reader = SpoolReader(tmp_path)
        batch = reader.read(path.name, 0, 1 << 20)
        assert [record.payload for record in batch.records] == [b"one", b"three"]
        assert (batch.loss.damaged_records, batch.final) == (1, False)
        assert reader.read(path.name, batch.end, 1 << 20).loss == NO_LOSS


def test_a_damaged_head_at_the_end_of_a_segment_that_still_grows(tmp_path: Path) -> None:
    """Nothing valid follows yet, so reading waits; once the writer is gone it is counted."""
    path = left_behind(tmp_path, [b"one", b"two" * 50])
    start = places(path)[1][0]
    flip(path, start)
    with path.open("rb") as writer:
        segment.hold(writer.fileno())
        batch = SpoolReader(tmp_path).read(path.name, 0, 1 << 20)
        assert (batch.end, batch.loss, batch.exhausted) == (start, NO_LOSS, False)
    batch = SpoolReader(tmp_path).read(path.name, start, 1 << 20)
    assert (batch.records, batch.loss.damaged_records, batch.exhausted) == ([], 1, True)


def test_a_record_hidden_in_a_payload(tmp_path: Path) -> None:
    """A sender who puts whole records into a payload cannot have them read, even where the record around is damaged."""
    salt = 0x12345678
    foreign = b"".join(segment.frame(salt, 1, segment.now_us(), KIND, b"forged"))
    path = left_behind(tmp_path, [b"zero", foreign * 3, b"two"])
    own = path.read_bytes()[slice(*places(path)[0])]  # of this very segment, salt and all, but a number that was
    path = left_behind(tmp_path, [b"zero", foreign + own, b"two"])
    content = path.read_bytes()
    start, end = places(path)[1]
    assert foreign in content[start:end]
    flip(path, start)
    records, loss, _ = read_segment(path)
    assert [record.payload for record in records] == [b"zero", b"two"]
    assert loss == Loss(damaged_records=1, damaged_bytes=end - start)


def test_a_copy_of_an_earlier_record_in_a_payload(tmp_path: Path) -> None:
    """Bytes that lay earlier in the same segment carry an earlier number, and are not read a second time."""
    header = segment.new_header()
    first = b"".join(segment.frame(header.salt, 0, 1, KIND, b"zero"))
    around = b"".join(segment.frame(header.salt, 1, 1, KIND, first))
    last = b"".join(segment.frame(header.salt, 2, 1, KIND, b"two"))
    path = tmp_path / segment.name_of(header)
    path.write_bytes(segment.encode_header(header) + first + around + last)
    flip(path, segment.HEADER_SIZE + len(first))
    records, loss, _ = read_segment(path)
    assert [record.payload for record in records] == [b"zero", b"two"]
    assert loss == Loss(damaged_records=1, damaged_bytes=len(around))


@pytest.mark.parametrize("shift", range(-6, 3))
def test_a_marker_across_two_windows(tmp_path: Path, shift: int) -> None:
    """The next record is found wherever its marker lies in the windows in which it is searched."""
    large = b"x" * (WINDOW_BYTES + 1 - segment.RECORD_HEADER_SIZE + shift)
    path = left_behind(tmp_path, [large, b"next", b"last"], finished=True)
    flip(path, segment.HEADER_SIZE + 1)
    records, loss, exhausted = read_segment(path)
    assert [record.payload for record in records] == [b"next", b"last"]
    assert (loss.damaged_records, exhausted) == (1, True)


def test_a_damaged_head_of_the_segment(tmp_path: Path) -> None:
    """The name repeats what is needed, so a segment whose header is gone loses no record."""
    path = left_behind(tmp_path, [b"one", b"two"], finished=True)
    content = path.read_bytes()
    path.write_bytes(b"\0" * segment.HEADER_SIZE + content[segment.HEADER_SIZE :])
    records, loss, exhausted = read_segment(path)
    assert [record.payload for record in records] == [b"one", b"two"]
    assert (loss, exhausted) == (Loss(damaged_bytes=segment.HEADER_SIZE), True)


def test_a_renamed_segment(tmp_path: Path) -> None:
    """The header repeats what the name says; only name and header gone together make a segment unreadable."""
    path = left_behind(tmp_path, [b"one", b"two"], finished=True)
    renamed = path.rename(tmp_path / "restored.spool")
    records, loss, _ = read_segment(renamed)
    assert ([record.payload for record in records], loss) == ([b"one", b"two"], NO_LOSS)
    flip(renamed, 3)
    records, loss, exhausted = read_segment(renamed)
    assert (records, loss.damaged_records, exhausted) == ([], 1, True)
    assert loss.damaged_bytes == renamed.stat().st_size


def test_damage_right_before_a_torn_tail(tmp_path: Path) -> None:
    """The damaged record is counted by the number of the torn one, and the torn one is not counted as damaged."""
    path = left_behind(tmp_path, [b"one", b"two", b"three", b"torn" * 50])
    spots = places(path)
    os.truncate(path, spots[3][1] - 1)
    flip(path, spots[1][0])
    flip(path, spots[2][0])
    records, loss, exhausted = read_segment(path)
    assert [record.payload for record in records] == [b"one"]
    assert loss == Loss(2, spots[3][0] - spots[1][0], spots[3][1] - 1 - spots[3][0])
    assert exhausted


def test_a_hole_in_the_file(tmp_path: Path) -> None:
    """Records that are missing altogether are counted by the numbers of those around them."""
    path = left_behind(tmp_path, [b"%d" % number for number in range(10)], finished=True)
    content, spots = path.read_bytes(), places(path)
    path.write_bytes(content[: spots[3][0]] + content[spots[7][0] :])
    records, loss, _ = read_segment(path)
    assert [record.payload for record in records] == [b"0", b"1", b"2", b"7", b"8", b"9"]
    assert loss.damaged_records == 4
