"""Which characters a class of a regex names, and how all others are written so that both engines read them alike.

Vectorscan keeps only one range of a class that begins with ^: `[^ac]` finds a "c", `[^a-z0-9]` a digit, `\\W` a letter.
So what is not in a class of several ranges is written as the ranges that are left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Ranges = tuple[tuple[int, int], ...]
"""First and last code point of each range."""

DIGITS: Ranges = ((0x30, 0x39),)
WORD: Ranges = (*DIGITS, (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
SPACE: Ranges = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
_SURROGATES = (0xD800, 0xDFFF)
"""No text has them, and a pattern cannot write them."""
_LAST = 0x10FFFF


def joined(ranges: Iterable[tuple[int, int]]) -> Ranges:
    """The same characters in as few ranges as possible, in order."""
    found: list[tuple[int, int]] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return tuple(found)


def all_but(ranges: Ranges) -> str:
    """A class of every character that is not in `ranges`."""
    return "[" + "".join(_written(low, high) for low, high in _between(joined((*ranges, _SURROGATES)))) + "]"


def _between(ranges: Ranges) -> Iterator[tuple[int, int]]:
    free = 0
    for low, high in ranges:
        if free < low:
            yield free, low - 1
        free = high + 1
    if free <= _LAST:
        yield free, _LAST


def _written(low: int, high: int) -> str:
    return _character(low) if low == high else f"{_character(low)}-{_character(high)}"


def _character(code: int) -> str:
    """As it stands beyond ASCII: ClickHouse takes the number in `\\x{100}` for a repetition and refuses it as slow."""
    return f"\\x{code:02x}" if code < 0x80 else chr(code)
