"""The vocabulary as TypeScript, for the SDKs: made from the JSON Schema, so that both say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_HEAD = """\
/**
 * The touchpoint's vocabulary. Generated from `collector/touchpoint.py`; change it there and run `make docs`.
 */

/** What the person allowed. */
export type ConsentState = 'granted' | 'required' | 'denied';

/** A decimal number as text: "129.95". Never a float: money is counted exactly. */
export type Decimal = string;

/** RFC 3339 with an offset, or epoch milliseconds. */
export type Moment = string | number;
"""

_TAIL = """\
/** What a program adds to a touchpoint; the rest the SDK knows. */
export type Fields = Omit<
  Touchpoint,
  'id' | 'type' | 'occurred_at' | 'age_ms' | 'sequence' | 'visitor_id' | 'customer_id' | 'session_id' | 'consent'
>;
"""

_NOT_SENT = {"Batch", "Sdk"}
"""The envelope is the SDK's own."""
_SECRET = {"Identity": ("loyalty_card",), "Context": ("user_agent", "address")}
"""Fields that only secret keys may send."""
_PLAIN = {"string": "string", "boolean": "boolean", "integer": "number", "number": "number"}
_NAMED = {"state": "ConsentState", "occurred_at": "Moment"}
"""Fields whose type has a name of its own in TypeScript."""


def as_typescript(schema: dict[str, Any]) -> str:
    """The source of `touchpoint.ts`, from the schema of a batch."""
    secret = set(schema["x-secret-key-types"])
    parts = [_HEAD]
    parts.append("/** Types with a meaning of their own: phase rules know them. */\nexport type StandardType =")
    names = [name for name in schema["x-standard-types"] if name not in secret]
    parts[-1] += "".join(f"\n  | '{name}'" for name in names) + ";\n"
    # A pattern, not a list: in a bundle it is half as long.
    low = "|".join(schema["x-low-value-types"])
    parts.append(
        "/** Types of which the oldest are given up first where a queue is full. */\n"
        f"export const LOW_VALUE = /^({low})$/;\n"
    )
    for name, definition in schema["$defs"].items():
        if name not in _NOT_SENT:
            parts.append("\n".join(_interface(name, definition)) + "\n")
    parts.append(_TAIL)
    return "\n".join(parts)


def _interface(name: str, definition: dict[str, Any]) -> Iterator[str]:
    required = set(definition.get("required", ()))
    yield f"/** {definition['description']} */"
    yield f"export interface {name} {{"
    for field, kind in definition["properties"].items():
        if field in _SECRET.get(name, ()):
            continue
        if told := _told(kind):
            yield f"  /** {told} */"
        optional = "" if field in required else "?"
        yield f"  {field}{optional}: {_NAMED.get(field) or _type(kind)};"
    yield "}"


def _variants(kind: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in kind.get("anyOf", [kind]) if one.get("type") != "null"]


def _told(kind: dict[str, Any]) -> str | None:
    return kind.get("description") or next(
        (one["description"] for one in _variants(kind) if "description" in one), None
    )


def _type(kind: dict[str, Any]) -> str:
    return " | ".join(dict.fromkeys(_plain(one) for one in _variants(kind)))


def _plain(kind: dict[str, Any]) -> str:
    if "$ref" in kind:
        return str(kind["$ref"]).rpartition("/")[2]
    if "enum" in kind:
        return " | ".join(f"'{one}'" for one in kind["enum"])
    if kind["type"] == "array":
        return f"{_plain(kind['items'])}[]"
    if kind["type"] == "object":
        return "Record<string, unknown>"
    if str(kind.get("description", "")).startswith("A decimal number"):
        return "Decimal"
    return _PLAIN[kind["type"]]
