"""klantreis ask: the questions that have a view of their own, with what is usually asked filled in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from collector.cli.options import WAREHOUSE, with_settings
from collector.cli.printed import show, with_format
from collector.questions.answer import Answer, answer
from collector.questions.by_removal import by_removal
from collector.questions.catalogue import COMMON, DEFAULTS, OWN, Question, question, questions
from collector.settings import Settings
from collector.warehouse.client import Warehouse

Command = TypeVar("Command", bound=Callable[..., None])
DIGITS = 4
"""Of fractions in a table; JSON and CSV have all."""


def with_parameters(command: Command) -> Command:
    """Give a command an option for each parameter of any question; bots is a flag."""
    for name, meaning in reversed([*COMMON.items(), *OWN.items()]):
        flag = f"--{name.replace('_', '-')}"
        usual = DEFAULTS.get(name, "")
        if name == "bots":
            command = click.option(flag, name, is_flag=True, flag_value="1", default=None, help=meaning)(command)
        else:
            shown = f"{meaning} [default: {usual}]" if usual else meaning
            command = click.option(flag, name, default=None, help=shown)(command)
    return command


@click.command()
@click.argument("name", metavar="QUESTION", default="")
@click.option("--list", "listed", is_flag=True, help="Say which questions there are.")
@with_parameters
@with_format
@with_settings(*WAREHOUSE)
def ask(settings: Settings, name: str, listed: bool, form: str, **given: Any) -> None:
    """Answer one of the questions of docs/questions.md.

    \b
    klantreis ask journey_map --model five_phase --since 2026-01-01
    klantreis ask attribution --by source --rule markov
    """
    if listed or not name:
        show(("question", "what it asks"), [(one.name, one.asks) for one in questions().values()], form)
        return
    chosen = question(name)
    with Warehouse(settings) as warehouse:
        told = _answered(warehouse, chosen, {key: value for key, value in given.items() if value is not None})
    show(told.columns, [[_short(value) for value in row] for row in told.rows] if form == "table" else told.rows, form)


def _answered(warehouse: Warehouse, chosen: Question, given: dict[str, Any]) -> Answer:
    markov = chosen.name == "attribution" and given.get("rule") == "markov"
    return by_removal(warehouse, given) if markov else answer(warehouse, chosen, given)


def _short(value: object) -> object:
    return f"{value:.{DIGITS}f}" if isinstance(value, float) else value
