"""What runs that kill programs of an SDK share: the line that breaks, the moments, the ledgers, and the command.

A program writes into a ledger of its own that something begins before it is told, and again when the SDK says that it
is kept. So the ledger, which outlives the program, says what must be in ClickHouse.
"""

from __future__ import annotations

import contextlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import click

from tests.installation import Installation
from tests.store.collector import Line, collecting

AT_ITS_START = 0.25
"""Share of the programs that are killed while they start, before or while they read what waits."""


class Outcome(Protocol):
    """What a run did, and what came of it; its text is what the command prints."""

    @property
    def clean(self) -> bool: ...


@contextlib.contextmanager
def breaking(installation: Installation, seed: int) -> Iterator[Line]:
    """A line to the collector that breaks until the block ends; it holds afterwards, for what still waits."""
    line, stop = Line(installation.port), threading.Event()
    weather = threading.Thread(target=line.misbehave, args=(seed, stop), daemon=True)
    weather.start()
    try:
        yield line
    finally:
        stop.set()
        weather.join(60)


def await_moment(
    chance: random.Random, program: subprocess.Popen[bytes], ledger: Path, *, start_s: float, bytes_at_most: int,
    patience_s: float,
) -> None:  # fmt: skip
    """Wait until the moment of the blow: at the program's start, or when it has written so many bytes more.

    One on a slow machine is killed a little earlier.
    """
    if chance.random() < AT_ITS_START:
        time.sleep(chance.uniform(0.0, start_s))
        return
    enough, until = size(ledger) + chance.randrange(1, bytes_at_most), time.monotonic() + patience_s
    while size(ledger) < enough and time.monotonic() < until and program.poll() is None:
        time.sleep(0.005)
    time.sleep(chance.uniform(0.0, 0.01))


def size(file: Path) -> int:
    """Bytes of a file; 0 where there is none yet."""
    return file.stat().st_size if file.exists() else 0


def entries(folder: Path) -> Iterator[tuple[str, str]]:
    """What stands in all ledgers: what is told, and what the SDK said of it, empty for its begin."""
    for ledger in folder.glob("ledger-*"):
        for entry in ledger.read_text("ascii").splitlines():
            told, _, said = entry.partition(" ")
            yield told, said


def command(target: str, run: Callable[[Path, Installation, str, int, int], Outcome]) -> click.Command:
    """The command behind `make TARGET`; `run` gets a folder, the collector, its secret key, seed and kills."""

    @click.command(help="Kill programs of an SDK and fail on anything that is lost or doubled.")
    @click.option("--kills", default=200, show_default=True, type=click.IntRange(1, 10_000), help="Programs to kill.")
    @click.option("--seed", default=20_261_130, show_default=True, help="Of the moments, and of the line.")
    @click.option(
        "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True,
        help="Folder on the disk to use; a new one below it is used.",
    )  # fmt: skip
    def main(kills: int, seed: int, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=f"{target}-", dir=data)).resolve()
        with collecting(folder) as (installation, key):
            outcome = run(folder, installation, key, seed, kills)
        click.echo(f"seed {seed}: {outcome}")
        if not outcome.clean:
            click.echo(f"FAILED: {folder} holds what is left; repeat with: make {target} KILLS={kills} SEED={seed}")
            sys.exit(1)
        shutil.rmtree(folder)

    return main
