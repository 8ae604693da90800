"""`make import-history`, `python -m loadtest.import_history`: a shop's history comes in, killed on the way.

Writes a CSV file of orders, starts an embedded ClickHouse and a loader of its own, and runs `klantreis import`, which
is killed with -9 whenever it has come another share of the way, and then run again. At the end every order is looked
for in ClickHouse. Fails on any that is lost or doubled, and on any bad row that is not among the rejected ones.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import click
import msgspec

from collector import settings as all_settings
from collector.history.journal import Notes
from collector.receive.access import Keys
from collector.settings import Settings
from collector.spool.waiting import backlog
from collector.warehouse.client import Warehouse
from loadtest import shop_history
from loadtest.installed import installed

SQL = Path(__file__).with_name("imported.sql")
WITHIN_S = 3600.0
ROOT = Path(__file__).parents[1]


@dataclass
class Course:
    """What was seen on the way."""

    kills: list[int] = field(default_factory=list)
    """Rows that the journal spoke of at each."""
    seconds: float = 0.0
    """Of all runs together, the last one until everything is loaded."""
    processor_s: float = 0.0
    """That the importing processes used; the loader and ClickHouse are not in it."""
    memory_kib: int = 0
    """Most that an importing process had resident."""


@click.command()
@click.option("--mib", default=2048, show_default=True, type=click.IntRange(1, 20_480), help="MiB of CSV.")
@click.option("--kills", default=2, show_default=True, type=click.IntRange(0, 20), help="Kills on the way.")
@click.option("--seed", default=1, show_default=True, help="Of the orders.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True,
    help="Folder on the disk to use; a new one below it is used.",
)  # fmt: skip
def main(mib: int, kills: int, seed: int, data: Path) -> None:
    """Import a generated history, killed on the way, and fail on any order that is lost or doubled."""
    data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="import-", dir=data)).resolve()
    file = folder / "orders.csv"
    began = time.monotonic()
    orders = shop_history.write(file, mib * 2**20, seed)
    size = file.stat().st_size
    click.echo(f"{orders:,} orders, {size / 2**20:,.0f} MiB of CSV, written in {time.monotonic() - began:.0f} s")
    with installed(folder) as running:
        Keys(running.settings).add(name="history", site="shop", kind="secret")
        course = import_killed(running.settings, file, orders, kills)
        clean = _report(running.settings, course, orders, size)
    if not clean:
        click.echo(f"FAILED: {folder} holds what is left")
        sys.exit(1)
    shutil.rmtree(folder)


def import_killed(chosen: Settings, file: Path, orders: int, kills: int) -> Course:
    """Import a file with so many kills at equal distances; returns when everything is loaded."""
    course = Course()
    began, used = time.monotonic(), _processor_s()
    for number in range(1, kills + 1):
        course.kills.append(_run(chosen, file, course, orders * number // (kills + 1)))
    _run(chosen, file, course, None)
    while backlog(chosen.spool_folder).bytes:
        time.sleep(0.05)
    course.seconds, course.processor_s = time.monotonic() - began, _processor_s() - used
    return course


def _run(chosen: Settings, file: Path, course: Course, kill_at: int | None) -> int:
    """One run, to its end or until its journal speaks of so many rows; gives how many it spoke of."""
    command = [sys.executable, "-m", "collector", "import", str(file), "--key", "history"]
    command += ["--mapping", str(shop_history.mapping())]
    until = time.monotonic() + WITHIN_S
    with subprocess.Popen(
        command, cwd=ROOT, env=all_settings.as_environment(chosen), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        try:
            while process.poll() is None and time.monotonic() < until:
                course.memory_kib = max(course.memory_kib, _resident_kib(process.pid))
                if kill_at is not None and _noted(chosen) >= kill_at:
                    process.kill()
                    break
                time.sleep(0.02)
        finally:
            process.kill()
        told = process.communicate()[0].decode("utf-8", "replace")
    if kill_at is None:
        click.echo(told.rstrip())
        if process.returncode:
            raise click.ClickException(f"the import ended with {process.returncode}")
    elif process.returncode != -9:
        raise click.ClickException(f"the import ended with {process.returncode} before it was killed:\n{told}")
    return _noted(chosen)


def _processor_s() -> float:
    """Of the children that have ended: the import's runs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _noted(chosen: Settings) -> int:
    """Rows that the journal speaks of."""
    for path in chosen.imports_folder.glob("*.json"):
        return msgspec.json.decode(path.read_bytes(), type=Notes).counts.rows
    return 0


def _resident_kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), 0)


def audit(chosen: Settings, orders: int) -> tuple[int, int, int, int]:
    """Lost, doubled and strange rows, and spoilt ones that are not among the rejected. Raises WarehouseError."""
    parameters = {"orders": orders, "spoilt_every": shop_history.SPOILT_EVERY}
    with Warehouse(chosen, timeout_s=WITHIN_S) as warehouse:
        [found] = warehouse.rows(SQL.read_text("utf-8"), parameters)
        rejected = int(warehouse.command("SELECT count() FROM klantreis.rejected WHERE reason = 'field_invalid'"))
    rows, numbers, strange = (int(found[name]) for name in ("rows", "numbers", "strange"))
    good = shop_history.good(orders)
    return good - numbers, rows - numbers, strange, orders - good - rejected


def _report(chosen: Settings, course: Course, orders: int, size: int) -> bool:
    lost, doubled, strange, unseen = audit(chosen, orders)
    good = shop_history.good(orders)
    at = ", ".join(f"{rows:,}" for rows in course.kills) or "no"
    click.echo(
        f"killed {len(course.kills)} times, at {at} rows; {course.seconds:.1f} s until everything was in ClickHouse: "
        f"{orders / course.seconds:,.0f} rows/s, {size / 2**20 / course.seconds:.1f} MiB/s\n"
        f"the import itself: {1e6 * course.processor_s / orders:.1f} µs of processor time a row, at most "
        f"{course.memory_kib / 1024:.0f} MiB resident\n"
        f"{good:,} good orders, {lost} lost, {doubled} doubled, {strange} strange; "
        f"{orders - good} bad rows, {unseen} of them not among the rejected"
    )
    return not (lost or doubled or strange or unseen)


if __name__ == "__main__":
    main()
