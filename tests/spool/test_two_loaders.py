"""Two loaders are started on one spool."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from collector.errors import SpoolTaken
from collector.spool.progress import Progress

HOLD = """
import sys
from pathlib import Path
from collector.spool.progress import Progress
progress = Progress(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_second_is_told_about_the_first(tmp_path: Path) -> None:
    """The second loader is refused with the first one's process number; when that is killed, it may."""
    arguments = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as first:
        assert first.stdout
        assert first.stdout.readline() == b"held\n"
        with pytest.raises(SpoolTaken, match=rf"process {first.pid} on .*one loader"):
            Progress(tmp_path)
        first.kill()
    with Progress(tmp_path), pytest.raises(SpoolTaken, match=f"process {os.getpid()} "):
        Progress(tmp_path)
    Progress(tmp_path).close()
