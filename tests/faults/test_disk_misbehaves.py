"""The spool's disk is slow, or fails once to keep what it was given."""

from __future__ import annotations

from pathlib import Path

from collector.settings import Settings
from tests.chaos.orders import Orders
from tests.faults.between import Between
from tests.faults.sending import BATCH, Seen, assert_once, note, send, stored, until_loaded
from tests.installation import running, touchpoint


def test_slow_syncs_only_take_time(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """With 200 ms for each sync of receiver and loader every request is answered 202 and everything loaded once."""
    orders = Orders(tmp_path / "chaos")
    with running(tmp_path, clickhouse=between.url, variables=orders.variables) as installation:
        orders.slow_syncs("receive", 0.2)
        orders.slow_syncs("load", 0.2)
        seen = send(installation, 60, at_once=10)
        until_loaded(installation)
        assert seen.statuses == {202: 60}
        assert_once(clickhouse, seen.accepted)


def test_a_failed_sync_is_never_answered_202(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """The senders of the group hear 503 with Retry-After, send again and are accepted; nobody starts anything again."""
    orders = Orders(tmp_path / "chaos")
    with running(tmp_path, clickhouse=between.url, variables=orders.variables) as installation:
        receivers = installation.pids("receive")
        before = send(installation, 5)
        orders.fail_syncs("receive", 1)
        batch = [touchpoint() for _ in range(BATCH)]
        seen = Seen()
        note(seen, batch, *installation.send(batch))
        assert seen.statuses == {503: 1}
        note(seen, batch, *installation.send(batch))
        assert seen.statuses == {503: 1, 202: 1}
        after = send(installation, 5)
        until_loaded(installation)
        assert before.statuses + after.statuses == {202: 10}
        assert_once(clickhouse, before.accepted | seen.accepted | after.accepted)
        assert installation.pids("receive") == receivers


def test_a_loader_whose_notes_fail_goes_on(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """A range that could not be noted is not inserted before it is, nor lost: the loader tries again."""
    orders = Orders(tmp_path / "chaos")
    with running(tmp_path, clickhouse=between.url, variables=orders.variables) as installation:
        loaders = installation.pids("load")
        orders.fail_syncs("load", 3)
        seen = send(installation, 20)
        until_loaded(installation)
        assert seen.statuses == {202: 20}
        assert_once(clickhouse, seen.accepted)
        assert installation.pids("load") == loaders
        assert stored(clickhouse, seen.accepted, "rejected") == {}
