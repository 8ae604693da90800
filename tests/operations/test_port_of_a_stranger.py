"""A collector never takes a stranger's ClickHouse for its own."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import threading
from pathlib import Path

import pytest

from collector import settings as settings_module
from collector import supervisor
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


def test_an_engine_of_ours_that_is_about_to_end_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A supervisor that was killed leaves an engine for some seconds, which has the port and the folder until then."""
    monkeypatch.setattr(supervisor, "PORT_WITHIN_S", 0.0)
    with contextlib.ExitStack() as ending:
        taken = ending.enter_context(socket.create_server(("127.0.0.1", 0)))
        chosen = settings_module.load({"data": tmp_path, "clickhouse_port": taken.getsockname()[1]})
        chosen.clickhouse_folder.mkdir()
        lock = ending.enter_context((chosen.clickhouse_folder / "lock").open("w"))
        fcntl.flock(lock, fcntl.LOCK_EX)
        threading.Timer(0.5, ending.pop_all().close).start()
        assert supervisor.clickhouse(chosen).role == "clickhouse"
