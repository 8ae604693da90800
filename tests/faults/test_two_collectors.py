"""Two collectors, each with its own spool, receivers and loader, write to one ClickHouse."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from collector.settings import Settings
from collector.warehouse.client import Warehouse
from tests.faults.between import Between
from tests.faults.sending import BATCH, Seen, assert_once, note, send, until_loaded
from tests.installation import Installation, running, touchpoint


def test_the_same_touchpoints_at_both_are_seen_once(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """Started at the same moment on an empty server, fed partly the same: nothing is lost, nothing is seen twice."""
    with Warehouse(clickhouse) as warehouse:
        warehouse.command("DROP DATABASE IF EXISTS klantreis")
    folders = [tmp_path / "one", tmp_path / "other"]
    for folder in folders:
        folder.mkdir()
    same = [[touchpoint(visitor_id="v") for _ in range(BATCH)] for _ in range(20)]

    def collect(folder: Path) -> set[str]:
        with running(folder, clickhouse=between.url) as installation:
            own = send(installation, 20)
            feed(installation, same, own)
            until_loaded(installation)
            assert own.statuses == {202: 40}
            return own.accepted

    with ThreadPoolExecutor(2) as threads:
        one, other = threads.map(collect, folders)
    assert len(one & other) == 20 * BATCH
    assert_once(clickhouse, one | other)


def feed(installation: Installation, batches: list[list[dict[str, object]]], seen: Seen) -> None:
    """Send these batches."""
    for batch in batches:
        note(seen, batch, *installation.send(batch))
