"""klantreis rules: check, test, explain and begin phase rules, with the very expression that classifies."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from collector.cli.engine import normalise, run_sql
from collector.cli.explained import explained
from collector.cli.options import WAREHOUSE, with_settings
from collector.phases import check as checking
from collector.phases import new_model
from collector.phases.rulefile import load as load_rules
from collector.settings import Settings
from collector.shipped import rules as shipped_rules


@click.group()
def rules() -> None:
    """Check, test and explain the phase rules. docs/rules.md teaches them."""


@rules.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@with_settings("rules", *WAREHOUSE)
def check(settings: Settings, folder: Path | None) -> None:
    """Find every mistake in a rule folder: each with file, line, column and remedy. Exits with 1 when there is one."""
    folder = _folder(settings, folder)
    mistakes = checking.check(folder, run_sql(settings), normalise(settings))
    for mistake in mistakes:
        click.echo(mistake)
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
