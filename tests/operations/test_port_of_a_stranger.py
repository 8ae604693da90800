"""A collector never takes a stranger's ClickHouse for its own."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.installation import Installation


def test_a_taken_port_of_clickhouse_ends_the_start(tmp_path: Path) -> None:
    """Whoever listens there already might ask no password, and would be given what was accepted."""
    installation = Installation(tmp_path)
    with socket.create_server(("127.0.0.1", installation.clickhouse_port)):
        installation.launch()
        assert installation.process is not None
        assert installation.process.wait(60) == 1
    assert f"clickhouse_port: 127.0.0.1:{installation.clickhouse_port} cannot be listened on" in installation.tail()
    assert "stop what uses it or give another --clickhouse-port" in installation.tail()
