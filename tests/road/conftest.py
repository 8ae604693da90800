"""What tests of all SDKs share: every one of them, and one collector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.android.built import CannotBuildError
from tests.mobile.react_native import CannotInstallError
from tests.road.sdks import Sdks, meeting


@pytest.fixture(scope="module")
def sdks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sdks]:
    """All of them. Skips, with the reason, where this machine cannot build one."""
    try:
        with meeting(tmp_path_factory.mktemp("sdks")) as started:
            yield started
    except (CannotBuildError, CannotInstallError) as error:
        pytest.skip(str(error))
