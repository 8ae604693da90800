"""The touchpoints of examples in the schemas of rule files: `given`, and what came before it under `after`."""

from __future__ import annotations

from collections.abc import Mapping

from collector.phases.example import MOST_DAYS, OBJECTS
from collector.phases.fields import ALIASES, FIELDS, Field
from collector.phases.schema_conditions import Schema, closed, ref
from collector.touchpoint import PROPERTY_NAME_LENGTH, STANDARD_TYPES

TYPE = "^[a-z][a-z0-9_]{0,63}$"


def touchpoint(meanings: Mapping[str, str]) -> Schema:
    """A touchpoint with fields by their names in rules (`page.path: …`) or nested (`page: {path: …}`)."""
    return _touchpoint(meanings, {})


def earlier(meanings: Mapping[str, str]) -> Schema:
    """A touchpoint that came before."""
    says = "How many days before the one in question; without it a minute before the next"
    return _touchpoint(
        meanings, {"days_ago": {"type": "number", "minimum": 0, "maximum": MOST_DAYS, "description": says}}
    )


def _touchpoint(meanings: Mapping[str, str], more: dict[str, Schema]) -> Schema:
    keys = {name: _value(field) | _says(meanings, field) for name, field in FIELDS.items()}
    for outer in sorted(OBJECTS - {"properties"}):
        inner = {
            name.removeprefix(f"{outer}."): _value(field) | _says(meanings, field)
            for name, field in FIELDS.items()
            if name.startswith(f"{outer}.")
        }
        keys[outer] = closed(inner)
    for alias, name in ALIASES.items():
        told = _value(FIELDS[name])
        keys[alias] = {"anyOf": [told, keys[alias]]} if alias in keys else told
    keys["properties"] = closed({}, patterns={rf"^[\s\S]{{1,{PROPERTY_NAME_LENGTH}}}$": ref("text")})
    patterns = {rf"^properties\.[\s\S]{{1,{PROPERTY_NAME_LENGTH}}}$": ref("text")}
    return closed({**keys, **more}, patterns=patterns, required=("type",))


def _says(meanings: Mapping[str, str], field: Field) -> Schema:
    return {"description": meanings[field.column]} if field.column in meanings else {}


def _value(field: Field) -> Schema:
    if field.name == "type":
        known = [{"const": value, "description": meaning} for value, meaning in STANDARD_TYPES.items()]
        return {"anyOf": [*known, {"type": "string", "pattern": TYPE}]}
    if field.values:
        return {"enum": list(field.values)}
    if field.kind == "boolean":
        return {"type": "boolean"}
    return ref("text") if field.is_text else {"type": "number"}
