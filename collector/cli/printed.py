"""Rows on a terminal: as a table, JSON or CSV."""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Sequence

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from collector.cli.plain import plain

with_format = click.option(
    "--format", "form", type=click.Choice(["table", "json", "csv"]), default="table", help="Form of output."
)
"""Give a command the option --format."""

UNBOUND = 10_000
"""Characters in a line of what nobody's terminal has to hold; a table takes no more of them than it needs."""


def show(names: Sequence[str], rows: Sequence[Sequence[object]], form: str) -> None:
    """Print them: as a table with their number, as a line of JSON each, or as CSV with a line of names."""
    if form == "json":
        for row in rows:
            # It stays the same JSON: only its texts can hold what does not print.
            click.echo(plain(orjson.dumps(dict(zip(names, row, strict=True)), default=str).decode()))
    elif form == "csv":
        writer = csv.writer(sys.stdout)
        writer.writerow(names)
        writer.writerows(rows)
    else:
        console().print(_as_table(names, rows))
        click.echo(f"{len(rows)} row{'' if len(rows) == 1 else 's'}")


def console() -> Console:
    """As wide as the terminal; what goes into a file or another program is as wide as it has to be."""
    return Console() if sys.stdout.isatty() or "COLUMNS" in os.environ else Console(width=UNBOUND)


def _as_table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    table = Table(header_style="bold", row_styles=["", "dim"])
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        # Text, not markup or orders to a terminal: what was sent may hold square brackets and escape characters.
        table.add_row(*(_cell(value) for value in row))
    return table


def _cell(value: object) -> str:
    return escape("" if value is None else plain(str(value)))
