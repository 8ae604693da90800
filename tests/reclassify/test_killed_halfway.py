"""Killed with -9 at any moment, the same command goes on, and what comes out is what an undisturbed run makes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from collector import settings as settings_module
from collector.errors import WarehouseError
from collector.phases.rulefile import load
from collector.reclassify.course import Steps, reclassify
from collector.reclassify.task import Task
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from collector.warehouse.shown import latest
from loadtest.ports import free_ports
from tests.reclassify import history
from tests.reclassify.killed_at import MOMENTS

PEOPLE = 30
ROOT = Path(__file__).parents[2]


def environment(settings: Settings, folder: Path) -> dict[str, str]:
    """Of a command on this warehouse, with these rules."""
    given = {
        "DATA": str(settings.data), "CLICKHOUSE_PORT": str(settings.clickhouse_port), "DEMO": "true",
        "CONFIG": os.devnull, "RULES": str(folder),
    }  # fmt: skip
    outside = {name: value for name, value in os.environ.items() if not name.startswith("KLANTREIS_")}
    return outside | {f"KLANTREIS_{name}": value for name, value in given.items()}


def run(environment: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """A program, to its end."""
    command = [sys.executable, *words]
    return subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, timeout=180)


def test_the_same_as_undisturbed(warehouse: Warehouse, clickhouse: Settings, tmp_path: Path) -> None:
    """Readers see the old or the new after each kill; the next run ends with what a load by those rules would give."""
    folders = shipped_rules(), history.changed_rules(tmp_path / "changed")
    rows = history.demo_rows(PEOPLE)
    expected = []
    for folder in reversed(folders):
        history.stored(warehouse, rows, load(folder))
        expected.insert(0, history.classified(warehouse))
    assert expected[0] != expected[1] and len(expected[0]) == len(rows)
    for number, moment in enumerate(MOMENTS):
        before, after = expected[number % 2], expected[(number + 1) % 2]
        variables = environment(clickhouse, folders[(number + 1) % 2])
        killed = run(variables, "-m", "tests.reclassify.killed_at", moment)
        assert killed.returncode == -signal.SIGKILL, (moment, killed.stdout, killed.stderr)
        migrate(warehouse, clickhouse)  # a loader that starts now makes the view that readers have to have
        assert history.classified(warehouse) in (before, after), moment
        told: list[str] = []
        reclassify(
            clickhouse, Task(load(folders[(number + 1) % 2])), Steps(told.append, lambda what: lambda rows: None)
        )
        assert "going on" in told[0], moment
        assert history.classified(warehouse) == after, moment
        finished = latest(warehouse)
        assert finished is not None and finished.step == "ended" and history.left_over(warehouse) == []


def engine(variables: dict[str, str]) -> subprocess.Popen[bytes]:
    """An embedded ClickHouse."""
    return subprocess.Popen([sys.executable, "-m", "collector.warehouse.embedded"], env=variables, cwd=ROOT)


def answering(settings: Settings) -> Warehouse:
    """A connection to it, when it answers."""
    until = time.monotonic() + 60
    while True:
        warehouse = Warehouse(settings, timeout_s=60)
        try:
            warehouse.command("SELECT 1")
            return warehouse
        except WarehouseError:
            assert time.monotonic() < until
            time.sleep(0.1)


def test_clickhouse_killed_with_it(tmp_path: Path) -> None:
    """The engine dies too, comes back with the column as it was, and the same command ends as ever."""
    [port] = free_ports(1)
    chosen = settings_module.load({"data": tmp_path / "data", "clickhouse_port": port, "demo": True})
    changed = history.changed_rules(tmp_path / "changed")
    variables = environment(chosen, changed)
    rows = history.demo_rows(PEOPLE)
    process = engine(variables)
    try:
        with answering(chosen) as warehouse:
            migrate(warehouse, chosen)
            history.stored(warehouse, rows, load(changed))
            after = history.classified(warehouse)
            history.stored(warehouse, rows, history.shipped())
        assert run(variables, "-m", "tests.reclassify.killed_at", "column just added").returncode == -signal.SIGKILL
        process.kill()
        process.wait(30)
        process = engine(variables)
        with answering(chosen) as warehouse:
            done = run(variables, "-m", "collector", "reclassify", "--yes")
            assert done.returncode == 0, done.stderr
            assert history.classified(warehouse) == after
            assert history.left_over(warehouse) == []
    finally:
        process.terminate()
        process.wait(60)
