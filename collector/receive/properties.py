"""`properties`: whatever a sender adds, as text by name, within bounds."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from collector.errors import Reason
from collector.receive.depth import deeper
from collector.receive.rejection import Rejected
from collector.touchpoint import PROPERTIES_BYTES, PROPERTIES_KEYS, PROPERTY_NAME_LENGTH

OVERFLOW = "_overflow"
"""The property that takes, as one JSON text, those whose names were too many for the site and day."""

LEVELS_ABOVE = 4
"""Levels of nesting above a property's value: body, list of touchpoints, touchpoint, properties."""

CHARACTERS_THAT_FIT = PROPERTIES_BYTES // 4
"""However they are written: none takes more than four bytes."""


class PropertyNames:
    """The names that each site brought today (UTC), up to a limit: a column holds names cheaply, but not any number.

    Each worker counts for itself and begins anew at midnight, so its memory stays bounded.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._day = -1
        self._by_site: dict[str, set[str]] = {}

    def of(self, site: str, day: int) -> set[str]:
        """The names known of a site; `day` is counted since 1970."""
        if day != self._day:
            self._day = day
            self._by_site = {}
        known = self._by_site.get(site)
        if known is None:
            known = self._by_site[site] = {OVERFLOW}
        return known


class Settled(NamedTuple):
    """What had to be done about properties that kept to no bounds."""

    problems: list[str]
    overflowed: int
    """Properties that went to `_overflow`."""


def settle(properties: dict[str, Any], known: set[str], names_limit: int, nesting: int) -> Settled | None:
    """Makes every value text, in place, and keeps to the bounds; new names join `known`.

    None when everything fits. Raises Rejected when a value nests too deeply.
    """
    characters = 0
    has_nulls = False
    for name, value in properties.items():
        if type(value) is not str:
            if value is None:
                has_nulls = True
                continue
            value = properties[name] = as_text(value, nesting - LEVELS_ABOVE)
        characters += len(name) + len(value)
    if has_nulls:
        for name in [name for name, value in properties.items() if value is None]:
            del properties[name]
    is_large = len(properties) > PROPERTIES_KEYS or characters > CHARACTERS_THAT_FIT
    if not is_large and known.issuperset(properties):
        return None
    problems = _cut(properties) if is_large else []
    overflowed = _admit(properties, known, names_limit, problems)
    return Settled(problems, overflowed)


def as_text(value: Any, levels: int) -> str:
    """A value as its compact JSON text; `levels` is how deep it may nest."""
    if value is True:
        return "true"
    if value is False:
        return "false"
    text = msgspec.json.encode(value)
    if deeper(text, levels):
        raise Rejected(Reason.TOO_DEEP, field="$.properties")
    return text.decode()


def _cut(properties: dict[str, Any]) -> list[str]:
    """Takes out what comes after the first 64 names or 16 KiB."""
    size = 0
    excess = []
    for number, (name, value) in enumerate(properties.items()):
        size += len(name.encode()) + len(value.encode())
        if number >= PROPERTIES_KEYS or size > PROPERTIES_BYTES:
            excess.append(name)
    for name in excess:
        del properties[name]
    if not excess:
        return []
    return [f"$.properties: over {PROPERTIES_KEYS} names or {PROPERTIES_BYTES} bytes; {len(excess)} set aside"]


def _admit(properties: dict[str, Any], known: set[str], limit: int, problems: list[str]) -> int:
    """Lets new names in, as far as the site may bring more; returns how many overflowed."""
    overflow: dict[str, str] = {}
    for name in [name for name in properties if name not in known]:
        if len(name) > PROPERTY_NAME_LENGTH:
            del properties[name]
            problems.append(f"$.properties: a name of {len(name)} characters, at most {PROPERTY_NAME_LENGTH}")
        elif len(known) <= limit:  # `_overflow` is known from the beginning
            known.add(name)
        else:
            overflow[name] = properties.pop(name)
    if overflow:
        count = len(overflow)
        if OVERFLOW in properties:
            overflow[OVERFLOW] = properties[OVERFLOW]
        properties[OVERFLOW] = msgspec.json.encode(overflow).decode()
        return count
    return 0
