"""A touchpoint that somebody asks about, as JSON, with or without what came before it under `after`.

    {"type": "support_contact", "channel": "phone", "after": [{"type": "order", "days_ago": 3}]}

`after` is written as in the examples of rules: oldest first, each with `days_ago` or a minute before the next.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from collector.misfit import sentence
from collector.phases.example import DAY_MS, ID, MINUTE_MS, MOST_DAYS, OBJECTS, OCCURRED_AT, numbered
from collector.phases.tried import as_json
from collector.touchpoint import Touchpoint


class NoTouchpoint(ValueError):
    """What was given is no touchpoint: the text says what is wrong and what to write."""


class NoJourney(NoTouchpoint):
    """What stands under `after` is no journey."""


def read(raw: bytes) -> tuple[bytes, list[bytes] | None]:
    """The touchpoint without its `after`, and each touchpoint before it; None where `after` is not given.

    Fields may be written as in rules, `"page.path"`. Raises NoTouchpoint, and NoJourney when `after` cannot be read.
    """
    try:
        touchpoint = json.loads(raw)
    except ValueError as error:
        raise NoTouchpoint(f'this is not JSON ({error}); write {{"type": "page_view", …}}') from None
    if not isinstance(touchpoint, dict):
        raise NoTouchpoint('a touchpoint is an object; write {"type": "page_view", …}')
    before = touchpoint.pop("after", None)
    one = _sound(touchpoint, ID, OCCURRED_AT)
    if before is None:
        return one, None
    if not isinstance(before, list) or not all(isinstance(one, dict) for one in before):
        raise NoJourney('after is a list of touchpoints; write "after": [{"type": "order", "days_ago": 3}]')
    return one, _dated(before)


def _dated(before: list[dict[str, Any]]) -> list[bytes]:
    found = []
    next_at = OCCURRED_AT
    for number, one in enumerate(reversed(before), 1):
        days = one.pop("days_ago", None)
        if days is not None and (type(days) not in (int, float) or not 0 <= days <= MOST_DAYS):
            raise NoJourney(f"days_ago is a number of days from 0 to {MOST_DAYS}, such as 30 or 0.5")
        at = next_at - MINUTE_MS if days is None else OCCURRED_AT - round(days * DAY_MS)
        if at > next_at:
            raise NoJourney(f"days_ago: {days} is later than what follows it; after begins with the oldest")
        next_at = min(at, next_at - 1)
        found.append(_sound(one, numbered(number), next_at))
    return list(reversed(found))


def _sound(touchpoint: dict[str, Any], identity: str, moment: int) -> bytes:
    """The touchpoint with an id and a moment, as a sender could have sent it. Raises NoTouchpoint."""
    nested = {**_nested(touchpoint), "id": identity, "occurred_at": moment}
    if "type" not in nested:
        raise NoTouchpoint('the type is missing; write {"type": "page_view", …}')
    try:
        msgspec.convert(nested, Touchpoint)
    except msgspec.ValidationError as error:
        if "unknown field" not in str(error):  # one that this version does not know is kept, and rules pass it over
            raise NoTouchpoint(f"no sender could send this: {sentence(error)}; correct it") from None
    return as_json(nested)


def _nested(touchpoint: dict[str, Any]) -> dict[str, Any]:
    """The same with `page.path` as the path of a page: so rules write it, and examples are copied from them."""
    found: dict[str, Any] = {}
    for name, value in touchpoint.items():
        outer, dot, inner = name.partition(".")
        within = found.get(outer, {})
        if dot and outer in OBJECTS and isinstance(within, dict):
            found[outer] = {**within, inner: value}
        else:
            found[name] = {**within, **value} if isinstance(value, dict) and name == outer else value
    return found
