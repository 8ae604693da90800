"""`make killed-apps`, `python -m tests.mobile.killed`: kills apps at any moment, and counts what was lost or doubled.

An app with the mobile SDK tells of orders without a pause, to a real collector over a line that breaks, loses answers
and is now and then a captive portal. It writes down that an order begins before it is told, and again when the SDK says
that it is kept; what stands there as kept must be in ClickHouse once, and nothing twice.
"""

from __future__ import annotations

import json
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

from collector.receive.access import Keys
from tests.faults.sending import until_loaded
from tests.installation import Installation
from tests.store.collector import Line, collecting

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SENT_WITHIN_S = 300.0
AT_ITS_START = 0.25
"""Share of the apps that are killed while they start, before or while they read their storage."""
START_S = 0.3
LATEST = 60
"""Orders that the others tell at most before they are killed: enough for a request to be under way."""
PATIENCE_S = 4.0
ENTRY_BYTES = 24
"""That an order takes in a ledger, or a little less."""


@dataclass
class Outcome:
    """What a run did, and what came of it."""

    kills: int
    began: int
    """Orders that an app began to tell."""
    kept: int
    """Of these, those that the SDK said are on the device."""
    lost: list[str]
    """Kept, and not in ClickHouse."""
    doubled: list[str]
    """In ClickHouse more than once, by id, by order, or by place in the sequence of the visitor."""
    strangers: list[str]
    """In ClickHouse, and never begun."""
    visitors: int
    """That one device had; more than one is a device that forgot who it is."""
    connections: int

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing doubled, one visitor, and something to look for."""
        return self.kept > 0 and self.visitors == 1 and not (self.lost or self.doubled or self.strangers)

    def __str__(self) -> str:
        return (
            f"{self.kills} apps killed: {self.began} orders begun, {self.kept} kept, {self.connections} connections; "
            f"{len(self.lost)} lost, {len(self.doubled)} doubled, {len(self.strangers)} strangers; "
            f"visitors: {self.visitors}"
        )


def killed_apps(folder: Path, installation: Installation, *, seed: int, kills: int) -> Outcome:
    """So many blows, seeded. Raises AssertionError when what waits is not sent in the end."""
    _, key = Keys(installation.settings).add(name=f"app-{folder.name}", site=f"app-{folder.name}", kind="public")
    program = folder / "app.mjs"
    subprocess.run(["sdk/node", "node", HERE / "bundled.mjs", HERE / "selling.mjs", program], cwd=ROOT, check=True)
    line, stop = Line(installation.port), threading.Event()
    weather = threading.Thread(target=line.misbehave, args=(seed, stop), daemon=True)
    weather.start()
    _blows(folder, program, line, key, seed, kills)
    stop.set()
    weather.join(10)
    _send_the_rest(folder, program, line, key)
    until_loaded(installation)
    line.close()
    return _compare(installation, folder, kills, line.taken)


def _blows(folder: Path, program: Path, line: Line, key: str, seed: int, kills: int) -> None:
    chance = random.Random(f"{seed} kills")
    for number in range(kills):
        app, ledger = _start(folder, program, line, key, f"{number}")
        try:
            if chance.random() < AT_ITS_START:
                time.sleep(chance.uniform(0.0, START_S))
            else:
                _until_told(app, ledger, chance.randrange(1, LATEST))
                time.sleep(chance.uniform(0.0, 0.01))
        finally:
            app.send_signal(signal.SIGKILL)
            app.wait(10)


def _until_told(app: subprocess.Popen[bytes], ledger: Path, orders: int) -> None:
    """Until it has told so many; an app on a slow machine is killed a little earlier."""
    until = time.monotonic() + PATIENCE_S
    while _size(ledger) < orders * ENTRY_BYTES and time.monotonic() < until:
        assert app.poll() is None, "the app ended by itself: see apps.log"
        time.sleep(0.005)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _start(folder: Path, program: Path, line: Line, key: str, name: str) -> tuple[subprocess.Popen[bytes], Path]:
    ledger = folder / f"ledger-{name}"
    with (folder / "apps.log").open("ab") as log:
        app = subprocess.Popen(
            ["sdk/node", "node", program, folder / "storage", line.url, key, name, ledger],
            cwd=ROOT, stdout=log, stderr=log,
        )  # fmt: skip
    return app, ledger


def _send_the_rest(folder: Path, program: Path, line: Line, key: str) -> None:
    """Lets the app run on a line that holds until all that earlier ones kept has gone."""
    app, ledger = _start(folder, program, line, key, "last")
    try:
        until = time.monotonic() + SENT_WITHIN_S
        earlier = None
        while earlier is None or earlier:
            assert time.monotonic() < until, f"never sent: {len(earlier or ())} touchpoints"
            time.sleep(0.2)
            earlier = _waiting(folder / "storage", ledger)
    finally:
        app.kill()
        app.wait(10)
    ledger.unlink()


def _waiting(storage: Path, ledger: Path) -> set[str] | None:
    """Orders of killed apps that still wait on the device; None while the last one has not begun."""
    if not _size(ledger):
        return None
    waiting: dict[str, str] = {}
    for entry in storage.read_text("utf-8").splitlines():
        try:
            change = json.loads(entry)
        except ValueError:
            continue
        for name, text in change["set"]:
            if ":t:" in name:
                waiting[name] = json.loads(text)["order"]["id"]
        for name in change["remove"]:
            waiting.pop(name, None)
    return {order for order in waiting.values() if not order.startswith("A-last-")}


def _compare(installation: Installation, folder: Path, kills: int, connections: int) -> Outcome:
    began, kept = set[str](), set[str]()
    for ledger in folder.glob("ledger-*"):
        for entry in ledger.read_text("ascii").splitlines():
            order, _, said = entry.partition(" ")
            (kept if said == "kept" else began).add(order)
    rows = installation.ask(
        "SELECT toString(id) AS id, order_id, visitor_id, toString(sequence) AS place FROM klantreis.touchpoints"
        " WHERE type = 'order' AND site = {site:String} AND NOT startsWith(order_id, 'A-last-')",
        {"site": f"app-{folder.name}"},
    )
    assert rows is not None, installation.tail()
    orders = Counter(row["order_id"] for row in rows)
    counts = Counter(row["id"] for row in rows) | orders | Counter(row["place"] for row in rows)
    return Outcome(
        kills,
        len(began),
        len(kept),
        sorted(kept - orders.keys()),
        sorted(one for one, times in counts.items() if times > 1),
        sorted(orders.keys() - began),
        len({row["visitor_id"] for row in rows}),
        connections,
    )


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1, 10_000), help="Apps to kill.")
@click.option("--seed", default=20_261_130, show_default=True, help="Of the moments, and of the line.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True,
    help="Folder on the disk to use; a new one below it is used.",
)  # fmt: skip
def main(kills: int, seed: int, data: Path) -> None:
    """Kill apps and fail on any order that is lost or doubled."""
    data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="killed-apps-", dir=data)).resolve()
    with collecting(folder) as (installation, _):
        outcome = killed_apps(folder, installation, seed=seed, kills=kills)
    click.echo(f"seed {seed}: {outcome}")
    if not outcome.clean:
        click.echo(f"FAILED: {folder} holds what is left; repeat with: make killed-apps KILLS={kills} SEED={seed}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
