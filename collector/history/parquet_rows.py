"""Rows of a Parquet file as JSON objects, read by the engine that the embedded ClickHouse is made of.

No other library is needed for it: pyarrow would be 170 MB more. `parquet_lines` is the process that reads.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import IO

import orjson

from collector.errors import HistoryUnreadable
from collector.history.source import BUFFER, LINE_LIMIT, TOO_LONG, Lines, Position, Row, too_long

TOLD_LIMIT = 4096
"""Bytes of the engine's complaint that are passed on."""


class ParquetRows:
    """The rows of one file. A position is a number of rows."""

    columns = None

    def __init__(self, path: Path) -> None:
        """Raises HistoryUnreadable when it cannot be opened, or nothing that reads Parquet is installed."""
        if importlib.util.find_spec("chdb") is None:
            raise HistoryUnreadable(
                f"{path}: Parquet needs the extra: pip install 'klantreis[embedded]'; or write the file as NDJSON"
            )
        try:
            with path.open("rb"):
                pass
        except OSError as error:
            raise HistoryUnreadable(f"{path} cannot be opened: {error.strerror or error}") from None
        self._path = path.resolve()
        self._read, self._of = 0, 1

    def rows(self, position: Position) -> Generator[Row, None, None]:
        """See `Source`."""
        with tempfile.TemporaryDirectory(prefix="klantreis-parquet-") as folder:
            (Path(folder) / "rows.parquet").symlink_to(self._path)  # so that no name needs to be quoted
            # A file, since nobody reads what the engine says until it has ended: a full pipe would hold it up.
            with (
                tempfile.TemporaryFile() as complaints,
                subprocess.Popen(  # noqa: S603  # ourselves
                    [sys.executable, "-m", "collector.history.parquet_lines", str(position.offset)],
                    cwd=folder,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=complaints,
                    bufsize=BUFFER,
                ) as process,
            ):
                try:
                    yield from self._rows(process, complaints, position)
                finally:
                    process.kill()

    def progress(self) -> tuple[int, int]:
        """See `Source`."""
        return self._read, self._of

    def close(self) -> None:
        """See `Source`."""

    def _rows(self, process: subprocess.Popen[bytes], complaints: IO[bytes], position: Position) -> Iterator[Row]:
        assert process.stdout is not None  # noqa: S101  # narrows the type
        stdout = process.stdout
        lines = Lines(lambda: stdout.readline(LINE_LIMIT), Position())
        counted = lines.next()
        if counted:
            self._of = max(1, orjson.loads(counted)["rows"])
        for number in range(position.offset + 1, sys.maxsize):
            line = lines.next()
            if not line.endswith(b"\n"):
                break
            self._read = number
            yield Row(line.strip(), number, Position(number, number), TOO_LONG if too_long(line) else "")
        if process.wait():
            complaints.seek(0)
            told = complaints.read(TOLD_LIMIT).decode("utf-8", "replace").strip()
            raise HistoryUnreadable(f"{self._path} cannot be read to its end: {told or 'the engine ended'}")
