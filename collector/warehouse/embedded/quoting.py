"""What in a statement is code, and what is comment or quoted text.

A wall that reads SQL must cut it as the engine does. A difference is an attack: text that is a comment here and code
there. So this follows ClickHouse's lexer (nested comments, `$tag$` texts, curly quotes, doubled and escaped quotes),
and `tests/embedded/test_quoting_differs.py` compares it with the engine's own `tokenizeQuery` on generated texts. What
is rare and ambiguous is refused rather than guessed.

A compiled rule set is a megabyte of SQL, so nothing here steps through it token by token in Python: quoted runs are
found and blanked, and all other questions are regular expressions over what is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_OPENING = re.compile(
    rb"""' | " | ` | -- | // | \#[\ !] | /\* | \xe2\x80\x98 | \xe2\x80\x9c | \$[A-Za-z0-9_]*\$ | \\""", re.VERBOSE
)
_WORD_BYTE = re.compile(rb"[A-Za-z0-9_$]")
_EXPONENT = re.compile(rb"[eEpP]")
_DIGITS = {b"x": re.compile(rb"[0-9a-fA-F]*"), b"b": re.compile(rb"[01]*")}
_COMMENT_EDGE = re.compile(rb"/\*|\*/")
_NOT_LINE_END = re.compile(rb"[^\n]")
# The inside of a quoted text: everything, escapes and doubled quotes up to the first lone quote. Each byte can match
# in one way only, so an unclosed text of any length is found out in one pass.
_INSIDE = {
    quote: re.compile(rb"[^%b\\]*(?:(?:\\.|%b%b)[^%b\\]*)*" % ((quote,) * 4), re.DOTALL) for quote in (b"'", b'"', b"`")
}
_CURLY = {b"\xe2\x80\x98": b"\xe2\x80\x99", b"\xe2\x80\x9c": b"\xe2\x80\x9d"}
# White space of other scripts separates words as a space does.
_WIDE_SPACE = re.compile(
    rb"\xc2[\x85\xa0]|\xe1\x9a\x80|\xe1\xa0\x8e|\xe2\x80[\x80-\x8f\xa8\xa9\xaf]|\xe2\x81[\x9f\xa0]|\xe3\x80\x80"
    rb"|\xef\xbb\xbf"
)

STRING, IDENTIFIER = b"\x01", b"\x02"
"""Stand in the code for every byte of a quoted text and of a quoted identifier; no statement needs them otherwise."""


class Unclosed(Exception):
    """The text ends within a comment or quotes: more of it may be coming."""


class Ambiguous(Exception):
    """The engine could cut this text in another way than we do; the message says how to write it plainly."""


@dataclass(frozen=True)
class Code:
    """A statement, twice: `text` with its comments blanked, and `code` in which also quoted parts are blanked.

    Both are as long as the original, so a place in one is the same place in the other.
    """

    text: bytes
    code: bytes


class Separation:
    """The blanking of one text, step by step, so that it can stop where the rows of an INSERT begin.

    Comments must not reach the engine: chDB reads orders of its own test suite in them, such as
    `-- { serverError 395 }`, after which a failed statement counts as done.
    """

    def __init__(self, sql: bytes) -> None:
        self._sql = sql
        self._text, self.code = bytearray(sql), bytearray(sql)
        self.known = 0
        """Up to here, `code` is decided."""

    def steps(self) -> Iterator[None]:
        """Stop before each comment and quoted part, and at the end. Raises Unclosed and Ambiguous."""
        sql, position = self._sql, 0
        while (opening := _OPENING.search(sql, position)) is not None:
            self.known = start = opening.start()
            yield
            mark = opening[0]
            if mark[:1] in (b"-", b"#", b"/"):
                position = _comment_end(sql, opening)
                blank = _NOT_LINE_END.sub(b" ", sql[start:position])  # the engine's errors still name the right line
                self._text[start:position] = self.code[start:position] = blank
                continue
            position = _quoted_end(sql, opening)
            kind = IDENTIFIER if mark in (b'"', b"`", b"\xe2\x80\x9c") else STRING
            self.code[start:position] = kind * (position - start)
        self.known = len(sql)
        yield

    def upto(self, end: int) -> Code:
        """The first `end` bytes. Raises Ambiguous for bytes that no statement needs."""
        if any(byte in self._sql[:end] for byte in (STRING, IDENTIFIER, b"\0")):
            raise Ambiguous("write control characters as escapes")
        code = bytes(self.code[:end])
        if not code.isascii():
            code = _WIDE_SPACE.sub(lambda space: b" " * len(space[0]), code)
        return Code(bytes(self._text[:end]), code)


def separate(sql: bytes) -> Code:
    """Separate a whole text. Raises Unclosed and Ambiguous."""
    separation = Separation(sql)
    for _ in separation.steps():
        pass
    return separation.upto(len(sql))


def _comment_end(sql: bytes, opening: re.Match[bytes]) -> int:
    if opening[0] != b"/*":
        if opening[0] == b"--" and opening.start() and _EXPONENT.match(sql, opening.start() - 1):
            raise Ambiguous("put a space before a comment")  # the engine takes 1e- for a number
        end = sql.find(b"\n", opening.end())
        return len(sql) if end < 0 else end
    depth, position = 1, opening.end()
    while depth:
        edge = _COMMENT_EDGE.search(sql, position)
        if edge is None:
            raise Unclosed
        depth += 1 if edge[0] == b"/*" else -1
        position = edge.end()
    return position


def _quoted_end(sql: bytes, opening: re.Match[bytes]) -> int:
    mark, start = opening[0], opening.start()
    if mark in _INSIDE:
        inside = _INSIDE[mark].match(sql, opening.end())
        end = opening.end() if inside is None else inside.end()
        if sql[end : end + 1] != mark:
            raise Unclosed
        digits = _DIGITS.get(sql[max(start - 1, 0) : start].lower())
        if digits is not None and not digits.fullmatch(sql, start + 1, end):
            raise Ambiguous("x'…' and b'…' hold digits only")  # the engine knows no escapes in them
        return end + 1
    if mark == b"\\":
        raise Ambiguous("a backslash outside of quotes is not allowed")
    if mark[:1] == b"$" and start and _WORD_BYTE.match(sql, start - 1):
        raise Ambiguous("put a space before a text in dollar signs")
    closing = _CURLY.get(mark, mark)
    end = sql.find(closing, opening.end())
    if end < 0:
        raise Unclosed
    return end + len(closing)


def name_in_quotes(quoted: bytes) -> bytes:
    """The name that a quoted identifier spells.

    Raises Ambiguous where it holds an escape: a name that is written in code has something to hide.
    """
    if b"\\" in quoted:
        raise Ambiguous("write names without backslashes")
    if quoted[:1] in (b'"', b"`"):
        quote = quoted[:1]
        return quoted[1:-1].replace(quote * 2, quote)
    return quoted[3:-3]
