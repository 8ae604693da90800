"""Rows of a file → what a sender would have put in requests of its own.

Each row becomes one piece of JSON that stands for itself: a touchpoint by the mapping, a line that is one already, or,
where there is no row to speak of, the text of the line as a JSON string, which the front door's checks turn down and
keep as they do anything that is not an object. Whatever a line holds, it stays one piece: a line that is not exactly
one JSON value never gets into a request as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from collector.errors import HistoryUnreadable, Refused
from collector.history.convert import Converter, Skip
from collector.history.source import Position, Row
from collector.receive.decode import COUNT_FIRST, cut_deeper, mend, parse
from collector.receive.keeping import RAW_READ_LIMIT

REQUEST_BYTES = COUNT_FIRST // 2 - 1024
"""Of one request, at which it is closed: with a last row of RAW_READ_LIMIT it is not looked at twice for its size."""
TOO_LARGE = b'"%b"' % (b" " * RAW_READ_LIMIT)
"""Stands for a row that is larger than what the checks keep of any: they say that it is too large."""

_is_one = msgspec.json.Decoder(msgspec.Raw).decode
_read = msgspec.json.Decoder().decode
_encode = msgspec.json.encode


class Request(NamedTuple):
    """Some rows, one after the other in the file."""

    pieces: list[bytes]
    """JSON of each row that is a touchpoint or should be one."""
    numbers: list[int]
    """Of the row that each comes from."""
    faults: dict[int, str]
    """By the place of a piece: why its row could not be read."""
    rows: int
    """Read, skipped ones included."""
    skipped: int
    after: Position


class Piece(NamedTuple):
    """What became of a row; no JSON where it was skipped."""

    json: bytes | None
    fault: str = ""


Cut = Callable[[Row], Piece]


def requests(rows: Iterable[Row], cut: Cut, most: int) -> Iterator[Request]:
    """The rows in requests of at most `most`. Where they begin depends on the file and `most` alone.

    Raises HistoryUnreadable after the last request where the file breaks off.
    """
    gathered = _Gathered()
    broken: HistoryUnreadable | None = None
    try:
        for row in rows:
            gathered.add(row, cut(row))
            if gathered.rows >= most or gathered.size >= REQUEST_BYTES:
                yield gathered.request()
                gathered = _Gathered()
    except HistoryUnreadable as error:
        broken = error
    if gathered.rows:
        yield gathered.request()
    if broken is not None:
        raise broken


class _Gathered:
    """A request in the making."""

    def __init__(self) -> None:
        self.rows = self.size = 0
        self._pieces: list[bytes] = []
        self._numbers: list[int] = []
        self._faults: dict[int, str] = {}
        self._after = Position()

    def add(self, row: Row, piece: Piece) -> None:
        json, fault = piece
        self.rows += 1
        self._after = row.after
        if json is None:
            return
        if fault:
            self._faults[len(self._pieces)] = fault
        self._pieces.append(json if len(json) <= RAW_READ_LIMIT else TOO_LARGE)
        self._numbers.append(row.number)
        self.size += len(self._pieces[-1])

    def request(self) -> Request:
        skipped = self.rows - len(self._pieces)
        return Request(self._pieces, self._numbers, self._faults, self.rows, skipped, self._after)


def as_written(nesting: int) -> Cut:
    """For lines that are touchpoints already."""

    def cut(row: Row) -> Piece:
        if row.fault:
            return _unreadable(row.content, row.fault)
        line: bytes = row.content
        try:
            return Piece(bytes(_is_one(line)))
        except (ValueError, RecursionError):
            pass
        try:
            return Piece(bytes(_is_one(cut_deeper(mend(line), nesting))))
        except (ValueError, RecursionError) as error:
            return _unreadable(line, f"it is not JSON: {error}")
        except Refused as refused:
            return _unreadable(line, refused.detail)

    return cut


def by(converter: Converter, *, as_cells: bool) -> Cut:
    """For rows that a mapping makes touchpoints of: lists of texts, or JSON objects that are still to be read."""

    def cut(row: Row) -> Piece:
        if row.fault:
            return _unreadable(row.content, row.fault)
        try:
            content = row.content if as_cells else _object(row.content)
            return Piece(_encode(converter.touchpoint(content)))
        except Skip:
            return Piece(None)
        except (ValueError, RecursionError, TypeError, OverflowError) as error:
            return _unreadable(row.content, str(error) or type(error).__name__)

    return cut


def _object(line: bytes) -> dict[str, Any]:
    """Raises ValueError where the line is no JSON object."""
    try:
        found = _read(line)
    except (ValueError, RecursionError):
        found = parse(mend(line))
    if not isinstance(found, dict):
        raise ValueError("it is not a JSON object")
    return found


def _unreadable(line: Any, fault: str) -> Piece:
    """The line itself, as a text."""
    text = line.decode("utf-8", "replace") if isinstance(line, bytes) else "\t".join(line)
    return Piece(_encode(text.rstrip("\r\n")), fault)
