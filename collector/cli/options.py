"""Options of commands, made from the settings so that a setting is described once."""

from __future__ import annotations

import functools
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from collector import logs, settings
from collector.settings import Settings
from collector.warehouse.embedded.access import known_password

COMMON = ("data", "log_level", "log_format")
WAREHOUSE = ("clickhouse", "clickhouse_user", "clickhouse_port")


def _click_type(annotation: Any) -> click.ParamType[Any] | type:
    """How click reads a setting; the settings themselves check the limits."""
    if isinstance(annotation, types.UnionType):
        annotation = next(kind for kind in typing.get_args(annotation) if kind is not type(None))
    if annotation is Path:
        return click.Path(path_type=Path)
    return annotation if annotation in (int, float) else str


def with_settings(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command options for these settings; it is called with the complete Settings as its first argument.

    The password of an embedded ClickHouse is looked up in the data folder, so that commands on one machine just work.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        @functools.wraps(command)
        def called(**given: Any) -> None:
            chosen = settings.load({name: given.pop(name) for name in dict.fromkeys((*names, *COMMON))})
            logs.configure("klantreis", chosen.log_level, chosen.log_format)
            command(with_password(chosen), **given)

        decorated: Callable[..., None] = called
        for name in reversed(tuple(dict.fromkeys((*names, *COMMON)))):
            decorated = _option(name)(decorated)
        return decorated

    return decorate


def with_password(chosen: Settings) -> Settings:
    """The settings with the embedded ClickHouse's generated password, where there is one and none was given."""
    password = None if chosen.clickhouse or chosen.clickhouse_password.get_secret_value() else known_password(chosen)
    if not password:
        return chosen
    return chosen.model_copy(update={"clickhouse_password": type(chosen.clickhouse_password)(password)})


def _option(name: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    field = Settings.model_fields[name]
    flag = f"--{name.replace('_', '-')}"
    shown = "" if field.default in (None, "", ()) or field.annotation is bool else f" [default: {field.default}]"
    text = f"{field.description}{shown}"
    if field.annotation is bool:
        return click.option(flag, name, is_flag=True, default=None, help=text)
    return click.option(flag, name, type=_click_type(field.annotation), default=None, help=text)
