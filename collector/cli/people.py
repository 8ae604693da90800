"""Options that say which people a command is about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import click

from collector.errors import SettingsError
from collector.forgotten import KINDS
from collector.people.who import Who

IDENTIFIER_LENGTH = 128
"""Characters of the longest identifier that a touchpoint can carry."""

_WORDS = {
    "visitor": "Visitor id of theirs: a device or browser; also where it is linked to from another.",
    "customer": "Customer id of theirs.",
    "order": "Order id of theirs.",
}
Command = TypeVar("Command", bound=Callable[..., None])


def with_people(command: Command) -> Command:
    """Give a command the options --visitor, --customer, --order (repeatable) and --site."""
    site = click.option("--site", default="", help="Only on this site. Unset: on every site.")
    command = site(command)
    for kind in reversed(KINDS):
        command = click.option(f"--{kind}", f"{kind}s", multiple=True, help=f"{_WORDS[kind]} Repeatable.")(command)
    return command


def chosen(site: str, visitors: tuple[str, ...], customers: tuple[str, ...], orders: tuple[str, ...]) -> Who:
    """Who was named. Raises SettingsError for nobody, and for what no touchpoint can carry."""
    given = {"visitor": visitors, "customer": customers, "order": orders}
    identifiers = tuple((kind, value) for kind in KINDS for value in dict.fromkeys(given[kind]))
    if not identifiers:
        raise SettingsError("give at least one of --visitor, --customer and --order")
    for kind, value in identifiers:
        if not 0 < len(value) <= IDENTIFIER_LENGTH:
            raise SettingsError(f"--{kind}: an identifier has 1 to {IDENTIFIER_LENGTH} characters, this {len(value)}")
    return Who(site, identifiers)
