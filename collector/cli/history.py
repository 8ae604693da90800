"""klantreis import: what happened before, from files."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from collector.cli.options import with_settings
from collector.cli.plain import plain
from collector.errors import SettingsError
from collector.history import course
from collector.history.course import Outcome
from collector.history.journal import Counts
from collector.history.mapping_file import load
from collector.history.task import FORMS, Form, Task, form_of
from collector.receive.access import Key, Keys
from collector.settings import Settings
from collector.spool.waiting import backlog, lying, unloaded
from collector.waiting import until_gone

PATIENCE_S = 30.0
"""Seconds without anything being loaded after which the end is told with something still waiting."""
WAITING_TOLD_S = 10.0
"""Seconds after which it is said, once, that the loader is waited for."""


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--mapping", type=click.Path(dir_okay=False, path_type=Path),
    help="YAML that says which column fills which field. Only NDJSON of touchpoints needs none.",
)  # fmt: skip
@click.option("--key", "name", required=True, help="Name of the secret key that the touchpoints come in with.")
@click.option("--format", "form", type=click.Choice(FORMS), help="Form of the files. [default: as their names tell]")
@click.option("--dry-run", is_flag=True, help="Read, judge and report; store nothing.")
@click.option("--limit", type=click.IntRange(1), help="Only the first so many rows of each file.")
@click.option("--again", is_flag=True, help="Also what was imported already; it replaces itself.")
@with_settings(
    "demo", "spool_limit_mib", "spool_key_share", "segment_mib", "load_mib", "rejected_per_day", "property_names_limit"
)
def import_(
    settings: Settings,
    files: tuple[Path, ...],
    mapping: Path | None,
    name: str,
    form: Form | None,
    dry_run: bool,
    limit: int | None,
    again: bool,
) -> None:
    """Take in what happened before, from CSV, NDJSON or Parquet, by the rules of the front door.

    A bad row costs itself: it goes to the rejected ones, the others come in. Broken off or killed, the same command
    goes on where it was; a row that comes twice is stored once. The loader on this data folder loads it. docs/import.md
    says how to write a mapping.

    \b
    klantreis import orders.csv --mapping orders.yaml --key history --dry-run
    klantreis import orders-*.csv.gz --mapping orders.yaml --key history
    """
    key = _key(settings, name)
    read = None if mapping is None else load(mapping)
    outcomes = []
    for file in files:
        task = Task(file, form or form_of(file), read, key, limit, dry_run, again)
        with _Bar(file.name) as bar:
            outcome = course.run(settings, task, bar)
        outcomes.append(outcome)
        click.echo("\n".join(_told(file, outcome, dry_run)))
    if dry_run:
        click.echo("nothing was stored")
    elif any(not outcome.before for outcome in outcomes):
        click.echo(_loaded(settings))


def _key(settings: Settings, name: str) -> Key:
    """The active secret key of this name. Raises SettingsError."""
    found = next((key for key in Keys(settings).list() if key.name == name and key.revoked is None), None)
    if found is None:
        raise SettingsError(f"--key: {name} is no active key; klantreis keys add {name} --site SITE --kind secret")
    if not found.secret:
        raise SettingsError(
            f"--key: {name} is a public key, which may not send history; klantreis keys add history "
            f"--site {found.site} --kind secret"
        )
    return found


def _told(file: Path, outcome: Outcome, dry_run: bool) -> Iterator[str]:
    """What came of a file, a line each."""
    counts = outcome.notes.counts
    state = "imported already: " if outcome.before else ""
    rejected = sum(counts.rejected.values())
    yield (
        f"{file}: {state}{counts.rows:,} rows: {counts.accepted:,} accepted, {rejected:,} rejected, "
        f"{counts.skipped:,} skipped"
    )
    for reason, count in sorted(counts.rejected.items(), key=lambda one: -one[1]):
        yield f"  {count:,} {reason}, such as {plain(counts.examples.get(reason, ''), 300)}"
    if counts.set_aside:
        example = f", such as {plain(outcome.problem, 300)}" if outcome.problem else ""
        yield f"  {counts.set_aside:,} fields set aside{example}"
    if counts.not_kept:
        yield f"  {counts.not_kept:,} of the rejected were counted only: more than rejected_per_day"
    if dry_run and outcome.first:
        yield f"  the first one: {plain(outcome.first.decode('utf-8', 'replace'), 2000)}"


def _loaded(settings: Settings) -> str:
    """Whether all of it is in ClickHouse; waits for that as long as the loader gets on."""
    folder = settings.spool_folder
    here = lying(folder)

    def left() -> list[int]:
        waiting = unloaded(folder, here)
        return [waiting] if waiting else []

    if not until_gone(left, PATIENCE_S):
        return "all of it is loaded into klantreis.touchpoints and klantreis.rejected"
    return (
        f"on disk; up to {backlog(folder).rows:,} touchpoints still wait in the spool for the loader (klantreis serve, "
        "or klantreis load; klantreis doctor says what is wrong where it runs)"
    )


class _Bar:
    """How far it is; the bar itself on a terminal only."""

    def __init__(self, what: str) -> None:
        columns = (
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(), TimeRemainingColumn(),
        )  # fmt: skip
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(plain(what, 40), total=None, told="")
        self._waited = 0.0
        self._said = False

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def at(self, done: int, of: int, counts: Counts) -> None:
        """See `course.Watcher`."""
        self._waited = 0.0
        self._progress.update(self._task, completed=done, total=of, told=f"{counts.rows:,} rows")

    def waiting(self, bytes_: int) -> None:
        """See `course.Watcher`."""
        self._waited = self._waited or time.monotonic()
        if not self._said and time.monotonic() - self._waited > WAITING_TOLD_S:
            self._said = True
            self._progress.console.print(
                f"waiting: the loader has {bytes_ / 2**20:,.0f} MiB of the spool to load first; does klantreis serve, "
                "or klantreis load, run on this data folder?",
                highlight=False, markup=False, soft_wrap=True,
            )  # fmt: skip
