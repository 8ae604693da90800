"""The notebook no longer runs, or was kept with output that nobody looked at again."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

from collector.settings import Settings
from tests.analysts import month

FILE = Path(__file__).parents[2] / "docs" / "notebooks" / "journeys.ipynb"
RUN_S = 300
PNG = b"\x89PNG\r\n"


@pytest.fixture
def done(demo_month: Settings, tmp_path: Path) -> NotebookNode:
    """The notebook after a kernel has run it as the analyst of the page."""
    name, _, password = month.READER.partition(":")
    environment = {
        **os.environ,
        "KLANTREIS_CLICKHOUSE": f"http://127.0.0.1:{demo_month.clickhouse_port}",
        "KLANTREIS_CLICKHOUSE_USER": name,
        "KLANTREIS_CLICKHOUSE_PASSWORD": password,
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "MPLCONFIGDIR": str(tmp_path / "matplotlib"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    written = tmp_path / "done.ipynb"
    words = [sys.executable, "-m", "tests.analysts.execute", str(FILE), str(written)]
    run = subprocess.run(words, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=RUN_S)
    assert run.returncode == 0, run.stderr
    return nbformat.read(written, as_version=4)


def outputs(notebook: NotebookNode) -> list[dict[str, Any]]:
    """What its cells put out, in order."""
    return [output for cell in notebook.cells for output in cell.get("outputs", ())]


def test_it_runs_and_draws(done: NotebookNode) -> None:
    """Every cell ends well and says nothing on the side; there are five tables with rows, and three pictures."""
    found = outputs(done)
    assert [output for output in found if output["output_type"] not in ("execute_result", "display_data")] == []
    pictures = [output["data"]["image/png"] for output in found if "image/png" in output["data"]]
    assert len(pictures) == 3
    assert all(base64.b64decode(picture).startswith(PNG) and len(picture) > 10_000 for picture in pictures)
    tables = [output["data"]["text/html"] for output in found if "text/html" in output["data"]]
    assert [table.count("<tr") > 3 for table in tables] == [True] * 5
    assert "consideration" in tables[0] and "26,365" not in tables[1] and "26365" in tables[1]


def test_it_is_kept_without_output() -> None:
    """Pictures differ from machine to machine, and tables of another month would be taken for today's."""
    notebook = nbformat.read(FILE, as_version=4)
    nbformat.validate(notebook)
    assert outputs(notebook) == []
    assert [cell for cell in notebook.cells if cell.get("execution_count")] == []
