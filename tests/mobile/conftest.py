"""What the mobile SDK's tests share: one whole collector, and React Native."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.installation import Installation
from tests.mobile import react_native
from tests.store.collector import collecting


@pytest.fixture(scope="session")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A collector of the tests' own."""
    with collecting(tmp_path_factory.mktemp("collector")) as (installation, _):
        yield installation


@pytest.fixture(scope="session")
def packages() -> None:
    """React Native and what the test app uses beside it. Skips where no registry can be reached."""
    try:
        react_native.install()
    except react_native.CannotInstallError as error:
        pytest.skip(str(error))
