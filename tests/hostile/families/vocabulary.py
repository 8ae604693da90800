"""Every field of the vocabulary with what it must not be, and with its limits met and passed by one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.hostile.case import Case
from tests.hostile.families.contract import REQUIRED, Field, fields, fits
from tests.hostile.writing import SECRET, batch, touch

VALUES = (
    "true", "7", "-1", "1.5", "1e400", "-99999999999999999999", "1" + "0" * 45, '""', '"7"', '"\\u0000"', '"null"',
    "[]", "[null]", '["a"]', "{}", "[{}]", '{"a":1}', "null", "false", "0", "-0.0", "1e2", "18446744073709551616",
)  # fmt: skip
DECIMALS = (
    "129.95",
    "-0",
    "9999999999999.9999",
    "99999999999999",
    "1.00000",
    "1,5",
    "1e5",
    "+1",
    ".5",
    "5.",
    " 1",
    "1\n",
    "١",
)
CODES = ("EUR", "eur", "EURO", "E", "", "EU\n", "ЕUR", "NL", "nl", "N L", "NLD")


def cases() -> Iterator[Case]:
    """All of them."""
    for field in fields():
        for number, text in enumerate(VALUES):
            yield _case(f"vocabulary/{field.path}/{number:02d}", field, text)
        for number, text in enumerate(_at_limits(field)):
            yield _case(f"vocabulary/{field.path}/limit-{number:02d}", field, text)


def _at_limits(field: Field) -> Iterator[str]:
    for kind in field.kinds:
        if "maxLength" in kind:
            for letter in ("a", "\U0001f600"):
                yield from (json.dumps(letter * (kind["maxLength"] + more), ensure_ascii=False) for more in (0, 1))
        for bound in ("minimum", "maximum"):
            if bound in kind and abs(kind[bound]) < 2**60:
                yield from (json.dumps(kind[bound] + more) for more in (-1, 0, 1))
        pattern = kind.get("pattern", "")
        if "[0-9]{1,13}" in pattern:
            yield from map(json.dumps, DECIMALS)
        elif "[A-Z]" in pattern:
            yield from map(json.dumps, CODES)
        elif "[0-9a-f]{64}" in pattern:
            yield from (json.dumps(text) for text in ("0" * 64, "F" * 64, "0" * 63, "0" * 65, "0" * 64 + "\n"))


def _case(name: str, field: Field, text: str) -> Case:
    # Numbers that no machine holds count as texts.
    value = json.loads(text, parse_int=lambda digits: int(digits) if len(digits) <= 40 else digits)
    value = text if value in (float("inf"), float("-inf")) else value
    # A secret key: it may send every field.
    if field.path in REQUIRED:
        return _required(name, field, text, value)
    outer, _, inner = field.path.partition(".")
    told = [] if fits(value, field) else [f"$.{field.path}"]
    if field.path == "products" and isinstance(value, list) and not told:
        told = [f"$.products[{index}]" for index, item in enumerate(value) if not isinstance(item, dict)]
    if field.path == "context.address" and isinstance(value, str):
        told = [f"$.{field.path}"]  # none of these texts is an address
    sent = json.dumps(touch() | {outer: {inner: "#"} if inner else "#"})
    return batch(name, sent.replace('"#"', text), key=SECRET, problems=told)


def _required(name: str, field: Field, text: str, value: Any) -> Case:
    sent = json.dumps(touch() | {field.path: "#"}).replace('"#"', text)
    path = f"$.touchpoints[1].{field.path}"
    if value is None:
        return batch(name, sent, key=SECRET, accepted=False, rejected=[(1, "field_missing", path)])
    if not fits(value, field):
        return batch(name, sent, key=SECRET, accepted=False, rejected=[(1, "field_invalid", path)])
    if field.path == "occurred_at":  # all of these numbers are moments of long ago, or of the far future
        return batch(name, sent, key=SECRET, accepted=False, rejected=[(1, "time_impossible", path)])
    return batch(name, sent, key=SECRET)
