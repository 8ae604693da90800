"""What strangers wrote, in a form that a terminal only shows.

An escape character can recolour, rename, empty or answer for a terminal, and a character that turns the direction of
writing makes a line say something else than it holds.
"""

from __future__ import annotations

import json
from typing import Any


def plain(text: str, most: int | None = None) -> str:
    """`text` on one line, at most so many characters of it, whatever does not print written as in JSON: `\\u001b`."""
    cut = text if most is None or len(text) <= most else text[: most - 1] + "…"
    return "".join(character if character.isprintable() else _escaped(character) for character in cut)


def plain_json(value: Any, indent: int | None = None) -> str:
    """`value` as JSON that is still the same JSON: only its texts can hold what does not print."""
    written = json.dumps(value, indent=indent, ensure_ascii=False, default=str)
    return "\n".join(plain(line) for line in written.split("\n"))


def _escaped(character: str) -> str:
    # JSON leaves DEL as it is.
    return "\\u007f" if character == "\x7f" else json.dumps(character)[1:-1]
