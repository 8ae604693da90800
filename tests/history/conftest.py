"""A data folder of its own on the tests' ClickHouse, with a loader."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector import settings as settings_module
from collector.receive.access import Keys
from collector.settings import Settings
from collector.warehouse.client import Warehouse

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def loader(variables: dict[str, str]) -> Iterator[None]:
    """A loader on this data folder."""
    process = subprocess.Popen([sys.executable, "-m", "collector.loader"], env=variables, cwd=ROOT)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@pytest.fixture
def shop(clickhouse: Settings, warehouse: Warehouse, tmp_path: Path) -> Iterator[tuple[Settings, dict[str, str]]]:
    """A data folder of its own on the tests' ClickHouse, in which nothing is left of others, with a loader."""
    given = {
        "DATA": str(tmp_path / "data"), "CLICKHOUSE_PORT": str(clickhouse.clickhouse_port), "DEMO": "true",
        "CONFIG": os.devnull,
    }  # fmt: skip
    outside = {name: value for name, value in os.environ.items() if not name.startswith("KLANTREIS_")}
    variables = outside | {f"KLANTREIS_{name}": value for name, value in given.items()}
    chosen = settings_module.load(
        {"data": tmp_path / "data", "clickhouse_port": clickhouse.clickhouse_port, "demo": True}
    )
    Keys(chosen).add(name="history", site="shop", kind="secret")
    with loader(variables):
        yield chosen, variables
