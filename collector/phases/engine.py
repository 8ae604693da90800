"""What rule tools need of a ClickHouse: something that runs a statement, and something that makes touchpoints rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from importlib import resources

RunSql = Callable[[str], list[dict[str, object]]]
"""Runs one statement (with `collector.phases.compile.SETTINGS`) and returns its rows by column name.

Raises any exception when ClickHouse refuses the statement."""

Normalise = Callable[[Sequence[bytes]], str]
"""Touchpoints as JSON objects → the text of a SELECT with one row for each: every column that rules may name, as the
loader makes them, and `_row`, the touchpoint's position from 0."""


def statement(name: str, **parts: str) -> str:
    """The statement in `<name>.sql` beside this module, without its comments, with `{part}` replaced.

    The parts are SQL made by `collector.phases.sql`, never a value from outside. They are put in at one go: a literal
    in one of them may well contain the name of another.
    """
    text = resources.files(__package__ or "collector.phases").joinpath(f"{name}.sql").read_text(encoding="utf-8")
    lines = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("--"))
    return re.sub(r"\{([a-z_]+)\}", lambda found: parts[found[1]], lines)
