"""What the tests of the Java SDK share: its build, and one whole collector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from collector.settings import Settings
from tests.android.built import CannotBuildError, maven
from tests.installation import Installation
from tests.store.collector import collecting


@pytest.fixture(scope="session")
def maven_says() -> str:
    """What Maven printed when it built and tested the core; skipped where this machine cannot."""
    try:
        return maven("-pl", "core", "test")
    except CannotBuildError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def collector(tmp_path_factory: pytest.TempPathFactory, clickhouse: Settings) -> Iterator[tuple[Installation, str]]:
    """A collector that loads into the tests' ClickHouse, with a secret key of the site `shop`."""
    with collecting(tmp_path_factory.mktemp("collector"), clickhouse) as running:
        yield running
