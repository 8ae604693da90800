"""`make killed-tills`, `python -m tests.store.killed`: kills tills at any moment, and counts what was lost or doubled.

Two tills share the outbox of a machine and sell without a pause to a real collector over a line that breaks, loses
answers and is now and then a captive portal. A till writes down that a receipt begins before it is told, and its id when
telling it returned; what stands there with an id must be in ClickHouse once, and nothing twice.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import click

from collector.settings import Settings
from tests.faults.sending import until_loaded
from tests.installation import Installation
from tests.store.collector import Line, collecting

ROOT = Path(__file__).parents[2]
TILLS = 2
SENT_WITHIN_S = 120.0


@dataclass
class Outcome:
    """What a run did, and what came of it."""

    kills: int
    began: int
    """Receipts that a till began to tell."""
    told: int
    """Of these, those of which telling returned."""
    lost: list[str]
    """Told, and not in ClickHouse."""
    doubled: list[str]
    """In ClickHouse more than once, by id or by receipt."""
    strangers: list[str]
    """In ClickHouse, and never begun."""
    requests: int
    aside: int

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing doubled, and something to look for."""
        return self.told > 0 and not (self.lost or self.doubled or self.strangers or self.aside)

    def __str__(self) -> str:
        return (
            f"{self.kills} tills killed: {self.began} receipts begun, {self.told} told, {self.requests} connections; "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.strangers)} strangers, {self.aside} refused"
        )


def killed_tills(folder: Path, *, seed: int, kills: int, clickhouse: Settings | None = None) -> Outcome:
    """So many blows, seeded. Raises AssertionError when what waits is not sent in the end."""
    outbox = folder / "outbox"
    with collecting(folder, clickhouse) as (installation, key):
        line, stop = Line(installation.port), threading.Event()
        weather = threading.Thread(target=line.misbehave, args=(seed, stop), daemon=True)
        weather.start()
        _blows(folder, outbox, line, key, seed, kills)
        stop.set()
        weather.join(10)
        aside = _send_the_rest(outbox, line, key)
        until_loaded(installation)
        return _compare(installation, folder, kills, line.taken, aside)


def _blows(folder: Path, outbox: Path, line: Line, key: str, seed: int, kills: int) -> None:
    chance = random.Random(f"{seed} kills")
    running: list[subprocess.Popen[bytes]] = []
    try:
        for number in range(kills):
            while len(running) < TILLS:
                running.append(_start(folder, outbox, line, key, f"{number}-{len(running)}"))
            time.sleep(chance.uniform(0.0, 0.5))  # from before its first line of Python to the middle of its work
            victim = running.pop(chance.randrange(TILLS))
            victim.send_signal(signal.SIGKILL)
            victim.wait(10)
    finally:
        for till in running:
            till.kill()
            till.wait(10)


def _start(folder: Path, outbox: Path, line: Line, key: str, name: str) -> subprocess.Popen[bytes]:
    with (folder / "tills.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.store.selling", str(outbox), line.url, name, str(folder / f"ledger-{name}")],
            cwd=ROOT, env={**os.environ, "KLANTREIS_STORE_KEY": key}, stdout=log, stderr=log,
        )  # fmt: skip


def _send_the_rest(outbox: Path, line: Line, key: str) -> int:
    from klantreis_store import Store

    with Store(line.url, key=key, folder=outbox) as store:
        assert store.flush(SENT_WITHIN_S), f"not sent: {store.status()}"
        return store.status().aside


def _compare(installation: Installation, folder: Path, kills: int, requests: int, aside: int) -> Outcome:
    began, told = set[str](), dict[str, str]()
    for ledger in folder.glob("ledger-*"):
        for entry in ledger.read_text("ascii").splitlines():
            receipt, _, identified = entry.partition(" ")
            began.add(receipt)
            if identified:
                told[identified] = receipt
    rows = installation.ask(
        "SELECT toString(id) AS id, order_id FROM klantreis.touchpoints WHERE type = 'sale' AND store_id = {folder:String}",
        {"folder": folder.name},
    )
    assert rows is not None, installation.tail()
    ids, receipts = Counter(row["id"] for row in rows), Counter(row["order_id"] for row in rows)
    return Outcome(
        kills,
        len(began),
        len(told),
        sorted(told.keys() - ids.keys()),
        sorted(one for one, times in (ids | receipts).items() if times > 1),
        sorted(receipts.keys() - began),
        requests,
        aside,
    )


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1, 10_000), help="Tills to kill.")
@click.option("--seed", default=20_261_130, show_default=True, help="Of the moments, and of the line.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True,
    help="Folder on the disk to use; a new one below it is used.",
)  # fmt: skip
def main(kills: int, seed: int, data: Path) -> None:
    """Kill tills and fail on any receipt that is lost or doubled."""
    data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="killed-tills-", dir=data)).resolve()
    outcome = killed_tills(folder, seed=seed, kills=kills)
    click.echo(f"seed {seed}: {outcome}")
    if not outcome.clean:
        click.echo(f"FAILED: {folder} holds what is left; repeat with: make killed-tills KILLS={kills} SEED={seed}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
