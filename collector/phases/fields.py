"""What a rule may look at: every field of the touchpoint by introspection, and what enrichment adds.

The struct in `collector.touchpoint` is the only list of fields, so that rules and vocabulary cannot drift apart. A
field's column is its name with underscores (`page.path` is `page_path`), but for a campaign's source, medium and name,
which analysts know as `source`, `medium` and `campaign`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from msgspec import inspect

from collector.touchpoint import PROPERTY_NAME_LENGTH, STANDARD_TYPES, Decimal, Touchpoint

Kind = Literal["text", "integer", "float", "decimal", "days", "boolean", "property", "signal", "phase", "phases"]
"""`days` are fractions of days, never equal to a number; `phases` are several at once."""

_COLUMNS = {"campaign.source": "source", "campaign.medium": "medium", "campaign.name": "campaign"}
_LEFT_OUT = {
    "id": "every touchpoint has another",
    "occurred_at": "order in time is the journey's",
    "age_ms": "it measures a clock",
    "campaign.click_id": "it points at one person",
    "context.user_agent": "browser, os, device and is_bot are made of it",
    "context.address": "it points at one person",
}


@dataclass(frozen=True)
class Field:
    """One thing that a rule can name."""

    name: str
    kind: Kind
    column: str
    values: tuple[str, ...] = ()
    """The only values there are, where the vocabulary closes them."""
    derived: bool = False
    """Set by the collector; an example may state it, and it is then taken as stated."""
    nullable: bool = True
    """Absent is NULL; for texts absent is the empty text."""
    folded: bool = True
    """May hold upper-case letters, so it is lowered before it is compared."""

    @property
    def is_text(self) -> bool:
        """Texts can be searched with patterns."""
        return self.kind in ("text", "property", "signal", "phase", "phases")


def _leaf(name: str, kind: inspect.Type) -> Field | None:
    """The field for a type of the struct; None for what a rule cannot look at (objects, lists, times)."""
    column = _COLUMNS.get(name, name.replace(".", "_"))
    if isinstance(kind, inspect.LiteralType):
        return Field(name, "text", column, values=tuple(str(value) for value in kind.values), folded=False)
    if isinstance(kind, inspect.StrType):
        return Field(name, "decimal" if kind.pattern == _DECIMAL_PATTERN else "text", column)
    if isinstance(kind, inspect.BoolType):
        return Field(name, "boolean", column)
    if isinstance(kind, inspect.IntType):
        return Field(name, "integer", column)
    if isinstance(kind, inspect.FloatType):
        return Field(name, "float", column)
    return None


def _plain(kind: inspect.Type) -> inspect.Type:
    """A field's type without `| None` and without its metadata."""
    if isinstance(kind, inspect.Metadata):
        return _plain(kind.type)
    if isinstance(kind, inspect.UnionType):
        others = [_plain(one) for one in kind.types if not isinstance(one, inspect.NoneType)]
        return others[0] if len(others) == 1 else kind
    return kind


def _leaves(struct: inspect.StructType, prefix: str = "") -> list[Field]:
    found: list[Field] = []
    for field in struct.fields:
        name = prefix + field.name
        kind = _plain(field.type)
        if isinstance(kind, inspect.StructType):
            found += _leaves(kind, f"{name}.")
        elif name not in _LEFT_OUT and (leaf := _leaf(name, kind)) is not None:
            found.append(leaf)
    return found


_decimal = _plain(inspect.type_info(Decimal))
_DECIMAL_PATTERN = _decimal.pattern if isinstance(_decimal, inspect.StrType) else None


def _all_fields() -> dict[str, Field]:
    touchpoint = inspect.type_info(Touchpoint)
    assert isinstance(touchpoint, inspect.StructType)  # noqa: S101  # tells the type checker what msgspec returns
    fields = {field.name: field for field in _leaves(touchpoint)}
    fields["type"] = Field("type", "text", "type", values=tuple(STANDARD_TYPES), nullable=False, folded=False)
    for name in ("came_by", "page.host", "referrer.host", "site", "browser", "os", "device"):
        fields[name] = Field(name, "text", name.replace(".", "_"), derived=True)
    fields["is_bot"] = Field("is_bot", "boolean", "is_bot", derived=True, nullable=False)
    for name in ("source", "medium", "name", "id", "term", "content", "click_id_kind"):
        told = fields[f"campaign.{name}"]
        column = "click_id_kind" if name == "click_id_kind" else told.column
        fields[told.name] = Field(told.name, "text", column, derived=True)  # read from page.url as well
    return fields


FIELDS: dict[str, Field] = _all_fields()
"""Every field of a touchpoint that a rule may name, by its name in rules."""

ALIASES = {
    "source": "campaign.source",
    "medium": "campaign.medium",
    "campaign": "campaign.name",
    "click_id_kind": "campaign.click_id_kind",
}
"""Names of columns that analysts know, for the fields that they stand for."""

SIGNAL = Field("signal", "signal", "signal", nullable=False, folded=False)
"""What happened: only model rules see it."""


def field_named(name: str) -> Field | None:
    """The touchpoint's field of this name; `properties.X` is any property."""
    if name.startswith("properties."):
        key = name.removeprefix("properties.")
        return Field(name, "property", key) if 0 < len(key) <= PROPERTY_NAME_LENGTH else None
    return FIELDS.get(ALIASES.get(name, name))


def why_left_out(name: str) -> str | None:
    """Why a field of the touchpoint is not for rules, where it is not."""
    return _LEFT_OUT.get(name)


def columns() -> frozenset[str]:
    """Every column that a compiled expression may read."""
    return frozenset(field.column for field in FIELDS.values()) | {"properties"}
