"""klantreis settle: journeys are settled now, of whoever changed or of everybody."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from collector.cli.options import WAREHOUSE, with_settings
from collector.errors import HistoryUnfinished
from collector.journeys.settle import Settlement, everybody
from collector.journeys.turns import Turn
from collector.phases.rulefile import load as load_rules
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import missing

STATEMENT_S = 3600.0


@click.command()
@click.option("--all", "whole", is_flag=True, help="Settle everybody anew: after rules changed, or to be sure.")
@with_settings(*WAREHOUSE, "rules", "journey_silence_days", "identity_hub_people", "identity_hub_devices")
def settle(settings: Settings, whole: bool) -> None:
    """Settle the journeys of whoever got something new.

    A running collector (klantreis serve, klantreis load) does so by itself within seconds; --all lets it do so for
    everybody. Where none runs, this command does the work.
    """
    rule_set = load_rules(settings.rules or shipped_rules())
    with Warehouse(settings, timeout_s=STATEMENT_S) as warehouse:
        if lacking := missing(warehouse):
            raise HistoryUnfinished(
                f"nothing was settled: the warehouse lacks {', '.join(lacking)}; start the loader, which migrates"
            )
        turn = Turn(warehouse)
        settlement = Settlement(warehouse, settings, rule_set, turn)
        if whole:
            everybody(warehouse)
            click.echo("everybody is noted as changed")
        if turn.is_taken():
            click.echo("a running settler does the work; klantreis doctor says how much is left")
            return
        turn.take()
        try:
            settlement.begin()
            _settle(settlement)
        finally:
            turn.give_back()


def _settle(settlement: Settlement) -> None:
    console = Console(stderr=True)
    columns = (
        TextColumn("settling"),
        BarColumn(),
        TextColumn("{task.completed:,} of {task.total:,}"),
        TimeElapsedColumn(),
    )
    settled = 0
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        while total := settlement.take():
            task = progress.add_task("settling", total=total)
            settled += settlement.settle(lambda done, task=task: progress.update(task, completed=done))  # type: ignore[misc]
    click.echo(f"settled: {settled:,} identifiers" if settled else "settled: nobody had changed")
