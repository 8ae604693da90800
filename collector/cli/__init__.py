"""The command line: `klantreis …`. One module per theme; this one finds them."""

from __future__ import annotations

import importlib
import logging
import sys

import click

from collector import __version__, logs
from collector.errors import KlantreisError

MODULES = {
    "ask": "ask",
    "clickhouse": "roles",
    "demo": "demo",
    "doctor": "doctor",
    "export": "export",
    "forget": "forget",
    "identity": "identity",
    "import": "history",
    "keys": "keys",
    "load": "roles",
    "query": "query",
    "receive": "roles",
    "reclassify": "reclassify",
    "rejected": "rejected",
    "rules": "rules",
    "serve": "roles",
    "settle": "settle",
    "snippet": "snippet",
}
"""The module of each command, where it goes by its own name."""


class Commands(click.Group):
    """Imports a command's module when it is asked for: all of them together take longer than most have to do."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the alphabet."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"collector.cli.{MODULES[cmd_name]}")
        name = "import_" if cmd_name == "import" else cmd_name  # a word of Python
        command: click.Command = getattr(module, name)
        return command


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(__version__, prog_name="klantreis")
def klantreis() -> None:
    """Klantreis: customer journeys from touchpoints on every channel, in ClickHouse.

    Every option can also be given as a variable (--console-port is KLANTREIS_CONSOLE_PORT) or in klantreis.toml
    (console_port = 8081). All settings: docs/settings.md.
    """


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
