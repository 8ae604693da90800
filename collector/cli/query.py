"""klantreis query: SQL on the warehouse, answered as a table, JSON or CSV."""

from __future__ import annotations

import click

from collector.cli.options import WAREHOUSE, with_settings
from collector.cli.printed import show, with_format
from collector.settings import Settings
from collector.warehouse.client import Warehouse


@click.command()
@click.argument("sql")
@with_format
@with_settings(*WAREHOUSE)
def query(settings: Settings, sql: str, form: str) -> None:
    """Run SQL on the warehouse and print what comes back.

    \b
    klantreis query "SELECT phase, count() FROM klantreis.touchpoints GROUP BY phase"
    """
    with Warehouse(settings) as warehouse:
        names, rows = warehouse.table(sql)
    show(names, rows, form)
