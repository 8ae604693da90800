"""A warehouse for journeys: the one of the test run, with limits for hubs that small worlds reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.settings import Settings
from tests.journeys.settling import Journeys


@pytest.fixture(scope="session")
def journeys(clickhouse: Settings) -> Iterator[Journeys]:
    """Ready to load and settle."""
    chosen = clickhouse.model_copy(update={"identity_hub_people": 3, "identity_hub_devices": 4})
    made = Journeys(chosen)
    yield made
    made.warehouse.close()
