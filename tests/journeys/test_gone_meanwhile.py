"""What is gathered for a batch lies in memory: a ClickHouse that starts anew in between costs nobody a step."""

from __future__ import annotations

import pytest

from collector.errors import SettlerBusy, WarehouseError
from collector.journeys.settle import Settlement
from tests.journeys.settling import Journeys
from tests.journeys.test_undone import touchpoint

SITE = "gone-meanwhile"


def test_a_batch_whose_touchpoints_are_gone_is_settled_again(
    journeys: Journeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settling fails instead of taking nothing for everything; the next settlement does what that one took."""
    gather = Settlement._gather

    def gather_and_start_anew(self: Settlement, sql: str) -> int:
        rows = gather(self, sql)
        # This is what a table in memory has after a start.
        journeys.warehouse.command("TRUNCATE TABLE klantreis.settling_touchpoints")
        return rows

    journeys.load([(SITE, [touchpoint(day, visitor_id="device-1") for day in range(3)])])
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Settlement, "_gather", gather_and_start_anew)
        with pytest.raises(WarehouseError, match="the touchpoints that were gathered are gone"):
            journeys.settle()
    assert not journeys.steps(SITE)
    journeys.settle()
    assert sorted(int(row["step"]) for row in journeys.steps(SITE).values()) == [1, 2, 3]


def test_a_settler_that_stood_still_takes_nobody_from_the_next(
    journeys: Journeys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After its last batch another one takes the turn and new people; they are not forgotten."""
    settle_batch = Settlement._settle_batch

    def settle_and_stand_still(self: Settlement) -> None:
        settle_batch(self)
        journeys.load([(SITE, [touchpoint(9, visitor_id="device-9")])])
        turn = self._turn.number + 1
        journeys.warehouse.command(f"INSERT INTO klantreis.settlers (turn, settler) VALUES ({turn}, 'another')")
        # As that one takes them.
        journeys.warehouse.command("INSERT INTO klantreis.settling SELECT * FROM klantreis.changed")
        journeys.warehouse.command("TRUNCATE TABLE klantreis.changed")

    journeys.load([(SITE, [touchpoint(8, visitor_id="device-8")])])
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(Settlement, "_settle_batch", settle_and_stand_still)
        with pytest.raises(SettlerBusy):
            journeys.settle()
    journeys.settle()
    assert {"device-8", "device-9"} <= {row["visitor_id"] for row in journeys.steps(SITE).values()}
