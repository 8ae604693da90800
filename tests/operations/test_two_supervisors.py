"""Receivers and loader of one data folder may have a supervisor each: neither takes anything from the other."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from collector import supervised, supervisor
from collector.errors import SettingsError
from collector.settings import Settings
from collector.supervised import Supervised


def test_the_second_one_leaves_the_firsts_counters(tmp_path: Path) -> None:
    """Only one that is alone begins anew, also after the others were killed."""
    settings = Settings(data=tmp_path / "data")
    first = supervisor._fresh_folder(settings)
    counter = settings.metrics_folder / "counter_1-receive-0.db"
    counter.touch()
    second = supervisor._fresh_folder(settings)
    assert counter.exists()
    os.close(first)  # as the kernel does when it is killed
    third = supervisor._fresh_folder(settings)
    assert counter.exists(), "the second one still runs"
    os.close(second)
    os.close(third)
    os.close(supervisor._fresh_folder(settings))
    assert not counter.exists()


def test_a_console_port_that_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said at the start, with the option to give, and not in a loop of restarts."""
    monkeypatch.setattr(supervisor, "PORT_WITHIN_S", 0.0)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(data=tmp_path, console_port=taken.getsockname()[1])
        with pytest.raises(SettingsError, match=r"console_port: .* give another --console-port"):
            supervisor.console(settings)


def test_what_both_tell_is_added_up(tmp_path: Path) -> None:
    """Notes of all supervisors are read; half a note and a stray file are passed over."""
    supervised.write(tmp_path, Supervised({"receive": [1]}, {"receive": 2}))
    (tmp_path / "supervisor_1.json").write_text('{"pids": {"load": [7]}, "restarts": {"load": 1}}')
    (tmp_path / "supervisor_2.json").write_text('{"pids": {"lo')
    assert [one.restarts for one in supervised.read(tmp_path)] == [{"load": 1}, {"receive": 2}]
    assert supervised.read(tmp_path / "none") == []
