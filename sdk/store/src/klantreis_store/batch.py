"""One request: which of the waiting go in it, and what it says of time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from klantreis_store.clock import Now
from klantreis_store.outbox import Waiting, occurred_at
from klantreis_store.reckoning import Reckoning

TOUCHPOINTS = 100
"""At most so many in a request; the collector takes 500."""
BYTES = 60_000
"""Of a request before compression, unless one touchpoint alone is larger. Small enough for a slow line."""

_ROOM_FOR_AGE = len(',"age_ms":999999999999999') + 1


@dataclass(frozen=True)
class Batch:
    """What goes into one request, in order."""

    waiting: Sequence[Waiting]
    body: bytes


@dataclass(frozen=True)
class Limits:
    """Of a request; what a collector answers 413 to lowers the count."""

    touchpoints: int = TOUCHPOINTS
    bytes: int = BYTES


def batch(
    waiting: Sequence[Waiting],
    limits: Limits,
    reckoning: Reckoning,
    now: Now,
    *,
    key: str,
    sdk: dict[str, str],
    dropped: int,
) -> Batch:
    """As many of the oldest as fit, of one clock; at least one, unless none waits.

    Touchpoints of a clock that was set since go in requests of their own, since `sent_at` is one for all.
    """
    head = json.dumps({"key": key, "sdk": sdk, **({"dropped": min(dropped, 1_000_000)} if dropped else {})})
    size = len(head) + len(',"sent_at":9999999999999999,"touchpoints":[]')
    chosen: list[Waiting] = []
    pieces: list[bytes] = []
    off: int | None = None
    for one in waiting[: limits.touchpoints]:
        age = reckoning.age_ms(one.boot, one.uptime_ms)
        its_off = reckoning.off_ms(occurred_at(one.body), one.boot, age)
        size += len(one.body) + _ROOM_FOR_AGE
        if chosen and (size > limits.bytes or off is None or not reckoning.is_one_clock(off, its_off)):
            break
        if off is None:
            off = its_off
        told = age if reckoning.is_this_boot(one.boot) else None
        pieces.append(one.body if told is None else one.body[:-1] + b',"age_ms":%d}' % told)
        chosen.append(one)
    sent_at = now.wall_ms + (off or 0)
    body = b'%s,"sent_at":%d,"touchpoints":[%s]}' % (head[:-1].encode(), sent_at, b",".join(pieces))
    return Batch(chosen, body)
