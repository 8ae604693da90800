"""One receiver with the default settings serves all tests that need nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.receive.receiver import Receiver, receiving


@pytest.fixture(scope="session")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A receiver; whoever uses it leaves it as it was."""
    with receiving(tmp_path_factory.mktemp("receiver")) as running:
        yield running
        assert running.stop() == 0, running.log
