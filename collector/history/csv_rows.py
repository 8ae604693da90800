"""Rows of a CSV file, with a byte behind each from which reading can go on.

A record that cannot be read, or has not as many cells as the heading, costs its first line only: reading goes on with
the line behind it. A quote that is never closed would otherwise take along every good row up to the next quote.
"""

from __future__ import annotations

import csv
from collections.abc import Generator
from pathlib import Path

from collector.errors import HistoryUnreadable
from collector.history.source import TOO_LONG, Lines, Position, Row, Text, too_long

BOM = b"\xef\xbb\xbf"


class CsvRows:
    """The rows of one file."""

    def __init__(self, path: Path, delimiter: str, encoding: str) -> None:
        """Reads the heading. Raises HistoryUnreadable where there is none."""
        self._delimiter, self._encoding = delimiter, encoding
        self._text = Text(path)
        self.columns: tuple[str, ...]
        try:
            self.columns, self._behind_heading = self._heading(path)
        except BaseException:
            self._text.close()
            raise

    def rows(self, position: Position) -> Generator[Row, None, None]:
        """See `Source`."""
        lines = self._text.lines(max(position, self._behind_heading))
        width = len(self.columns)
        taken = _Taken(lines, self._encoding)
        records = csv.reader(taken, delimiter=self._delimiter, strict=True)
        while True:
            begin = lines.position
            taken.lines.clear()
            fault = ""
            try:
                cells = next(records)
            except StopIteration:
                return
            except csv.Error as error:
                cells, fault = [], str(error)
            if not fault:
                if len(cells) == width:
                    yield Row(cells, begin.number + 1, lines.position)
                    continue
                if not cells:
                    continue  # an empty line
                fault = f"{len(cells)} cells, and the heading has {width}"
            yield self._spoilt(lines, taken.lines, begin, fault)

    def progress(self) -> tuple[int, int]:
        """See `Source`."""
        return self._text.progress()

    def close(self) -> None:
        """See `Source`."""
        self._text.close()

    def _spoilt(self, lines: Lines, taken: list[bytes], begin: Position, fault: str) -> Row:
        """The first line of what could not be read; those behind it are read again."""
        first = taken[0]
        if too_long(taken[-1]):  # the rest of that line is gone
            return Row(first, begin.number + 1, lines.position, f"{fault}; {TOO_LONG}")
        if len(taken) > 1:
            lines.give_back(taken[1:], Position(begin.offset + len(first), begin.number + 1))
        return Row(first, begin.number + 1, lines.position, fault)

    def _heading(self, path: Path) -> tuple[tuple[str, ...], Position]:
        lines = self._text.lines(Position())
        taken = _Taken(lines, self._encoding)
        try:
            names = next(csv.reader(taken, delimiter=self._delimiter, strict=True), [])
        except csv.Error as error:
            raise HistoryUnreadable(f"{path}:1: the heading cannot be read: {error}; see docs/import.md") from None
        names = [name.strip() for name in names]
        if not any(names):
            raise HistoryUnreadable(f"{path}:1: there is no heading; the first line has to name the columns")
        doubled = next((name for name in names if name and names.count(name) > 1), None)
        if doubled is not None:
            raise HistoryUnreadable(f"{path}:1: two columns are called {doubled}; give each a name of its own")
        if len(names) == 1 and (other := next((mark for mark in ";\t|" if mark in names[0]), None)) is not None:
            shown = "tab" if other == "\t" else f'"{other}"'
            raise HistoryUnreadable(
                f"{path}:1: the heading is one column, {names[0]!r}; write source: {{delimiter: {shown}}}"
            )
        return tuple(names), lines.position


class _Taken:
    """Decodes lines for `csv` and keeps what it took. It goes on after its end, which a generator does not."""

    def __init__(self, lines: Lines, encoding: str) -> None:
        self.lines: list[bytes] = []
        self._lines, self._encoding = lines, encoding

    def __iter__(self) -> _Taken:
        return self

    def __next__(self) -> str:
        first = self._lines.position.offset == 0
        line = self._lines.next()
        if not line:
            raise StopIteration
        self.lines.append(line)
        if too_long(line):
            raise csv.Error(TOO_LONG)
        if first:
            line = line.removeprefix(BOM)
        return line.decode(self._encoding, "replace")
