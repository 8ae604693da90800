"""A time as files write it → milliseconds since 1970 UTC.

`datetime.strptime` takes 6 µs, which would be a third of all the work on a row. Times that consist of numbers, which
are nearly all, are taken apart by a pattern instead.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone, tzinfo
from math import floor

EPOCHS = {"epoch_s": 1000.0, "epoch_ms": 1.0, "epoch_us": 0.001}
"""Seconds, milliseconds and microseconds since 1970 UTC, and the milliseconds that one of each is."""
ISO = "iso"

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(?:(Z|UTC)|([+-])(\d\d):?(\d\d))?",
    re.IGNORECASE | re.ASCII,
)
_NUMBERS = {"Y": r"(?P<Y>\d{4})", "m": r"(?P<m>\d\d?)", "d": r"(?P<d>\d\d?)"} | {
    directive: rf"(?P<{directive}>\d\d?)" for directive in "HMS"
}
_SAMPLE = datetime(2021, 2, 3, 14, 5, 6, tzinfo=timezone.utc)

Reader = Callable[[object], "int | None"]
"""Gives None for what is no time of its form."""


def reader(form: str, zone: tzinfo) -> Reader:
    """What reads times of this form (`iso`, an epoch, or as of strptime); without an offset they are of `zone`.

    Raises ValueError for a form that cannot be.
    """
    if form == ISO:
        return lambda value: _iso(value, zone)
    if form in EPOCHS:
        return lambda value: _epoch(value, EPOCHS[form])
    if "%" not in form:
        raise ValueError("it has no directive such as %Y")
    datetime.strptime(_SAMPLE.strftime(form), form)  # noqa: DTZ007  # only whether it can be read at all
    numbers = _numbers(form)
    return (lambda value: _by(numbers, value, zone)) if numbers else (lambda value: _slowly(form, value, zone))


def _iso(value: object, zone: tzinfo) -> int | None:
    if type(value) is int:
        return value  # as the wire format has it: milliseconds
    found = _ISO.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    year, month, day, hour, minute, second, fraction, utc, sign, hours, minutes = found.groups()
    offset = zone
    if utc:
        offset = timezone.utc
    elif sign:
        away = timedelta(hours=int(hours), minutes=int(minutes))
        offset = timezone(-away if sign == "-" else away) if away < timedelta(days=1) else zone
    moment = _moment(offset, year, month, day, hour or 0, minute or 0, second or 0)
    return None if moment is None else moment + (int(fraction[:3].ljust(3, "0")) if fraction else 0)


def _epoch(value: object, milliseconds: float) -> int | None:
    try:
        # Seconds are rounded, since 1700000000.123 × 1000 is a little less than it should be; microseconds cut off.
        exact = float(value) * milliseconds  # type: ignore[arg-type]  # TypeError is caught
        return round(exact) if milliseconds >= 1 else floor(exact)
    except (TypeError, ValueError, OverflowError):
        return None


def _numbers(form: str) -> re.Pattern[str] | None:
    """The pattern of a form that is all numbers; None for any other."""
    pattern, used = "", ""
    for piece in re.split(r"(%.)", form):
        if piece[:1] != "%":
            pattern += re.escape(piece)
        elif piece[1] in _NUMBERS and piece[1] not in used:
            used += piece[1]
            pattern += _NUMBERS[piece[1]]
        else:
            return None
    return re.compile(pattern, re.ASCII) if {"Y", "m", "d"} <= set(used) else None


def _by(pattern: re.Pattern[str], value: object, zone: tzinfo) -> int | None:
    found = pattern.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        return None
    parts = found.groupdict()
    return _moment(zone, *(parts.get(one, 0) for one in "YmdHMS"))


def _moment(zone: tzinfo, *parts: str | int) -> int | None:
    year, month, day, hour, minute, second = map(int, parts)
    try:
        return int(datetime(year, month, day, hour, minute, second, tzinfo=zone).timestamp()) * 1000
    except (ValueError, OverflowError):
        return None


def _slowly(form: str, value: object, zone: tzinfo) -> int | None:
    try:
        moment = datetime.strptime(value, form)  # type: ignore[arg-type]  # noqa: DTZ007  # the zone follows
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=zone)
    try:
        return int(moment.timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
