"""`make bench`, `python -m loadtest.bench`: how fast it is, as figures of the design, on this machine and disk.

Everything runs on 127.0.0.1, in a folder of its own that is removed at the end. What is measured, and the last results,
are in README.md.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from loadtest import freshness, loading, machine, many_rules, memory, receiving, reclassifying, report
from loadtest.figure import Effort, Figure

ROOT = Path(__file__).parents[1]
FIGURES: Mapping[int, Callable[[Effort], Figure]] = {
    1: receiving.single,
    2: receiving.batched,
    3: loading.against_plain,
    4: freshness.visible,
    5: many_rules.against_few,
    6: memory.of_a_receiver,
    7: reclassifying.against_insert,
}
TOUCHPOINTS: Mapping[int, int] = {1: 40_000, 2: 60_000, 3: 300_000, 4: 60_000, 5: 100_000, 6: 40_000, 7: 62_500}
"""Different ones that are prepared for a figure: enough for the servers' caches to see real variety."""


@click.command()
@click.option("--figures", default=",".join(map(str, FIGURES)), show_default=True, help="Which to measure.")
@click.option("--seconds", default=2, show_default=True, type=click.IntRange(1, 60), help="Each server, each round.")
@click.option("--rounds", default=5, show_default=True, type=click.IntRange(1, 100), help="Pairs of each comparison.")
@click.option("--touchpoints", type=click.IntRange(100), help="Different ones prepared; unset: as each figure needs.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=ROOT / "data",
    help="Folder on the disk to measure; a new one below it is used. Default: data/ of this project.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Write JSON, with every round's values, instead of tables.")
def main(figures: str, seconds: int, rounds: int, touchpoints: int | None, data: Path, as_json: bool) -> None:
    """Measure; say what is reached. Exit code 0 also where a figure falls short: speed is the machine's too."""
    chosen = _chosen(figures)
    _own_settings()
    data.mkdir(parents=True, exist_ok=True)
    results = []
    with tempfile.TemporaryDirectory(prefix="bench-", dir=data) as folder:
        about = machine.describe(Path(folder))
        for number in chosen:
            click.echo(f"measuring figure {number} …", err=True)
            own = Path(folder, str(number))
            own.mkdir()
            effort = Effort(own, rounds, seconds, touchpoints or TOUCHPOINTS[number], machine.processors())
            results.append(FIGURES[number](effort))
    if as_json:
        click.echo(report.as_json(about, results))
    else:
        report.show(about, results, report.console())


def _chosen(figures: str) -> list[int]:
    try:
        numbers = [int(part) for part in figures.split(",")]
    except ValueError:
        numbers = []
    if not numbers or not set(numbers) <= FIGURES.keys():
        raise click.BadParameter(
            f"name some of {', '.join(map(str, FIGURES))}, with commas between", param_hint="figures"
        )
    return numbers


def _own_settings() -> None:
    """The defaults are measured, not what this shell or folder happens to set; SIGTERM cleans up as Ctrl-C does."""
    for name in [name for name in os.environ if name.startswith("KLANTREIS_")]:
        del os.environ[name]
    os.environ["KLANTREIS_CONFIG"] = os.devnull
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))


if __name__ == "__main__":
    main()
