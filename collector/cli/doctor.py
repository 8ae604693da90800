"""klantreis doctor: looks at an installation from outside and says what is wrong and how to mend it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import click

from collector.cli.options import WAREHOUSE, with_settings
from collector.doctor import machine, service
from collector.doctor.finding import Finding
from collector.doctor.warehouse import warehouse
from collector.errors import KlantreisError
from collector.logs import one_line
from collector.settings import Settings
from collector.spool import losses

Examination = Callable[[Settings], Iterator[Finding]]

EXAMINATIONS: tuple[tuple[str, Examination], ...] = (
    ("folders", machine.folders),
    ("disk", machine.disk),
    ("clock", machine.clock),
    ("limits", machine.limits),
    ("ports", service.ports),
    ("restarts", service.restarts),
    ("web SDK", service.scripts),
    ("keys", service.keys),
    ("rules", service.rules),
    ("loss", service.loss),
    ("spool", service.spool),
    ("ClickHouse", warehouse),
)


@click.command()
@click.option(
    "--acknowledge-losses",
    is_flag=True,
    help="Say that somebody has seen what the spool lost; it is then no longer reported.",
)
@with_settings("host", "port", "console_host", "console_port", *WAREHOUSE, "rules", "spool_limit_mib", "demo")
def doctor(settings: Settings, acknowledge_losses: bool) -> None:
    """Say what is wrong with this installation and how to mend it. Exits with 1 when something is broken."""
    if acknowledge_losses:
        _acknowledge(settings)
    broken = False
    for what, examine in EXAMINATIONS:
        for finding in _examined(what, examine, settings):
            broken |= finding.broken
            _print(finding)
    sys.exit(1 if broken else 0)


def _examined(what: str, examine: Examination, settings: Settings) -> Iterator[Finding]:
    """The findings of one examination; one that fails is a finding too, and the others go on."""
    try:
        yield from examine(settings)
    except (KlantreisError, OSError) as error:
        yield Finding(what, f"cannot be looked at: {error}", "mend that first, then ask again", broken=True)


def _acknowledge(settings: Settings) -> None:
    """Takes note of all losses; without one, nothing is written. Raises OSError as a message."""
    try:
        if losses.read(settings.spool_folder).open:
            losses.acknowledge(settings.spool_folder)
    except OSError as error:
        raise click.ClickException(f"{settings.spool_folder}: the losses stay as they are: {error}") from None


def _print(finding: Finding) -> None:
    mark, colour = ("✗", "red") if finding.broken else ("!", "yellow") if finding.remedy else ("✓", "green")
    click.secho(f" {mark} ", fg=colour, nl=False)
    click.echo(f"{finding.what}: {one_line(finding.found)}")
    if finding.remedy:
        click.echo(f"     → {finding.remedy}")
