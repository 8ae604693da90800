"""klantreis keys: who may send."""

from __future__ import annotations

from typing import Literal

import click
from rich.markup import escape
from rich.table import Table

from collector.cli.options import with_settings
from collector.cli.printed import console
from collector.receive.access import Keys
from collector.settings import Settings


@click.group()
def keys() -> None:
    """Make, list and revoke the keys that may send. docs/keys.md explains them."""


@keys.command()
@click.argument("name")
@click.option("--site", required=True, help="Site that its touchpoints belong to: a column of every row.")
@click.option(
    "--kind", type=click.Choice(["public", "secret"]), default="public", show_default=True,
    help="public for web pages and apps, secret for tills, servers and import.",
)  # fmt: skip
@click.option("--origin", "origins", multiple=True, help="Origin that may use it: https://shop.example. Repeatable.")
@click.option("--rate", type=float, help="Touchpoints a second it may send; unset: as rate_per_key says.")
@click.option(
    "--count-visitors", is_flag=True,
    help="Count visitors without any identifier, by a hash of address and browser that holds for a day. Public keys.",
)  # fmt: skip
@with_settings()
def add(
    settings: Settings,
    name: str,
    site: str,
    kind: Literal["public", "secret"],
    origins: tuple[str, ...],
    rate: float | None,
    count_visitors: bool,
) -> None:
    """Make a key and print it. A secret key is shown once: only its hash is kept."""
    key, value = Keys(settings).add(
        name=name, site=site, kind=kind, origins=origins, rate=rate, counts_visitors=count_visitors
    )
    click.echo(value)
    click.echo(f"{key.kind} key {key.name} for site {key.site}; running receivers take it up within a second", err=True)
    if key.kind == "secret":
        click.echo("Keep it now: it cannot be shown again.", err=True)


@keys.command("list")
@with_settings()
def list_(settings: Settings) -> None:
    """List the keys; never their secrets."""
    table = Table("name", "site", "kind", "key", "origins", "rate", "visitors", "state", header_style="bold")
    for key in Keys(settings).list():
        state = "active" if key.revoked is None else f"revoked {key.revoked}"
        rate = "" if key.rate is None else f"{key.rate:g}/s"
        visitors = "counted" if key.counts_visitors else ""
        cells = (key.name, key.site, key.kind, key.value or "(secret)", " ".join(key.origins), rate, visitors, state)
        table.add_row(*(escape(cell) for cell in cells))
    console().print(table)


@keys.command("count-visitors")
@click.argument("name")
@click.option("--off", is_flag=True, help="Count them no longer. Hashes that are stored stay.")
@with_settings()
def count_visitors_(settings: Settings, name: str, off: bool) -> None:
    """Begin to count a public key's visitors without any identifier, or end it."""
    key = Keys(settings).let_count_visitors(name, not off)
    told = "are counted" if key.counts_visitors else "are no longer counted"
    click.echo(f"visitors of {name} {told}; running receivers follow within a second", err=True)


@keys.command()
@click.argument("name")
@with_settings()
def revoke(settings: Settings, name: str) -> None:
    """Stop a key from being used. What it sent stays."""
    Keys(settings).revoke(name)
    click.echo(f"{name} is revoked; running receivers refuse it within a second", err=True)
