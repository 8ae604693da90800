"""`make killed-android`, `python -m tests.android.killed`: kills Java programs at any moment, counts what was lost.

An app and a till, each with a folder of its own, tell without a pause to a real collector over a line that breaks,
loses answers and is now and then a captive portal. Each writes down that a receipt begins before it is told, and its id
when it is on disk; what stands there with an id must be in ClickHouse once, and nothing twice. A killed one is started
again on its folder.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

from tests.android.built import CannotBuildError, maven, telling
from tests.faults.sending import until_loaded
from tests.installation import Installation
from tests.killing import await_moment, breaking, command
from tests.store.collector import Line
from tests.store.killed import Outcome, compare

KINDS = ("app", "till")
START_S = 0.8
LATEST_BYTES = 80 * 40
"""In its ledger when one is killed at the latest, some 80 lines: enough for a request to be under way."""
PATIENCE_S = 10.0


def killed_programs(folder: Path, installation: Installation, key: str, *, seed: int, kills: int) -> Outcome:
    """So many blows, seeded. Raises AssertionError when what waits is not sent in the end."""
    with breaking(installation, seed) as line:
        _blows(folder, line, key, seed, kills)
    for kind in KINDS:
        command = telling(kind, folder / kind, line.url, folder.name, "flush-120000", Path(os.devnull))
        sent = subprocess.run(command, env=_environment(key), capture_output=True, text=True, timeout=300, check=True)
        assert sent.stdout.startswith("true 0 wait, 0 dropped"), sent.stdout + sent.stderr
    until_loaded(installation)
    line.close()
    return compare("programs", installation, folder, kills, line.taken, aside=0)


def _blows(folder: Path, line: Line, key: str, seed: int, kills: int) -> None:
    chance = random.Random(f"{seed} kills")
    running = [_start(folder, line, key, kind, f"{kind}-0") for kind in KINDS]
    try:
        for number in range(1, kills + 1):
            place = chance.randrange(len(KINDS))
            victim, ledger = running[place]
            await_moment(chance, victim, ledger, start_s=START_S, bytes_at_most=LATEST_BYTES, patience_s=PATIENCE_S)
            assert victim.poll() is None, (folder / "programs.log").read_text()[-4000:]
            victim.send_signal(signal.SIGKILL)
            victim.wait(60)
            running[place] = _start(folder, line, key, KINDS[place], f"{KINDS[place]}-{number}")
    finally:
        for program, _ in running:
            program.kill()
            program.wait(60)


def _start(folder: Path, line: Line, key: str, kind: str, name: str) -> tuple[subprocess.Popen[bytes], Path]:
    ledger = folder / f"ledger-{name}"
    command = telling(kind, folder / kind, line.url, folder.name, name, ledger)
    with (folder / "programs.log").open("ab") as log:
        return subprocess.Popen(command, env=_environment(key), stdout=log, stderr=log), ledger


def _environment(key: str) -> dict[str, str]:
    return {**os.environ, "KLANTREIS_KEY": key}


def main() -> None:
    """Build the programs, then kill them."""
    try:
        maven("-q", "-pl", "core", "test-compile")
    except CannotBuildError as error:
        sys.exit(str(error))
    command(
        "killed-android",
        lambda folder, installation, key, seed, kills: killed_programs(
            folder, installation, key, seed=seed, kills=kills
        ),
    )()


if __name__ == "__main__":
    main()
