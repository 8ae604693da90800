"""A touchpoint that somebody asks about, as JSON, with or without what came before it under `after`.

    {"type": "support_contact", "channel": "phone", "after": [{"type": "order", "days_ago": 3}]}

`after` is written as in the examples of rules: oldest first, each with `days_ago` or a minute before the next.
"""

from __future__ import annotations

import json
from typing import Any

from collector.phases.example import DAY_MS, ID, MINUTE_MS, MOST_DAYS, OCCURRED_AT, numbered
from collector.phases.tried import as_json


class NoJourney(ValueError):
    """What stands under `after` is no journey: the text says what is wrong and what to write."""


def read(raw: bytes) -> tuple[bytes, list[bytes] | None]:
    """The touchpoint without its `after`, and each touchpoint before it; None where `after` is not given.

    Raises NoJourney when `after` cannot be read.
    """
    raw = raw.strip()
    try:
        touchpoint = json.loads(raw)
    except ValueError:
        return raw, None  # ClickHouse says what is wrong with it
    if not isinstance(touchpoint, dict) or "after" not in touchpoint:
        return raw, None
    before = touchpoint.pop("after")
    if not isinstance(before, list) or not all(isinstance(one, dict) for one in before):
        raise NoJourney('after is a list of touchpoints; write "after": [{"type": "order", "days_ago": 3}]')
    touchpoint |= {"id": ID, "occurred_at": OCCURRED_AT}
    return as_json(touchpoint), _dated(before)


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
        found.append(as_json({**one, "id": numbered(number), "occurred_at": next_at}))
    return list(reversed(found))
