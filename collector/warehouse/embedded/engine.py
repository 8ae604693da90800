"""chDB: the engine and its handles.

One process, one data folder, any number of handles on it. A handle costs 0.2 ms and 80 KiB (measured) and keeps its
settings, current database, temporary tables and role to itself, so every request gets a new one and nothing can leak
into the next; only sessions keep theirs. Calls block and give up the GIL: they belong on threads.

chDB is imported only when the engine opens, in the folder that is ours: its import starts an engine with any
`config.xml` that lies in the working folder. Nothing here may run in a forked child: after `fork` the engine's threads
are gone and every query hangs.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from collector.warehouse.embedded import guard
from collector.warehouse.embedded.faults import Fault, from_engine
from collector.warehouse.embedded.guard import Vocabulary
from collector.warehouse.embedded.limits import STATEMENT_BYTES

READER, WRITER, TAKING, STEWARD = "reader", "writer", "taking", "steward"
"""Roles of users.xml."""

HAND_OVER: Final = "hand_over"
_CONNECT: Final = "engine?config-file=config/config.xml"
NO_PARAMETERS: Mapping[str, str] = {}


@dataclass(frozen=True)
class Outcome:
    """What a statement gave and what it cost."""

    data: bytes
    result_rows: int
    read_rows: int
    read_bytes: int
    written_rows: int
    written_bytes: int
    elapsed_ns: int


class Handle:
    """A connection of its own to the engine. Not for use by two threads at once."""

    def __init__(self, connection: Any, *roles: str) -> None:
        self._connection = connection
        self.take_roles(*roles)

    def run(
        self, sql: bytes | str, output_format: str = "TabSeparated", parameters: Mapping[str, str] = NO_PARAMETERS
    ) -> Outcome:
        """Run a statement to its end. `parameters` are bound to `{name:Type}`, escaped as ClickHouse's HTTP interface
        wants them. Raises Fault with the engine's error.
        """
        began = time.monotonic_ns()
        try:
            result = self._connection.query(sql, output_format, params=dict(parameters))
        except RuntimeError as error:
            raise from_engine(str(error)) from None
        return Outcome(
            data=result.bytes(),
            result_rows=result.rows_read(),
            read_rows=result.storage_rows_read(),
            read_bytes=result.storage_bytes_read(),
            written_rows=result.rows_written(),
            written_bytes=result.bytes_written(),
            elapsed_ns=time.monotonic_ns() - began,
        )

    def take_roles(self, *roles: str) -> None:
        """Work with the rights of these roles only."""
        self.run(f"SET ROLE {', '.join(roles)}")

    def set(self, name: str, value: str) -> None:
        """Set a setting, whose name is known. Raises Fault for a value that the engine does not take."""
        self.run(f"SET {name} = {quoted(value)}")

    def reset(self, name: str) -> None:
        """Give a setting its default again."""
        self.run(f"SET {name} = DEFAULT")

    def use(self, database: str) -> None:
        """Change the current database. Raises Fault where there is none of that name."""
        self.run(f"USE `{database.replace(chr(92), chr(92) * 2).replace('`', chr(92) + '`')}`")

    def changed_settings(self) -> dict[str, str]:
        """Settings that differ from the engine's own defaults."""
        changed = self.run("SELECT name, value FROM system.settings WHERE changed AND name != 'log_comment'", "TSVRaw")
        pairs = (line.split("\t", 1) for line in changed.data.decode("utf-8", "replace").splitlines())
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}

    def tag(self, query_id: str) -> None:
        """Mark what runs next, so that it can be found and cancelled: the engine makes up its own query ids."""
        self.set("log_comment", query_id)

    def explain(self, sql: bytes, parameters: Mapping[str, str]) -> str:
        """The syntax tree of a statement, without running it."""
        return self.run(b"EXPLAIN AST " + sql, "TSVRaw", parameters).data.decode("utf-8", "replace")

    def close(self) -> None:
        """Give the handle back. The last one stops the engine, which then has everything on disk."""
        self._connection.close()


class Engine:
    """The engine of this process, and the server's own handle on it."""

    def __init__(self, window: str) -> None:
        """Open the engine in the working folder (see folder.py). Takes as long as loading its tables takes.

        Raises Fault when it cannot be opened.
        """
        import chdb  # see above

        self._chdb = chdb
        self._lock = threading.Lock()
        self._steward = self.handle(STEWARD)
        self._steward.set("max_query_size", str(STATEMENT_BYTES))
        self._steward.run(f"DROP DATABASE IF EXISTS {window}")
        self._steward.run(f"CREATE DATABASE IF NOT EXISTS {HAND_OVER} ENGINE = Memory")
        self.version, self.timezone = self._column("SELECT arrayJoin([version(), timezone()])")
        self.vocabulary = self._vocabulary()
        self._probe = self.handle(READER)
        self.defaults = self._probe.changed_settings()
        self._probing = threading.Lock()

    def handle(self, *roles: str) -> Handle:
        """A new handle with these roles."""
        try:
            return Handle(self._chdb.connect(_CONNECT), *roles)
        except RuntimeError as error:
            raise from_engine(str(error)) from None

    def cancel(self, query_id: str) -> bool:
        """Cancel what runs under this id; False when the engine does not list it (yet, or any more)."""
        with self._lock:
            killed = self._steward.run(
                "KILL QUERY WHERE Settings['log_comment'] = {id:String} ASYNC", "TSV", {"id": escaped(query_id)}
            )
        return bool(killed.data)

    def is_alive(self) -> bool:
        """Run SELECT 1 on a handle that is kept for it. An error is an answer too: full memory is not death."""
        with self._probing:
            try:
                return self._probe.run("SELECT 1").data == b"1\n"
            except Fault:
                return True

    def true_error(self, sql: bytes) -> Fault | None:
        """The syntax error of a statement as its client wrote it; None where the engine can parse it."""
        try:
            with self._lock:
                text = sql.decode("utf-8", "replace")
                self._steward.run("SELECT formatQuery({sql:String})", "TSV", {"sql": escaped(text)})
        except Fault as fault:
            return fault
        return None

    @contextmanager
    def handed_over(self, name: str, rows_format: str, structure: str, pipe: str) -> Iterator[str]:
        """A table of the rows that come through a pipe, for as long as this lasts.

        The client's statement then reads a table with the client's own rights, and never needs the right to read files.
        `structure` is a text literal from the client's statement, as it stood there.
        """
        table = f"{HAND_OVER}.{name}"
        with self._lock:
            self._steward.run(
                f"CREATE TABLE {table} AS file({quoted(pipe)}, {quoted(rows_format)}, {structure}, 'none')"
            )
        try:
            yield table
        finally:
            with self._lock:
                self._steward.run(f"DROP TABLE IF EXISTS {table}")

    def close(self) -> None:
        """Close the server's own handles. When all others are closed too, the engine stops."""
        self._probe.close()
        self._steward.close()

    def _vocabulary(self) -> Vocabulary:
        functions = self._pairs("SELECT name, categories FROM system.functions WHERE NOT is_aggregate")
        formats = self._column("SELECT name FROM system.formats")
        return Vocabulary(
            settings=frozenset(self._column("SELECT name FROM system.settings")),
            formats={name.lower(): name for name in formats},
            refused=guard.refused_names(
                self._column("SELECT name FROM system.table_functions"),
                self._column(
                    "SELECT name FROM system.table_engines UNION ALL SELECT name FROM system.database_engines"
                ),
                functions,
            ),
        )

    def _column(self, sql: str) -> list[str]:
        return self._steward.run(sql, "TSV").data.decode().splitlines()

    def _pairs(self, sql: str) -> dict[str, str]:
        pairs = (line.partition("\t") for line in self._column(sql))
        return {name: value for name, _, value in pairs}


def quoted(text: str) -> str:
    """`text` as a literal of SQL."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def escaped(text: str) -> str:
    """`text` as the value of a query parameter."""
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
