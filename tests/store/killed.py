"""`make killed-tills`, `python -m tests.store.killed`: kills tills at any moment, and counts what was lost or doubled.

Two tills share the outbox of a machine and sell without a pause to a real collector over a line that breaks, loses
answers and is now and then a captive portal. A till writes down that a receipt begins before it is told, and its id
when telling it returned; what stands there with an id must be in ClickHouse once, and nothing twice.
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
from klantreis_store import Store

from tests.faults.sending import until_loaded
from tests.installation import Installation
from tests.store.collector import Line, collecting

ROOT = Path(__file__).parents[2]
TILLS = 2
SENT_WITHIN_S = 120.0
AT_ITS_START = 0.25
"""Share of the tills that are killed while they start, before or while they open the outbox."""
START_S = 0.4
LATEST = 60
"""Receipts that the others tell at most before they are killed: enough for a request to be under way."""
PATIENCE_S = 3.0
ENTRY_BYTES = 48
"""That a receipt takes in a ledger, or a little less."""


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


def killed_tills(folder: Path, installation: Installation, key: str, *, seed: int, kills: int) -> Outcome:
    """So many blows, seeded. Raises AssertionError when what waits is not sent in the end."""
    outbox = folder / "outbox"
    line, stop = Line(installation.port), threading.Event()
    weather = threading.Thread(target=line.misbehave, args=(seed, stop), daemon=True)
    weather.start()
    _blows(folder, outbox, line, key, seed, kills)
    stop.set()
    weather.join(10)
    aside = _send_the_rest(outbox, line, key)
    until_loaded(installation)
    line.close()
    return _compare(installation, folder, kills, line.taken, aside)


def _blows(folder: Path, outbox: Path, line: Line, key: str, seed: int, kills: int) -> None:
    chance = random.Random(f"{seed} kills")
    running: list[tuple[subprocess.Popen[bytes], Path]] = []
    try:
        for number in range(kills):
            while len(running) < TILLS:
                running.append(_start(folder, outbox, line, key, f"{number}-{len(running)}"))
            victim, ledger = running.pop(chance.randrange(TILLS))
            if chance.random() < AT_ITS_START:
                time.sleep(chance.uniform(0.0, START_S))
            else:
                _until_told(ledger, chance.randrange(1, LATEST))
                time.sleep(chance.uniform(0.0, 0.01))
            victim.send_signal(signal.SIGKILL)
            victim.wait(10)
    finally:
        for till, _ in running:
            till.kill()
            till.wait(10)


def _until_told(ledger: Path, receipts: int) -> None:
    """Until it has told so many more; a till on a slow machine is killed a little earlier."""
    before, until = _size(ledger), time.monotonic() + PATIENCE_S
    while _size(ledger) < before + receipts * ENTRY_BYTES and time.monotonic() < until:
        time.sleep(0.005)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _start(folder: Path, outbox: Path, line: Line, key: str, name: str) -> tuple[subprocess.Popen[bytes], Path]:
    ledger = folder / f"ledger-{name}"
    with (folder / "tills.log").open("ab") as log:
        till = subprocess.Popen(
            [sys.executable, "-m", "tests.store.selling", str(outbox), line.url, name, str(ledger)],
            cwd=ROOT, env={**os.environ, "KLANTREIS_STORE_KEY": key}, stdout=log, stderr=log,
        )  # fmt: skip
    return till, ledger


def _send_the_rest(outbox: Path, line: Line, key: str) -> int:
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
        "SELECT toString(id) AS id, order_id FROM klantreis.touchpoints"
        " WHERE type = 'sale' AND store_id = {folder:String}",
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
    with collecting(folder) as (installation, key):
        outcome = killed_tills(folder, installation, key, seed=seed, kills=kills)
    click.echo(f"seed {seed}: {outcome}")
    if not outcome.clean:
        click.echo(f"FAILED: {folder} holds what is left; repeat with: make killed-tills KILLS={kills} SEED={seed}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
