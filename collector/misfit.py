"""What is wrong with a value, for whoever sent it: in msgspec's words, but for patterns, which few people can read."""

from __future__ import annotations

from msgspec import ValidationError

WANTED = {
    r"^-?[0-9]{1,13}(\.[0-9]{1,4})?\Z": "a decimal number as a text, such as '129.95'",
    r"^[A-Z]{3}\Z": "a currency in three capitals, such as EUR",
    r"^[A-Z]{2}\Z": "a country in two capitals, such as NL",
    r"^[0-9a-f]{64}\Z": "a SHA-256 as 64 characters of 0-9 and a-f",
    r"^[a-z][a-z0-9_]{0,63}\Z": "a name such as product_view: a letter, then at most 63 of a-z, 0-9 and _",
}
"""By pattern of a touchpoint's text, what it is meant to be."""

_BY_COMPLAINT = {f"Expected `str` matching regex {pattern!r}": f"Expected {words}" for pattern, words in WANTED.items()}


def told(error: ValidationError) -> tuple[str, str | None]:
    """What is wrong, and the path that it is said of: `Expected …`, `$.touchpoints[3].id`."""
    what, _, where = str(error).partition(" - at `")
    return _BY_COMPLAINT.get(what, what), where.removesuffix("`") or None


def sentence(error: ValidationError) -> str:
    """Both in one."""
    what, where = told(error)
    return f"{what} - at `{where}`" if where else what
