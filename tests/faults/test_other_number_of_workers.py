"""A restart with more or fewer receivers than the ones that left their segments behind."""

from __future__ import annotations

from pathlib import Path

from collector.settings import Settings
from tests.faults.between import Between
from tests.faults.sending import assert_once, send, until_loaded
from tests.installation import Installation, running

NUMBERS = (3, 1, 2)


def test_segments_left_behind_are_loaded_by_whoever_comes(
    tmp_path: Path, clickhouse: Settings, between: Between
) -> None:
    """Killed with three receivers and unloaded segments, then with one, then run with two: everything is there once."""
    accepted: set[str] = set()
    for workers in NUMBERS[:-1]:
        installation = Installation(tmp_path, workers=workers, clickhouse=between.url)
        try:
            installation.start()
            between.go_away()
            seen = send(installation, 30)
        finally:
            installation.kill_all()
        assert seen.statuses == {202: 30}
        accepted |= seen.accepted
        between.come_back()
    with running(tmp_path, workers=NUMBERS[-1], clickhouse=between.url) as installation:
        last = send(installation, 5)
        until_loaded(installation)
        assert_once(clickhouse, accepted | last.accepted)
        assert len(list(installation.settings.spool_folder.glob("*.spool"))) <= NUMBERS[-1]
