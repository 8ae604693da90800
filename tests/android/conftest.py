"""What the tests of the Java SDK share: its build, and one whole collector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.android.built import maven_or_skip
from tests.installation import Installation
from tests.store.collector import collecting


@pytest.fixture(scope="session")
def java_programs() -> None:
    """Builds the programs of the tests; skips where this machine cannot."""
    maven_or_skip("-q", "-pl", "core", "test-compile")


@pytest.fixture(scope="session")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    """A collector that loads, with a secret key of the site `shop`."""
    with collecting(tmp_path_factory.mktemp("collector")) as running:
        yield running
