"""A ClickHouse that can be disturbed, for collectors that are told where it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.settings import Settings
from tests.faults.between import Between


@pytest.fixture
def between(clickhouse: Settings) -> Iterator[Between]:
    """A proxy before the ClickHouse of this test run, faultless at first."""
    proxy = Between(clickhouse.clickhouse_port)
    yield proxy
    proxy.go_away()
