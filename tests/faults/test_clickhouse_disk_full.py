"""The disk under ClickHouse fills up, to where some inserts still fit and others do not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from collector import settings
from collector.settings import Settings
from collector.warehouse.embedded.watch import is_alive
from tests.faults.sending import assert_once, send, until_loaded
from tests.installation import free_ports, running
from tests.small_disk import grow, small_disk

STARTED_WITHIN_S = 60.0


@contextmanager
def clickhouse_on(data: Path, home: Path) -> Iterator[Settings]:
    """A ClickHouse of this test alone, with its data in `data`."""
    [port] = free_ports(1)
    variables = {"KLANTREIS_DATA": str(data), "KLANTREIS_CLICKHOUSE_PORT": str(port), "KLANTREIS_DEMO": "true"}
    chosen = settings.load({"data": data, "clickhouse_port": port, "demo": True})
    with (home / "clickhouse.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "collector.warehouse.embedded"],
            env={**os.environ, **variables, "KLANTREIS_CONFIG": os.devnull},
            stdout=log,
            stderr=log,
        )
    try:
        until = time.monotonic() + STARTED_WITHIN_S
        while not is_alive(f"http://127.0.0.1:{port}", 5, chosen):
            assert process.poll() is None and time.monotonic() < until, (home / "clickhouse.log").read_text("utf-8")
            time.sleep(0.1)
        yield chosen
    finally:
        process.kill()
        process.wait()


def test_a_full_disk_blames_no_touchpoint(tmp_path: Path) -> None:
    """Senders see 202 all the time, no good touchpoint ends in `rejected`, and with more room everything is loaded."""
    with (
        small_disk(tmp_path / "small", "12m") as small,
        clickhouse_on(small, tmp_path) as clickhouse,
        running(tmp_path, clickhouse=f"http://127.0.0.1:{clickhouse.clickhouse_port}") as installation,
    ):
        filler = {"noise": os.urandom(7000).hex()}
        seen = send(installation, 5)
        until_loaded(installation)
        room = os.statvfs(small)
        (small / "somebody-elses").write_bytes(b"x" * max(0, room.f_bavail * room.f_frsize - 200_000))
        for _ in range(4):
            send(installation, 20, seen=seen, properties=filler)
        installation.until(lambda: "NOT_ENOUGH_SPACE" in installation.tail(), "it is full")
        send(installation, 5, seen=seen)
        grow(small, "200m")
        until_loaded(installation)
        assert seen.statuses == {202: 90}
        assert_once(clickhouse, seen.accepted)
