"""Whether a condition nearly held: of fifty guesses at an address an author wants to see the one that was misspelt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import SequenceMatcher

from collector.phases.conditions import SEARCHES, Condition, Test, tests_of

ALIKE = 0.75
"""Share of two words that agrees (SequenceMatcher.ratio): `tuinhuisplaner` is 0.97 of `tuinhuisplanner`."""
OWN = "0"
"""How the name of a file begins that is there to overrule: what its rules look for is always shown."""


def came_close(condition: Condition, found: Mapping[str, str]) -> bool:
    """Whether a test of the condition was near. `found` is what its fields have.

    A whole value is near whenever the field has another, as `came_by` or `channel`; a search in a text only where a
    word of it is like one that was looked for.
    """
    return any(_close(test, text) for test in tests_of(condition) if (text := found.get(test.field.name, "")))


def _close(test: Test, text: str) -> bool:
    if test.operator not in SEARCHES or test.place.file.rpartition("/")[2].startswith(OWN):
        return True
    words = _words(text)
    return any(_alike(word, other) for value in test.values for other in _words(value) for word in words)


def _words(text: str) -> set[str]:
    """The words of four letters and more; shorter ones are alike by chance."""
    return set(re.findall(r"[a-z0-9]{4,}", text.lower()))


def _alike(one: str, other: str) -> bool:
    return abs(len(one) - len(other)) <= 3 and SequenceMatcher(None, one, other).ratio() >= ALIKE
