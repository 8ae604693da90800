"""`make bench` in miniature: every part runs and tells a figure; how high it is does not matter here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from collector import settings
from loadtest import generator
from loadtest.generator import drive
from loadtest.machine import processors
from loadtest.servers import bare_starlette, receiver
from loadtest.traffic import requests, write_http

ROOT = Path(__file__).parents[2]


def bench(data: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the bench, as short as it goes."""
    return subprocess.run(
        [sys.executable, "-m", "loadtest.bench", "--data", str(data), "--seconds", "1", "--rounds", "1", *options],
        cwd=ROOT,
        # Somebody's own settings must not be measured.
        env={**os.environ, "KLANTREIS_SPOOL_LIMIT_MIB": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(data: Path, *options: str) -> list[dict[str, Any]]:
    """The figures of a run, after which nothing is left in its folder."""
    ended = bench(data, "--json", *options)
    assert ended.returncode == 0, ended.stderr
    assert list(data.iterdir()) == []
    results = json.loads(ended.stdout)
    assert results["machine"]["python"] and results["machine"]["msgspec"]
    figures: list[dict[str, Any]] = results["figures"]
    return figures


def test_a_receiver_is_measured_against_the_others(tmp_path: Path) -> None:
    """The receiver and bare Starlette both have a rate, neighbours have a ratio, and the records lay on disk."""
    [figure] = told(tmp_path, "--figures", "2", "--touchpoints", "1000")
    [trial] = figure["trials"]
    assert [one["name"].partition(":")[0] for one in trial["measured"][:2]] == ["bare Starlette", "receiver"]
    for one in trial["measured"]:
        assert one["rate"]["median"] > 0
        ratio = one["rate"]["median"] / trial["measured"][0]["rate"]["median"]
        assert one["ratio"]["values"] == pytest.approx([ratio])
    assert trial["value"] == trial["measured"][1]["rate"]
    assert figure["reached"] is (trial["value"]["median"] >= figure["reach"])


def test_the_loader_is_measured_against_a_plain_insert(tmp_path: Path) -> None:
    """The loader empties both forms of the same spool, and stands beside an insert of the same rows."""
    [figure] = told(tmp_path, "--figures", "3", "--touchpoints", "400")
    assert [trial["conditions"].partition(" ")[0] for trial in figure["trials"]] == ["400", "400"]
    for trial in figure["trials"]:
        plain, loader = trial["measured"]
        assert (plain["ratio"]["values"], trial["value"]) == ([1.0], loader["ratio"])
        assert min(plain["rate"]["median"], loader["rate"]["median"]) > 0


def test_wrk_is_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where it is not installed, the generator of our own sends, in a process of its own."""
    write_http(tmp_path / "requests", requests(200, a_request=50, public_only=True), {"public": "none"})
    with bare_starlette(tmp_path, processors()) as server:
        monkeypatch.setenv("PATH", "/nonexistent")
        driven = drive(server.port, tmp_path / "requests", connections=8, seconds=1, processors=processors())
    assert generator.name() == "loadtest.hammer"
    assert driven.requests > 8
    assert 0 < driven.p50_ms <= driven.p99_ms


def test_a_server_that_refuses_gives_no_figure(tmp_path: Path) -> None:
    """A receiver that does not know the key refuses everything, fast: that must not pass for speed."""
    chosen = settings.load({"data": tmp_path / "data"})
    write_http(tmp_path / "requests", requests(200, a_request=50, public_only=True), {"public": "unknown"})
    with receiver(chosen, processors()) as server, pytest.raises(generator.GeneratorError, match="refused"):
        drive(server.port, tmp_path / "requests", connections=8, seconds=1, processors=processors())


def test_an_unknown_figure_is_refused(tmp_path: Path) -> None:
    """A figure that is not there yet is named as such before anything is measured."""
    ended = bench(tmp_path, "--figures", "2,8")
    assert ended.returncode == 2
    assert "name some of 1, 2, 3" in ended.stderr
