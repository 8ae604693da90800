"""What one sender sends in one request, and when.

A sender is a browser or app, which sends in small batches while somebody uses it, or a system of the company (till,
service desk, mail system …), which gathers touchpoints and sends them once in a while.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import Any

from collector.demo.hours import dutch_offset

TouchpointFields = dict[str, Any]
"""A touchpoint as it goes over the wire; `collector.touchpoint.Touchpoint` says what it may hold."""


class KeyKind(Enum):
    """Which of the two keys a sender has."""

    PUBLIC = "public"
    SECRET = "secret"  # noqa: S105  # a kind of key, not a key


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request to `POST /v1/touchpoints`, all but its address, its key and its time of sending.

    `moment` is when it is sent in the life that the demo tells (seconds since 1970 UTC): deliveries come in this
    order, and a till that was offline delivers days after its touchpoints occurred. `clock_ms` is how far the sender's
    clock is ahead; its `occurred_at` have it in them, and so must `sent_at`, or the collector cannot correct it.
    """

    key: KeyKind
    user_agent: str
    moment: float
    touchpoints: list[TouchpointFields]
    sdk: tuple[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    clock_ms: int = 0


def touchpoint_id(milliseconds: int, random_bits: int) -> str:
    """A UUID of version 7 (RFC 9562, section 5.7) made of a time and 74 random bits."""
    time_part = f"{milliseconds & (1 << 48) - 1:012x}"
    version_part = 0x7000 | random_bits >> 62 & 0xFFF
    rest = f"{0b10 << 62 | random_bits & (1 << 62) - 1:016x}"
    return f"{time_part[:8]}-{time_part[8:]}-{version_part:04x}-{rest[:4]}-{rest[4:]}"


def touchpoint(rng: Random, type_: str, moment: float, channel: str, **fields: Any) -> TouchpointFields:
    """A touchpoint as a system sends it: its time in Dutch clock time with the offset, fields that are None absent."""
    offset = dutch_offset(moment)
    milliseconds = round(moment * 1000)
    clock = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000 + offset))
    occurred_at = f"{clock}.{milliseconds % 1000:03d}+0{offset // 3600}:00"
    return fields_given(
        id=touchpoint_id(milliseconds, rng.getrandbits(74)),
        type=type_,
        occurred_at=occurred_at,
        channel=channel,
        **fields,
    )


def fields_given(**fields: Any) -> dict[str, Any]:
    """The fields that have a value."""
    return {name: value for name, value in fields.items() if value is not None}
