"""One touchpoint, put together and written as JSON, the way it rests in the outbox."""

from __future__ import annotations

import json
import math
import os
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from klantreis_store.errors import TouchpointError

BYTES = 32 * 1024 - 256
"""A touchpoint that the collector takes, less what is added when it is sent: sequence and age."""

IDENTIFIERS = ("visitor_id", "customer_id", "session_id", "sequence", "identity", "ambassador")
"""What is left out where the person did not consent; the collector strips the same and what else tells."""

_TYPE = re.compile(r"[a-z][a-z0-9_]{0,63}")
_OWN = ("id", "type", "occurred_at", "age_ms", "sequence")


@dataclass(frozen=True)
class Made:
    """A touchpoint as it is stored: `body` is JSON that `sequence` and `age_ms` are added to."""

    id: str
    type: str
    body: str
    anonymous: bool
    """The person did not consent: nothing may tell them from others, the sequence neither."""
    dated: bool
    """The caller said when it occurred, so that the clock of this machine says nothing of its age."""


def make(type: str, fields: Mapping[str, Any], wall_ms: int, occurred_at: datetime | None = None) -> Made:
    """Raises TouchpointError when it can be no touchpoint: a wrong type, a float of money, no JSON, too large."""
    if not _TYPE.fullmatch(type):
        raise TouchpointError(f"type: {type!r} must be snake_case: 1 to 64 of a-z, 0-9 and underscore, a letter first")
    if own := [name for name in _OWN if name in fields]:
        raise TouchpointError(f"{own[0]}: is set by this package; leave it out, or give occurred_at as an argument")
    consent = fields.get("consent")
    anonymous = isinstance(consent, Mapping) and (
        consent.get("state", "granted") != "granted" or bool(consent.get("gpc"))
    )
    kept = {name: fields[name] for name in fields if not (anonymous and name in IDENTIFIERS)}
    identified = str(uuid7(wall_ms))
    whole = {"id": identified, "type": type, "occurred_at": _moment(occurred_at, wall_ms), **kept}
    try:
        body = json.dumps(_checked(whole, "touchpoint"), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        size = len(body.encode())
    except (TypeError, ValueError, RecursionError) as error:
        if isinstance(error, TouchpointError):
            raise
        raise TouchpointError(
            f"{type}: cannot be written as JSON ({error}); give texts, numbers, lists and objects"
        ) from None
    if size > BYTES:
        raise TouchpointError(f"{type}: has {size} bytes of JSON, {BYTES} are taken; shorten properties or texts")
    return Made(identified, type, body, anonymous, occurred_at is not None)


def uuid7(wall_ms: int) -> uuid.UUID:
    """RFC 9562, version 7: milliseconds first, so that what is stored together was made together."""
    number = (wall_ms & (1 << 48) - 1) << 80 | int.from_bytes(os.urandom(10), "big")
    number = number & ~(0xF << 76) | 7 << 76
    return uuid.UUID(int=number & ~(0x3 << 62) | 0x2 << 62)


def _moment(occurred_at: datetime | None, wall_ms: int) -> int:
    if occurred_at is None:
        return wall_ms
    if occurred_at.utcoffset() is None:
        raise TouchpointError(
            f"occurred_at: {occurred_at} has no time zone; use datetime.now(timezone.utc) or .astimezone()"
        )
    return math.floor(occurred_at.timestamp() * 1000)


_MONEY = frozenset({"price", "total", "tax", "shipping", "discount"})


def _checked(value: Any, name: str) -> Any:
    """The same with decimals as texts and texts that UTF-8 can hold, as JSON can hold it."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and name in _MONEY:
        raise TouchpointError(f'{name}: {value!r} is a float; give a Decimal or a text such as "129.95"')
    if isinstance(value, Mapping):
        return {
            _text(str(key)): _checked(one, "" if name == "properties" else str(key))
            for key, one in value.items()
            if one is not None
        }
    if isinstance(value, (list, tuple)):
        return [_checked(one, name) for one in value]
    return value


def _text(value: str) -> str:
    """Half a surrogate pair, as a text cut inside an emoji has it, is no Unicode."""
    return value.encode("utf-8", "replace").decode()
