"""How long journeys take to settle: those of everybody, and those of ten thousand people of a million.

`python -m loadtest.settling`. Touchpoints are made in ClickHouse itself (many_people.sql), classified by the shipped rules
and settled by the real settlement; no settler runs beside it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import click

from collector.journeys.settle import Settlement, everybody
from collector.journeys.turns import Turn
from collector.phases.rulefile import load as load_rules
from collector.reclassify.course import Steps, reclassify
from collector.reclassify.task import Task
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse
from loadtest.installed import installed
from loadtest.watch import Watch

HERE = Path(__file__).parent
PIECE = 500_000
STATEMENT_S = 3600.0
SOME = """INSERT INTO klantreis.changed
SELECT DISTINCT 'shop', 'visitor', visitor_id FROM klantreis.journey_steps_stored
WHERE visitor_id != '' AND cityHash64(person) % 97 = {again} LIMIT {changed}"""
LINKS = "INSERT INTO klantreis.identities_stored"


@click.command()
@click.option("--touchpoints", type=click.IntRange(1000), default=10_000_000, show_default=True)
@click.option("--people", type=click.IntRange(100), default=1_000_000, show_default=True)
@click.option(
    "--changed", type=click.IntRange(1), default=10_000, show_default=True, help="People who get something new."
)
@click.option("--data", type=click.Path(path_type=Path), help="Folder to work in, kept; a new one below it otherwise.")
def main(touchpoints: int, people: int, changed: int, data: Path | None) -> None:
    """Make touchpoints, settle everybody, then some."""
    folder = data or Path(tempfile.mkdtemp(prefix="klantreis-settling-", dir=Path.cwd() / "data"))
    with installed(folder) as running, Warehouse(running.settings, timeout_s=STATEMENT_S) as warehouse:
        with Watch({"clickhouse": running.engine.pid}) as watch:
            _fill(warehouse, running.settings, touchpoints, people)
            settlement = _settlement(warehouse, running.settings)
            _told("everybody noted as changed", lambda: everybody(warehouse))
            _told("settled everybody", lambda: _settle(settlement))
            for again in range(3):
                warehouse.command(SOME.format(again=again, changed=changed))
                _told(f"settled {changed:,} who changed", lambda: _settle(settlement))
            warehouse.command(SOME.format(again=50, changed=1))
            _told("settled one who changed", lambda: _settle(settlement))
        peak = max((sample.memory_mib for sample in watch.samples), default=0)
        counted = warehouse.rows(
            "SELECT count() AS steps, uniqExact(person) AS people, uniqExact(journey) AS journeys "
            "FROM klantreis.journey_steps"
        )[0]
        click.echo(f"{counted}; ClickHouse took at most {peak:,.0f} MiB")


def _fill(warehouse: Warehouse, chosen: Settings, touchpoints: int, people: int) -> None:
    text = (HERE / "many_people.sql").read_text(encoding="utf-8")
    begun = time.perf_counter()
    for first in range(0, touchpoints, PIECE):
        rows = min(PIECE, touchpoints - first)
        sql = text.replace("{first}", str(first)).replace("{rows}", str(rows)).replace("{people}", str(people))
        warehouse.command(sql)
    click.echo(f"{touchpoints:,} touchpoints of {people:,} people made: {time.perf_counter() - begun:.1f} s")
    steps = Steps(lambda what: None, lambda what: lambda rows: None)
    _told("classified by the shipped rules", lambda: reclassify(chosen, Task(load_rules(shipped_rules())), steps))
    schema = (HERE.parent / "collector" / "warehouse" / "schema" / "0007_journeys.sql").read_text(encoding="utf-8")
    links = schema[schema.index(LINKS) :].partition(";\n")[0]
    _told("links found", lambda: warehouse.command(links))


def _settlement(warehouse: Warehouse, chosen: Settings) -> Settlement:
    turn = Turn(warehouse)
    turn.take()
    settlement = Settlement(warehouse, chosen, load_rules(shipped_rules()), turn)
    settlement.begin()
    return settlement


def _settle(settlement: Settlement) -> None:
    while settlement.take():
        settlement.settle()


def _told(what: str, work: Callable[[], None]) -> None:
    begun = time.perf_counter()
    work()
    click.echo(f"{what}: {time.perf_counter() - begun:.2f} s")


if __name__ == "__main__":
    main()
