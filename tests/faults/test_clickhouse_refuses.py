"""ClickHouse answers, and does not take what it is given."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from collector.settings import Settings
from collector.warehouse.client import Warehouse
from tests.faults.between import Between
from tests.faults.sending import BATCH, assert_once, note, send, stored, until_loaded
from tests.installation import running, touchpoint

FORBIDDEN = "ALTER TABLE klantreis.touchpoints_stored ADD CONSTRAINT no_gossip CHECK type != 'gossip'"
ALLOWED = "ALTER TABLE klantreis.touchpoints_stored DROP CONSTRAINT IF EXISTS no_gossip"


def test_a_read_only_server_is_waited_for(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """Who may not write is told 202 to every sender, blames no touchpoint, and goes on as soon as it may."""
    with running(tmp_path, clickhouse=between.url) as installation:
        between.read_only = True
        seen = send(installation, 40)
        refused = between.inserts + 7  # more often than an error that is not understood would be put up with
        installation.until(lambda: between.inserts >= refused, "the loader tries again and again")
        assert "in readonly mode" in installation.tail()
        assert stored(clickhouse, seen.accepted) == Counter()
        between.read_only = False
        until_loaded(installation)
        assert seen.statuses == {202: 40}
        assert_once(clickhouse, seen.accepted)


@pytest.mark.parametrize("place", [0, BATCH // 2, BATCH - 1])
def test_a_refused_row_costs_no_other(tmp_path: Path, clickhouse: Settings, between: Between, place: int) -> None:
    """Of what ClickHouse refuses for its own sake the words are in `rejected`; all neighbours are loaded once."""
    with running(tmp_path, clickhouse=between.url) as installation, Warehouse(clickhouse) as warehouse:
        warehouse.command(FORBIDDEN)
        try:
            between.go_away()  # so that all of it is one range
            seen = send(installation, 20)
            mixed = [touchpoint("gossip" if index == place else "page_view") for index in range(BATCH)]
            note(seen, mixed, *installation.send(mixed))
            note(seen, last := [touchpoint() for _ in range(BATCH)], *installation.send(last))
            between.come_back()
            until_loaded(installation)
        finally:
            warehouse.command(ALLOWED)
        assert seen.statuses == {202: 22}
        bad = mixed[place]["id"]
        assert_once(clickhouse, seen.accepted - {bad})
        assert stored(clickhouse, {bad}) == Counter()
        [kept] = warehouse.rows("SELECT reason, detail FROM klantreis.rejected WHERE id = {id:String}", {"id": bad})
        assert kept["reason"] == "unloadable" and "no_gossip" in kept["detail"]
