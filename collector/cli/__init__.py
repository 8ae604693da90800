"""The command line: `klantreis …`. One module per theme; this one gathers them."""

from __future__ import annotations

import logging
import sys

import click

from collector import __version__, logs
from collector.cli import (
    ask,
    demo,
    doctor,
    export,
    forget,
    history,
    identity,
    keys,
    query,
    reclassify,
    rejected,
    roles,
    rules,
    settle,
    snippet,
)
from collector.errors import KlantreisError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="klantreis")
def klantreis() -> None:
    """Klantreis: customer journeys from touchpoints on every channel, in ClickHouse.

    Every option can also be given as a variable (--console-port is KLANTREIS_CONSOLE_PORT) or in klantreis.toml
    (console_port = 8081). All settings: docs/settings.md.
    """


for command in (
    *roles.COMMANDS,
    keys.keys,
    snippet.snippet,
    rules.rules,
    reclassify.reclassify,
    settle.settle,
    identity.identity,
    rejected.rejected,
    query.query,
    ask.ask,
    doctor.doctor,
    demo.demo,
    forget.forget,
    export.export,
    history.import_,
):
    klantreis.add_command(command)


def main() -> None:
    """Run the command; an error of ours is told in plain words, without a trace."""
    try:
        klantreis(prog_name="klantreis")
    except KlantreisError as error:
        if logs.as_json():
            logging.getLogger("collector").critical("%s", error)
        else:
            click.secho("klantreis: ", fg="red", err=True, nl=False)
            click.echo(str(error), err=True)
        sys.exit(1)
