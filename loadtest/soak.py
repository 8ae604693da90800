"""`make soak`, `python -m loadtest.soak`: a whole Klantreis under a steady load for half an hour, watched.

Fails when a touchpoint is lost or doubled, when a process was started again, or when the memory of a role rises all the
time. The picture of memory and open files of every role is written to `soak.svg` in the data folder.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from collector.spool.waiting import backlog
from loadtest import plot, traffic
from loadtest.generator import Driven
from loadtest.watch import Sample, Watch, trend
from tests.installation import ROLE_MODULES, Installation, running

ROOT = Path(__file__).parents[1]
A_REQUEST = 10
CONNECTIONS = 32
TOUCHPOINTS = 60_000
"""Different ones that are prepared; they are sent again and again, and must be there once."""
WARM_SHARE = 0.3
"""Of the time, in which caches fill; what comes after is judged."""
RISE_SHARE = 0.10
"""Of a role's memory that the straight line through its samples may rise by, from warm to the end."""
LOADED_WITHIN_S = 120.0
KEYS = {"public": "demo", "secret": "demo-secret"}


@click.command()
@click.option("--minutes", default=30.0, show_default=True, type=click.FloatRange(0.2, 240), help="How long.")
@click.option("--rate", default=2000, show_default=True, type=click.IntRange(10, 100_000), help="Touchpoints a second.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Receivers.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=ROOT / "data",
    help="Folder on the disk to use; the picture is left there. Default: data/ of this project.",
)  # fmt: skip
def main(minutes: float, rate: int, workers: int, data: Path) -> None:
    """Load a real collector steadily and watch what its processes hold on to."""
    data.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="soak-", dir=data) as folder:
        requests = Path(folder, "requests")
        people = traffic.requests(TOUCHPOINTS, a_request=A_REQUEST, public_only=True)
        traffic.write_http(requests, people, KEYS)
        ids = {str(one["id"]) for request in people for one in request.touchpoints}
        with running(Path(folder), workers=workers, trusted_proxies="127.0.0.1/32") as installation:
            processes = _processes(installation)
            click.echo(f"{rate} touchpoints a second for {minutes:g} minutes at {installation.url} …", err=True)
            with Watch(processes) as watch:
                driven = _drive(installation.port, minutes * 60, rate, requests)
            restarted = sorted(processes.items() ^ _processes(installation).items())
            wrong = _audit(installation, ids, driven)
    picture = data / "soak.svg"
    picture.write_text(plot.svg(watch.samples, f"{rate} touchpoints/s, {minutes:g} minutes"), encoding="utf-8")
    wrong += [f"started again: {name}" for name, _ in restarted] + _told(watch.samples, minutes * 60)
    click.echo(f"{driven.requests * A_REQUEST:,} touchpoints accepted, p99 {driven.p99_ms:.0f} ms; picture: {picture}")
    for fault in wrong:
        click.secho(f"  {fault}", fg="red")
    sys.exit(bool(wrong))


def _processes(installation: Installation) -> dict[str, int]:
    found = {
        f"{role} {number}" if number else role: pid
        for role in ROLE_MODULES
        for number, pid in enumerate(sorted(installation.pids(role)))
    }
    assert installation.process is not None
    return {"supervisor": installation.process.pid, **found}


def _drive(port: int, seconds: float, rate: int, requests: Path) -> Driven:
    numbers = [str(port), str(CONNECTIONS), str(seconds), str(rate / A_REQUEST)]
    command = [sys.executable, "-m", "loadtest.paced", *numbers, str(requests)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 120, check=False, cwd=ROOT)
    result = next((line for line in ended.stdout.splitlines() if line.startswith("RESULT ")), None)
    if result is None:
        raise click.ClickException(f"loadtest.paced ended with {ended.returncode}: {ended.stderr[-500:]}")
    return msgspec.json.decode(result.removeprefix("RESULT "), type=Driven)


def _audit(installation: Installation, ids: set[str], driven: Driven) -> list[str]:
    """What is wrong with what is in ClickHouse, once all is loaded."""
    until = time.monotonic() + LOADED_WITHIN_S
    while backlog(installation.settings.spool_folder).bytes and time.monotonic() < until:
        time.sleep(0.5)
    rows = installation.ask("SELECT toString(id) AS sent, count() AS times FROM klantreis.touchpoints GROUP BY id")
    found = {row["sent"]: row["times"] for row in rows or []}
    whole = driven.requests * A_REQUEST >= len(ids)
    lost = len(ids - found.keys()) if whole else 0
    doubled = sum(times > 1 for times in found.values())
    click.echo(f"{len(found):,} different touchpoints in ClickHouse, {lost} lost, {doubled} doubled")
    faults = [f"{count} {what}" for what, count in (("lost", lost), ("doubled", doubled)) if count]
    if driven.refused or driven.broken:
        faults.append(f"{driven.refused} requests refused, {driven.broken} not answered")
    return faults


def _told(samples: Sequence[Sample], seconds: float) -> list[str]:
    """A line for each process; gives those that rise."""
    faults = []
    click.echo(f"{'process':<14}{'MiB warm':>10}{'end':>8}{'highest':>9}{'a minute':>10}{'files':>7}{'highest':>9}")
    for name in dict.fromkeys(sample.name for sample in samples):
        own = [sample for sample in samples if sample.name == name and sample.at_s > seconds * WARM_SHARE]
        if not own:
            continue
        slope = trend([(sample.at_s / 60, sample.memory_mib) for sample in own])
        warm, end, highest = own[0].memory_mib, own[-1].memory_mib, max(sample.memory_mib for sample in own)
        files = max(sample.files for sample in own)
        click.echo(f"{name:<14}{warm:>10.1f}{end:>8.1f}{highest:>9.1f}{slope:>+10.2f}{own[-1].files:>7}{files:>9}")
        # ClickHouse keeps caches up to limits of its own; its memory is in the picture and not judged.
        if name != "clickhouse" and slope * (own[-1].at_s - own[0].at_s) / 60 > warm * RISE_SHARE:
            faults.append(f"{name} rises by {slope:.2f} MiB a minute")
    return faults


if __name__ == "__main__":
    main()
