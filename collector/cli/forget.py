"""klantreis forget: erases what is stored of a person, and sees to it that it stays away."""

from __future__ import annotations

import click

from collector.cli.options import WAREHOUSE, with_settings
from collector.cli.people import chosen, with_people
from collector.people.erase import erase, find
from collector.settings import Settings


@click.command()
@with_people
@click.option("--dry-run", is_flag=True, help="Count what there is and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@with_settings(*WAREHOUSE, "clickhouse_cluster")
def forget(
    settings: Settings,
    visitors: tuple[str, ...],
    customers: tuple[str, ...],
    orders: tuple[str, ...],
    site: str,
    dry_run: bool,
    yes: bool,
) -> None:
    """Erase every touchpoint that carries one of these identifiers, and withhold those that come later.

    It cannot be undone. Exits with 1 when something is left, and says what; the same command then goes on from there.
    It never prints an identifier. docs/operating.md says what it reaches and what not.

    \b
    klantreis forget --visitor 0198c5e0-… --customer K-1042 --dry-run
    """
    people = chosen(site, visitors, customers, orders)
    found = find(settings, people)
    click.echo(f"found: {found.touchpoints:,} touchpoints, {found.rejected:,} rejected")
    if found.waiting_bytes:
        click.echo(f"and {found.waiting_bytes:,} bytes wait in the spool, of whomever; they are not counted")
    if dry_run:
        return
    if not yes:
        click.confirm("Erase them for ever?", abort=True)
    erase(settings, people, click.echo)
    click.echo("forgotten")
