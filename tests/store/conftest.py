"""What the store's tests share: folders for outboxes, and one whole collector."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import Installation
from tests.store.collector import collecting

MEMORY = Path("/dev/shm")


@pytest.fixture
def quick_folder(tmp_path: Path) -> Iterator[Path]:
    """In memory where the system has such a place: for thousands of touchpoints whose syncing is not in question."""
    if not MEMORY.is_dir():
        yield tmp_path
        return
    folder = Path(tempfile.mkdtemp(prefix="klantreis-store-", dir=MEMORY))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)  # a sender that answers late may still note its trouble


@pytest.fixture(scope="session")
def collector(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    """A collector that loads and settles journeys, with a secret key of the site `shop`."""
    with collecting(tmp_path_factory.mktemp("collector")) as running:
        yield running
