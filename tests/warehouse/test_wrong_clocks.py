"""`occurred_at` is corrected where a sender's clock was off, and only then; the key keeps what was sent."""

from __future__ import annotations

from typing import Any

import pytest

from collector.touchpoint import BACK_MS
from collector.warehouse.client import Warehouse
from tests.warehouse.rows import RECEIVED_US, row, store

HOUR_US = 3_600_000_000
YEAR_MS = 31_557_600_000


def stored(warehouse: Warehouse, **fields: Any) -> dict[str, Any]:
    """The times of a touchpoint that occurred ten minutes ago by the sender's clock, unless `fields` say otherwise."""
    given = {"occurred_at": RECEIVED_US // 1000 - 600_000} | fields
    assert store(warehouse).store([row(**given)]) == []
    [found] = warehouse.rows(
        "SELECT toUnixTimestamp64Milli(occurred_at) AS at, toUnixTimestamp64Milli(occurred_at_sent) AS sent,"
        " clock_corrected_ms AS corrected FROM klantreis.touchpoints"
    )
    assert found["sent"] == given["occurred_at"]
    assert found["at"] == found["sent"] + found["corrected"]
    return found


def test_a_right_clock_is_left_alone(warehouse: Warehouse) -> None:
    """Half a minute between sending and receiving is transit, not skew."""
    assert stored(warehouse, _sent_us=RECEIVED_US - 30_000_000)["corrected"] == 0


def test_a_clock_that_is_behind_is_put_forward(warehouse: Warehouse) -> None:
    """An hour behind at sending was an hour behind at the touch."""
    occurred_at = (RECEIVED_US - HOUR_US) // 1000 - 600_000
    assert stored(warehouse, _sent_us=RECEIVED_US - HOUR_US, occurred_at=occurred_at)["corrected"] == 3_600_000


def test_a_clock_that_is_ahead_is_put_back(warehouse: Warehouse) -> None:
    """Ten years ahead too."""
    years = 3650 * 24 * HOUR_US
    found = stored(warehouse, _sent_us=RECEIVED_US + years, occurred_at=(RECEIVED_US + years) // 1000 - 600_000)
    assert found["at"] == RECEIVED_US // 1000 - 600_000


def test_age_beats_the_difference_of_clocks(warehouse: Warehouse) -> None:
    """A clock that was set between touch and sending misleads; the age by a clock that nobody can set does not."""
    found = stored(warehouse, _sent_us=RECEIVED_US - HOUR_US, age_ms=5_000)
    assert found["at"] == RECEIVED_US // 1000 - 5_000


def test_age_is_not_used_where_the_clock_was_right(warehouse: Warehouse) -> None:
    """What was sent stands unless there is a reason."""
    assert stored(warehouse, age_ms=5_000)["corrected"] == 0


def test_without_a_time_of_sending_nothing_is_corrected(warehouse: Warehouse) -> None:
    """A pixel cannot say when it is sent."""
    assert stored(warehouse, _sent_us=None)["corrected"] == 0


@pytest.mark.parametrize("sent_ms", [-(2**53), RECEIVED_US // 1000 - 5 * YEAR_MS, 0])
def test_no_clock_moves_a_touchpoint_past_its_receipt(warehouse: Warehouse, sent_ms: int) -> None:
    """One that says it was sent long before it occurred would lie years ahead, and at last beyond every calendar."""
    assert stored(warehouse, _sent_us=sent_ms * 1000)["at"] == RECEIVED_US // 1000


@pytest.mark.parametrize("moved", [{"_sent_us": 2**53 * 1000}, {"_sent_us": 0, "age_ms": 2**48}])
def test_no_clock_moves_a_touchpoint_back_for_ever(warehouse: Warehouse, moved: dict[str, int]) -> None:
    """Not further than may be sent."""
    assert stored(warehouse, **moved)["at"] == RECEIVED_US // 1000 - BACK_MS
