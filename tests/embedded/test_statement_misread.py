"""Where a statement ends and its rows begin, whatever the names, comments and pieces it comes in."""

from __future__ import annotations

import pytest

from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.statement import Incomplete, parse

FORMATS = {"csv", "tsv", "json", "jsoneachrow", "values", "native", "format"}

WITH_ROWS = [
    (b"INSERT INTO t FORMAT CSV\n1,2", "CSV", b"1,2"),
    (b"insert into t format CSV 1,2", "CSV", b"1,2"),
    (b"INSERT INTO t FORMAT CSV\r\n1,2", "CSV", b"1,2"),
    (b"INSERT INTO t (a, b) VALUES (1, 'x;')", "Values", b"(1, 'x;')"),
    (b"INSERT INTO values VALUES (1)", "Values", b"(1)"),
    (b"INSERT INTO format FORMAT CSV 1", "CSV", b"1"),
    (b'INSERT INTO db."values" (`format`, "values") FORMAT CSV 1', "CSV", b"1"),
    (b"INSERT INTO t SETTINGS async_insert=0 FORMAT /* rows */ CSV\n1", "CSV", b"1"),
    (b"/* FORMAT TSV\n */ INSERT INTO TABLE t FORMAT CSV\n1", "CSV", b"1"),
    (b'INSERT INTO t FORMAT JSONEachRow\n{"a": "it\'s; -- \\" */"}', "JSONEachRow", b'{"a": "it\'s; -- \\" */"}'),
    (b"INSERT INTO t FORMAT Native\n\x00\x01\x02'\"", "Native", b"\x00\x01\x02'\""),
    (b"INSERT INTO t SELECT a FROM input('a Int8') FORMAT CSV\n1", "CSV", b"1"),
    (b"INSERT INTO t SELECT format, format AS values FROM input('a') FORMAT CSV\n1", "CSV", b"1"),
    (b"INSERT INTO t SELECT 'FORMAT TSV\n', \"FORMAT TSV\" FROM input('a') FORMAT CSV\n1", "CSV", b"1"),
    (b"INSERT INTO t SELECT * FROM (SELECT * FROM input('a') ) SETTINGS x='FORMAT CSV' FORMAT TSV\n1", "TSV", b"1"),
    (b"INSERT INTO t SELECT * FROM input('a') WHERE a = format FORMAT CSV\n1", "CSV", b"1"),
]


@pytest.mark.parametrize(("text", "rows_format", "rows"), WITH_ROWS)
def test_rows_begin(text: bytes, rows_format: str, rows: bytes) -> None:
    """The rows of an INSERT begin after its own FORMAT or VALUES, and nowhere else."""
    statement, begin = parse(text, FORMATS, complete=True)
    assert statement.rows is not None
    assert (statement.rows.format, text[begin:]) == (rows_format, rows)


@pytest.mark.parametrize(("text", "rows_format", "rows"), WITH_ROWS)
def test_rows_begin_when_torn(text: bytes, rows_format: str, rows: bytes) -> None:
    """A statement that comes byte by byte is found as soon as it is whole, and is the same one."""
    whole = parse(text, FORMATS, complete=True)
    for length in range(len(text)):
        try:
            assert parse(text[:length], FORMATS, complete=False) == whole
            break
        except Incomplete:
            continue
    else:
        assert len(rows) <= 1, "only known at the very end"


@pytest.mark.parametrize(
    ("text", "output_format", "streams"),
    [
        (b"SELECT 1", "", True),
        (b"SELECT 1 FORMAT JSON;", "JSON", True),
        (b"SELECT 1 FORMAT `JSON` SETTINGS a=1 ; ", "JSON", True),
        (b"SELECT 1 SETTINGS a=1 FORMAT JSON -- so", "JSON", True),
        (b"SELECT 'FORMAT JSON'", "", True),
        (b"SELECT * FROM (SELECT 1 FORMAT JSON)", "", True),
        (b"WITH 1 AS a SELECT a FORMAT CSV", "CSV", True),
        (b"(SELECT 1) UNION ALL (SELECT 2) FORMAT CSV", "CSV", True),
        (b"SHOW TABLES FORMAT CSV", "CSV", False),
        (b"WITH 1 AS a INSERT INTO t SELECT a", "", False),
        (b"INSERT INTO t SELECT * FROM values('a Int8', 1)", "", False),
        (b"INSERT INTO t (SELECT 1)", "", False),
    ],
)
def test_output_format(text: bytes, output_format: str, streams: bool) -> None:
    """FORMAT at the end names the answer's format; elsewhere it is a name or a text."""
    statement, begin = parse(text, FORMATS, complete=True)
    assert (statement.format, statement.streams, statement.rows, begin) == (output_format, streams, None, len(text))


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"  ; ",
        b"-- only a comment",
        b"SELECT 1; SELECT 2",
        b"SELECT 1;;DROP TABLE t",
        b"SELECT 1 \\G SELECT 2",
        b"SELECT 'never closed",
        b"SELECT 1 /* never /* closed */",
        b"SELECT 1e--1",
        b"SELECT a$$; DROP TABLE t; $$",
        b"SELECT x'\\'' , 1",
        b"SELECT '\x01'",
        b"INSERT INTO FUNCTION null('a Int8') VALUES (1)",
        b"INSERT INTO t SELECT * FROM input(a) FORMAT CSV\n1",
        b"INSERT INTO t SELECT * FROM input('a') AS a, input('b') AS b FORMAT CSV\n1",
    ],
)
def test_refused(text: bytes) -> None:
    """What is empty, several, torn or unclear is refused with ClickHouse's codes."""
    with pytest.raises(Fault) as refused:
        parse(text, FORMATS, complete=True)
    assert refused.value.code in (36, 62, 497)


@pytest.mark.parametrize(
    "name", ["file", "`file`", '"file"', "“file”", "FILE", "file/**/", "file -- x\n", "file\u3000", "f.file"]
)
def test_called_names(name: str) -> None:
    """A function is seen however its name is written."""
    statement, _ = parse(f"SELECT {name}('/etc/passwd')".encode(), FORMATS, complete=True)
    assert "file" in statement.calls


def test_kill_finds_by_tag() -> None:
    """KILL QUERY looks for the id that clients know, also where it is quoted or qualified otherwise."""
    statement, _ = parse(b"KILL QUERY WHERE query_id = 'query_id' AND user='x'", FORMATS, complete=True)
    assert statement.by_tag() == b"KILL QUERY WHERE Settings['log_comment'] = 'query_id' AND user='x'"
