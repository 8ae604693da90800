"""The published contract (sdk/contract/touchpoints.schema.json), as far as it says which value fits which field."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SCHEMA = json.loads(
    (Path(__file__).parents[3] / "sdk" / "contract" / "touchpoints.schema.json").read_text(encoding="utf-8")
)
REQUIRED = ("id", "type", "occurred_at")


class Field(NamedTuple):
    """A field of the touchpoint: `page.url`, `products`; and what may stand there."""

    path: str
    kinds: list[dict[str, Any]]

    @property
    def text(self) -> dict[str, Any] | None:
        """The rule of a text that may be anything up to a length; None for all other fields."""
        found = [kind for kind in self.kinds if kind.get("type") == "string" and "maxLength" in kind]
        return found[0] if found and "pattern" not in found[0] else None


def fields() -> Iterator[Field]:
    """Every field of a touchpoint, those of its objects too."""
    for name, rule in SCHEMA["$defs"]["Touchpoint"]["properties"].items():
        yield Field(name, _kinds(rule))
        for kind in _kinds(rule):
            if "$ref" in kind:
                for inner, inner_rule in definition(kind)["properties"].items():
                    yield Field(f"{name}.{inner}", _kinds(inner_rule))


def definition(kind: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    found: dict[str, Any] = SCHEMA["$defs"][kind["$ref"].rpartition("/")[2]]
    return found


def _kinds(rule: dict[str, Any]) -> list[dict[str, Any]]:
    if "anyOf" not in rule:
        return [rule]
    return [kind for part in rule["anyOf"] for kind in _kinds(part)]


def fits(value: Any, field: Field) -> bool:
    """Whether the contract allows a value, an object's own fields left aside."""
    return any(_is(value, kind) for kind in field.kinds)


def _is(value: Any, kind: dict[str, Any]) -> bool:
    if "$ref" in kind:
        return isinstance(value, dict)
    if "enum" in kind:
        return value in kind["enum"] and isinstance(value, str)
    check = {
        "null": lambda: value is None,
        "boolean": lambda: isinstance(value, bool),
        "string": lambda: isinstance(value, str) and _is_text(value, kind),
        "integer": lambda: _is_number(value, kind) and float(value).is_integer(),
        "number": lambda: _is_number(value, kind),
        "object": lambda: isinstance(value, dict),
        "array": lambda: isinstance(value, list) and len(value) <= kind.get("maxItems", len(value)),
    }
    return check[kind["type"]]()


def _is_number(value: Any, kind: dict[str, Any]) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    if value <= kind.get("exclusiveMinimum", -1e309):
        return False
    return bool(kind.get("minimum", -1e308) <= value <= kind.get("maximum", 1e308))


def _is_text(value: str, kind: dict[str, Any]) -> bool:
    if len(value) > kind.get("maxLength", len(value)):
        return False
    if kind.get("format") == "uuid":
        try:
            return str(uuid.UUID(value)) == value.lower()
        except ValueError:
            return False
    if kind.get("format") == "date-time":
        return re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", value) is not None
    return "pattern" not in kind or re.search(kind["pattern"], value) is not None
