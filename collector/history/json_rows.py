"""Rows of newline-delimited JSON: one value a line, empty lines apart."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from collector.history.source import TOO_LONG, Position, Row, Text, too_long


class JsonRows:
    """The rows of one file; what a line holds is looked at by whoever uses it."""

    columns = None

    def __init__(self, path: Path) -> None:
        """Raises HistoryUnreadable when it cannot be opened."""
        self._text = Text(path)

    def rows(self, position: Position) -> Generator[Row, None, None]:
        """See `Source`."""
        lines = self._text.lines(position)
        while line := lines.next():
            if stripped := line.strip():
                yield Row(stripped, lines.position.number, lines.position, TOO_LONG if too_long(line) else "")

    def progress(self) -> tuple[int, int]:
        """See `Source`."""
        return self._text.progress()

    def close(self) -> None:
        """See `Source`."""
        self._text.close()
