"""klantreis export: a table, a view or an answer as a file, or everything that is stored of a person."""

from __future__ import annotations

import io
import sys
from datetime import datetime
from pathlib import Path

import click

from collector.cli.options import WAREHOUSE, with_settings
from collector.cli.people import chosen, with_people
from collector.cli.reclassify import MOMENT, milliseconds
from collector.cli.whole_file import written
from collector.errors import ExportUnfinished, SettingsError, WarehouseError
from collector.export import answer
from collector.export.answer import BINARY, FORMS, Form
from collector.export.tables import Wanted, statement
from collector.people.export import Form as PersonForm
from collector.people.export import export as export_people
from collector.people.who import Who
from collector.questions.answer import fault
from collector.questions.answer import statement as to_answer
from collector.questions.catalogue import Question, questions
from collector.settings import Settings
from collector.warehouse.client import Warehouse


@click.command()
@click.argument("source", required=False, metavar="[TABLE]")
@click.option("--query", "sql", help="Export what this SQL answers, in place of a table or view.")
@click.option("--person", is_flag=True, help="Export what is stored of a person; with --visitor, --customer, --order.")
@with_people
@click.option(
    "--set", "given", multiple=True, metavar="NAME=VALUE",
    help="A parameter of a question, as in docs/questions.md; the others are as usual. May be repeated.",
)  # fmt: skip
@click.option("--since", type=MOMENT, help="Only what occurred from then on, in UTC.")
@click.option("--until", type=MOMENT, help="Only what occurred before then, in UTC.")
@click.option("--columns", help="Only these columns, in this order, with commas between.")
@click.option(
    "--format", "form", type=click.Choice(FORMS), default="ndjson", show_default=True, help="Form of output.",
)  # fmt: skip
@click.option(
    "--output", "--out", "out", type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; it gets its name when it is whole. [default: standard output]",
)  # fmt: skip
@with_settings(*WAREHOUSE)
def export(
    settings: Settings,
    source: str | None,
    sql: str | None,
    person: bool,
    visitors: tuple[str, ...],
    customers: tuple[str, ...],
    orders: tuple[str, ...],
    site: str,
    given: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    columns: str | None,
    form: Form,
    out: Path | None,
) -> None:
    """Write a table, view or question of klantreis, or what a query answers, to a file for analysts' own tools.

    With --person: everything stored that carries one of the identifiers, touchpoints by time, then what was rejected.
    What was accepted this very second may still be on its way. A file keeps its old content until the new is whole.

    \b
    klantreis export touchpoints --format parquet --output touchpoints.parquet --since 2026-01-01 --site shop
    klantreis export phase_transitions --set model=five_phase --set since=2026-01-01 --format csv
    klantreis export --query "SELECT phase, count() FROM klantreis.touchpoints GROUP BY phase" --format csv
    klantreis export --person --customer K-1042 --output k-1042.ndjson
    """
    if [source is not None, sql is not None, person].count(True) != 1:
        raise SettingsError("say what to export: a table or view such as touchpoints, --query, or --person")
    narrowed = since is not None or until is not None or columns is not None
    asked = questions().get((source or "").removeprefix("klantreis."))
    if given and asked is None:
        raise SettingsError("--set belongs to a question, such as journey_map: klantreis ask --list")
    if person:
        if narrowed or form not in ("ndjson", "csv"):
            raise SettingsError("--person exports all of it, as ndjson or csv: leave out --since, --until, --columns")
        _export_person(settings, chosen(site, visitors, customers, orders), form, out)
        return
    if visitors or customers or orders:
        raise SettingsError("--visitor, --customer and --order belong to --person")
    if sql is not None and (narrowed or site):
        raise SettingsError("--query says all itself: leave out --since, --until, --site and --columns")
    if out is None and form in BINARY and sys.stdout.isatty():
        raise SettingsError(f"{form} is not for a terminal: give --output FILE")
    if asked is not None:
        if narrowed or site:
            raise SettingsError(
                f"{asked.name} is a question: say --set since=2026-01-31, --set until=… and --set site=…, "
                "and leave out --columns"
            )
        _export_answer(settings, asked, dict(_pair(one) for one in given), form, out)
        return
    values: dict[str, object] = {}
    if sql is None:
        wanted = Wanted(
            source or "", tuple(columns.split(",")) if columns else (), milliseconds(since), milliseconds(until), site
        )
        with Warehouse(settings) as warehouse:
            sql, values = statement(warehouse, wanted, uuid_as_text=form in BINARY)
    _export(settings, sql, values, form, out)


def _export_answer(settings: Settings, asked: Question, given: dict[str, str], form: Form, out: Path | None) -> None:
    with Warehouse(settings) as warehouse:
        sql, values = to_answer(warehouse, asked, given)
    try:
        _export(settings, sql, values, form, out)
    except ExportUnfinished as error:
        cause = error.__cause__
        raise (fault(asked, cause) if isinstance(cause, WarehouseError) else None) or error from cause


def _export(settings: Settings, sql: str, values: dict[str, object], form: Form, out: Path | None) -> None:
    with written(out, "--output") as file:
        size = answer.write(settings, sql.strip().removesuffix(";"), values, form, file)
    if out is not None:
        click.echo(f"{out}: {size:,} bytes", err=True)


def _pair(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign:
        raise SettingsError(f"--set {text}: write NAME=VALUE, such as --set model=five_phase")
    return name, value


def _export_person(settings: Settings, people: Who, form: PersonForm, out: Path | None) -> None:
    with written(out, "--output") as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")  # csv ends its lines itself
        try:
            counts = export_people(settings, people, form, text)
            text.flush()
        finally:
            text.detach()  # else it closes the file
    click.echo(f"{counts['touchpoints']:,} touchpoints, {counts['rejected']:,} rejected", err=True)
