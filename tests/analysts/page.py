"""docs/analysts.md as its tests see it: sections with their SQL, what it printed, and what is said of that."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from collector.warehouse.client import Warehouse

FILE = Path(__file__).parents[2] / "docs" / "analysts.md"

_SECTION = re.compile(r"^(?=###? )", re.MULTILINE)
_SHOWN = re.compile(r"^```sql\n(?P<sql>[^`]+)^```\n\n```text\n(?P<told>[^`]+)^```\n", re.MULTILINE)
_NUMBERS = re.compile(r"U?Int|Float|Decimal|Nullable\((U?Int|Float|Decimal)")


@dataclass(frozen=True)
class Shown:
    """A query of the page, the output below it, and the text after that in the same section."""

    section: str
    sql: str
    told: str
    words: str


def shown(text: str) -> Iterator[Shown]:
    """Every query that has its output below it."""
    for section in _SECTION.split(text):
        title = section.partition("\n")[0].lstrip("# ")
        for found in _SHOWN.finditer(section):
            yield Shown(title, found["sql"], found["told"], section[found.end() :])


def rewritten(text: str, warehouse: Warehouse) -> str:
    """The page with what each query prints now."""
    return _SHOWN.sub(
        lambda found: f"```sql\n{found['sql']}```\n\n```text\n{printed(warehouse, found['sql'])}```\n", text
    )


def printed(warehouse: Warehouse, sql: str) -> str:
    """The answer as the page shows it: values as ClickHouse writes them, in columns, numbers to the right."""
    answer = json.loads(b"".join(warehouse.raw(sql, {}, {}, "JSONCompactStrings")))
    names = [column["name"] for column in answer["meta"]]
    right = [_NUMBERS.match(column["type"]) is not None for column in answer["meta"]]
    rows = [names, *answer["data"]]
    widths = [max(len(row[place]) for row in rows) for place in range(len(names))]
    return "".join(_line(row, widths, right) for row in rows)


def _line(row: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> str:
    cells = (
        cell.rjust(width) if to_right else cell.ljust(width)
        for cell, width, to_right in zip(row, widths, right, strict=True)
    )
    return "  ".join(cells).rstrip() + "\n"
