"""The promise behind every 202, as the kernel sees it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).with_name("appending.py")
CALLS = "openat,open,rename,renameat,renameat2,fsync,fdatasync,write,writev,pwrite64,pwritev,pwritev2,sendto,sendmsg"


@pytest.fixture(scope="module")
def strace() -> str:
    """The path of strace, installed where that is possible; CI must have it."""
    found = shutil.which("strace")
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "install", "-y", "-qq", "strace"], capture_output=True, check=False)
        found = shutil.which("strace")
    works = (
        found and subprocess.run([found, "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0
    )
    if not works:
        why = "strace is missing or may not trace here: apt-get install strace"
        pytest.fail(why) if os.environ.get("CI") else pytest.skip(why)
    assert found
    return found


@pytest.fixture(scope="module")
def trace(strace: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """System calls of a process that acknowledged 60 records, 20 senders at a time, in the order they ended."""
    top = tmp_path_factory.mktemp("trace")
    command = [sys.executable, str(PROGRAM), str(top / "spool"), "r", "20", "60", "4000"]
    log = top / "log"
    run = subprocess.run(
        [strace, "-f", "-qq", "-s", "200000", "-e", f"trace={CALLS}", "-o", str(log), *command],
        capture_output=True,
        check=True,
    )
    assert len(run.stdout.splitlines()) == 60
    return _as_they_ended(log.read_text(encoding="ascii", errors="replace").splitlines())


def _as_they_ended(lines: list[str]) -> list[str]:
    """Calls that another thread interrupted in the log, joined, at the place where they returned."""
    begun: dict[str, str] = {}
    whole = []
    for line in lines:
        pid, _, rest = line.partition(" ")
        rest = rest.lstrip()
        if rest.endswith("<unfinished ...>"):
            begun[pid] = rest.removesuffix("<unfinished ...>").rstrip()
        elif resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", rest):
            whole.append(begun.pop(pid) + resumed.group(1))
        else:
            whole.append(rest)
    return whole


def test_written_then_synced_then_acknowledged(trace: list[str]) -> None:
    """Each record's bytes are written, then its file is synced with success, and only then is it acknowledged."""
    in_file: dict[str, str] = {}  # record → descriptor it was written to
    synced: set[str] = set()
    acknowledged = []
    for call in trace:
        if told := re.match(r'write\(1, "(r-\d+-\d+)\\n"', call):
            acknowledged.append(told.group(1))
            assert told.group(1) in synced, f"{told.group(1)} was acknowledged before it was on disk"
        elif written := re.match(r'p?write(?:v|64)?\((\d+), .*"', call):
            for name in re.findall(r"r-\d+-\d+(?= )", call):
                in_file[name] = written.group(1)
        elif sync := re.match(r"f(?:data)?sync\((\d+)\)\s*= 0$", call):
            synced |= {name for name, handle in in_file.items() if handle == sync.group(1)}
    assert len(set(acknowledged)) == 60


def test_a_segment_is_on_disk_before_its_first_record(trace: list[str]) -> None:
    """A new segment's header is synced, then it gets its name, then the folder is synced, then records follow."""
    begun = [at for at, call in enumerate(trace) if re.match(r'openat\(.*\.spool\.new", .*O_EXCL', call)]
    assert len(begun) > 2, "several segments were begun"
    for at in begun:
        handle = trace[at].rsplit("= ", 1)[1]
        steps = [
            rf"write\({handle}, .*KLSPOOL",
            rf"fsync\({handle}\)\s*= 0",
            r"rename.*\.spool\.new.*= 0",
            r"openat\(.*O_DIRECTORY",
            r"fsync\(\d+\)\s*= 0",
            rf"write\({handle}, .*r-\d",
        ]
        rest = [call for call in trace[at + 1 :] if not call.startswith("write(1,")]
        for step in steps:
            found = next((place for place, call in enumerate(rest) if re.match(step, call)), None)
            assert found is not None, step
            rest = rest[found + 1 :]


def test_no_answer_costs_a_sync_of_its_own(trace: list[str]) -> None:
    """Records that wait together are synced together."""
    syncs = sum(bool(re.match(r"fdatasync\(\d+\)\s*= 0$", call)) for call in trace)
    assert 3 <= syncs < 60
