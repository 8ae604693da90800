"""An exported answer is not what `klantreis ask` says, by pandas or by Polars, in whatever form."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas
import polars
import pytest
from click.testing import CliRunner

from collector.cli import klantreis
from collector.export import answer
from collector.settings import Settings

ASKED = {"model": "five_phase", "since": "2026-11-01", "segment": "device=mobile"}

READ_BY_PANDAS = {
    "parquet": pandas.read_parquet,
    "arrow": pandas.read_feather,
    "csv": pandas.read_csv,
    "ndjson": lambda path: pandas.read_json(path, lines=True),
}
READ_BY_POLARS = {
    "parquet": polars.read_parquet,
    "arrow": polars.read_ipc,
    "csv": polars.read_csv,
    "ndjson": polars.read_ndjson,
}


def said(settings: Settings, *words: str) -> str:
    """What `klantreis` prints with these words."""
    given = {"KLANTREIS_CONFIG": "/dev/null", "KLANTREIS_CLICKHOUSE": f"http://127.0.0.1:{settings.clickhouse_port}"}
    done = CliRunner().invoke(klantreis, words, env=given)
    assert done.exit_code == 0, done.exception
    return done.stdout


def by_phases(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows in one order, with times that may differ in the last place rounded."""
    rounded = [{**row, "mean_hours": round(row["mean_hours"], 6), "share": round(row["share"], 9)} for row in rows]
    return sorted(rounded, key=lambda row: (row["from_phase"], row["to_phase"]))


@pytest.mark.parametrize("form", answer.FORMS)
def test_it_is_what_ask_says(demo_month: Settings, tmp_path: Path, form: str) -> None:
    """With the same parameters: every row and column, with numbers as numbers."""
    options = [word for name, value in ASKED.items() for word in (f"--{name}", value)]
    lines = said(demo_month, "ask", "phase_transitions", *options, "--format", "json").splitlines()
    expected = by_phases([json.loads(line) for line in lines])
    assert len(expected) > 10
    path = tmp_path / f"transitions.{form}"
    given = [word for name, value in ASKED.items() for word in ("--set", f"{name}={value}")]
    said(demo_month, "export", "phase_transitions", *given, "--format", form, "--output", str(path))
    assert by_phases(READ_BY_PANDAS[form](path).to_dict("records")) == expected
    assert by_phases(READ_BY_POLARS[form](path).to_dicts()) == expected
