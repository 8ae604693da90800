"""The SQL that turns spooled touchpoints into rows: structure of the input, normalisation, the one INSERT … SELECT.

Nothing here contains a value that came from outside: rows travel as data, rules arrive as a compiled expression.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from string import Template

import msgspec
from msgspec import inspect

from collector.envelope import AcceptedTouchpoint
from collector.touchpoint import BACK_MS, STANDARD_TYPES, Decimal

HERE = Path(__file__).parent

# What the loader adds to each touchpoint, and how ClickHouse reads it.
ADDED: dict[str, str] = {
    "_site": "String",
    "_key": "String",
    "_received_us": "Int64",
    "_sent_us": "Nullable(Int64)",
    "_gpc": "Bool",
    "_sdk_name": "String",
    "_sdk_version": "String",
    "_user_agent": "String",
    "_address": "String",
    "_browser": "String",
    "_browser_version": "String",
    "_os": "String",
    "_os_version": "String",
    "_device": "String",
    "_device_maker": "String",
    "_device_model": "String",
    "_is_bot": "Bool",
    "_bot_name": "String",
    "_came_by": "String",
    "_source": "String",
    "_medium": "String",
    "_campaign": "String",
    "_campaign_id": "String",
    "_campaign_term": "String",
    "_campaign_content": "String",
    "_click_id": "String",
    "_click_id_kind": "String",
    "_search_term": "String",
}

FORGOTTEN_STATE = "/* state of the list of the forgotten */ 0"
"""Stands in a statement where `Store` writes the state of the list that its rows were composed with."""

_DECIMAL = inspect.type_info(Decimal)


def _clickhouse_type(kind: inspect.Type) -> str:
    """How ClickHouse reads a field of the wire format; absent texts become empty, absent numbers NULL."""
    if isinstance(kind, inspect.UnionType):
        (kind,) = (member for member in kind.types if not isinstance(member, inspect.NoneType))
    if isinstance(kind, inspect.Metadata):
        kind = kind.type
    if isinstance(kind, inspect.StrType):
        decimal = isinstance(_DECIMAL, inspect.Metadata) and kind == _DECIMAL.type
        return "Nullable(Decimal(18, 4))" if decimal else "String"
    if isinstance(kind, inspect.StructType):
        return "Tuple(" + ", ".join(f"`{f.name}` {_clickhouse_type(f.type)}" for f in kind.fields) + ")"
    if isinstance(kind, inspect.ListType):
        return f"Array({_clickhouse_type(kind.item_type)})"
    simple: dict[type[inspect.Type], str] = {
        inspect.LiteralType: "String",
        inspect.IntType: "Nullable(Int64)",
        inspect.FloatType: "Nullable(Float64)",
        inspect.BoolType: "Nullable(Bool)",
        inspect.UUIDType: "UUID",
        inspect.DictType: "Map(String, String)",
    }
    return simple[type(kind)]


@cache
def structure() -> str:
    """Names and types of one spooled touchpoint with what the loader added: the argument of `input('…')`."""
    spooled = msgspec.inspect.type_info(AcceptedTouchpoint)
    assert isinstance(spooled, inspect.StructType)  # noqa: S101  # narrows the type
    types = {field.name: field.type for field in spooled.fields}
    columns = {
        name: "Int64" if name == "occurred_at" else _clickhouse_type(kind) for name, kind in types.items()
    } | ADDED
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())


@cache
def _normalise_sql() -> str:
    return _without_comments((HERE / "normalise.sql").read_text(encoding="utf-8"))


@cache
def normalised_columns() -> tuple[str, ...]:
    """The columns that normalise.sql gives, in its order."""
    return tuple(re.findall(r"^    (?:.*\bAS )?(\w+),?$", _normalise_sql(), re.MULTILINE))


def normalised(source: str, *, clock_skew_s: float) -> str:
    """SELECT that turns spooled touchpoints from `source` (a table expression with `structure()`) into columns."""
    return Template(_normalise_sql()).substitute(
        source=source, clock_skew_us=int(clock_skew_s * 1_000_000), back_ms=BACK_MS
    )


def load(*levels: str, clock_skew_s: float) -> str:
    """The statement that stores a range of the spool; its rows follow it in the body, as JSONEachRow.

    `levels` are the compiled rules' select lists, which give signal, phase, phases, rules and rule_set.
    """
    columns = ", ".join((*normalised_columns(), "signal", "phase", "phases", "rules", "rule_set"))
    template = Template(_without_comments((HERE / "load.sql").read_text(encoding="utf-8")))
    source = f"input('{_quoted(structure())}')"
    rows = normalised(source, clock_skew_s=clock_skew_s)
    sql = template.substitute(
        columns=columns, classified=_classified(levels, rows), unless_forgotten=_unless_forgotten()
    )
    return sql + "\nFORMAT JSONEachRow\n"


def trial(*levels: str, clock_skew_s: float) -> str:
    """A query that fails where the statement that stores touchpoints would, whatever they are: one of each type."""
    page = {"url": "https://shop.example/a?b=c", "path": "/a", "title": "a", "referrer": "https://example.com/"}
    added = {"_site": "example", "_received_us": 0, "_browser": "a", "_os": "a", "_came_by": "Direct"}
    known = {"id": "00000000-0000-0000-0000-000000000000", "occurred_at": 0, "page": page, **added}
    lines = "\n".join(json.dumps({**known, "type": type_}) for type_ in STANDARD_TYPES)
    rows = normalised(literal_rows(lines), clock_skew_s=clock_skew_s)
    return f"SELECT count(), any(rules) FROM ({_classified(levels, rows)})"  # noqa: S608  # as in load()


def _classified(levels: Sequence[str], rows: str) -> str:
    for level in levels:
        rows = f"SELECT *, {level}\nFROM\n(\n{rows}\n)"
    return rows


def reject() -> str:
    """The statement that stores rejected touchpoints; its rows follow it in the body, as JSONEachRow."""
    return _of_people("reject.sql")


def changed() -> str:
    """The statement that says whose journeys change; its rows follow it in the body, as JSONEachRow."""
    return _of_people("changed.sql")


def identities() -> str:
    """The statement that stores what came together; its rows follow it in the body, as JSONEachRow."""
    return _of_people("identities.sql")


def _of_people(file: str) -> str:
    sql = _without_comments((HERE / file).read_text(encoding="utf-8"))
    return Template(sql).substitute(unless_forgotten=_unless_forgotten()) + "\nFORMAT JSONEachRow\n"


def _unless_forgotten() -> str:
    sql = _without_comments((HERE / "unless_forgotten.sql").read_text(encoding="utf-8"))
    return Template(sql).substitute(state=FORGOTTEN_STATE)


def literal_rows(lines: str) -> str:
    """A table expression of spooled touchpoints that stand in the query itself: for examples, not for loading."""
    return f"format(JSONEachRow, '{_quoted(structure())}', '{_quoted(lines)}')"


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def _without_comments(sql: str) -> str:
    return "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
