"""`make killed-android`, `python -m tests.android.killed`: kills Java programs at any moment, counts what was lost.

An app and a till, each with a folder of its own, tell without a pause to a real collector over a line that breaks,
loses answers and is now and then a captive portal. Each writes down that a receipt begins before it is told, and its id
when it is on disk; what stands there with an id must be in ClickHouse once, and nothing twice. A killed one is started
again on its folder.
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
from pathlib import Path

import click

from tests.android.built import CannotBuildError, maven, telling
from tests.faults.sending import until_loaded
from tests.installation import Installation
from tests.store.collector import Line, collecting
from tests.store.killed import Outcome

KINDS = ("app", "till")
AT_ITS_START = 0.25
"""Share of the programs that are killed while they start, before or while they take up what waits."""
START_S = 0.8
LATEST = 80
"""Lines that the others write down at most before they are killed: enough for a request to be under way."""
PATIENCE_S = 10.0
LINE_BYTES = 40


def killed_programs(folder: Path, installation: Installation, key: str, *, seed: int, kills: int) -> Outcome:
    """So many blows, seeded. Raises AssertionError when what waits is not sent in the end."""
    line, stop = Line(installation.port), threading.Event()
    weather = threading.Thread(target=line.misbehave, args=(seed, stop), daemon=True)
    weather.start()
    _blows(folder, line, key, seed, kills)
    stop.set()
    weather.join(60)
    for kind in KINDS:
        command = telling(kind, folder / kind, line.url, folder.name, "flush-120000", Path(os.devnull))
        sent = subprocess.run(command, env=_environment(key), capture_output=True, text=True, timeout=300, check=True)
        assert sent.stdout.startswith("true 0 wait, 0 dropped"), sent.stdout + sent.stderr
    until_loaded(installation)
    line.close()
    return _compare(installation, folder, kills, line.taken)


def _blows(folder: Path, line: Line, key: str, seed: int, kills: int) -> None:
    chance = random.Random(f"{seed} kills")
    running = [_start(folder, line, key, kind, f"{kind}-0") for kind in KINDS]
    try:
        for number in range(1, kills + 1):
            place = chance.randrange(len(KINDS))
            victim, ledger = running[place]
            if chance.random() < AT_ITS_START:
                time.sleep(chance.uniform(0.0, START_S))
            else:
                _until_told(victim, ledger, chance.randrange(1, LATEST))
                time.sleep(chance.uniform(0.0, 0.01))
            assert victim.poll() is None, (folder / "programs.log").read_text()[-4000:]
            victim.send_signal(signal.SIGKILL)
            victim.wait(60)
            running[place] = _start(folder, line, key, KINDS[place], f"{KINDS[place]}-{number}")
    finally:
        for program, _ in running:
            program.kill()
            program.wait(60)


def _until_told(program: subprocess.Popen[bytes], ledger: Path, lines: int) -> None:
    """Until it has written down so many more; one on a slow machine is killed a little earlier."""
    before, until = _size(ledger), time.monotonic() + PATIENCE_S
    while _size(ledger) < before + lines * LINE_BYTES and time.monotonic() < until and program.poll() is None:
        time.sleep(0.005)


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0


def _start(folder: Path, line: Line, key: str, kind: str, name: str) -> tuple[subprocess.Popen[bytes], Path]:
    ledger = folder / f"ledger-{name}"
    command = telling(kind, folder / kind, line.url, folder.name, name, ledger)
    with (folder / "programs.log").open("ab") as log:
        return subprocess.Popen(command, env=_environment(key), stdout=log, stderr=log), ledger


def _environment(key: str) -> dict[str, str]:
    return {**os.environ, "KLANTREIS_KEY": key}


def _compare(installation: Installation, folder: Path, kills: int, requests: int) -> Outcome:
    began, told = set[str](), dict[str, str]()
    for ledger in folder.glob("ledger-*"):
        for entry in ledger.read_text("ascii").splitlines():
            receipt, _, identified = entry.partition(" ")
            began.add(receipt)
            if identified:
                told[identified] = receipt
    rows = installation.ask(
        "SELECT toString(id) AS id, order_id FROM klantreis.touchpoints WHERE store_id = {folder:String}",
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
        aside=0,
    )


@click.command()
@click.option("--kills", default=200, show_default=True, type=click.IntRange(1, 10_000), help="Programs to kill.")
@click.option("--seed", default=20_261_130, show_default=True, help="Of the moments, and of the line.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True,
    help="Folder on the disk to use; a new one below it is used.",
)  # fmt: skip
def main(kills: int, seed: int, data: Path) -> None:
    """Kill Java programs and fail on any receipt that is lost or doubled."""
    try:
        maven("-q", "-pl", "core", "test-compile")
    except CannotBuildError as error:
        raise click.ClickException(str(error)) from None
    data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="killed-android-", dir=data)).resolve()
    with collecting(folder) as (installation, key):
        outcome = killed_programs(folder, installation, key, seed=seed, kills=kills)
    click.echo(f"seed {seed}: {str(outcome).replace('tills', 'programs')}")
    if not outcome.clean:
        click.echo(f"FAILED: {folder} holds what is left; repeat with: make killed-android KILLS={kills} SEED={seed}")
        sys.exit(1)
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
