"""`make killed-apps`, `python -m tests.mobile.killed`: kills apps at any moment, and counts what was lost or doubled.

An app with the mobile SDK tells of orders without a pause, to a real collector over a line that breaks, loses answers
and is now and then a captive portal. It writes down that an order begins before it is told, and again when the SDK says
that it is kept; what stands there as kept must be in ClickHouse once, and nothing twice.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from collector.receive.access import Keys
from tests.faults.sending import until_loaded
from tests.installation import Installation
from tests.killing import await_moment, breaking, command, entries, size
from tests.store.collector import Line

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
SENT_WITHIN_S = 300.0
START_S = 0.3
LATEST_BYTES = 60 * 24
"""In its ledger when one is killed at the latest, some 60 orders: enough for a request to be under way."""
PATIENCE_S = 4.0


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
    with breaking(installation, seed) as line:
        _blows(folder, program, line, key, seed, kills)
    _send_the_rest(folder, program, line, key)
    until_loaded(installation)
    line.close()
    return _compare(installation, folder, kills, line.taken)


def _blows(folder: Path, program: Path, line: Line, key: str, seed: int, kills: int) -> None:
    chance = random.Random(f"{seed} kills")
    for number in range(kills):
        app, ledger = _start(folder, program, line, key, f"{number}")
        try:
            await_moment(chance, app, ledger, start_s=START_S, bytes_at_most=LATEST_BYTES, patience_s=PATIENCE_S)
            assert app.poll() is None, "the app ended by itself: see apps.log"
        finally:
            app.send_signal(signal.SIGKILL)
            app.wait(10)


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
    if not size(ledger):
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
    for order, said in entries(folder):
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


if __name__ == "__main__":
    command(
        "killed-apps",
        lambda folder, installation, _, seed, kills: killed_apps(folder, installation, seed=seed, kills=kills),
    )()
