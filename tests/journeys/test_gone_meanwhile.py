"""What is gathered for a batch lies in memory: a ClickHouse that starts anew in between costs nobody a step."""

from __future__ import annotations

import pytest

from collector.errors import WarehouseError
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
