"""`make loadtest`, `python -m loadtest.run`: people on locust against a whole Klantreis, and then the count.

Starts `klantreis serve --demo` on free ports in a folder of its own, lets locust users live for some seconds, waits
until everything is loaded, and compares every id that was accepted with what is in ClickHouse. Fails on any that is
lost or doubled.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import click

from collector.spool.waiting import backlog
from collector.warehouse.client import Warehouse
from loadtest.audit import Audit, audit
from tests.installation import Installation, running

ROOT = Path(__file__).parents[1]
LOADED_WITHIN_S = 120.0
ENDED_WITHIN_S = 60.0


@click.command()
@click.option("--seconds", default=30, show_default=True, type=click.IntRange(1, 3600), help="How long people act.")
@click.option("--users", default=20, show_default=True, type=click.IntRange(1, 10_000), help="People at a time.")
@click.option("--processes", default=2, show_default=True, type=click.IntRange(1, 64), help="Of locust.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Receivers.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=ROOT / "data",
    help="Folder on the disk to use; a new one below it is used. Default: data/ of this project.",
)  # fmt: skip
def main(seconds: int, users: int, processes: int, workers: int, data: Path) -> None:
    """Load a real collector, bounded, and fail on any lost or doubled touchpoint."""
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="loadtest-", dir=data) as folder:
        with running(Path(folder), workers=workers, trusted_proxies="127.0.0.1/32") as installation:
            share = max(1, users // processes)
            click.echo(f"{processes} × {share} people at {installation.url} for {seconds} s …", err=True)
            _let_live(installation, Path(folder), seconds, share, processes)
            told = _count(installation, Path(folder))
        _report(Path(folder), told, seconds)
    if not told.clean:
        sys.exit(1)


def _let_live(installation: Installation, folder: Path, seconds: int, users: int, processes: int) -> None:
    """Run locust to its end. Raises ClickException when a process did not end well."""
    started = []
    for number in range(processes):
        command = [
            *(sys.executable, "-m", "locust", "-f", str(Path(__file__).with_name("locustfile.py")), "--headless"),
            *("--users", str(users), "--spawn-rate", str(users), "--run-time", f"{seconds}s"),
            *("--host", installation.url, "--csv", str(folder / f"locust-{number}"), "--only-summary"),
        ]
        log = (folder / f"locust-{number}.log").open("wb")
        started.append(
            subprocess.Popen(
                command,
                env={**os.environ, "LOADTEST_FOLDER": str(folder)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=ROOT,
            )
        )
        log.close()
    try:
        codes = [one.wait(seconds + ENDED_WITHIN_S) for one in started]
    finally:
        for one in started:
            if one.poll() is None:
                one.kill()
                one.wait()
    # 1: some requests failed, which is counted below; people sent them again.
    if any(code not in (0, 1) for code in codes):
        said = "\n".join(path.read_text("utf-8", "replace")[-2000:] for path in folder.glob("locust-*.log"))
        raise click.ClickException(f"locust ended with {codes}:\n{said}")


def _count(installation: Installation, folder: Path) -> Audit:
    """Wait until everything is loaded, then compare."""
    begun = time.monotonic()
    installation.until(
        lambda: backlog(installation.settings.spool_folder).bytes == 0, "everything is loaded", LOADED_WITHIN_S
    )
    click.echo(f"all loaded {time.monotonic() - begun:.1f} s after the last answer", err=True)
    with Warehouse(installation.settings) as warehouse:
        return audit(folder, warehouse)


def _report(folder: Path, told: Audit, seconds: int) -> None:
    for path in sorted(folder.glob("locust-*_stats.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        senders = ", ".join(f"{row['Request Count']} {row['Name']}" for row in rows[:-1])
        whole = rows[-1]  # locust's own sum
        click.echo(
            f"process {path.name.split('_')[0].removeprefix('locust-')}: {whole['Request Count']} requests"
            f" ({float(whole['Requests/s']):.0f}/s), {whole['Failure Count']} failed and sent again,"
            f" p50 {whole['50%']} ms, p99 {whole['99%']} ms\n  by sender: {senders}"
        )
    rejected = ", ".join(f"{count} × {reason}" for reason, count in told.rejected.most_common()) or "none"
    click.echo(
        f"{told.accepted} touchpoints accepted ({told.accepted / seconds:.0f}/s), rejected: {rejected}\n"
        f"lost {len(told.lost)}, doubled {len(told.doubled)}"
    )
    for what, ids in (("lost", told.lost), ("doubled", told.doubled)):
        for one in sorted(ids)[:10]:
            click.echo(f"  {what}: {one}")


if __name__ == "__main__":
    main()
