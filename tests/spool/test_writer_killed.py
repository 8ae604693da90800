"""A receiver is killed while it writes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from spooling import KIND, drain, read_segment

from collector.spool import segment
from collector.spool.growing import GrowingSegment
from collector.spool.reader import NO_LOSS, SpoolReader

PROGRAM = Path(__file__).with_name("appending.py")


def receiver(
    folder: Path, name: str, told: Path, *, senders: int, count: int, segment_bytes: int
) -> subprocess.Popen[bytes]:
    """Starts a process that appends; what it acknowledges goes into the file `told`."""
    arguments = [str(folder), name, str(senders), str(count), str(segment_bytes)]
    with told.open("wb") as out:
        return subprocess.Popen([sys.executable, str(PROGRAM), *arguments], stdout=out)


def acknowledged(told: Path) -> set[bytes]:
    """What a process said was on disk; a last line that is cut off counts: its write was under way."""
    return set(told.read_bytes().split(b"\n")) - {b""}


def wait_for(told: Path, lines: int) -> None:
    """Until a process has acknowledged so many records."""
    deadline = time.monotonic() + 120
    while told.read_bytes().count(b"\n") < lines:
        assert time.monotonic() < deadline, "the writer acknowledges nothing"
        time.sleep(0.005)


@pytest.mark.parametrize("seed", range(5))
def test_every_acknowledged_record_is_there(tmp_path: Path, seed: int) -> None:
    """After kill -9 at any moment the loader takes over at once, and finds each acknowledged record exactly once."""
    dice = random.Random(seed)
    folder, told = tmp_path / "spool", tmp_path / "told"
    process = receiver(folder, "r", told, senders=dice.choice([1, 8, 64]), count=0, segment_bytes=100_000)
    try:
        wait_for(told, dice.randrange(1, 2000))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    found = [payload.split(b" ")[0] for payload in drain(folder)]
    assert len(found) == len(set(found))
    assert acknowledged(told) <= set(found)
    assert not list(folder.glob("*.spool")), "segments of a dead writer are final and can be deleted"


def test_reading_while_it_writes_and_dies(tmp_path: Path) -> None:
    """A loader that empties the spool all the while gets each record once, whatever it sees of unfinished groups."""
    folder, told = tmp_path / "spool", tmp_path / "told"
    process = receiver(folder, "r", told, senders=32, count=0, segment_bytes=50_000)
    found = []
    try:
        wait_for(told, 1)
        until = time.monotonic() + 1.0
        while time.monotonic() < until or len(found) <= 100:
            found += drain(folder, max_bytes=20_000, loads=3)
    finally:
        process.kill()
        process.wait()
    found += drain(folder)
    names = [payload.split(b" ")[0] for payload in found]
    assert len(names) == len(set(names))
    assert acknowledged(told) <= set(names)
    assert len(names) > 100


def test_a_living_writer_keeps_its_segment(tmp_path: Path) -> None:
    """As long as the writer lives, even if it is stopped, its segment is not final and not deleted."""
    folder, told = tmp_path / "spool", tmp_path / "told"
    process = receiver(folder, "r", told, senders=4, count=0, segment_bytes=1 << 30)
    try:
        wait_for(told, 20)
        process.send_signal(signal.SIGSTOP)
        time.sleep(0.05)
        assert len(drain(folder)) >= 20
        (name,) = SpoolReader(folder).segments()
        assert not SpoolReader(folder).read(name, 0, 1 << 30).final
        process.send_signal(signal.SIGCONT)
        wait_for(told, told.read_bytes().count(b"\n") + 20)
    finally:
        process.kill()
        process.wait()
    assert drain(folder)
    assert not list(folder.glob("*.spool"))


def test_killed_between_making_and_naming_a_segment(tmp_path: Path) -> None:
    """A segment that never got its name is no segment; it is removed when it is certain that nobody makes it."""
    growing = GrowingSegment(tmp_path)
    growing.append([(KIND, b"kept", "shop", 1)])
    young, old = tmp_path / "young.spool.new", tmp_path / "old.spool.new"
    for path in (young, old):
        path.write_bytes(segment.encode_header(segment.new_header()))
    long_ago = time.time() - 3600
    os.utime(old, (long_ago, long_ago))
    assert drain(tmp_path) == [b"kept"]
    assert young.exists()
    assert not old.exists()
    growing.finish()
    assert read_segment(tmp_path / growing.name)[1:] == (NO_LOSS, True)
