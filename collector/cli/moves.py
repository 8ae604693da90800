"""Moves from signal to signal and phase to phase, as a table."""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from collector.reclassify.moves import Move, Moves

ROWS = 200
"""Moves that a table shows; --json gives all."""


def print_moves(found: Moves) -> None:
    """Print them, with what they are out of."""
    if found.moves:
        Console().print(_table(found))
    if len(found.moves) > ROWS:
        click.echo(f"and {len(found.moves) - ROWS:,} more moves, of fewer touchpoints each: --json gives all")
    sample = f", 1 in {found.one_in:,} of all" if found.one_in > 1 else ""
    click.echo(f"{found.changed:,} of {found.looked_at:,} touchpoints{sample} change, of {found.people:,} people")


def _table(found: Moves) -> Table:
    table = Table(header_style="bold")
    for name in ("signal or model", "before", "after"):
        table.add_column(name, overflow="fold")
    for name in ("touchpoints", "people"):
        table.add_column(name, justify="right")
    table.add_column("for instance", overflow="fold")
    for move in found.moves[:ROWS]:
        names = (move.layer, _named(move.before), _named(move.after))
        counts = f"{move.touchpoints:,}", f"{move.people:,}"
        table.add_row(*map(escape, names), *counts, _examples(move))
    return table


def _named(outcome: str) -> str:
    return outcome or "(none)"


def _examples(move: Move) -> str:
    """Text, not markup: what was sent may hold square brackets."""
    return escape("\n".join(" ".join(filter(None, (id_, type_, page))) for id_, type_, page in move.examples))
