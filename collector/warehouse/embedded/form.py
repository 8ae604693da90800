"""Multipart forms: long parameters, and tables that a client brings along for one query (external data).

https://clickhouse.com/docs/engines/table-engines/special/external-data: a file part named `t`, with `t_format` and
`t_structure` or `t_types` in the URL, is the temporary table `t`.
"""

from __future__ import annotations

import dataclasses
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from collector.warehouse.embedded.body import Body
from collector.warehouse.embedded.engine import Engine, Handle, quoted
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.folder import PIPES
from collector.warehouse.embedded.limits import FORM_BYTES
from collector.warehouse.embedded.request import Ask

PARTS = 100
"""Parts of one form."""

_DISPOSITION = re.compile(rb"content-disposition\s*:\s*form-data\s*;([^\r\n]{0,1000})", re.IGNORECASE)
_NAME = re.compile(rb'(?:^|[;\s])name="([^"]{0,200})"')
_FILENAME = re.compile(rb"(?:^|[;\s])filename=")
_TABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_SUFFIXES = ("_format", "_structure", "_types")


@dataclass(frozen=True)
class Table:
    """A table that came with a request."""

    name: str
    format: str
    structure: str
    rows: bytes


async def read(ask: Ask, body: Body, given: Mapping[str, str]) -> tuple[Ask, list[Table]]:
    """The request with what its form says, and the tables in it. Raises Fault for one that is malformed or too big."""
    data = bytearray(b"\r\n")
    while piece := await body.read():
        data += piece
        if len(data) > FORM_BYTES:
            raise Fault(36, f"A form is at most {FORM_BYTES} bytes")
    query, parameters, tables = ask.query, dict(ask.parameters), []
    for name, is_file, value in _parts(bytes(data), ask.boundary):
        if is_file:
            tables.append(_table(name, value, given))
        elif name == "query":
            query += _text(value)
        elif name.startswith("param_"):
            parameters.setdefault(name[len("param_") :], _text(value))
    of_tables = {table.name + suffix for table in tables for suffix in _SUFFIXES}
    settings = {name: value for name, value in ask.settings.items() if name not in of_tables}
    return dataclasses.replace(ask, query=query, parameters=parameters, settings=settings), tables


def _parts(data: bytes, boundary: str) -> Iterator[tuple[str, bool, bytes]]:
    parts = data.split(b"\r\n--" + boundary.encode("latin-1"), PARTS + 2)
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise Fault(36, f"The form is not complete, or has more than {PARTS} parts")
    for part in parts[1:-1]:
        head, blank, value = part.partition(b"\r\n\r\n")
        disposition = _DISPOSITION.search(head)
        name = None if disposition is None else _NAME.search(disposition[1])
        if not blank or disposition is None or name is None:
            raise Fault(36, "A part of the form has no name")
        yield name[1].decode("utf-8", "replace"), _FILENAME.search(disposition[1]) is not None, value


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise Fault(36, "The fields of a form must be UTF-8") from None


def _table(name: str, rows: bytes, given: Mapping[str, str]) -> Table:
    if not _TABLE.fullmatch(name):
        raise Fault(36, f"External table '{name[:64]}': a name is letters, digits and underscores")
    structure = given.get(f"{name}_structure", "")
    if not structure:
        types = given.get(f"{name}_types", "")
        if not types:
            raise Fault(36, f"External table '{name}': give {name}_structure or {name}_types in the URL")
        structure = ", ".join(f"_{number} {kind.strip()}" for number, kind in enumerate(types.split(","), 1))
    return Table(name, given.get(f"{name}_format", "TabSeparated"), structure, rows)


@contextmanager
def brought_along(tables: list[Table], engine: Engine, handle: Handle) -> Iterator[None]:
    """Make the tables temporary tables of this handle, for as long as this lasts. Runs on a thread; raises Fault."""
    with ExitStack() as stack:
        for table in tables:
            _make(table, engine, handle)
            stack.callback(handle.run, f"DROP TEMPORARY TABLE IF EXISTS {table.name}")
        yield


def _make(table: Table, engine: Engine, handle: Handle) -> None:
    file = PIPES / f"{uuid.uuid4().hex}.rows"
    try:
        file.write_bytes(table.rows)
        with engine.handed_over(uuid.uuid4().hex, table.format, quoted(table.structure), str(file)) as rows:
            handle.run(f"CREATE TEMPORARY TABLE {table.name} AS SELECT * FROM {rows}")  # noqa: S608  # both are plain names
    finally:
        file.unlink(missing_ok=True)
