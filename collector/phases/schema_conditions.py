"""Conditions in the schemas of rule files: every field with every operator that fits it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from collector.phases.conditions import COMPARISONS, VALUES, fitting
from collector.phases.facts import FACTS
from collector.phases.fields import ALIASES, FIELDS, Field, field_named
from collector.phases.operators import MEANINGS
from collector.touchpoint import PROPERTY_NAME_LENGTH, STANDARD_TYPES

Schema = dict[str, Any]

TEXT = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]+$"
WORD = "^[A-Za-z][A-Za-z0-9_]{0,63}$"
"""Types, signals and phases in conditions: upper and lower case are the same there."""


def conditions(meanings: Mapping[str, str], more: Iterable[Field]) -> dict[str, Any]:
    """`properties` and `patterns` of conditions on a touchpoint; `more` are fields that only some rules see."""
    named = {**FIELDS, **{alias: FIELDS[name] for alias, name in ALIASES.items()}, **{one.name: one for one in more}}
    properties: dict[str, Schema] = {}
    for name, field in named.items():
        properties |= _tests(name, field, meanings.get(field.column, ""))
    return {"properties": {**properties, **_group_keys("groups")}, "patterns": _own_properties()}


def fact_conditions() -> dict[str, Schema]:
    """The keys under `journey:`."""
    properties: dict[str, Schema] = {}
    for fact in FACTS:
        properties |= _tests(fact.name, fact.field(""), fact.meaning)
    return {**properties, **_group_keys("fact_groups")}


def _tests(name: str, field: Field, meaning: str) -> dict[str, Schema]:
    """The keys of one field: `page.path`, `page.path|endswith` …"""
    found = {}
    for operator in fitting(field):
        key = name if operator == "equals" else f"{name}|{operator}"
        found[key] = _value(field, operator)
        if operator == "equals" and meaning:
            found[key] |= {"description": meaning}
    return found


def operators() -> dict[str, Schema]:
    """What stands after each operator, whatever the field."""
    found: dict[str, Schema] = {}
    for operator, meaning in MEANINGS.items():
        if operator == "exists":
            found[operator] = {"type": "boolean"}
        elif operator in COMPARISONS:
            found[operator] = {"type": "number"}
        elif operator != "equals":
            found[operator] = ref("texts")
        else:
            continue
        found[operator] |= {"description": f"holds when the field {meaning}"}
    return found


def _value(field: Field, operator: str) -> Schema:
    if operator != "equals":
        return ref(operator)
    if field.kind == "boolean":
        return ref("booleans")
    if not field.is_text:
        return ref("numbers")
    if field.values or field.kind in ("signal", "phase", "phases"):
        return one_or_more(_words(field))
    return ref("texts")


def _words(field: Field) -> Schema:
    """The values of a closed field, for editors to offer; own types, signals and phases may be others."""
    known = [_told(value) for value in field.values]
    if field.name == "type" or not known:
        return {"anyOf": [*known, {"type": "string", "pattern": WORD}]}
    return {"anyOf": [*known, {"type": "string", "pattern": _any_case(field.values)}]}


def _told(value: str) -> Schema:
    meaning = STANDARD_TYPES.get(value)
    return {"const": value, "description": meaning} if meaning else {"const": value}


def _any_case(values: Sequence[str]) -> str:
    """A pattern for the values whatever their case; schemas know no flag for it."""
    letters = ("".join(f"[{one.upper()}{one}]" if one.isalpha() else one for one in value) for value in values)
    return f"^(?:{'|'.join(letters)})$"


def _own_properties() -> dict[str, Schema]:
    """`properties.NAME` with every operator that fits; a bar ends the name."""
    found: dict[str, Schema] = {}
    field = field_named("properties.x")
    assert field is not None  # noqa: S101  # any name of one letter is a property
    for operator in fitting(field):
        bar = "" if operator == "equals" else rf"\|{operator}"
        found[rf"^properties\.[^|]{{1,{PROPERTY_NAME_LENGTH}}}{bar}$"] = _value(field, operator)
    return found


def _group_keys(name: str) -> dict[str, Schema]:
    return {
        "any": ref(name, "At least one of these holds"),
        "all": ref(name, "All of these hold: for two conditions with the same key"),
        "not": ref(name, "None of these holds"),
    }


def groups(name: str) -> Schema:
    """One group of conditions, or several."""
    return one_or_more(ref(name), most=None)


def one_or_more(one: Schema, *, least: int = 1, most: int | None = VALUES) -> Schema:
    """A value, or a list of such values."""
    many = {"type": "array", "items": one, "minItems": least} | ({} if most is None else {"maxItems": most})
    return {"anyOf": [one, many]}


def closed(
    properties: Mapping[str, Schema], *, patterns: Mapping[str, Schema] | None = None, required: Sequence[str] = ()
) -> Schema:
    """A mapping with these keys and no others."""
    found: Schema = {"type": "object", "properties": dict(properties), "additionalProperties": False}
    if patterns:
        found["patternProperties"] = dict(patterns)
    return found | ({"required": list(required)} if required else {})


def ref(name: str, description: str = "") -> Schema:
    """What is defined under this name. Editors show the description beside it."""
    return {"$ref": f"#/definitions/{name}"} | ({"description": description} if description else {})
