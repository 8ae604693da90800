"""ClickHouse for these tests: the engine in this process, and touchpoints made rows in two ways.

`normalise` is the loader's own SQL. `flat_rows` puts a touchpoint's fields straight into columns, for tests that need
every column exactly as they drew it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import chdb

from collector.phases.compile import SETTINGS, compile_rules
from collector.phases.example import ID, OCCURRED_AT
from collector.phases.fields import FIELDS
from collector.phases.rules import RuleSet
from collector.phases.sql import literal
from collector.warehouse import statement

TYPES = {"text": "String", "integer": "Int64", "float": "Float64", "decimal": "Decimal(18, 4)", "boolean": "Bool"}


@lru_cache(maxsize=1)
def _connection() -> Any:
    connection = chdb.connect(":memory:")
    for name, value in SETTINGS.items():
        connection.query(f"SET {name} = {value}")
    return connection


def run_sql(sql: str) -> list[dict[str, object]]:
    """Rows of one statement."""
    answer = str(_connection().query(sql, "JSONEachRow"))
    return [json.loads(line) for line in answer.split("\n") if line]  # splitlines would cut at U+2028 as well


def normalise(touchpoints: Sequence[bytes]) -> str:
    """The touchpoints as the loader would make rows of them."""
    lines = b"\n".join(touchpoints).decode()
    source = f"format(JSONEachRow, {literal(statement.structure())}, {literal(lines)})"
    return f"SELECT rowNumberInAllBlocks() AS _row, * FROM ({statement.normalised(source, clock_skew_s=60)})"


def classified(rules: RuleSet, touchpoints: list[dict[str, object]]) -> list[tuple[str, str]]:
    """Signal and phase of each touchpoint, by the loader's own normaliser and the compiled rules."""
    lines = [json.dumps({"id": ID, "occurred_at": OCCURRED_AT, **one}).encode() for one in touchpoints]
    select_list = compile_rules(rules).select_list
    rows = run_sql(f"SELECT signal, phase FROM (SELECT *, {select_list} FROM ({normalise(lines)})) ORDER BY _row")
    return [(str(row["signal"]), str(row["phase"])) for row in rows]


def flat_rows(touchpoints: Sequence[dict[str, Any]]) -> str:
    """Touchpoints given as rule field → value, each value in the field's own column."""
    columns = {"_row": "UInt64", "properties": "Map(String, String)"}
    for field in FIELDS.values():
        kind = TYPES[field.kind]
        columns[field.column] = kind if field.kind == "text" or not field.nullable else f"Nullable({kind})"
    structure = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    lines = "\n".join(json.dumps(_flat(row, touchpoint)) for row, touchpoint in enumerate(touchpoints))
    return f"SELECT * FROM format(JSONEachRow, {literal(structure)}, {literal(lines)})"


def _flat(row: int, touchpoint: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {"_row": row, "properties": {}}
    for name, value in touchpoint.items():
        if name.startswith("properties."):
            flat["properties"][name.removeprefix("properties.")] = value
        else:
            flat[FIELDS[name].column] = value
    return flat
