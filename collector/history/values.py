"""One value of a file → what a field of a touchpoint wants.

Nothing is refused here: what cannot be converted goes on as it is, and the front door's checks say what is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from hashlib import sha256

from collector.history.targets import Kind

TRUTHS = {
    **dict.fromkeys(("true", "t", "1", "yes", "y", "ja", "j"), True),
    **dict.fromkeys(("false", "f", "0", "no", "n", "nee"), False),
}
SCALE = Decimal("0.0001")
"""The places that a touchpoint's amounts have. Shops write 19.9899999 for a price that tax was taken out of."""

_PLAIN_DECIMAL = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,4})?")
_AROUND_AMOUNT = re.compile(r"[\s\u00a0\u202f']|^[A-Z]{3}|[A-Z]{3}$|[€$£¥]")
_NOT_DIALLED = re.compile(r"[^0-9+]")

Converter = Callable[[object], object]


def converter(kind: Kind, *, comma: bool) -> Converter:
    """What makes a value one of this kind. With `comma` a number's decimals stand behind a comma."""
    if kind == "decimal":
        return (lambda value: _decimal(value, ".", ",")) if comma else (lambda value: _decimal(value, ",", "."))
    if kind == "number":
        return lambda value: _number(value, comma)
    return _CONVERTERS[kind]


def hasher(what: str) -> Converter:
    """What makes the SHA-256 of an email address or phone number: in lower case; digits and the leading plus."""
    return _CONVERTERS_OF_HASH[what]


def text(value: object) -> object:
    """A value as a text; lists and objects stay what they are."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value) if isinstance(value, int | float) else value


def _word(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _whole(value: object) -> object:
    try:
        return int(value) if isinstance(value, str) else value
    except ValueError:
        number = _number(value, False)
        return int(number) if isinstance(number, float) and number.is_integer() else value


def _number(value: object, comma: bool) -> object:
    if not isinstance(value, str):
        return value
    try:
        return float(value.replace(".", "").replace(",", ".") if comma else value)
    except ValueError:
        return value


def _truth(value: object) -> object:
    if isinstance(value, str):
        return TRUTHS.get(value.casefold(), value)
    return bool(value) if value in (0, 1) else value


def _decimal(value: object, between_thousands: str, point: str) -> object:
    """An amount without currency and thousands' marks, at most four decimals."""
    if isinstance(value, str):
        if point == "." and _PLAIN_DECIMAL.fullmatch(value):
            return value
        value = _AROUND_AMOUNT.sub("", value).replace(between_thousands, "").replace(point, ".")
    elif not isinstance(value, int | float) or isinstance(value, bool):
        return value
    try:
        amount = Decimal(str(value))
        exponent = amount.as_tuple().exponent
        if isinstance(exponent, int) and exponent < -4:
            amount = amount.quantize(SCALE, ROUND_HALF_EVEN)
    except InvalidOperation:
        return value
    return format(amount, "f")


def _email_hash(value: object) -> object:
    return sha256(value.strip().lower().encode()).hexdigest() if isinstance(value, str) else value


def _phone_hash(value: object) -> object:
    return sha256(_NOT_DIALLED.sub("", str(value)).encode()).hexdigest()


def _as_is(value: object) -> object:
    return value


_CONVERTERS: dict[Kind, Converter] = {
    "text": text,
    "word": _word,
    "whole": _whole,
    "truth": _truth,
    "anything": _as_is,
    "moment": _as_is,
}
_CONVERTERS_OF_HASH: dict[str, Converter] = {"email": _email_hash, "phone": _phone_hash}
HASHES = tuple(_CONVERTERS_OF_HASH)
