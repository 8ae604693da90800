"""Killed with -9 on the way, the same command goes on, and in ClickHouse every row is there once."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from collector.settings import Settings
from collector.spool.waiting import backlog
from collector.waiting import until_gone
from collector.warehouse.client import Warehouse
from loadtest import import_history, shop_history
from tests.history.killed_at import MOMENTS

ROOT = Path(__file__).parents[2]
BYTES = 2_500_000
PATIENCE_S = 60.0


def run(variables: dict[str, str], *words: str) -> subprocess.CompletedProcess[str]:
    """A program, to its end."""
    command = [sys.executable, "-m", *words]
    return subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=180)


def loaded(chosen: Settings) -> None:
    """Returns when the spool is empty."""
    assert not until_gone(lambda: [left] if (left := backlog(chosen.spool_folder).bytes) else [], PATIENCE_S)


def test_nothing_is_lost_and_nothing_doubled(shop: tuple[Settings, dict[str, str]], tmp_path: Path) -> None:
    """Four kills, one at each kind of moment, then the rest; then all of it once more, from a file of another name."""
    chosen, variables = shop
    file = tmp_path / "orders.csv"
    orders = shop_history.write(file, BYTES, seed=7, years=1)
    words = [str(file), "--key", "history", "--mapping", str(shop_history.mapping())]
    noted = []
    for moment in MOMENTS:
        killed = run(variables, "tests.history.killed_at", moment, *words)
        assert killed.returncode == -signal.SIGKILL, (moment, killed.stdout, killed.stderr)
        noted.append(import_history._noted(chosen))
    assert noted[0] == 0 and noted == sorted(set(noted)) and noted[-1] < orders
    done = run(variables, "collector", "import", *words)
    assert done.returncode == 0, done.stderr
    good = shop_history.good(orders)
    assert f"{orders:,} rows: {good:,} accepted, {orders - good} rejected, 0 skipped" in done.stdout
    loaded(chosen)
    assert import_history.audit(chosen, orders) == (0, 0, 0, 0)

    other = tmp_path / "other.csv"
    other.write_bytes(file.read_bytes() + b"\n")
    assert run(variables, "collector", "import", str(other), *words[1:]).returncode == 0
    loaded(chosen)
    with Warehouse(chosen) as warehouse:
        [found] = warehouse.rows(
            "SELECT count() AS rows, uniqExact(id) AS ids FROM klantreis.touchpoints WHERE key = 'history'"
        )
    assert found == {"rows": good, "ids": good}
