"""One statement: its kind, the names it calls, its output format, and where the rows of an INSERT begin.

ClickHouse's HTTP interface puts SQL and rows into one stream (`INSERT INTO t FORMAT CSV`, a line end, rows), so the
statement must be cut off before the rows are touched. The grammar here is the part of ClickHouse's parsers
(ParserInsertQuery, ParserQueryWithOutput) that decides this, on `quoting`'s code in which no text can mislead.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.quoting import Ambiguous, Code, Separation, Unclosed, name_in_quotes

_NAME = rb"(?:[A-Za-z_][A-Za-z0-9_$]*|\x02+)"
_FIRST = re.compile(rb"[\s(]*([A-Za-z_]+)(?![A-Za-z0-9_])\s*([A-Za-z_]*)")
_CALL = re.compile(rb"(?<![A-Za-z0-9_$])(%b)\s*\(" % _NAME)
_FORMAT_CLAUSE = re.compile(rb"(?<![\w$.])FORMAT\s+(%b)\s*(?:\Z|(?=SETTINGS\b))" % _NAME, re.IGNORECASE)
_FILES = re.compile(rb"(?<![\w$])(?:OUT|IN)FILE(?![\w$])", re.IGNORECASE)
_PARALLEL = re.compile(rb"(?<![\w$])PARALLEL\s+WITH(?![\w$])", re.IGNORECASE)
_WITH_INSERT = re.compile(rb"(?<![\w$])INSERT\s+INTO\b", re.IGNORECASE)

_INSERT_HEAD = re.compile(
    rb"\s*INSERT\s+(?:INTO\b\s*)?(?:TABLE\b\s*)?(?P<function>FUNCTION\b)?\s*(?!(?:INTO|TABLE|FUNCTION)\b)%b(?:\s*\.\s*%b)?\s*"
    % (_NAME, _NAME),
    re.IGNORECASE,
)
_ROWS = re.compile(rb"(?<![\w$.])(?:(?P<values>VALUES)(?![\w$])|FORMAT\s+(?P<format>%b))" % _NAME, re.IGNORECASE)
_SELECTING = re.compile(rb"(?<![\w$])(?:SELECT|WITH|FROM)(?![\w$])", re.IGNORECASE)
_ROWS_WORD = re.compile(rb"(?<![\w$.])(?:VALUES|FORMAT)(?![\w$])", re.IGNORECASE)
_FORMAT_PENDING = re.compile(rb"FORMAT\s*\Z", re.IGNORECASE)
# FORMAT follows a complete expression, never a comma, an operator or a word that wants something after it.
_EXPRESSION_END = re.compile(
    rb"(?:[\x01\x02)\]}]|(?<![\w$])(?!(?:AS|SELECT|BY|AND|OR|NOT|IN|LIKE|WHEN|THEN|ELSE|WHERE|ON|DISTINCT)(?![\w$]))[\w$]+)\s*\Z",
    re.IGNORECASE,
)
_EXPRESSION_WINDOW = 200
"""Bytes before FORMAT that are looked at; no keyword is longer."""
_INPUT = re.compile(rb"(?<![\w$.])input\s*\((\s*\x01+\s*)\)")
_BRACKET = re.compile(rb"[()]")
_QUERY_ID = re.compile(rb"(?<![\w$.])query_id(?![\w$(])", re.IGNORECASE)
_ROWS_BEGIN = re.compile(rb"[ \t\f]*\r?\n?")


class Incomplete(Exception):
    """The text may go on: read more of it and ask again."""


@dataclass(frozen=True)
class Rows:
    """What an INSERT says of the rows that follow it."""

    format: str
    infile_at: int | None = None
    """Place for FROM INFILE, in an INSERT that names no SELECT."""
    clause: tuple[int, int] = (0, 0)
    """Place of VALUES or FORMAT … in the text."""
    input: tuple[int, int, int, int] | None = None
    """Place of input('…') and of the literal within it."""


@dataclass(frozen=True)
class Statement:
    """One statement as its client wrote it, without comments and final semicolon."""

    sql: bytes
    kind: str
    """First word, in capitals."""
    second: str
    calls: frozenset[str]
    """Everything that is followed by an opening bracket, in small letters."""
    files: bool
    """Has INTO OUTFILE or FROM INFILE, or a word that could be."""
    format: str = ""
    format_at: int = 0
    """Where FORMAT stands, or would stand."""
    rows: Rows | None = None

    @property
    def streams(self) -> bool:
        """Gives rows, so many that they must not be held in memory."""
        return self.kind in ("SELECT", "WITH", "FROM", "VALUES")

    def with_output(self, pipe: str) -> bytes:
        """The statement, its answer written to a pipe."""
        into = f" INTO OUTFILE '{pipe}' APPEND COMPRESSION 'none' ".encode()
        return self.sql[: self.format_at] + into + self.sql[self.format_at :]

    def with_rows_from(self, pipe: str) -> bytes:
        """An INSERT without SELECT, its rows read from a pipe. Column defaults apply, unlike with `FROM file(…)`."""
        assert self.rows is not None and self.rows.infile_at is not None  # noqa: S101  # narrows the type
        infile = f" FROM INFILE '{pipe}' COMPRESSION 'none' ".encode()
        at, (start, end) = self.rows.infile_at, self.rows.clause
        return self.sql[:at] + infile + self.sql[at:start] + f" FORMAT {self.rows.format}".encode() + self.sql[end:]

    def with_input_from(self, table: str) -> bytes:
        """An INSERT … SELECT, its input('…') read from a table."""
        assert self.rows is not None and self.rows.input is not None  # noqa: S101  # narrows the type
        first, last = self.rows.input[0], self.rows.input[3]
        return self.sql[:first] + table.encode() + self.sql[last : self.rows.clause[0]]

    @property
    def input_structure(self) -> str:
        """The literal within input('…'), quotes included: the engine's own text, fit to be written into SQL."""
        assert self.rows is not None and self.rows.input is not None  # noqa: S101  # narrows the type
        return self.sql[self.rows.input[1] : self.rows.input[2]].decode()

    def by_tag(self) -> bytes:
        """A KILL QUERY that finds statements by the id their clients know: the engine keeps it as a comment."""
        code = _cut(self.sql).code
        pieces, last = [], 0
        for found in _QUERY_ID.finditer(code):
            pieces += [self.sql[last : found.start()], b"Settings['log_comment']"]
            last = found.end()
        return b"".join([*pieces, self.sql[last:]])


def parse(text: bytes, formats: Collection[str], *, complete: bool) -> tuple[Statement, int]:
    """The statement that `text` begins with, and where the rows after it begin (the end, where there are none).

    `formats` are the names of ClickHouse's formats in small letters. Raises Incomplete when more text could change the
    outcome and `complete` does not say that this is all; raises Fault for what no client may send.
    """
    try:
        return _parse(text, formats, complete)
    except Unclosed:
        if not complete:
            raise Incomplete from None
        raise Fault(62, "Syntax error: a quote or a comment is not closed") from None
    except Ambiguous as error:
        raise Fault(62, f"Syntax error: {error}") from None


def _parse(text: bytes, formats: Collection[str], complete: bool) -> tuple[Statement, int]:
    separation = Separation(text)
    insert = _InsertScan(text, separation, formats, complete)
    first: re.Match[bytes] | None = None
    for _ in separation.steps():
        first = first or _FIRST.match(separation.code, 0, separation.known)
        if first is None or (first.end() == len(text) and not complete):
            first = None
            continue
        if first[1].upper() == b"INSERT" and (rows := insert.find_rows()) is not None:
            end = rows.clause[1]
            begin = _ROWS_BEGIN.match(text, end)
            assert begin is not None  # noqa: S101  # it matches the empty text
            if not complete and begin.end() == len(text):
                raise Incomplete
            return _statement(separation.upto(end), insert.with_input(rows, end)), begin.end()
        if first[1].upper() != b"INSERT" and not complete:
            raise Incomplete
    if not complete:
        raise Incomplete
    return _statement(_one(separation.upto(len(text))), None), len(text)


def _cut(sql: bytes) -> Code:
    separation = Separation(sql)
    for _ in separation.steps():
        pass
    return separation.upto(len(sql))


def _one(whole: Code) -> Code:
    """The only statement of a text. chDB would run `SELECT 1; DROP TABLE t` in one go."""
    end = whole.code.find(b";")
    if end < 0:
        return whole
    if whole.code[end:].strip(b"; \t\r\n\f\v"):
        raise Fault(62, "Syntax error (Multi-statements are not allowed): send one statement a request")
    return Code(whole.text[:end], whole.code[:end])


def _statement(cut: Code, rows: Rows | None) -> Statement:
    first = _FIRST.match(cut.code)
    if first is None:
        if cut.text.strip():
            raise Fault(62, "Syntax error: a statement begins with a word such as SELECT")
        raise Fault(62, "Syntax error: Empty query")
    kind = first[1].decode().upper()
    if _PARALLEL.search(cut.code) is not None:
        raise Fault(62, "Syntax error (PARALLEL WITH is not allowed): send one statement a request")
    clauses = [] if rows is not None else list(_FORMAT_CLAUSE.finditer(cut.code))
    found = clauses[-1] if clauses and not _depth(cut.code, 0, clauses[-1].start()) else None
    if kind == "WITH" and any(not _depth(cut.code, 0, one.start()) for one in _WITH_INSERT.finditer(cut.code)):
        kind = "INSERT"
    head = _INSERT_HEAD.match(cut.code)
    if head is not None and head["function"] is not None:
        raise Fault(497, "INSERT INTO FUNCTION is refused here: insert into a table")
    calls = _CALL.finditer(cut.code, 0 if head is None else head.end())  # a table may be named like a function
    return Statement(
        sql=cut.text,
        kind=kind,
        second=first[2].decode().upper(),
        calls=frozenset(_name(cut, one, 1).lower() for one in calls),
        files=_FILES.search(cut.code) is not None,
        format="" if found is None else _name(cut, found, 1),
        format_at=len(cut.text) if found is None else found.start(),
        rows=rows,
    )


def _name(cut: Code, found: re.Match[bytes], group: int | str) -> str:
    name = cut.text[slice(*found.span(group))]
    if found[group][:1] == b"\x02":
        name = name_in_quotes(name)
    return name.decode("utf-8", "replace")


def _depth(code: bytes | bytearray, start: int, end: int) -> int:
    """How many brackets are open at `end`."""
    return sum(code.count(one, start, end) for one in b"([{") - sum(code.count(one, start, end) for one in b")]}")


class _InsertScan:
    """Looks for the clause after which the rows of an INSERT begin, in code that becomes known piece by piece."""

    def __init__(self, text: bytes, separation: Separation, formats: Collection[str], complete: bool) -> None:
        self._text, self._separation, self._formats, self._complete = text, separation, formats, complete
        self._checked, self._depth = 0, 0
        self._columns_end = -1
        self._selects: bool | None = None
        self._words = _ROWS_WORD.finditer(text)
        self._word = next(self._words, None)

    def find_rows(self) -> Rows | None:
        """The clause, if it lies in what is known by now."""
        code, known = self._separation.code, self._separation.known
        while self._word is not None and self._word.end() <= known:
            start = self._word.start()
            found = _ROWS.match(code, start, known)
            if found is None and known < len(code) and _FORMAT_PENDING.match(code, start, known):
                return None  # its name comes after a comment, or is quoted
            if found is not None and found.end() == len(code) and not self._complete:
                raise Incomplete  # the word may go on
            self._depth += _depth(code, self._checked, start)
            self._checked = start
            rows = None if found is None or self._depth else self._rows(found)
            if rows is not None:
                return rows
            self._word = next(self._words, None)
        return None

    def _rows(self, found: re.Match[bytes]) -> Rows | None:
        code, start = self._separation.code, found.start()
        if not self._after_columns(start):
            return None
        if self._selects is not True:
            self._selects = _SELECTING.search(code, self._columns_end, start) is not None
        if found["values"] is not None:
            return None if self._selects else Rows("Values", self._columns_end, found.span())
        spelt = self._text[slice(*found.span("format"))]
        name = (name_in_quotes(spelt) if found["format"][:1] == b"\x02" else spelt).decode("utf-8", "replace")
        if self._selects:
            before = code[max(start - _EXPRESSION_WINDOW, 0) : start]
            if name.lower() not in self._formats or not _EXPRESSION_END.search(before):
                return None
            return Rows(name, None, found.span())
        return Rows(name, self._columns_end, found.span())

    def _after_columns(self, start: int) -> bool:
        """Whether `start` lies behind the table and its list of columns, whose names may be VALUES and FORMAT too."""
        if self._columns_end < 0:
            code = self._separation.code
            head = _INSERT_HEAD.match(code, 0, start)
            if head is None:
                return False
            end = head.end()
            if code[end : end + 1] == b"(":
                end = _closing(code, end, start)
            self._columns_end = end
        return self._columns_end <= start

    def with_input(self, rows: Rows, end: int) -> Rows | None:
        """`rows` with the place of input('…'); None where a SELECT reads no rows."""
        if rows.infile_at is not None:
            return rows
        cut = self._separation.upto(end)
        calls = [found for found in _CALL.finditer(cut.code) if _name(cut, found, 1).lower() == "input"]
        if not calls:
            return None
        found = _INPUT.match(cut.code, calls[0].start())
        if found is None or len(calls) > 1:
            raise Fault(36, "input() stands once in a statement and has one text: input('column Type, …')")
        literal = cut.text[slice(*found.span(1))]
        inner = (
            found.start(1) + len(literal) - len(literal.lstrip()),
            found.end(1) - len(literal) + len(literal.rstrip()),
        )
        return Rows(rows.format, None, rows.clause, (found.start(), *inner, found.end()))


def _closing(code: bytearray, opening: int, limit: int) -> int:
    """The place after the bracket that closes the one at `opening`; `limit` where it is not closed before."""
    depth = 0
    for bracket in _BRACKET.finditer(code, opening, limit):
        depth += 1 if bracket[0] == b"(" else -1
        if depth == 0:
            return bracket.end()
    return limit
