"""klantreis reclassify: stored touchpoints get the signals and phases of the present rules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from types import TracebackType
from typing import Any, TypeVar

import click
import orjson
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from collector.cli.moves import print_moves
from collector.cli.options import WAREHOUSE, with_settings
from collector.phases.rulefile import load as load_rules
from collector.reclassify import course
from collector.reclassify.column import Told
from collector.reclassify.course import Steps
from collector.reclassify.moves import moves
from collector.reclassify.task import Task
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse

MOMENT = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
T = TypeVar("T", bound=Callable[..., Any])


def with_span(command: T) -> T:
    """Options --from and --to, as `since` and `until`."""
    until = click.option("--to", "until", type=MOMENT, help="Only touchpoints that occurred before then, in UTC.")
    since = click.option("--from", "since", type=MOMENT, help="Only touchpoints that occurred from then on, in UTC.")
    return since(until(command))


def milliseconds(moment: datetime | None) -> int | None:
    """A moment in UTC as milliseconds since 1970."""
    return None if moment is None else int(moment.replace(tzinfo=timezone.utc).timestamp()) * 1000


@click.command()
@with_span
@click.option("--model", default="", help="Only this model's phases; the signals and the other models stay.")
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@click.option("--json", "as_json", is_flag=True, help="With --dry-run: as JSON.")
@click.option("--yes", is_flag=True, help="Do not look first at what changes, and do not ask.")
@click.option("--abandon", is_flag=True, help="Undo one that was begun and that readers do not see yet.")
@with_settings("rules", *WAREHOUSE, "clickhouse_cluster")
def reclassify(
    settings: Settings,
    since: datetime | None,
    until: datetime | None,
    model: str,
    dry_run: bool,
    as_json: bool,
    yes: bool,
    abandon: bool,
) -> None:
    """Give stored touchpoints the signals and phases of the present rules.

    First says how many would change, then asks. Touchpoints may come in meanwhile. Whoever reads sees the old phases
    until all of the new ones are there, then the new ones. Killed or broken off, the same command goes on where it was.

    \b
    klantreis reclassify --dry-run
    klantreis reclassify --from 2026-01-01 --model aida
    """
    if abandon:
        course.abandon(settings, click.echo)
        return
    rules = load_rules(settings.rules or shipped_rules())
    task = Task(rules, model, milliseconds(since), milliseconds(until))
    if dry_run or not yes:
        _look(settings, task, as_json=as_json and dry_run)
    if dry_run:
        return
    if not yes:
        click.confirm("Re-classify them?", abort=True)
    click.echo(f"re-classifying {task.told()}")
    with _Bar() as bar:
        course.reclassify(settings, task, Steps(bar.tell, bar.begin))
    click.echo("re-classified")


def _look(settings: Settings, task: Task, *, as_json: bool) -> None:
    with Warehouse(settings, timeout_s=course.STATEMENT_S) as warehouse:
        course.check_schema(warehouse)
        found = moves(warehouse, task)
    if as_json:
        click.echo(orjson.dumps(found.as_json()).decode())
    else:
        print_moves(found)


class _Bar:
    """How far it is; the bar itself on a terminal only."""

    def __init__(self) -> None:
        columns = TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn()
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()

    def tell(self, what: str) -> None:
        """Print what was done."""
        self._progress.console.print(what, highlight=False, markup=False, soft_wrap=True)

    def begin(self, what: str) -> Told:
        """Begin anew with something of as many rows as are left at most."""
        most = 0
        self._progress.reset(self._task, description=what, total=None)

        def told(rows_left: int) -> None:
            nonlocal most
            most = max(most, rows_left)
            self._progress.update(self._task, total=most or None, completed=most - rows_left)

        return told
