"""The fields of a touchpoint that a column can fill, by path, and what each of them wants. Read from the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Literal

from msgspec import Struct, inspect

from collector.touchpoint import Decimal, Product, Touchpoint

Kind = Literal["text", "decimal", "whole", "number", "truth", "word", "moment", "anything"]
"""What a field wants; `word` is one of a closed list, `anything` a property."""

PROPERTIES = "properties."
PRODUCTS = "products"

_DECIMAL = inspect.type_info(Decimal)
_KINDS: dict[type[inspect.Type], Kind] = {
    inspect.StrType: "text",
    inspect.UUIDType: "text",
    inspect.IntType: "whole",
    inspect.FloatType: "number",
    inspect.BoolType: "truth",
    inspect.LiteralType: "word",
}


@cache
def fields() -> dict[str, Kind]:
    """Every field that holds one value, by path: `order.total`. Properties have names of their own."""
    return {**dict(_fields(Touchpoint, "")), "occurred_at": "moment"}


@cache
def product_fields() -> dict[str, Kind]:
    """The fields of one of `products`."""
    return dict(_fields(Product, ""))


def kind_of(path: str) -> Kind | None:
    """What the field at this path wants; None where a touchpoint has no such field."""
    if path.startswith(PROPERTIES) and len(path) > len(PROPERTIES):
        return "anything"
    return fields().get(path)


def _fields(of: type[Struct], before: str) -> Iterator[tuple[str, Kind]]:
    info = inspect.type_info(of)
    assert isinstance(info, inspect.StructType)  # noqa: S101  # narrows the type
    for field in info.fields:
        kind = _bare(field.type)
        if isinstance(kind, inspect.StructType):
            yield from _fields(kind.cls, f"{before}{field.name}.")
        elif (isinstance(_DECIMAL, inspect.Metadata) and kind == _DECIMAL.type) or kind == _DECIMAL:
            yield before + field.name, "decimal"
        elif type(kind) in _KINDS:
            yield before + field.name, _KINDS[type(kind)]


def _bare(kind: inspect.Type) -> inspect.Type:
    """Without what says that it may be absent, or describes it."""
    if isinstance(kind, inspect.UnionType):
        kind = next(member for member in kind.types if not isinstance(member, inspect.NoneType))
    return kind.type if isinstance(kind, inspect.Metadata) else kind
