"""One statement on the engine, from a fresh handle to its outcome. Everything here runs on a thread."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from collector.warehouse.embedded import form, guard
from collector.warehouse.embedded.access import User
from collector.warehouse.embedded.engine import READER, TAKING, WRITER, Engine, Handle, Outcome
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.pipes import READ_TWICE
from collector.warehouse.embedded.request import Ask
from collector.warehouse.embedded.sessions import Kept
from collector.warehouse.embedded.statement import Statement

DEFAULT_FORMAT = "TabSeparated"
"""Of ClickHouse's HTTP interface."""


def _nothing() -> None:
    """For statements without rows."""


@dataclass
class Work:
    """A statement with everything that it takes to run it."""

    ask: Ask
    statement: Statement
    user: User
    session: Kept | None = None
    rows_from: str = ""
    """Pipe with the rows of an INSERT."""
    let_go: Callable[[], None] = _nothing
    """Closes that pipe, once the statement is cancelled."""
    answer_to: str = ""
    """Pipe for the answer."""
    tables: list[form.Table] = field(default_factory=list)
    """Tables that the request brought along."""
    cancelled: threading.Event = field(default_factory=threading.Event)
    usable: bool = True
    """Whether the session's handle can go on being used."""

    @property
    def reads_only(self) -> bool:
        """Whether nothing may be changed by it."""
        return self.ask.reads_only or self.user.reads_only

    def run(self, engine: Engine) -> Outcome:
        """Run it to its end. Raises Fault."""
        session = self.session
        handle = engine.handle(self._role) if session is None or session.handle is None else session.handle
        if session is None:
            try:
                return self._run(engine, handle)
            finally:
                handle.close()
        session.handle = handle
        try:
            handle.take_roles(self._role)
            outcome = self._run(engine, handle)
            if self.statement.kind in ("SET", "USE"):
                session.learn()
            return outcome
        finally:
            self._take_back(session)

    @property
    def _role(self) -> str:
        return READER if self.reads_only else WRITER

    def _take_back(self, session: Kept) -> None:
        try:
            # A SET by its client holds for the session: then nothing else was set.
            session.restore({} if self._sets else self.ask.settings, self.ask.database)
        except Fault:
            self.usable = False

    @property
    def _sets(self) -> bool:
        return self.session is not None and self.statement.kind in ("SET", "USE")

    def _run(self, engine: Engine, handle: Handle) -> Outcome:
        if self.ask.database and not (self._sets and self.statement.kind == "USE"):
            handle.use(self.ask.database)
        if not self._sets:
            for name, value in self.ask.settings.items():
                handle.set(name, value)
        if not guard.is_known(self.statement):
            raise engine.true_error(self.statement.sql) or Fault(
                497, f"{self.statement.kind} statements are refused on the embedded server"
            )
        if self.reads_only:
            self._check_reading(engine, handle)
        handle.tag(self.ask.query_id)
        if self.cancelled.is_set():
            raise Fault(394, "Query was cancelled")
        try:
            if self.tables:
                handle.take_roles(self._role, TAKING)
            with form.brought_along(self.tables, engine, handle):
                return self._execute(engine, handle)
        except Fault as fault:
            if fault.code == 62:  # the text that the engine complains of may be ours
                raise engine.true_error(self.statement.sql) or fault from None
            if self.rows_from and self.rows_from in fault.message:  # it looked for a pipe that was already taken
                raise Fault(36, READ_TWICE) from None
            raise

    def _check_reading(self, engine: Engine, handle: Handle) -> None:
        explain: Callable[[bytes], str] = lambda sql: handle.explain(sql, self.ask.parameters)  # noqa: E731
        try:
            guard.check_reading(self.statement, explain, by_get=self.ask.reads_only and not self.user.reads_only)
        except Fault as fault:
            raise (engine.true_error(self.statement.sql) or fault if fault.code == 62 else fault) from None

    def _execute(self, engine: Engine, handle: Handle) -> Outcome:
        statement, parameters = self.statement, self.ask.parameters
        if statement.rows is not None and statement.rows.input is not None:
            name = uuid.uuid4().hex
            handle.take_roles(self._role, TAKING)
            structure, rows_format = statement.input_structure, statement.rows.format
            with engine.handed_over(name, rows_format, structure, self.rows_from) as table:
                return handle.run(statement.with_input_from(table), parameters=parameters)
        if statement.rows is not None:
            return handle.run(statement.with_rows_from(self.rows_from), parameters=parameters)
        if statement.kind == "KILL":
            return handle.run(statement.by_tag(), self.format(engine), parameters)
        sql = statement.with_output(self.answer_to) if self.answer_to else statement.sql
        return handle.run(sql, self.format(engine), parameters)

    def format(self, engine: Engine) -> str:
        """The format of the answer. Raises Fault for one that there is not."""
        name = self.statement.format or self.ask.default_format or DEFAULT_FORMAT
        known = engine.vocabulary.formats.get(name.lower())
        if known is None:
            raise Fault(73, f"Unknown format {name[:64]}")
        return known

    def check_framing(self, output_format: str) -> None:
        """Refuse a form of Native that chDB cannot write, and that a client would misread. Raises Fault."""
        if self.ask.native_framed and output_format == "Native":
            raise Fault(
                48,
                "The embedded server gives FORMAT Native without client_protocol_version, which the Go client needs "
                "over HTTP: see docs/embedded-clickhouse.md for clients that work",
            )
