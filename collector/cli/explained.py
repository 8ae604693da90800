"""The answers of `klantreis rules explain`: about a touchpoint given as JSON, or about one in the warehouse."""

from __future__ import annotations

from uuid import UUID

import click

from collector.cli.engine import normalise, run_sql
from collector.explained import of_stored
from collector.phases import asked
from collector.phases.explain import explain
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
        return [line for one in found for line in of_stored(warehouse, rule_set, one, every=every)]
