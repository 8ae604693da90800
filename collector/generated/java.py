"""The vocabulary as Java, for Android and Java programs: made from the JSON Schema, so that both say the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

PACKAGE = "nl.klantreis.part"
FOLDER = f"sdk/android/core/src/main/java/{PACKAGE.replace('.', '/')}"
_MADE = "Generated from {@code collector/touchpoint.py}; change it there and run {@code make docs}."
_PLAIN = {"string": "String", "boolean": "boolean", "integer": "long", "number": "double"}
_RESERVED = {"case": "caseId"}
"""Words of Java itself."""
_NOT_SAID = {"consent"}
"""What the SDK alone says."""


def parts(schema: dict[str, Any]) -> dict[str, str]:
    """Name of a class → the part of a touchpoint that it stands for."""
    found = {}
    for name, kind in schema["$defs"]["Touchpoint"]["properties"].items():
        [own] = _variants(kind)[:1]
        if "$ref" in own and name not in _NOT_SAID:
            found[str(own["$ref"]).rpartition("/")[2]] = name
    return found


def part(name: str, schema: dict[str, Any]) -> str:
    """The source of a class with a setter for each field."""
    definition = schema["$defs"][name]
    return "\n".join(_class(name, parts(schema)[name], definition)) + "\n"


def channel(schema: dict[str, Any]) -> str:
    """The source of the enumeration of channels."""
    [kind] = _variants(schema["$defs"]["Touchpoint"]["properties"]["channel"])
    constants = ",\n".join(f"    {one.upper()}" for one in kind["enum"])
    return f"""package {PACKAGE};

import java.util.Locale;
import java.util.Map;

/** {kind["description"]} {_MADE} */
public enum Channel implements Part {{
{constants};

    @Override
    public void addTo(Map<String, Object> touchpoint) {{
        touchpoint.put("channel", name().toLowerCase(Locale.ROOT));
    }}
}}
"""


def types(schema: dict[str, Any]) -> str:
    """The source of what is known of a touchpoint's type."""
    low = ", ".join(f'"{one}"' for one in schema["x-low-value-types"])
    return f"""package {PACKAGE};

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Set;

/** What is known of types. {_MADE} */
public final class Types {{
    /** Of these the oldest are given up first where a queue is full. */
    public static final Set<String> LOW_VALUE =
            Collections.unmodifiableSet(new HashSet<>(Arrays.asList({low})));

    private Types() {{
    }}
}}
"""


def _class(name: str, field: str, definition: dict[str, Any]) -> Iterator[str]:
    yield f"package {PACKAGE};\n"
    if any(_is_decimal(kind) for kind in definition["properties"].values()):
        yield "import java.math.BigDecimal;\n"
    yield f"/** {_escaped(definition['description'])} {_MADE} */"
    yield f"public final class {name} extends NamedPart {{"
    yield f'    public {name}() {{\n        super("{field}");\n    }}'
    for one, kind in definition["properties"].items():
        yield from _setter(name, one, kind)
    yield "}"


def _setter(name: str, field: str, kind: dict[str, Any]) -> Iterator[str]:
    [own] = _variants(kind)
    said = own.get("description") or kind.get("description") or ""
    if "enum" in own:
        said = f"{said} One of {', '.join(own['enum'])}.".strip()
    kinds = ["BigDecimal", "String"] if _is_decimal(kind) else [_PLAIN[own.get("type", "string")]]
    first, *others = field.split("_")
    method = _RESERVED.get(field) or first + "".join(word.capitalize() for word in others)
    for type in kinds:
        yield ""
        if said:
            yield f"    /** {_escaped(said)} */"
        yield f"    public {name} {method}({type} value) {{"
        yield f'        set("{field}", value);\n        return this;\n    }}'


def _is_decimal(kind: dict[str, Any]) -> bool:
    return any(str(one.get("description", "")).startswith("A decimal number") for one in _variants(kind))


def _variants(kind: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in kind.get("anyOf", [kind]) if one.get("type") != "null"]


def _escaped(text: str) -> str:
    """For Javadoc, which is HTML; `words` are code there."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    pieces = plain.split("`")
    return "".join(f"{{@code {piece}}}" if place % 2 else piece for place, piece in enumerate(pieces))
