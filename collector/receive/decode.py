"""A body's bytes → touchpoints, as far as they can be read.

Nearly every body is read in one pass. When that fails, the touchpoints are read one by one, and those that still fail
stay raw for `repair`: one bad touchpoint never costs a good one. What programs get wrong in a whole body is mended
first: a byte order mark, text that is not UTF-8, half a surrogate pair (JavaScript makes them by cutting a text in the
middle of an emoji), nesting that no parser follows. The mended characters become U+FFFD.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Annotated, Any, TypeVar, get_type_hints

import msgspec
from msgspec import Meta, Raw, Struct, ValidationError

from collector.errors import Reason, Refused
from collector.misfit import told
from collector.touchpoint import Batch, Moment, Sdk, Touchpoint

COUNT_FIRST = 1 << 19
"""Bytes from which on the touchpoints are counted before they are read: eight MiB of small ones, a few KiB when
compressed, would otherwise take 200 ms and 100 MB only to turn out too many."""

OBJECTS_LIMIT = 250_000
"""Objects and lists that such a body may hold to be read at all: 7 MiB of brackets, 60 KiB when compressed, would keep
the parser busy for a second."""

TOKENS_LIMIT = 200_000
"""Strings and brackets looked at while cutting what is nested too deeply: 50 ms."""

INTEGER_DIGITS = 40
"""Longer integers are kept as text; Python refuses to write those of more than 4,300 digits."""

FULL = {b"{[": 125_000, b",": 500_000}
"""Objects and lists, and commas, that it may hold to be taken apart: 500 touchpoints with 200 products of four fields
each stay below both, while 250,000 objects, or two million short texts, 10 KiB when compressed, took 140 MiB until it
was found that they are too much for a touchpoint."""

T = TypeVar("T")

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)
_MILLISECOND = timedelta(milliseconds=1)


class Delivery(Struct):
    """One request's touchpoints: read, or raw where they could not be."""

    body: bytes
    """As it was read: mended where it had to be."""
    touchpoints: list[Touchpoint | Raw]
    key: str | None = None
    sent_us: int | None = None
    sdk: Sdk | None = None
    dropped: int = 0
    """Touchpoints that the sender says it gave up."""
    problems: tuple[str, ...] = ()
    """What was wrong with `sent_at`, `sdk` or `dropped`."""


class _Touchpoint(Touchpoint, omit_defaults=True, forbid_unknown_fields=True, kw_only=True):
    """As sent, but for the pattern of `type`, which `Checks` looks at.

    Here it cost 0.45 of 2.8 µs for each touchpoint, and nearly all types are standard ones.
    """

    type: Annotated[str, Meta(max_length=64)]


class _Batch(Batch, omit_defaults=True):
    touchpoints: list[_Touchpoint]  # type: ignore[assignment]  # each is a Touchpoint; nothing is put into the list


class _Counted(Struct, gc=False):
    """A touchpoint of which only the existence matters."""


class _CountedBatch(Struct):
    touchpoints: list[_Counted | None]


_ABSENT = Raw(b"null")


class _RawBatch(Struct):
    """A body of which nothing is read but where its parts begin: none of them may cost the others."""

    touchpoints: list[Raw]
    key: Raw = _ABSENT
    sent_at: Raw = _ABSENT
    sdk: Raw = _ABSENT
    dropped: Raw = _ABSENT


_DROPPED = get_type_hints(Batch, include_extras=True)["dropped"]

_count = msgspec.json.Decoder(_CountedBatch).decode
_read = msgspec.json.Decoder(_Batch).decode
_read_raw = msgspec.json.Decoder(_RawBatch).decode
_read_one = msgspec.json.Decoder(Touchpoint).decode


def decode(body: bytes, *, limit: int, nesting: int) -> Delivery:
    """The touchpoints of a body: at most `limit`, nested at most `nesting` levels (deeper is cut to one more).

    Raises Refused: not JSON, not the form of a batch, or too many touchpoints.
    """
    try:
        return _read_touchpoints(body, limit)
    except (ValueError, RecursionError):  # UnicodeDecodeError among them
        body = mend(body)
    try:
        return _read_touchpoints(body, limit)
    except RecursionError:
        body = cut_deeper(body, nesting)
    except ValueError as error:
        raise Refused(Reason.NOT_JSON, str(error)) from None
    try:
        return _read_touchpoints(body, limit)
    except (ValueError, RecursionError) as error:
        raise Refused(Reason.NOT_JSON, str(error)) from None


def raws(delivery: Delivery) -> list[Raw]:
    """The bytes of each touchpoint."""
    return _read_raw(delivery.body).touchpoints


def parse(raw: bytes | Raw, made_of: Callable[[list[tuple[str, Any]]], Any] | None = None) -> Any:
    """A touchpoint, or another part of a body, as plain objects, whatever numbers it holds.

    Integers of more than 40 digits and numbers beyond a float stay text: as numbers they fit no field. `made_of` makes
    an object of its names and values, where a name may stand twice. Raises ValueError or RecursionError.
    """
    return json.loads(
        bytes(raw).decode("utf-8", "replace"),
        object_pairs_hook=made_of,
        parse_int=_integer,
        parse_float=_float,
        parse_constant=_no_constant,
    )


def epoch_ms(moment: datetime | int) -> int:
    """Milliseconds since 1970 UTC, rounded down."""
    return moment if isinstance(moment, int) else (moment - _EPOCH) // _MILLISECOND


def whole(value: Any) -> Any:
    """A number as an integer where it is whole: some programs write milliseconds as `1.7672256e12`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read_touchpoints(body: bytes, limit: int) -> Delivery:
    """Raises ValueError or RecursionError when the body as a whole cannot be read, and Refused."""
    if len(body) > COUNT_FIRST:
        _refuse_crowd(body)
        _refuse_more_than(limit, _in_form(_count, body).touchpoints)
        _refuse_full(body)
    try:
        batch = _read(body)
    except ValidationError:
        delivery = _one_by_one(body, limit)
    else:
        sent_us = None if batch.sent_at is None else _epoch_us(batch.sent_at)
        dropped = batch.dropped or 0
        delivery = Delivery(body, batch.touchpoints, batch.key, sent_us, batch.sdk, dropped)  # type: ignore[arg-type]
    _refuse_more_than(limit, delivery.touchpoints)
    return delivery


def _in_form(read: Callable[[bytes], T], body: bytes) -> T:
    try:
        return read(body)
    except ValidationError as error:
        detail, field = told(error)
        raise Refused(Reason.NOT_JSON, f"{detail}; {Reason.NOT_JSON.remedy}", field=field) from None


def _epoch_us(moment: datetime | int) -> int:
    return moment * 1000 if isinstance(moment, int) else (moment - _EPOCH) // _MICROSECOND


def _one_by_one(body: bytes, limit: int) -> Delivery:
    batch = _in_form(_read_raw, body)
    _refuse_more_than(limit, batch.touchpoints)
    problems: list[str] = []
    key = parse(batch.key)
    sent_at = _or_problem(batch.sent_at, Moment, "$.sent_at", problems)
    return Delivery(
        body,
        [_one(raw) for raw in batch.touchpoints],
        key if isinstance(key, str) else None if key is None else str(key),
        None if sent_at is None else _epoch_us(sent_at),
        _or_problem(batch.sdk, Sdk, "$.sdk", problems),
        _or_problem(batch.dropped, _DROPPED, "$.dropped", problems) or 0,
        tuple(problems),
    )


def _one(raw: Raw) -> Touchpoint | Raw:
    try:
        return _read_one(raw)
    except (ValueError, RecursionError):
        return raw


def _or_problem(raw: Raw, kind: Any, path: str, problems: list[str]) -> Any:
    value = whole(parse(raw))
    try:
        return None if value is None else msgspec.convert(value, kind)
    except ValidationError as error:
        problems.append(f"{path}: {told(error)[0]}")
        return None


def _refuse_more_than(limit: int, touchpoints: list[Any]) -> None:
    if len(touchpoints) > limit:
        raise Refused(Reason.TOO_MANY_TOUCHPOINTS, f"{len(touchpoints)} touchpoints, at most {limit} in a request")


def _refuse_crowd(body: bytes) -> None:
    if body.count(b"{") + body.count(b"[") > OBJECTS_LIMIT:
        raise Refused(
            Reason.BODY_TOO_LARGE, f"more than {OBJECTS_LIMIT} objects and lists; {Reason.BODY_TOO_LARGE.remedy}"
        )


def _refuse_full(body: bytes) -> None:
    for marks, most in FULL.items():
        if sum(map(body.count, marks)) > most:
            what = f"more than {most} of {' and '.join(map(chr, marks))}"
            raise Refused(Reason.BODY_TOO_LARGE, f"{what}; {Reason.BODY_TOO_LARGE.remedy}")


# A surrogate is half of a pair unless the other half stands beside it.
_LONE_HIGH = re.compile(rb"\\u[dD][89abAB][0-9a-fA-F]{2}(?!\\u[dD][c-fC-F][0-9a-fA-F]{2})")
_LONE_LOW = re.compile(rb"(?<!\\u[dD][89abAB][0-9a-fA-F]{2})\\u[dD][c-fC-F][0-9a-fA-F]{2}")
_ESCAPED_BACKSLASH = b"\\\\"
_STAND_IN = b"\x00\x00"  # never in JSON: control characters are escaped


def mend(body: bytes) -> bytes:
    """The body without byte order mark, bad UTF-8 and lone surrogates."""
    body = body.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").encode()
    if b"\\u" in body and _STAND_IN not in body:
        # `\\ud800` is a backslash and five letters: pairs of backslashes step aside while escapes are looked for.
        body = body.replace(_ESCAPED_BACKSLASH, _STAND_IN)
        body = _LONE_LOW.sub(rb"\\ufffd", body)
        body = _LONE_HIGH.sub(rb"\\ufffd", body)
        body = body.replace(_STAND_IN, _ESCAPED_BACKSLASH)
    return body


_STRING_OR_BRACKET = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*(?:"|\\?\Z)|[\[{]|[\]}]', re.DOTALL)


def cut_deeper(body: bytes, nesting: int) -> bytes:
    """The body with everything emptied that is nested more than one level deeper than allowed.

    One level too many stays, so that the touchpoint it belongs to is rejected for it as for any other depth.
    """
    kept, depth, begin = [], 0, 0
    for number, token in enumerate(_STRING_OR_BRACKET.finditer(body)):
        if number > TOKENS_LIMIT:
            raise Refused(Reason.NOT_JSON, "it nests more deeply than can be read")
        mark = body[token.start()]
        if mark in b"[{":
            depth += 1
            if depth == nesting + 1:
                kept.append(body[begin : token.end()])
        elif mark in b"]}":
            if depth == nesting + 1:
                begin = token.start()
            depth -= 1
    if depth <= nesting:
        kept.append(body[begin:])
    return b"".join(kept)


def _integer(digits: str) -> int | str:
    return int(digits) if len(digits) <= INTEGER_DIGITS else digits


def _float(text: str) -> float | str:
    value = float(text)
    return text if value in (float("inf"), float("-inf")) else value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
