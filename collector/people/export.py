"""Everything that is stored of people, for them to see: touchpoints in the order of time, then what was rejected.

Rows go through one at a time, so that memory does not grow with what there is. Each says which table it is from;
columns that only the other table has are left out (ndjson) or empty (csv).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, Literal

import orjson

from collector.people import who
from collector.people.who import Who
from collector.settings import Settings
from collector.warehouse import forgotten
from collector.warehouse.client import Warehouse

Form = Literal["ndjson", "csv"]
TABLE = "table"
"""The field that says where a row is from."""

SOURCES: tuple[tuple[str, Callable[[str], str], str], ...] = (
    ("touchpoints", who.carries, "occurred_at, visitor_id, sequence, id"),
    ("rejected", who.names, "received_at, id"),
)
"""What is exported, what finds people there, and its order."""

STATEMENT_S = 3600.0
"""Seconds for one statement: looking for people reads whole tables."""


def export(settings: Settings, people: Who, form: Form, out: IO[str]) -> dict[str, int]:
    """Write all rows of these people to `out`; gives how many of which table. Raises WarehouseError and OSError."""
    with Warehouse(settings, timeout_s=STATEMENT_S) as warehouse:
        parameters = who.bound(people.marks(forgotten.secret(warehouse)))
        columns = [TABLE, *_columns(warehouse)]
        write = _csv(out, columns) if form == "csv" else _ndjson(out)
        counts = {}
        for view, condition, order in SOURCES:
            sql = f"SELECT * FROM klantreis.{view} WHERE {condition(who.chosen())} ORDER BY {order}"  # noqa: S608
            counts[view] = 0
            for row in warehouse.stream(sql, parameters):
                write({TABLE: view, **row})
                counts[view] += 1
    return counts


def _columns(warehouse: Warehouse) -> Iterator[str]:
    """Of both tables, each name once."""
    sql = "SELECT name FROM system.columns WHERE database = 'klantreis' AND table = {table:String} ORDER BY position"
    names = [str(row["name"]) for view, _, _ in SOURCES for row in warehouse.rows(sql, {"table": view})]
    return iter(dict.fromkeys(names))


def _ndjson(out: IO[str]) -> Callable[[dict[str, Any]], None]:
    def write(row: dict[str, Any]) -> None:
        out.write(orjson.dumps(row).decode() + "\n")

    return write


def _csv(out: IO[str], columns: Sequence[str]) -> Callable[[dict[str, Any]], None]:
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()

    def write(row: dict[str, Any]) -> None:
        writer.writerow({name: _cell(value) for name, value in row.items()})

    return write


def _cell(value: Any) -> Any:
    """Lists and maps as JSON: a cell has no other form for them."""
    return orjson.dumps(value).decode() if isinstance(value, dict | list) else value
