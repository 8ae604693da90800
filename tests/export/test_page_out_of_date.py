"""docs/analysts.md shows exports that can be made."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pandas
import pytest

from collector.settings import Settings
from tests.export.test_half_files import run

PAGE = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")
SHOWN = re.findall(r"^klantreis export (.*)$", PAGE.replace("\\\n", " "), re.MULTILINE)


def test_every_export_of_the_page_is_made(exported: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each command as it stands there; and the Parquet file is what pandas reads there."""
    monkeypatch.chdir(tmp_path)
    for command in SHOWN:
        done = run(exported, *shlex.split(command))
        assert done.exit_code == 0, (command, done.exception)
    frame = pandas.read_parquet("touchpoints.parquet")
    assert {"id", "occurred_at", "phase", "properties"} <= set(frame.columns)
    assert Path("july.csv").read_text("utf-8").startswith('"occurred_at","type","channel","phase","order_total"\n')
