"""What the mobile SDK's tests share: the built SDK, and one whole collector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.installation import Installation
from tests.store.collector import collecting


@pytest.fixture(scope="session")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A collector of the tests' own."""
    with collecting(tmp_path_factory.mktemp("collector")) as (installation, _):
        yield installation
