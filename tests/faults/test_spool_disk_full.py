"""The disk of the spool fills up while ClickHouse is away, to the last byte, and nobody makes room by hand."""

from __future__ import annotations

from pathlib import Path

from collector.settings import Settings
from tests.faults.between import Between
from tests.faults.sending import Seen, assert_once, note, send, stored, until_loaded
from tests.installation import Installation, running, touchpoint
from tests.small_disk import small_disk

SMALLER = (4000, 1000, 200, 0)
"""Bytes of filler: what is left of the disk when large ones are refused is filled with smaller ones."""


def fill(installation: Installation) -> Seen:
    """Send ever smaller touchpoints until not even the smallest is taken."""
    seen = Seen()
    for filler in SMALLER:
        refused = 0
        while refused < 3:  # every receiver has its own segment with some room
            one = [touchpoint(properties={"filler": "x" * filler})]
            status, answer = installation.send(one)
            note(seen, one, status, answer)
            refused = refused + 1 if status != 202 else 0
    return seen


def test_a_full_disk_drains_by_itself(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """Senders see 503 with a reason and never a 202 too many; when ClickHouse is back the loader makes room itself."""
    with (
        small_disk(tmp_path / "small", "3m") as small,
        running(tmp_path, clickhouse=between.url, workers=2, data=str(small / "data")) as installation,
    ):
        processes = set(installation.pids("receive")) | set(installation.pids("load"))
        first = send(installation, 5)
        until_loaded(installation)
        between.go_away()
        seen = fill(installation)
        assert seen.statuses.keys() == {202, 503}
        assert installation.get("/readyz")[0] == 503
        between.come_back()
        until_loaded(installation)
        assert set(installation.pids("receive")) | set(installation.pids("load")) == processes, "none was restarted"
        installation.until(lambda: installation.get("/readyz")[0] == 200, "the receivers are ready again")
        after = send(installation, 20)
        until_loaded(installation)
        assert first.statuses + after.statuses == {202: 25}
        assert_once(clickhouse, first.accepted | seen.accepted | after.accepted)
        assert max(stored(clickhouse, seen.refused).values(), default=1) == 1


def test_what_dies_on_a_full_disk_starts_on_it(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """Loader and receivers killed while there is no room come up without any, and everything accepted is loaded."""
    with (
        small_disk(tmp_path / "small", "3m") as small,
        running(tmp_path, clickhouse=between.url, workers=2, data=str(small / "data")) as installation,
    ):
        between.go_away()
        before = fill(installation)
        installation.kill("load", "receive")
        installation.until(lambda: installation.send([])[0], "they answer")
        after = fill(installation)
        assert set(after.statuses) <= {202, 503}
        between.come_back()
        until_loaded(installation)
        installation.until(lambda: installation.send([touchpoint()])[0] == 202, "touchpoints are taken again")
        assert_once(clickhouse, before.accepted | after.accepted)
