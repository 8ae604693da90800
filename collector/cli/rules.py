"""klantreis rules: check, test, explain and begin phase rules, with the very expression that classifies."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

import click
import orjson

from collector.cli.engine import normalise, run_sql
from collector.cli.explained import explained
from collector.cli.moves import print_moves
from collector.cli.options import WAREHOUSE, with_settings
from collector.cli.reclassify import milliseconds, with_span
from collector.phases import check as checking
from collector.phases import new_model
from collector.phases.compile import compile_rules
from collector.phases.expression import classification
from collector.phases.rulefile import load as load_rules
from collector.phases.unclassified import remarks
from collector.reclassify import course
from collector.reclassify.moves import moves
from collector.reclassify.task import Task
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse

FOLDER = click.Path(exists=True, file_okay=False, path_type=Path)


@click.group()
def rules() -> None:
    """Check, test and explain the phase rules. docs/rules.md teaches them."""


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@with_settings("rules", *WAREHOUSE)
def check(settings: Settings, folder: Path | None) -> None:
    """Find every mistake in a rule folder: each with file, line, column and remedy. Exits with 1 when there is one.

    What a model leaves unclassified is told as well; that is no mistake.
    """
    folder = _folder(settings, folder)
    mistakes = checking.check(folder, run_sql(settings), normalise(settings))
    for mistake in mistakes:
        click.echo(mistake)
    if not mistakes:
        for remark in remarks(load_rules(folder)):
            click.echo(remark, err=True)
    click.echo(f"{folder}: {_count(len(mistakes), 'mistake')}", err=True)
    sys.exit(1 if mistakes else 0)


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@with_settings("rules", *WAREHOUSE)
def test(settings: Settings, folder: Path | None) -> None:
    """Run the examples that stand beside the rules. Exits with 1 when one fails."""
    report = checking.test(_folder(settings, folder), run_sql(settings), normalise(settings))
    for line in report.lines():
        click.echo(line)
    sys.exit(1 if report.failures else 0)


@rules.command()
@click.argument("touchpoint")
@click.option("--every", is_flag=True, help="Show every rule before the one that matched, at full length.")
@with_settings("rules", *WAREHOUSE)
def explain(settings: Settings, touchpoint: str, every: bool) -> None:
    """Say which rules a touchpoint matches, and why the others do not.

    TOUCHPOINT is a file with one touchpoint as JSON; - reads standard input. Required fields may be left out. With
    "after", what came before it, the answer is that of a settled journey. Or it is the id of a touchpoint in the
    warehouse: then the answer also says whether it is stored as these rules would have it.

    \b
    echo '{"type": "page_view", "page": {"path": "/nl/winkelwagen"}}' | klantreis rules explain -
    echo '{"type": "product_view", "after": [{"type": "order", "days_ago": 5}]}' | klantreis rules explain -
    klantreis rules explain 01922f8e-7c55-7b1e-9a68-3a64e2d1f0aa
    """
    for line in explained(settings, load_rules(settings.rules or shipped_rules()), touchpoint, every=every):
        click.echo(line)


@rules.command()
@click.argument("old", type=FOLDER)
@click.argument("new", type=FOLDER)
@with_span
@click.option("--site", default="", help="Only touchpoints of this site.")
@click.option(
    "--most",
    type=click.IntRange(0),
    default=1_000_000,
    show_default=True,
    help="Look at about so many touchpoints at most, evenly chosen; 0 looks at all.",
)
@click.option(
    "--samples", type=click.IntRange(1, 100), default=3, show_default=True, help="Touchpoints shown of each move."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_settings(*WAREHOUSE)
def diff(
    settings: Settings,
    old: Path,
    new: Path,
    since: datetime | None,
    until: datetime | None,
    site: str,
    most: int,
    samples: int,
    as_json: bool,
) -> None:
    """Say which touchpoints move from which signal and phase to which when rules OLD become rules NEW.

    Asks the warehouse, of the touchpoints that lie there, and changes nothing.

    
    klantreis rules diff rules-of-last-year rules --site shop --from 2026-01-01
    """
    task = Task(load_rules(new), since_ms=milliseconds(since), until_ms=milliseconds(until))
    before = classification(compile_rules(load_rules(old)))
    with Warehouse(settings, timeout_s=course.STATEMENT_S) as warehouse:
        found = moves(warehouse, task, stored=before, site=site, most=most, samples=samples)
    if as_json:
        click.echo(orjson.dumps(found.as_json()).decode())
    else:
        print_moves(found)


@rules.command()
@click.argument("model")
@with_settings("rules", *WAREHOUSE)
def new(settings: Settings, model: str) -> None:
    """Begin a phase model of your own: a commented file MODEL.yaml that passes every check as it is.

    It goes to the folder of --rules. Where there is none yet, the rules that ship are copied to it first; without
    --rules that folder is our_rules, in the folder where you are. Nothing is overwritten.

    \b
    klantreis rules new our_phases --rules our_rules
    """
    folder = settings.rules or Path("our_rules")
    if new_model.copied(shipped_rules(), folder):
        click.echo(f"{folder}: the rules that ship were copied here")
    file = new_model.write(folder, model, load_rules(folder), run_sql(settings), normalise(settings))
    click.echo(f"{file}: written; open it in an editor, it says what to do")
    click.echo(f"try it with: klantreis rules check {folder}; use it with: klantreis serve --rules {folder}")


def _folder(settings: Settings, folder: Path | None) -> Path:
    return folder or settings.rules or shipped_rules()


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
