"""A file with history, as rows: what the readers of CSV, NDJSON and Parquet have in common."""

from __future__ import annotations

import gzip
import importlib
import os
import zlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

from collector.errors import HistoryUnreadable

LINE_LIMIT = 1 << 20
"""Bytes of one line. A touchpoint has at most 32 KiB; a file that is one endless line must not fill the memory."""
SAMPLE_ROWS = 1000
"""Rows that are looked at for the columns of a file whose rows are objects."""
BUFFER = 1 << 20


def _zstd() -> Any:
    """Python's own module since 3.14, or the same for older ones; None without either."""
    for name in ("compression.zstd", "backports.zstd"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


ZSTD = _zstd()
BROKEN: tuple[type[Exception], ...] = (OSError, EOFError, zlib.error, *((ZSTD.ZstdError,) if ZSTD else ()))
"""What reading a damaged or cut-off file raises."""


class Position(NamedTuple):
    """From where to read on."""

    offset: int = 0
    """Bytes of the unpacked text, or rows of a Parquet file."""
    number: int = 0
    """Of the line, or of the row in a Parquet file, that was read last; the first is 1."""


class Row(NamedTuple):
    """One row, or what stands where one should be."""

    content: Any
    """A list of texts (CSV), or the bytes of one JSON value."""
    number: int
    """Of its first line."""
    after: Position
    fault: str = ""
    """Why it is none; `content` is then the bytes of its line."""


class Source(Protocol):
    """A file that can be read from any position on that it gave."""

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Names in its heading; None where each row has names of its own."""

    def rows(self, position: Position) -> Generator[Row, None, None]:
        """The rows from there on. Raises HistoryUnreadable when the file breaks off, after what could be read."""

    def progress(self) -> tuple[int, int]:
        """How far reading is, and how far it has to go, in whatever unit."""

    def close(self) -> None:
        """Let the file go."""


class Text:
    """A text file, unpacked as it is read where its name ends in .gz or .zst."""

    def __init__(self, path: Path) -> None:
        """Raises HistoryUnreadable when it cannot be opened."""
        self.path = path
        try:
            self._packed = path.open("rb", buffering=BUFFER)
            self._size = os.fstat(self._packed.fileno()).st_size
            self.file: IO[bytes] = _unpacked(path, self._packed)
        except OSError as error:
            raise HistoryUnreadable(f"{path} cannot be opened: {error.strerror or error}") from None

    def readline(self) -> bytes:
        """The next line with its end, at most LINE_LIMIT bytes of it; empty at the end of the file."""
        try:
            return self.file.readline(LINE_LIMIT)
        except BROKEN as error:
            raise HistoryUnreadable(
                f"{self.path} breaks off: {error}; what was read so far is taken in. Give the whole file and repeat"
            ) from None

    def lines(self, position: Position) -> Lines:
        """The lines from there on. In a packed file everything before it is unpacked once more."""
        try:
            self.file.seek(position.offset)
        except BROKEN as error:
            raise HistoryUnreadable(f"{self.path} cannot be read up to byte {position.offset}: {error}") from None
        return Lines(self.readline, position)

    def progress(self) -> tuple[int, int]:
        """Bytes of the file on disk that were read, of how many."""
        return min(self._packed.tell(), self._size), self._size

    def close(self) -> None:
        """Let the file go."""
        self.file.close()
        self._packed.close()


class Lines:
    """Lines from a position on, counted; lines can be given back and are then read again."""

    def __init__(self, readline: Callable[[], bytes], position: Position) -> None:
        """`readline` gives at most LINE_LIMIT bytes of a line, from `position` on."""
        self._readline = readline
        self._given_back: list[bytes] = []
        self.position = position

    def next(self) -> bytes:
        """The next line; of one that is too long the beginning, and the rest is passed over. Empty at the end."""
        line = self._given_back.pop() if self._given_back else self._readline()
        length = len(line)
        if length == LINE_LIMIT and not line.endswith(b"\n"):
            while rest := self._readline():
                length += len(rest)
                if rest.endswith(b"\n"):
                    break
        if line:
            self.position = Position(self.position.offset + length, self.position.number + 1)
        return line

    def give_back(self, lines: list[bytes], position: Position) -> None:
        """Read these once more, of which the first begins behind `position`. None of them may be too long."""
        self._given_back += reversed(lines)
        self.position = position


def too_long(line: bytes) -> bool:
    """Whether only the beginning of a line was read."""
    return len(line) == LINE_LIMIT and not line.endswith(b"\n")


TOO_LONG = f"a line of more than {LINE_LIMIT} bytes"


def _unpacked(path: Path, packed: Any) -> IO[bytes]:
    opened: IO[bytes] = packed
    if path.suffix == ".gz":
        opened = gzip.GzipFile(fileobj=packed)  # type: ignore[assignment]
    elif path.suffix == ".zst":
        if ZSTD is None:
            raise HistoryUnreadable(
                f"{path}: .zst needs Python 3.14 or the extra: pip install 'klantreis[embedded]'; or unpack it before"
            )
        opened = ZSTD.ZstdFile(packed)
    return opened
