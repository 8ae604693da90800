"""klantreis export: everything that is stored of a person, for them to see."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from collector.cli.options import WAREHOUSE, with_settings
from collector.cli.people import chosen, with_people
from collector.errors import SettingsError
from collector.people.export import Form
from collector.people.export import export as export_people
from collector.settings import Settings

OWNER_ONLY = 0o600
"""What is exported is personal data."""


@click.command()
@click.option("--person", is_flag=True, help="Export what is stored of a person; there is no other export yet.")
@with_people
@click.option(
    "--format",
    "form",
    type=click.Choice(["ndjson", "csv"]),
    default="ndjson",
    show_default=True,
    help="Form of output.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write. [default: standard output]"
)
@with_settings(*WAREHOUSE)
def export(
    settings: Settings,
    person: bool,
    visitors: tuple[str, ...],
    customers: tuple[str, ...],
    orders: tuple[str, ...],
    site: str,
    form: Form,
    out: Path | None,
) -> None:
    """Write everything stored that carries one of these identifiers: touchpoints by time, then what was rejected.

    Every column, a row a line. What was accepted this very second may still be on its way.

    \b
    klantreis export --person --customer K-1042 --out k-1042.ndjson
    """
    if not person:
        raise SettingsError("say what to export: --person")
    people = chosen(site, visitors, customers, orders)
    with _written(out) as file:
        counts = export_people(settings, people, form, file)
    click.echo(f"{counts['touchpoints']:,} touchpoints, {counts['rejected']:,} rejected", err=True)


@contextmanager
def _written(out: Path | None) -> Iterator[IO[str]]:
    """Where to write; a file gets its name when it is whole."""
    if out is None:
        yield sys.stdout
        return
    part = out.with_name(f"{out.name}.part")
    try:
        part.unlink(missing_ok=True)
        # newline: csv ends its lines itself.
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            yield file
        part.rename(out)
    except OSError as error:
        raise SettingsError(f"--out: {out} cannot be written: {error.strerror or error}") from error
    finally:
        part.unlink(missing_ok=True)
