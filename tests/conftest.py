"""What tests of several rooms share: a real ClickHouse, started once."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch

import hypothesis
import pytest
from hypothesis import HealthCheck

from collector import settings as settings_module
from collector.errors import WarehouseError
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from loadtest.ports import free_ports

READY_WITHIN_S = 60.0

# How long an example takes says something of the machine, not of the code.
hypothesis.settings.register_profile("klantreis", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis.settings.load_profile("klantreis")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the long runs are; `make test` uses the short form."""
    parser.addoption("--sequences", type=int, default=40, help="how many sequences of deeds the spool is tried with")
    parser.addoption("--fuzz", type=int, default=500, help="how many damaged inputs are tried of each kind")


@pytest.fixture(scope="session")
def clickhouse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings that lead to an embedded ClickHouse of this test run, which asks no password."""
    with embedded_clickhouse(tmp_path_factory.mktemp("clickhouse")) as chosen:
        yield chosen


@pytest.fixture
def warehouse(clickhouse: Settings) -> Iterator[Warehouse]:
    """A warehouse with this version's schema and nothing in it."""
    # Touchpoints of these tests are of a fixed day, which rejected ones must outlive.
    kept_long = clickhouse.model_copy(update={"keep_rejected_days": 3_650})
    with Warehouse(clickhouse, timeout_s=120) as connected:
        migrate(connected, kept_long)
        for table in ("touchpoints_stored", "rejected_stored", "forgotten"):
            connected.command(f"TRUNCATE TABLE klantreis.{table}")
        yield connected


@contextlib.contextmanager
def embedded_clickhouse(folder: Path, **more: str) -> Iterator[Settings]:
    """Settings that lead to an embedded ClickHouse of its own, which asks no password; `more` are settings of it."""
    [port] = free_ports(1)
    given = {"DATA": str(folder), "CLICKHOUSE_PORT": str(port), "DEMO": "true", "CONFIG": os.devnull, **more}
    variables = {f"KLANTREIS_{name}": value for name, value in given.items()}
    with patch.dict(os.environ, variables):
        chosen = settings_module.load({})
    process = subprocess.Popen([sys.executable, "-m", "collector.warehouse.embedded"], env={**os.environ, **variables})
    try:
        until = time.monotonic() + READY_WITHIN_S
        while not _answers(chosen):
            assert process.poll() is None, "the embedded ClickHouse ended at its start"
            assert time.monotonic() < until, "the embedded ClickHouse does not answer"
            time.sleep(0.1)
        yield chosen
    finally:
        process.terminate()
        process.wait(30)


def _answers(chosen: Settings) -> bool:
    try:
        with Warehouse(chosen, timeout_s=5) as warehouse:
            warehouse.command("SELECT 1")
            return True
    except WarehouseError:
        return False
