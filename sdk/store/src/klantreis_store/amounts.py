"""Money as the contract wants it: a decimal text, never a float."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Union

from klantreis_store.errors import TouchpointError

Amount = Union[Decimal, int, str]
"""`Decimal("129.95")`, `"129.95"` or `130`. A float is refused: 0.1 + 0.2 is not 0.3 there."""

_TEXT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,4})?")


def text(value: Amount, name: str) -> str:
    """The amount as the collector takes it: at most 13 digits before and 4 after the point.

    Raises TouchpointError for floats, for what is no number, and for what would have to be rounded: by which rule to
    round is for the shop to say.
    """
    if isinstance(value, bool) or not isinstance(value, (Decimal, int, str)):
        raise TouchpointError(
            f'{name}: {value!r} is a {type(value).__name__}; give a Decimal or a text such as "129.95"'
        )
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise TouchpointError(f'{name}: {value!r} is no amount; give a Decimal or a text such as "129.95"') from None
    written = format(number, "f") if number.is_finite() else ""
    if "." in written and len(written.rpartition(".")[2]) > 4:
        written = written.rstrip("0").rstrip(".")  # 19.950000 needs no rounding
    if not _TEXT.fullmatch(written):
        raise TouchpointError(
            f"{name}: {value!r} must be below ten trillion, with at most 4 digits after the point; round it first"
        )
    return written


def negative(value: Amount, name: str) -> str:
    """What was paid back, as the negative amount that it is in the books, whichever sign it was given with."""
    return text(-abs(Decimal(text(value, name))), name)
