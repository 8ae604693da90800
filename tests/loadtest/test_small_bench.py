"""`make bench` in miniature: every part runs and tells a figure; how high it is does not matter here."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


def bench(data: Path, *options: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the bench, as short as it goes."""
    return subprocess.run(
        [sys.executable, "-m", "loadtest.bench", "--data", str(data), "--seconds", "1", "--rounds", "1", *options],
        cwd=ROOT,
        # Somebody's own settings must not be measured.
        env={**os.environ, "KLANTREIS_SPOOL_LIMIT_MIB": "1", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def told(data: Path, *options: str, **environment: str) -> list[dict[str, Any]]:
    """The figures of a run, after which nothing is left in its folder."""
    ended = bench(data, "--json", *options, **environment)
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


def test_neither_wrk_nor_nginx_is_needed(tmp_path: Path) -> None:
    """Where they are not installed, the generator of our own sends, and the comparison is with Starlette alone."""
    [figure] = told(tmp_path, "--figures", "2", "--touchpoints", "200", PATH="/nonexistent")
    [trial] = figure["trials"]
    assert [one["name"].partition(":")[0] for one in trial["measured"]] == ["bare Starlette", "receiver"]
    assert trial["value"]["median"] > 0


def test_an_unknown_figure_is_refused(tmp_path: Path) -> None:
    """A figure that is not there yet is named as such before anything is measured."""
    ended = bench(tmp_path, "--figures", "2,7")
    assert ended.returncode == 2
    assert "name some of 1, 2, 3" in ended.stderr
