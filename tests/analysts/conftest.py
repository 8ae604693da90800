"""The demo's month, once for everything on the analysts' page and in the notebook."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.settings import Settings
from tests.analysts import month
from tests.conftest import embedded_clickhouse


@pytest.fixture(scope="session")
def demo_month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A warehouse with it, which the reader of the page may log in to. Read only, please: it is for all."""
    with embedded_clickhouse(tmp_path_factory.mktemp("month"), CLICKHOUSE_READERS=month.READER) as settings:
        month.fill(settings)
        yield settings
