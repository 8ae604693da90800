"""How long the questions take: every view on ten million touchpoints of a million people, cold and warm.

The steps of journeys are made by ClickHouse itself (questions_people.sql) and merged, and the questions are asked of
that; then a part of the people is settled anew, as it is at any moment, so that reading exactly has work to do, and
they are asked again. Cold: the table's files are not in the memory of the system; warm is what follows.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.questions.answer import answer
from collector.questions.catalogue import Question, questions
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse
from loadtest import machine, servers
from loadtest.installed import installed

PIECE = 50_000
"""People that are made at a time: some 500,000 rows, which stay below 2 GiB."""
STEPS = "klantreis.journey_steps_stored"
PEOPLE_SQL = Path(__file__).with_name("questions_people.sql")
LOOK_EVERY_S = 0.02
MIB = 1 << 20
ASKED: Mapping[str, dict[str, str]] = {
    "as usual": {},
    "a model, from a day on": {"model": "five_phase", "since": "2025-03-01"},
}


@click.command()
@click.option("--people", default=1_000_000, show_default=True, help="How many people; each has some ten touchpoints.")
@click.option("--settled-anew", default=100, show_default=True, help="One in so many people lies there twice.")
@click.option("--rounds", default=5, show_default=True, help="How often each question is asked warm.")
def main(people: int, settled_anew: int, rounds: int) -> None:
    """Fill a warehouse of its own and ask everything."""
    console = Console(width=132)
    with tempfile.TemporaryDirectory(prefix="klantreis-questions-") as place:
        described = machine.describe(Path(place))
        with installed(Path(place)) as running, Warehouse(running.settings, timeout_s=600) as warehouse:
            console.print("\n".join(f"{name:<20}{value}" for name, value in described.items()), highlight=False)
            fill(warehouse, load(shipped_rules()), people)
            for state in ("merged", "partly settled anew"):
                if state != "merged":
                    settle_anew(warehouse, people, settled_anew)
                console.print(told(warehouse), highlight=False)
                for asked, given in ASKED.items():
                    title = f"{asked}, {state}"
                    console.print(_asked(running.settings, running.engine, warehouse, title, given, rounds))


def fill(warehouse: Warehouse, rules: RuleSet, people: int) -> None:
    """Make the steps, and merge them."""
    for row in rules_rows(rules):
        names = ", ".join(row)
        values = ", ".join(f"{{{name}:{'Bool' if name == 'is_default' else 'String'}}}" for name in row)
        warehouse.command(f"INSERT INTO klantreis.phases_stored ({names}) VALUES ({values})", row)
    _settle(warehouse, people, PIECE, every=1, version=1)
    warehouse.command(f"OPTIMIZE TABLE {STEPS} FINAL")


def settle_anew(warehouse: Warehouse, people: int, every: int) -> None:
    """Make the steps of one in so many people once more."""
    _settle(warehouse, people, PIECE * 20, every=every, version=2)


def _settle(warehouse: Warehouse, people: int, piece: int, *, every: int, version: int) -> None:
    sql = PEOPLE_SQL.read_text(encoding="utf-8")
    for first in range(0, people, piece):
        last = min(people, first + piece)
        warehouse.command(sql, {"first": first, "last": last, "every": every, "version": version})


def rules_rows(rules: RuleSet) -> Iterator[dict[str, Any]]:
    """The rows of klantreis.phases_stored, as texts."""
    for model in rules.models:
        for position, phase in enumerate(model.phases, 1):
            yield {
                "rule_set": rules.hash,
                "model": model.id,
                "is_default": model.default,
                "phase": phase.id,
                "position": str(position),
                "part": phase.part,
            }


def told(warehouse: Warehouse) -> str:
    """What lies there."""
    [row] = warehouse.rows(
        "SELECT count() AS steps, uniqExact(person) AS people, uniqExact(journey) AS journeys,"
        f" countIf(purchase) AS bought, (SELECT count() FROM {STEPS}) AS stored FROM {STEPS} FINAL"
    )
    parts = warehouse.rows(
        "SELECT count() AS parts, sum(bytes_on_disk) AS bytes FROM system.parts"
        " WHERE database = 'klantreis' AND table LIKE 'journey_steps_stored%' AND active"
    )[0]
    return (
        f"{row['steps']:,} touchpoints of {row['people']:,} people in {row['journeys']:,} journeys with"
        f" {row['bought']:,} purchases; {row['stored']:,} rows in {parts['parts']} parts,"
        f" {parts['bytes'] / MIB:,.0f} MiB"
    )


def _asked(
    settings: Settings,
    engine: subprocess.Popen[bytes],
    warehouse: Warehouse,
    title: str,
    given: dict[str, str],
    rounds: int,
) -> Table:
    table = Table("question", title=f"Asked {title}, seconds", title_justify="left")
    for column in ("cold", "warm, lowest", "median", "highest", "processor s", "MiB", "rows"):
        table.add_column(column, justify="right")
    for question in questions().values():
        _forget_pages(settings.data)
        with _memory(settings, question) as most:
            cold, _, _ = _once(engine, warehouse, question, given)
            runs = [_once(engine, warehouse, question, given) for _ in range(rounds)]
        took = [seconds for seconds, _, _ in runs]
        used = statistics.median(processor for _, processor, _ in runs)
        times = (cold, min(took), statistics.median(took), max(took), used)
        table.add_row(question.name, *(f"{one:.2f}" for one in times), f"{max(most) / MIB:,.0f}", f"{runs[0][2]:,}")
    return table


def _once(
    engine: subprocess.Popen[bytes], warehouse: Warehouse, question: Question, given: dict[str, str]
) -> tuple[float, float, int]:
    """Seconds, seconds of processor time, rows."""
    used, begun = servers.processor_s(engine) or 0.0, time.perf_counter()
    rows = len(answer(warehouse, question, given).rows)
    return time.perf_counter() - begun, (servers.processor_s(engine) or 0.0) - used, rows


def _forget_pages(folder: Path) -> None:
    """Have the system drop what it holds of these files; those of others stay."""
    for file in folder.rglob("*"):
        with contextlib.suppress(OSError):
            handle = os.open(file, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


@contextlib.contextmanager
def _memory(settings: Settings, question: Question) -> Iterator[list[int]]:
    """The most bytes that a statement from this view used, looked at again and again meanwhile."""
    most, over = [0], threading.Event()

    def look() -> None:
        with Warehouse(settings) as other:
            while not over.wait(LOOK_EVERY_S):
                found = other.rows(
                    "SELECT max(peak_memory_usage) AS most FROM system.processes WHERE query LIKE {like:String}",
                    # The engine writes the name of a view with its parameters in backticks.
                    {"like": f"SELECT * FROM `klantreis.{question.name}`(%"},
                )
                most.append(int(found[0]["most"] or 0))

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield most
    finally:
        over.set()
        thread.join()


if __name__ == "__main__":
    main()
