"""One server for most tests; those that kill or configure theirs start their own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.embedded.running import Running, running


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server with a password and a reader."""
    with running(tmp_path_factory.mktemp("embedded")) as started:
        yield started


@pytest.fixture
def table(server: Running, request: pytest.FixtureRequest) -> str:
    """An empty table of this test alone."""
    name = "t_" + "".join(letter if letter.isalnum() else "_" for letter in request.node.name)[:60]
    server.value(
        f"CREATE OR REPLACE TABLE {name} (id UInt64, name String DEFAULT 'none') ENGINE = MergeTree ORDER BY id"
    )
    return name
