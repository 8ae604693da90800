"""Clocks that jump by ten years: of the collector's processes while they run, and of senders."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from collector.settings import Settings
from collector.warehouse.client import Warehouse
from tests.chaos.orders import Orders
from tests.faults.between import Between
from tests.faults.sending import BATCH, assert_once, send, stored, until_loaded
from tests.installation import Installation, running, touchpoint

TEN_YEARS_S = 3652 * 86_400
AHEAD, BEHIND = TEN_YEARS_S, -TEN_YEARS_S


@pytest.mark.parametrize("off", [AHEAD, BEHIND], ids=["ahead", "behind"])
def test_a_collector_whose_clock_jumps(tmp_path: Path, clickhouse: Settings, between: Between, off: int) -> None:
    """Forth and back, of receivers and loader: what is accepted meanwhile is there once, also what was there before.

    To a receiver ten years behind, touchpoints of today are of an impossible future, and their senders are told.
    """
    orders = Orders(tmp_path / "chaos")
    with running(tmp_path, clickhouse=between.url, variables=orders.variables) as installation:
        again = [touchpoint(visitor_id="v")]
        assert send_at(installation, again, time.time())[0] == 202
        seen = send(installation, 5)
        for role in ("load", "receive"):
            orders.shift_clock(role, off)
        meanwhile = send(installation, 10)
        assert send_at(installation, again, time.time())[0] == 202
        for role in ("load", "receive"):
            orders.shift_clock(role, 0)
        send(installation, 5, seen=seen)
        until_loaded(installation)
        assert (seen.statuses + meanwhile.statuses) == {202: 20}
        assert_once(clickhouse, seen.accepted | meanwhile.accepted)
        assert stored(clickhouse, {again[0]["id"]}) == {again[0]["id"]: 1}
        assert len(meanwhile.refused) == (0 if off == AHEAD else 10 * BATCH)
        assert stored(clickhouse, meanwhile.refused) == {}


def test_a_sender_whose_clock_is_behind(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """By ten years: what it sends is accepted, put at the time at which it was sent, and the same when sent again."""
    with running(tmp_path, clickhouse=between.url) as installation:
        its_now = time.time() + BEHIND
        sent = [touchpoint(visitor_id="v", occurred_at=int(its_now * 1000) - 1000) for _ in range(5)]
        assert send_at(installation, sent, its_now) == (202, {"accepted": 5, "rejected": []})
        send_at(installation, sent, time.time())
        until_loaded(installation)
        ids = {one["id"] for one in sent}
        assert stored(clickhouse, ids) == dict.fromkeys(ids, 1)
        with Warehouse(clickhouse) as warehouse:
            [found] = warehouse.rows(
                "SELECT max(abs(dateDiff('second', occurred_at, received_at))) AS off FROM klantreis.touchpoints"
                " WHERE has({ids:Array(String)}, toString(id))",
                {"ids": sorted(ids)},
            )
        assert found["off"] < 3_600


def send_at(installation: Installation, touchpoints: list[dict[str, Any]], when: float) -> tuple[int, dict[str, Any]]:
    """Send with the sender's own time of sending, in seconds."""
    return installation.send(touchpoints, sent_at=int(when * 1000))
