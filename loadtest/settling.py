"""How long journeys take to settle: those of everybody, and those of ten thousand people of a million.

`python -m loadtest.settling`. Touchpoints are made in ClickHouse itself (many_people.sql), classified on their way in
by the shipped rules, and settled by the real settlement; no settler runs beside it. A folder that is given with
`--data` is kept, and filled once.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from collector.journeys.settle import Settlement, everybody
from collector.journeys.turns import Turn
from collector.phases.compile import compile_rules
from collector.phases.expression import RESULTS
from collector.phases.rulefile import load as load_rules
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse
from loadtest import servers
from loadtest.installed import Installed, installed
from loadtest.watch import Watch

HERE = Path(__file__).parent
PIECE = 500_000
STATEMENT_S = 3600.0
SOME = """INSERT INTO klantreis.changed
SELECT DISTINCT 'shop', 'visitor', visitor_id FROM klantreis.touchpoints_stored
WHERE visitor_id != '' AND cityHash64(visitor_id) % 97 = {again} LIMIT {changed}"""
LINKS = "INSERT INTO klantreis.identities_stored"


@click.command()
@click.option("--touchpoints", type=click.IntRange(1000), default=10_000_000, show_default=True)
@click.option("--people", type=click.IntRange(100), default=1_000_000, show_default=True)
@click.option(
    "--changed", type=click.IntRange(1), default=10_000, show_default=True, help="People who get something new."
)
@click.option("--data", type=click.Path(path_type=Path), help="Folder to work in, kept; one that is removed otherwise.")
def main(touchpoints: int, people: int, changed: int, data: Path | None) -> None:
    """Make touchpoints, settle everybody, then some."""
    with (
        _folder(data) as folder,
        installed(folder) as running,
        Warehouse(running.settings, timeout_s=STATEMENT_S) as warehouse,
    ):
        clock = _Clock(running)
        with Watch({"clickhouse": running.engine.pid}) as watch:
            if _count(warehouse, "touchpoints_stored") != touchpoints:
                _fill(warehouse, clock, touchpoints, people)
            settlement = _settlement(warehouse, running.settings)
            clock.told("everybody noted as changed", lambda: everybody(warehouse))
            clock.told("settled everybody", lambda: _settle(settlement))
            for again in range(5):
                warehouse.command(SOME.format(again=again, changed=changed))
                clock.told(f"settled {changed:,} who changed", lambda: _settle(settlement))
            warehouse.command(SOME.format(again=50, changed=1))
            clock.told("settled one who changed", lambda: _settle(settlement))
        peak = max((sample.memory_mib for sample in watch.samples), default=0)
        counted = warehouse.rows(
            "SELECT count() AS steps, uniqExact(person) AS people, uniqExact(journey) AS journeys "
            "FROM klantreis.journey_steps"
        )[0]
        click.echo(f"{counted}; ClickHouse took at most {peak:,.0f} MiB")


@contextlib.contextmanager
def _folder(given: Path | None) -> Iterator[Path]:
    if given is not None:
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="klantreis-settling-") as place:
        yield Path(place)


class _Clock:
    """Says how long something took, by the clock and in processor time, and how busy the machine was at its end."""

    def __init__(self, running: Installed) -> None:
        self._engine = running.engine

    def told(self, what: str, work: Callable[[], object]) -> None:
        used, begun = servers.processor_s(self._engine) or 0.0, time.perf_counter()
        work()
        took, used = time.perf_counter() - begun, (servers.processor_s(self._engine) or 0.0) - used
        click.echo(f"{what}: {took:.2f} s, {used:.2f} s of ClickHouse's processor time; load {os.getloadavg()[0]:.1f}")


def _fill(warehouse: Warehouse, clock: _Clock, touchpoints: int, people: int) -> None:
    made = (HERE / "many_people.sql").read_text(encoding="utf-8")
    for leftover in ("DROP TABLE IF EXISTS klantreis.made_classified", "DROP TABLE IF EXISTS klantreis.made"):
        warehouse.command(leftover)
    warehouse.command("TRUNCATE TABLE klantreis.touchpoints_stored")
    warehouse.command("CREATE TABLE klantreis.made AS klantreis.touchpoints_stored ENGINE = Null")
    warehouse.command(
        f"CREATE MATERIALIZED VIEW klantreis.made_classified TO klantreis.touchpoints_stored AS {_rules()}"
    )

    def fill() -> None:
        for first in range(0, touchpoints, PIECE):
            rows = min(PIECE, touchpoints - first)
            sql = made.replace("{first}", str(first)).replace("{rows}", str(rows)).replace("{people}", str(people))
            warehouse.command(sql)

    clock.told(f"{touchpoints:,} touchpoints of {people:,} people made and classified", fill)
    for table in ("made_classified", "made"):
        warehouse.command(f"DROP TABLE klantreis.{table}")
    schema = (HERE.parent / "collector" / "warehouse" / "schema" / "0007_journeys.sql").read_text(encoding="utf-8")
    links = schema[schema.index(LINKS) :].partition(";\n")[0]
    clock.told("links found", lambda: warehouse.command(links))


def _rules() -> str:
    """The touchpoints that were made, with what the shipped rules say of them."""
    rows = f"SELECT * EXCEPT ({', '.join(RESULTS)}) FROM klantreis.made"
    for level in compile_rules(load_rules(shipped_rules())).levels:
        rows = f"SELECT *, {level} FROM ({rows})"
    return f"SELECT COLUMNS('^[^_]') FROM ({rows})"


def _settlement(warehouse: Warehouse, chosen: Settings) -> Settlement:
    turn = Turn(warehouse)
    turn.take()
    settlement = Settlement(warehouse, chosen, load_rules(shipped_rules()), turn)
    settlement.begin()
    return settlement


def _settle(settlement: Settlement) -> None:
    while settlement.take():
        settlement.settle()


def _count(warehouse: Warehouse, table: str) -> int:
    return int(warehouse.rows(f"SELECT count() AS n FROM klantreis.{table}")[0]["n"])


if __name__ == "__main__":
    main()
