"""The disk of ClickHouse fills up, while the spool has a disk of its own with room."""

from __future__ import annotations

import os
import re
from pathlib import Path

from collector.warehouse.store import DOUBTS
from tests.faults.sending import assert_once, send, until_loaded
from tests.installation import Installation, running
from tests.small_disk import small_disk

DISK = "64m"


def fill(disk: Path) -> Path:
    """Take every byte that is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12):
            try:
                while file.write(os.urandom(size)) == size:
                    pass
            except OSError:
                continue
    return ballast


def failed_loads(installation: Installation) -> int:
    """How often the loader could not store a range."""
    _, text = installation.get("/metrics", installation.console_url)
    found = re.search(rb'^klantreis_load_failures_total{why="away"} (\d+)', text, re.MULTILINE)
    return int(found[1]) if found else 0  # the console may be slow to answer


def test_a_full_disk_is_waited_for(tmp_path: Path) -> None:
    """Every sender gets its 202, no touchpoint is blamed, and all are there once as soon as there is room again."""
    (tmp_path / "data").mkdir(mode=0o700)
    installation = Installation(tmp_path)
    with small_disk(tmp_path / "data" / "clickhouse", DISK) as disk, running(tmp_path, installation):
        seen = send(installation, 5)
        until_loaded(installation)
        ballast = fill(disk)
        send(installation, 200, seen=seen)
        installation.until(lambda: "NOT_ENOUGH_SPACE" in installation.tail(), "the loader meets the full disk")
        installation.until(lambda: failed_loads(installation) > DOUBTS, "the loader tries again and again")
        ballast.unlink()
        until_loaded(installation)
        assert seen.statuses == {202: 205}
        assert_once(installation.settings, seen.accepted)
