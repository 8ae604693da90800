"""A month of the demo, made once for all tests that look at it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from collector.demo.delivery import Delivery
from collector.demo.journeys import journeys
from tests.demo.month import Month

END = datetime(2026, 4, 15, 12, tzinfo=timezone.utc)
"""The month before it has the last Sunday of March in it, on which Dutch clocks change."""


@pytest.fixture(scope="session")
def month() -> Month:
    """1,500 people in 30 days."""
    start = END - timedelta(days=30)
    deliveries: list[Delivery] = list(journeys(1, 1500, start, END))
    return Month(start, END, deliveries)
