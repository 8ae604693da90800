"""klantreis identity: who an identifier is, and links that somebody makes or undoes."""

from __future__ import annotations

import click

from collector.cli.options import WAREHOUSE, with_settings
from collector.journeys import decisions
from collector.journeys.identity import KNOWING, VISITOR, Node
from collector.settings import Settings
from collector.warehouse.client import Warehouse

KINDS = (VISITOR, *KNOWING)


class Identifier(click.ParamType[Node]):
    """`kind:value`, as `customer:4711`."""

    name = "kind:value"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> Node:
        """Read it. Fails with what it may be."""
        kind, colon, text = value.partition(":")
        if not colon or not text or kind not in KINDS:
            self.fail(f"{value!r} is no identifier: write {', '.join(f'{one}:…' for one in KINDS)}", param, ctx)
        return Node("", kind, text)


IDENTIFIER = Identifier()
SITE = click.option("--site", required=True, help="Site that the identifiers belong to.")


@click.group()
def identity() -> None:
    """Who is who: show a person's identifiers, link two of them, or undo a link. docs/journeys.md explains it."""


@identity.command()
@click.argument("identifier", type=IDENTIFIER)
@SITE
@with_settings(*WAREHOUSE)
def show(settings: Settings, identifier: Node, site: str) -> None:
    """Everything that is linked with IDENTIFIER, and how."""
    with Warehouse(settings) as warehouse:
        found = decisions.show(warehouse, identifier._replace(site=site))
    if not found:
        click.echo(f"{_told(identifier)} came together with nothing on {site}: it is somebody of its own, or unknown")
    for line in found:
        click.echo(line)


def _deciding(decision: decisions.Decision, meaning: str, told: str) -> click.Command:
    """A command that decides of two identifiers: `meaning` is its help, `told` what it says when it is done."""

    @click.argument("one", type=IDENTIFIER)
    @click.argument("other", type=IDENTIFIER)
    @SITE
    @with_settings(*WAREHOUSE)
    def decide(settings: Settings, one: Node, other: Node, site: str) -> None:
        with Warehouse(settings) as warehouse:
            decisions.decide(warehouse, one._replace(site=site), other._replace(site=site), decision)
        click.echo(f"{_told(one)} and {_told(other)} {told.format(site=site)}; their journeys are settled anew")

    return click.command(decision, help=meaning)(decide)


for command in (
    _deciding(
        "link",
        "ONE and OTHER are one person, whatever the touchpoints say. Undo: klantreis identity facts.",
        "are one person on {site}",
    ),
    _deciding(
        "unlink",
        "ONE and OTHER say nothing of one another, though they came together. Undo: klantreis identity facts.",
        "are not linked on {site}",
    ),
    _deciding(
        "facts",
        "Take back what was decided of ONE and OTHER: they are linked if they came together in a touchpoint.",
        "are on {site} what touchpoints say",
    ),
):
    identity.add_command(command)


def _told(node: Node) -> str:
    return f"{node.kind}:{node.value}"
