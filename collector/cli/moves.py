"""Moves from signal to signal and phase to phase, a line each, with touchpoints to look at below it."""

from __future__ import annotations

import click

from collector.cli.plain import plain
from collector.reclassify.moves import Move, Moves

ROWS = 200
"""Moves that are printed; --json gives all."""
WIDTH = 160
"""Characters of a touchpoint: an address may have thousands."""


def print_moves(found: Moves) -> None:
    """Print them, with what they are out of.

    Lines and no table: in a terminal of 80 columns an id and an address took twelve lines of its last column.
    """
    for move in found.moves[:ROWS]:
        for line in _lines(move):
            click.echo(line)
    if len(found.moves) > ROWS:
        click.echo(f"and {len(found.moves) - ROWS:,} more moves, of fewer touchpoints each: --json gives all")
    sample = f", 1 in {found.one_in:,} of all," if found.one_in > 1 else ""
    looked_at = _counted(found.looked_at, "touchpoint", "touchpoints")
    click.echo(f"{found.changed:,} of {looked_at}{sample} change, of {_counted(found.people, 'person', 'people')}")


def _lines(move: Move) -> list[str]:
    counts = f"{_counted(move.touchpoints, 'touchpoint', 'touchpoints')}, {_counted(move.people, 'person', 'people')}"
    head = f"{move.layer}: {_named(move.before)} → {_named(move.after)}: {counts}"
    return [plain(head), *(f"    {plain(' '.join(filter(None, example)), WIDTH)}" for example in move.examples)]


def _counted(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _named(outcome: str) -> str:
    return outcome or "(none)"
