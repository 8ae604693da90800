"""ClickHouse answers, and does not take what it is given."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.store import DOUBTS
from tests.faults.between import Between
from tests.faults.sending import BATCH, Seen, assert_once, note, send, stored, until_loaded
from tests.installation import running, touchpoint

FORBIDDEN = "ALTER TABLE klantreis.touchpoints_stored ADD CONSTRAINT no_gossip CHECK type != 'gossip'"
ALLOWED = "ALTER TABLE klantreis.touchpoints_stored DROP CONSTRAINT IF EXISTS no_gossip"


def test_a_read_only_server_is_waited_for(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """Who may not write is told 202 to every sender, blames no touchpoint, and goes on as soon as it may."""
    with running(tmp_path, clickhouse=between.url) as installation:
        between.read_only = True
        seen = send(installation, 40)
        # More often than an error that is not understood would be put up with.
        installation.until(lambda: between.refused > DOUBTS + 1, "the loader tries again and again")
        assert "in readonly mode" in installation.tail()
        assert stored(clickhouse, seen.accepted) == Counter()
        between.read_only = False
        until_loaded(installation)
        assert seen.statuses == {202: 40}
        assert_once(clickhouse, seen.accepted)


def test_a_refused_row_costs_no_other(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """Of what ClickHouse refuses for its own sake the words are in `rejected`; all neighbours are loaded once."""
    with running(tmp_path, clickhouse=between.url) as installation, Warehouse(clickhouse) as warehouse:
        warehouse.command(FORBIDDEN)
        seen, bad = Seen(), set[str]()
        try:
            between.go_away()  # so that all of it is one range
            for place in (0, BATCH // 2, BATCH - 1):
                send(installation, 10, seen=seen)
                mixed = [touchpoint("gossip" if index == place else "page_view") for index in range(BATCH)]
                note(seen, mixed, *installation.send(mixed))
                bad.add(mixed[place]["id"])
            between.come_back()
            until_loaded(installation)
        finally:
            warehouse.command(ALLOWED)
        assert seen.statuses == {202: 33}
        assert_once(clickhouse, seen.accepted - bad)
        assert stored(clickhouse, bad) == Counter()
        kept = warehouse.rows(
            "SELECT id, reason, detail FROM klantreis.rejected WHERE has({ids:Array(String)}, id)", {"ids": sorted(bad)}
        )
        assert {row["id"] for row in kept} == bad
        assert all(row["reason"] == "unloadable" and "no_gossip" in row["detail"] for row in kept)
