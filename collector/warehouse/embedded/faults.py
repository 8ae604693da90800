"""ClickHouse's errors: number, name, text and HTTP status, as a ClickHouse server sends them.

Clients decide by the number (`X-ClickHouse-Exception-Code`) and people by the text, so both follow the server's form:
`Code: 60. DB::Exception: Unknown table … (UNKNOWN_TABLE) (version 26.9.2.1)`.
"""

from __future__ import annotations

import re

NAMES = {
    36: "BAD_ARGUMENTS",
    48: "NOT_IMPLEMENTED",
    62: "SYNTAX_ERROR",
    73: "UNKNOWN_FORMAT",
    115: "UNKNOWN_SETTING",
    159: "TIMEOUT_EXCEEDED",
    164: "READONLY",
    202: "TOO_MANY_SIMULTANEOUS_QUERIES",
    209: "SOCKET_TIMEOUT",
    210: "NETWORK_ERROR",
    216: "QUERY_WITH_SAME_ID_IS_ALREADY_RUNNING",
    262: "CHECKSUM_DOESNT_MATCH",
    271: "CANNOT_DECOMPRESS",
    354: "ZLIB_INFLATE_FAILED",
    372: "SESSION_NOT_FOUND",
    373: "SESSION_IS_LOCKED",
    374: "INVALID_SESSION_TIMEOUT",
    394: "QUERY_WAS_CANCELLED",
    392: "QUERY_IS_PROHIBITED",
    497: "ACCESS_DENIED",
    511: "UNKNOWN_ROLE",
    516: "AUTHENTICATION_FAILED",
}
"""The errors that this server raises itself; all others come from the engine with their name."""

_STATUS = {
    401: (194,),
    403: (192, 193, 497, 516),
    400: (
        *(6, 25, 26, 27, 36, 38, 41, 44, 53, 62, 67, 72, 117, 167, 168, 170, 190, 321, 376, 427, 441, 457, 549, 675),
        *(676,),
    ),
    404: (46, 47, 50, 56, 60, 73, 81, 115, 372, 511),
    408: (159,),
    413: (307, 396),
    501: (48,),
    503: (76, 202, 209, 236, 439),
}
_STATUS_OF = {code: status for status, codes in _STATUS.items() for code in codes}

_NUMBER = re.compile(r"Code: (\d{1,5})\. ")
_NAME = re.compile(r"\(([A-Z][A-Z0-9_]{2,80})\)\.?\s*\Z")
_VERSION = re.compile(r" \(version [0-9][^()]{0,60}\)")
_PIPE = re.compile(r"(?:: )?\(in file/uri [^()\n]{0,4096}\)")
_OUTFILE = re.compile(r" INTO OUTFILE '[^'\n]{0,4096}' APPEND COMPRESSION 'none'")
_INFILE = re.compile(r" FROM INFILE '[^'\n]{0,4096}' COMPRESSION 'none'")
_HAND_OVER = re.compile(r"`?hand_over`?\.`?[a-z0-9]{8,64}`?")


class Fault(Exception):
    """An error for the client: `code` and `name` are ClickHouse's, `message` says what is wrong and what to do."""

    def __init__(self, code: int, message: str, name: str = "") -> None:
        self.code = code
        self.name = name or NAMES.get(code, "UNKNOWN_EXCEPTION")
        self.message = message
        super().__init__(message)

    @property
    def status(self) -> int:
        """HTTP status of this error, by the table of ClickHouse's HTTP interface; 500 where it has none."""
        return _STATUS_OF.get(self.code, 500)

    def text(self, version: str) -> str:
        """The error as a server writes it into the body."""
        return f"Code: {self.code}. DB::Exception: {self.message} ({self.name}) (version {version})\n"


class Disconnected(Exception):
    """The client went away before its request was complete or answered."""


def from_engine(text: str) -> Fault:
    """The error that chDB raised as text.

    Errors of INSERTs and settings arrive wrapped in a second `Code: …` with the same number, and they name the pipe
    through which the rows came: both are taken out, so that the text is the one of a server.
    """
    number = _NUMBER.search(text)
    if number is None:
        return Fault(1001, text.strip() or "The engine gave no reason", "STD_EXCEPTION")
    code, body = int(number[1]), text[number.end() :].strip()
    body = _VERSION.sub("", body)
    name = ""
    while (tail := _NAME.search(body)) is not None:
        name, body = name or tail[1], body[: tail.start()].rstrip()
    while (again := _NUMBER.match(body.removeprefix("DB::Exception: "))) is not None and int(again[1]) == code:
        body = body.removeprefix("DB::Exception: ")[again.end() :]
    return Fault(code, _without_ours(body.removeprefix("DB::Exception: ")), name)


def _without_ours(text: str) -> str:
    """`text` without what this server added to the client's statement."""
    text = text.partition(": In scope SELECT formatQuery(")[0]
    text = _OUTFILE.sub("", _INFILE.sub("", _PIPE.sub("", text)))
    text = text.replace("data for INSERT was parsed from file", "data for INSERT was parsed from query")
    return _HAND_OVER.sub("input()", text)
