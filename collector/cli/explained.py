"""The answers of `klantreis rules explain`: about a touchpoint given as JSON, or about one in the warehouse."""

from __future__ import annotations

from uuid import UUID

import click

from collector.cli.engine import LONG, normalise, run_sql
from collector.phases import asked
from collector.phases.explain import explain
from collector.phases.outdated import compared
from collector.phases.rules import RuleSet
from collector.phases.tried import Derived
from collector.settings import Settings
from collector.warehouse import stored
from collector.warehouse.client import Warehouse


def explained(settings: Settings, rule_set: RuleSet, question: str, *, every: bool) -> list[str]:
    """The lines for a file, `-` or an id. Raises ClickException where it is none of them."""
    identity = _identity(question)
    if identity is not None:
        return _of_stored(settings, rule_set, identity, every)
    try:
        with click.open_file(question, "rb") as file:
            given, before = asked.read(file.read())
    except OSError as error:
        raise click.ClickException(
            f"{question}: {error.strerror}; give a file with a touchpoint as JSON, - for standard input, or the id of a"
            " stored touchpoint"
        ) from None
    except asked.NoTouchpoint as error:
        raise click.ClickException(str(error)) from None
    facts: Derived = {}  # what enrichment would add: nothing is stated
    after = None if before is None else [(one, facts) for one in before]
    return explain(rule_set, given, run_sql(settings), normalise(settings), after=after).lines(every=every)


def _identity(question: str) -> UUID | None:
    try:
        return UUID(question)
    except ValueError:
        return None


def _of_stored(settings: Settings, rule_set: RuleSet, identity: UUID, every: bool) -> list[str]:
    with Warehouse(settings) as warehouse:
        found = stored.find(warehouse, identity)
        if not found:
            raise click.ClickException(
                f"no touchpoint {identity} in the warehouse; it may still be on its way (klantreis doctor), have been"
                " rejected (klantreis rejected), or belong to somebody who was forgotten"
            )
        return [line for one in found for line in _one(warehouse, rule_set, one, every)]


def _one(warehouse: Warehouse, rule_set: RuleSet, one: stored.Stored, every: bool) -> list[str]:
    """The rules' conditions are tried on the row as it is stored: `explain` gets it in the place of a sender's."""
    explanation = explain(rule_set, b"", lambda sql: warehouse.rows(sql, one.key, LONG), lambda _: stored.row())
    before = {"signal": one.signal, **one.phases}
    return [
        f"{one.type} of site {one.site}, {one.occurred_at:%Y-%m-%d %H:%M:%S} UTC",
        *explanation.lines(every=every),
        *compared(explanation, rule_set.hash, before, one.rules, one.rule_set).split("\n"),
    ]
