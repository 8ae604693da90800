"""`make till-bench`, `python -m loadtest.till`: how long a sale takes at a till whose sender is stuck, and its memory.

The collector takes each request and says nothing, so everything that is sold waits. Measured on this disk, and on one
each sync of which takes 20 ms longer (`slow_sync.c`, preloaded; it needs a C compiler). The till sells without a pause:
more than any cashier does. Memory is the process's own, before and after.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click
from klantreis_store import Line, Person, Shop, Store

from tests.store.collector import Line as Wire

ROOT = Path(__file__).parents[1]
SOURCE = Path(__file__).with_name("slow_sync.c")
WARM = 20


@click.command()
@click.option("--sales", default=1_000, show_default=True, type=click.IntRange(100, 100_000), help="On each disk.")
@click.option("--slower-ms", default=20, show_default=True, type=click.IntRange(1, 1_000), help="Of the slow disk.")
@click.option("--only", hidden=True, help="Sell in this folder and print what was measured.")
@click.option("--url", hidden=True)
def main(sales: int, slower_ms: int, only: str | None, url: str | None) -> None:
    """Measure and print a table."""
    if only is not None and url is not None:
        click.echo(json.dumps(_sell(Path(only), url, sales)))
        return
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise click.ClickException("the slow disk needs a C compiler; as root on Debian: apt-get install gcc libc6-dev")
    (ROOT / "data").mkdir(exist_ok=True)
    wire = Wire(9)
    wire.be("stuck")
    with tempfile.TemporaryDirectory(prefix="till-", dir=ROOT / "data") as folder:
        library = Path(folder) / "slow_sync.so"
        subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"], check=True)
        click.echo("disk                    sales   median ms   p99 ms   worst ms   MiB before   MiB after")
        for name, more in (("this one", 0), (f"{slower_ms} ms more a sync", slower_ms)):
            told = _apart(Path(folder) / str(more), wire.url, sales, library, more)
            figures = f"{told['median']:>12.2f}{told['p99']:>9.2f}{told['worst']:>11.2f}"
            click.echo(f"{name:<20}{sales:>9}{figures}{told['before']:>13.1f}{told['after']:>12.1f}")
    wire.close()


def _apart(folder: Path, url: str, sales: int, library: Path, slower_ms: int) -> dict[str, float]:
    environment = {**os.environ, "LD_PRELOAD": str(library), "SYNC_LASTS_MS": str(slower_ms)}
    words = [sys.executable, "-m", "loadtest.till", "--sales", str(sales), "--only", str(folder), "--url", url]
    done = subprocess.run(words, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE)
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _sell(folder: Path, url: str, sales: int) -> dict[str, float]:
    store = Store(url, key="k", folder=folder, shop=Shop("utrecht", till="3"))
    took: list[float] = []
    before = 0.0
    for number in range(WARM + sales):
        if number == WARM:
            before, took = _resident_mib(), []
        started = time.perf_counter()
        store.sale(
            f"R-{number}", "59.85", [Line(f"p-{line}", price="19.95", quantity=1) for line in range(3)],
            payment="card", person=Person(loyalty_card="2912000341"),
        )  # fmt: skip
        took.append((time.perf_counter() - started) * 1000)
    after = _resident_mib()
    if store.status().waiting != WARM + sales:
        raise click.ClickException("the sender was not stuck")
    ordered = sorted(took)
    return {
        "median": statistics.median(took), "p99": ordered[len(ordered) * 99 // 100], "worst": ordered[-1],
        "before": before, "after": after,
    }  # fmt: skip


def _resident_mib() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise click.ClickException("/proc/self/status does not tell the memory of a process here")


if __name__ == "__main__":
    main()
