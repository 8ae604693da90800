"""How deeply JSON nests, at the speed of the C library: a walk in Python over 8 MiB of brackets takes three seconds."""

from __future__ import annotations

import re

_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_ONE_KIND = bytes.maketrans(b"{}", b"[]")


def deeper(text: bytes, levels: int) -> bool:
    """Whether a JSON text nests more than `levels` objects and lists."""
    if text.count(b"[") + text.count(b"{") <= levels:
        return False
    # Of one kind: with two, a round would take a list and the object around it, two levels for one.
    brackets = _STRING.sub(b"", text).translate(_ONE_KIND, _NO_BRACKETS)
    for _ in range(levels):
        # Whatever holds nothing any more goes: each round takes away the innermost level.
        brackets = brackets.replace(b"[]", b"")
        if not brackets:
            return False
    return True
