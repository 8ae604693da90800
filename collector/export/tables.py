"""What of a table or view is exported, as a statement whose values are bound."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from collector.errors import SettingsError
from collector.phases.meant import meant
from collector.warehouse.client import Warehouse

TIMES = ("occurred_at", "received_at")
"""Columns that a period speaks of: the first of them that there is."""
SQL = Path(__file__).with_name("export.sql")


@dataclass(frozen=True)
class Wanted:
    """Which rows and columns of a table or view; what is empty leaves nothing out."""

    source: str
    columns: tuple[str, ...] = ()
    since_ms: int | None = None
    """At this moment or later, in milliseconds since 1970 UTC."""
    until_ms: int | None = None
    """Before this moment."""
    site: str = ""


def statement(warehouse: Warehouse, wanted: Wanted, *, uuid_as_text: bool) -> tuple[str, dict[str, Any]]:
    """The SQL and the values that it binds.

    With `uuid_as_text` an id is a text, as it is in CSV anyway: most readers of Parquet and Arrow make 16 bytes of it.
    Raises SettingsError for a table or column that there is not, and WarehouseError.
    """
    source = wanted.source.removeprefix("klantreis.")
    types = _columns(warehouse, source)
    chosen = wanted.columns or tuple(types)
    for name in chosen:
        if name not in types:
            raise SettingsError(f"--columns: klantreis.{source} has no {name}; {meant(name, types)}")
    conditions, values = _conditions(wanted, source, types)
    columns = [_column(name, as_text=uuid_as_text and types[name] == "UUID") for name in chosen]
    sql = Template(SQL.read_text(encoding="utf-8").partition("\n")[2]).substitute(
        columns=", ".join(columns), source=f"`{source}`", conditions=" AND ".join(conditions) or "1"
    )
    return sql, values


def _columns(warehouse: Warehouse, source: str) -> dict[str, str]:
    """Names and types of a table's or view's columns. Raises SettingsError."""
    rows = warehouse.rows(
        "SELECT name, type FROM system.columns "
        "WHERE database = 'klantreis' AND table = {table:String} ORDER BY position",
        {"table": source},
    )
    if rows:
        return {str(row["name"]): str(row["type"]) for row in rows}
    known = [str(row["name"]) for row in warehouse.rows("SELECT name FROM system.tables WHERE database = 'klantreis'")]
    if source in known:
        raise SettingsError(f"klantreis.{source} is a view with values of its own: give them in --query")
    raise SettingsError(f"there is no klantreis.{source}; {meant(source, known)}")


def _conditions(wanted: Wanted, source: str, types: dict[str, str]) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    values: dict[str, Any] = {}
    if wanted.site:
        _must_have(source, types, ("site",), "--site")
        conditions.append("site = {site:String}")
        values["site"] = wanted.site
    for option, sign, moment in (("since", ">=", wanted.since_ms), ("until", "<", wanted.until_ms)):
        if moment is not None:
            time = _must_have(source, types, TIMES, f"--{option}")
            conditions.append(f"{time} {sign} fromUnixTimestamp64Milli({{{option}_ms:Int64}}, 'UTC')")
            values[f"{option}_ms"] = moment
    return conditions, values


def _must_have(source: str, types: dict[str, str], names: Sequence[str], option: str) -> str:
    found = next((name for name in names if name in types), None)
    if found is None:
        raise SettingsError(f"{option}: klantreis.{source} has no {' or '.join(names)}; leave it out, or use --query")
    return found


def _column(name: str, *, as_text: bool) -> str:
    quoted = "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"
    return f"toString({quoted}) AS {quoted}" if as_text else quoted
