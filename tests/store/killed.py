"""`make killed-tills`, `python -m tests.store.killed`: kills tills at any moment, and counts what was lost or doubled.

Two tills share the outbox of a machine and sell without a pause to a real collector over a line that breaks, loses
answers and is now and then a captive portal. A till writes down that a receipt begins before it is told, and its id
when telling it returned; what stands there with an id must be in ClickHouse once, and nothing twice.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from klantreis_store import Store

from tests.faults.sending import until_loaded
from tests.installation import Installation
from tests.killing import await_moment, breaking, command, entries
from tests.store.collector import Line

ROOT = Path(__file__).parents[2]
TILLS = 2
SENT_WITHIN_S = 120.0
START_S = 0.4
LATEST_BYTES = 60 * 48
"""In its ledger when one is killed at the latest, some 60 receipts: enough for a request to be under way."""
PATIENCE_S = 3.0


@dataclass
class Outcome:
    """What a run did, and what came of it."""

    programs: str
    kills: int
    began: int
    """Receipts that one began to tell."""
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
            f"{self.kills} {self.programs} killed: {self.began} receipts begun, {self.told} told, "
            f"{self.requests} connections; "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.strangers)} strangers, {self.aside} refused"
        )


def killed_tills(folder: Path, installation: Installation, key: str, *, seed: int, kills: int) -> Outcome:
    """So many blows, seeded. Raises AssertionError when what waits is not sent in the end."""
    outbox = folder / "outbox"
    with breaking(installation, seed) as line:
        _blows(folder, outbox, line, key, seed, kills)
    aside = _send_the_rest(outbox, line, key)
    until_loaded(installation)
    line.close()
    return compare("tills", installation, folder, kills, line.taken, aside)


def _blows(folder: Path, outbox: Path, line: Line, key: str, seed: int, kills: int) -> None:
    chance = random.Random(f"{seed} kills")
    running: list[tuple[subprocess.Popen[bytes], Path]] = []
    try:
        for number in range(kills):
            while len(running) < TILLS:
                running.append(_start(folder, outbox, line, key, f"{number}-{len(running)}"))
            victim, ledger = running.pop(chance.randrange(TILLS))
            await_moment(chance, victim, ledger, start_s=START_S, bytes_at_most=LATEST_BYTES, patience_s=PATIENCE_S)
            victim.send_signal(signal.SIGKILL)
            victim.wait(60)  # it may be in a sync that takes long
    finally:
        for till, _ in running:
            till.kill()
            till.wait(60)


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


def compare(programs: str, installation: Installation, folder: Path, kills: int, requests: int, aside: int) -> Outcome:
    """The ledgers in `folder` against what is in ClickHouse of the store with its name."""
    began, told = set[str](), dict[str, str]()
    for receipt, identified in entries(folder):
        began.add(receipt)
        if identified:
            told[identified] = receipt
    rows = installation.ask(
        "SELECT toString(id) AS id, order_id FROM klantreis.touchpoints"
        " WHERE order_id != '' AND store_id = {folder:String}",
        {"folder": folder.name},
    )
    assert rows is not None, installation.tail()
    ids, receipts = Counter(row["id"] for row in rows), Counter(row["order_id"] for row in rows)
    return Outcome(
        programs,
        kills,
        len(began),
        len(told),
        sorted(told.keys() - ids.keys()),
        sorted(one for one, times in (ids | receipts).items() if times > 1),
        sorted(receipts.keys() - began),
        requests,
        aside,
    )


if __name__ == "__main__":
    command(
        "killed-tills",
        lambda folder, installation, key, seed, kills: killed_tills(folder, installation, key, seed=seed, kills=kills),
    )()
