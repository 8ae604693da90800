"""Patterns that ClickHouse's two engines read alike: RE2 (`match`) and Vectorscan (`multiMatchAllIndices`).

A load uses Vectorscan, which looks for a thousand patterns in one pass. It reads some things differently from RE2:
`cart$` also matches before a final newline, `\\s` and `\\v` hold other characters, `\\B` counts bytes, `[^ac]` finds
a "c". So a regex is let through only where every construct of it is known to mean the same in both; `$`, `\\s` and
classes of what must not be there are rewritten to what RE2 means by them, the rest is refused with its remedy. (`rules
check` then tries every regex in both as well.)

Upper and lower case of A to Z never matter in a rule: fields are lowered before they are searched, and so is a regex.
"""

from __future__ import annotations

import re
import string

from collector.phases.character_class import DIGITS, SPACE, WORD, Ranges, all_but, joined

_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_ESCAPES = {
    "d": r"\d", "D": r"\D", "w": r"\w", "W": all_but(WORD), "b": r"\b", "A": r"\A", "z": r"\z",
    "s": r"[\t\n\f\r ]", "S": all_but(SPACE),
}  # fmt: skip
_CLASS_ESCAPES = {"d": r"\d", "w": r"\w", "s": r"\t\n\f\r "}
_CLASS_RANGES = {"d": DIGITS, "w": WORD, "s": SPACE}
_REFUSED_ESCAPES = {
    "B": r"\B counts bytes in one engine; leave it out",
    "Z": r"\Z is not known to RE2; write \z or $",
    "G": r"\G is not known; write ^",
    "p": r"\p would depend on upper and lower case; write the characters in [ ]",
    "P": r"\P would depend on upper and lower case; write the characters in [^ ]",
    "x": "write the character itself",
    "Q": r"write a backslash before each special character",
}
_POSITIONS = (r"\b", r"\A", r"\z")
_GROUP = re.compile(r"\(\?(?:P<[a-z_][a-z0-9_]*>|:)")
_REPEAT = re.compile(r"\{(\d{1,4})(,(\d{0,4}))?\}")
REPEATS = 50
"""A counted repetition may go so far: ClickHouse finds larger ones too slow for Vectorscan and refuses them."""


class BadPattern(ValueError):
    """A pattern that the two engines would read differently or not at all; `at` is its offset in the pattern."""

    def __init__(self, at: int, problem: str) -> None:
        super().__init__(problem)
        self.at = at


def lowered(text: str) -> str:
    """A to Z in lower case, nothing else changed: what ClickHouse's `lower` does."""
    return text.translate(_LOWER)


def escaped(text: str) -> str:
    """A pattern for exactly `text`."""
    return "".join(f"\\{one}" if one in string.punctuation else one for one in text)


def of_glob(glob: str) -> str:
    """The pattern of a glob over the whole text: `*` stops at a slash, `**` does not, `?` is one character but /."""
    parts = re.split(r"(\*\*|\*|\?)", glob)
    found = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return r"\A" + "".join(found.get(part) or escaped(part) for part in parts) + r"\z"


def of_regex(regex: str) -> str:
    """The pattern for a regex of a rule. Raises BadPattern where the engines would differ."""
    pieces: list[tuple[int, str]] = []
    at = 4 if regex.startswith("(?i)") else 0  # harmless: case never matters
    depth, repeatable = 0, False
    while at < len(regex):
        if regex[at] in "*+?{" and not repeatable:
            raise BadPattern(at, f"nothing before {regex[at]} to repeat; write \\{regex[at]} for the character")
        piece, length = _piece(regex, at)
        if regex[at] in "*+?{" and not pieces[-1][1].isascii():
            pieces[-1] = (pieces[-1][0], _as_one(pieces[-1][1]))
        repeatable = regex[at] not in "*+?{(|^$" and piece not in _POSITIONS
        depth += {"(": 1, ")": -1}.get(regex[at], 0)
        if depth < 0:
            raise BadPattern(at, "a ) without its (; write \\) for the character")
        pieces.append((at, piece))
        at += length
    if depth:
        raise BadPattern(len(regex), "a ( without its )")
    _check_edges(pieces, ("^", r"\A"), "(?:", ")", "a text begins only once: write ^ first, or \\^ for the character")
    _check_edges(pieces[::-1], (r"\z",), ")", "(?:", "a text ends only once: write $ last, or \\$ for the character")
    return "".join(_without_the_rest([piece for _, piece in pieces]))


def _without_the_rest(pieces: list[str]) -> list[str]:
    """The same without `.*$` behind something: it always holds, and with it Vectorscan finds `[^é]` within an é."""
    found: list[str] = []
    for piece in pieces:
        found.append(piece)
        if found[-3:] == [".", "*", r"\z"] and found[-4:-3] and found[-4] not in ("(?:", "|", "^", *_POSITIONS):
            del found[-3:]
    return found


def _as_one(piece: str) -> str:
    """A character beyond ASCII in a group: ClickHouse's own look at a pattern repeats only its last byte, so that it
    does not find `caf` by `café?`."""
    return piece if piece[0] == "[" else f"(?:{piece})"


def _check_edges(
    pieces: list[tuple[int, str]], edges: tuple[str, ...], opening: str, closing: str, remedy: str
) -> None:
    """Vectorscan knows a beginning only where nothing can come before it; read backwards, the same of the end."""
    free, outside = True, [True]
    for at, piece in pieces:
        if piece in edges and not free:
            raise BadPattern(at, remedy)
        if piece == opening:
            outside.append(free)
        elif piece == "|":
            free = outside[-1]
        else:
            free = False
            if piece == closing:
                outside.pop()


def _piece(regex: str, at: int) -> tuple[str, int]:
    """The construct at `at`: what to write for it, and how long it is in the regex."""
    one = regex[at]
    if one == "\\":
        return _escape(regex, at, _ESCAPES)
    if one == "[":
        return _class(regex, at)
    if one == "(":
        return _group(regex, at)
    if one in "*+?{":
        return _repetition(regex, at)
    if one == "$":
        return r"\z", 1
    return (f"\\{one}" if one in "]}" else lowered(one)), 1


def _escape(regex: str, at: int, known: dict[str, str]) -> tuple[str, int]:
    if at + 1 >= len(regex):
        raise BadPattern(at, "a backslash at the end; write \\\\ for the character")
    one = regex[at + 1]
    if one in known:
        return known[one], 2
    if one in string.punctuation:
        return f"\\{one}", 2
    if one.isdigit():
        raise BadPattern(at, "a back-reference; neither engine knows it: write the text out")
    remedy = _REFUSED_ESCAPES.get(one, "the engines read it differently; write the character itself")
    raise BadPattern(at, f"\\{one}: {remedy}" if not remedy.startswith("\\") else remedy)


def _group(regex: str, at: int) -> tuple[str, int]:
    if not regex.startswith("(?", at):
        return "(?:", 1  # what a group caught is never used
    if regex.startswith(("(?=", "(?!", "(?<=", "(?<!"), at):
        raise BadPattern(at, "look-around is not possible; use a second condition, or not:")
    if found := _GROUP.match(regex, at):
        return "(?:", len(found[0])
    raise BadPattern(at, "only ( ) and (?: ) are possible; leave flags out: case never matters and . is any character")


def _repetition(regex: str, at: int) -> tuple[str, int]:
    one, length = regex[at], 1
    if one == "{":
        found = _REPEAT.match(regex, at)
        if found is None:
            raise BadPattern(at, "a { that counts nothing; write \\{ for the character, or {2,5}")
        if max(int(found[1]), int(found[3] or 0)) > REPEATS:
            raise BadPattern(at, f"it counts further than {REPEATS}, which would be too slow; write + or *")
        most = found[3] if found[2] else found[1]
        if most and int(most) == 0:
            raise BadPattern(at, "it repeats nothing; leave it out, with what stands before it")
        if found[3] and int(found[3]) < int(found[1]):
            raise BadPattern(at, f"{found[0]} counts backwards; write the smaller number first")
        one, length = found[0], len(found[0])
    if regex[at + length : at + length + 1] == "+":
        raise BadPattern(at + length, "a possessive repetition; leave the second + out")
    if regex[at + length : at + length + 1] == "?":
        return one, length + 1  # lazy or greedy makes no difference to whether there is a match
    return one, length


def _class(regex: str, at: int) -> tuple[str, int]:
    """A character class, lowered. Ranges stay within digits, within letters of one case or beyond ASCII."""
    negated = regex[at + 1 : at + 2] == "^"
    end = first = at + (2 if negated else 1)
    written, ranges = "", list[tuple[int, int]]()
    while True:
        one = regex[end : end + 1]
        if not one:
            raise BadPattern(at, "a [ without its ]; write \\[ for the character")
        if one == "]":
            if end == first:
                raise BadPattern(at, "an empty class; write \\] for the character ]")
            if negated and len(joined(ranges)) > 1:
                return all_but(joined(ranges)), end + 1 - at
            return f"[{'^' if negated else ''}{written}]", end + 1 - at
        piece, members, length = _member(regex, end)
        written += piece
        ranges += members
        end += length


def _member(regex: str, at: int) -> tuple[str, Ranges, int]:
    """One member of a class, an escape, a range or a character: how it is written, what it holds, its length."""
    if regex[at] == "\\":
        piece, length = _escape(regex, at, _CLASS_ESCAPES)
        one = regex[at + 1]
        return piece, _CLASS_RANGES[one] if one in _CLASS_RANGES else _single(one), length
    if regex[at] == "[":
        raise BadPattern(at, "a [ within [ ]; write \\[ for the character")
    if regex[at] == "&" and regex[at + 1 : at + 2] == "&":
        raise BadPattern(at, "&& within [ ]; write \\& for the character")
    low, dash, high = regex[at], regex[at + 1 : at + 2], regex[at + 2 : at + 3]
    if dash == "-" and high and high != "]":
        same = [group for group in (string.digits, string.ascii_lowercase, string.ascii_uppercase) if low in group]
        wide = not low.isascii() and not high.isascii()
        if not (wide or (same and high in same[0])) or low > high:
            raise BadPattern(at, f"the range {low}-{high}; write 0-9, a-z or the characters one by one")
        return lowered(f"{low}-{high}"), ((ord(lowered(low)), ord(lowered(high))),), 3
    return f"\\{low}" if low in string.punctuation else lowered(low), _single(lowered(low)), 1


def _single(character: str) -> Ranges:
    return ((ord(character), ord(character)),)
