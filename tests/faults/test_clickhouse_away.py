"""ClickHouse cannot be reached, breaks off, or answers late."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from collector import settings
from collector.errors import SettingsError
from collector.settings import Settings
from tests.faults.between import Between
from tests.faults.sending import assert_once, send, stored, until_loaded
from tests.installation import running

CONNECTED_WITHIN_S = 5
"""In which clickhouse-connect wants a connection unless told otherwise; urllib3 uses it for sending too."""


def test_a_closed_port_costs_no_sender_anything(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """While ClickHouse is away every request is answered 202; when it is back, everything is there once."""
    with running(tmp_path, clickhouse=between.url) as installation:
        seen = send(installation, 10)
        until_loaded(installation)
        between.go_away()
        away = send(installation, 60)
        assert stored(clickhouse, away.accepted) == Counter()
        installation.until(lambda: "they wait in the spool" in installation.tail(), "the loader says so")
        assert "query_id" not in installation.tail(), "what differs each time makes a line of the log each time"
        between.come_back()
        until_loaded(installation)
        assert seen.statuses + away.statuses == {202: 70}
        assert_once(clickhouse, seen.accepted | away.accepted)


def test_lost_answers_of_inserts_double_nothing(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """What was stored although its answer was lost is stored again, and seen once."""
    with running(tmp_path, clickhouse=between.url) as installation:
        between.answers_to_lose = 3
        seen = send(installation, 40)
        until_loaded(installation)
        assert between.answers_to_lose == 0
        assert seen.statuses == {202: 40}
        assert_once(clickhouse, seen.accepted)


def test_late_answers_only_take_time(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """A ClickHouse that answers later than the loader waits is asked again, and again, and doubles nothing."""
    with running(tmp_path, clickhouse=between.url, clickhouse_timeout_s="1") as installation:
        between.insert_delay_s = 2.0
        seen = send(installation, 40)
        installation.until(lambda: between.inserts >= 2, "the loader tries again")
        assert seen.statuses == {202: 40}
        between.delay_s, between.insert_delay_s = 0.1, 0.0
        until_loaded(installation)
        assert_once(clickhouse, seen.accepted)


def test_a_slow_way_there_only_takes_time(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """An insert whose body takes longer to send than a connection may take to open is sent once, and waited for."""
    with running(tmp_path, clickhouse=between.url) as installation:
        between.go_away()  # so that all of it is one large insert
        seen = send(installation, 400, properties={"filler": "x" * 8000})
        between.read_delay_s = CONNECTED_WITHIN_S + 1
        between.come_back()
        until_loaded(installation)
        assert seen.statuses == {202: 400}
        assert between.slow == 1
        assert_once(clickhouse, seen.accepted)


def test_no_patience_at_all_is_refused() -> None:
    """Less than a second of patience would be rounded to none, and no statement would ever be sent."""
    with pytest.raises(SettingsError, match="clickhouse_timeout_s"):
        settings.load({"clickhouse_timeout_s": 0.5})
