"""Wherever reading begins again, it goes on as if it had never ended, and one bad line takes no good one along."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from collector.history.csv_rows import CsvRows
from collector.history.json_rows import JsonRows
from collector.history.source import Position, Row

PIECES = st.lists(st.sampled_from(['"', '""', ",", "\n", "\r\n", "a", " ", "é", ",,", '","', "\x00"]), max_size=40)
GOOD = ["1", "2"]
START = Position()


def rows_of(content: str, position: Position = START, form: type[CsvRows] | type[JsonRows] = CsvRows) -> list[Row]:
    """The rows of a file with a heading of two columns, or of lines."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(content.encode())
        source = CsvRows(path, ",", "utf-8") if form is CsvRows else JsonRows(path)
        try:
            return list(source.rows(position))
        finally:
            source.close()


@settings(max_examples=300)
@given(PIECES)
def test_a_csv_file_goes_on_behind_any_row(pieces: list[str]) -> None:
    """Whatever stands in it, quotes that close nothing too: same cells, same faults, same numbers of lines."""
    content = "x,y\n" + "".join(pieces)
    rows = rows_of(content)
    for number, row in enumerate(rows):
        assert rows_of(content, row.after) == rows[number + 1 :]
    assert all(len(row.content) == 2 for row in rows if not row.fault)
    assert [row.number for row in rows] == sorted({row.number for row in rows})


@settings(max_examples=100)
@given(PIECES)
def test_lines_go_on_behind_any_line(pieces: list[str]) -> None:
    """The same for lines of JSON."""
    content = "".join(pieces)
    rows = rows_of(content, form=JsonRows)
    for number, row in enumerate(rows):
        assert rows_of(content, row.after, JsonRows) == rows[number + 1 :]


@settings(max_examples=200)
@given(st.lists(st.sampled_from(['"', ",", "a", " ", '""']), max_size=12), st.integers(0, 3), st.integers(0, 3))
def test_one_bad_line_takes_no_good_one_along(pieces: list[str], before: int, behind: int) -> None:
    """Also where it opens a quote that nothing closes: those before and behind it are read."""
    good = ",".join(GOOD) + "\n"
    rows = rows_of("x,y\n" + good * before + "".join(pieces) + "\n" + good * behind)
    assert [row.content for row in rows if not row.fault].count(GOOD) == before + behind
