"""Whether a file has the columns that a mapping names: known before anything of it is taken in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing
from itertools import islice
from typing import Any

import msgspec

from collector.errors import MappingErrors
from collector.history.mapping import Mapping
from collector.history.source import SAMPLE_ROWS, Position, Source
from collector.phases.meant import meant
from collector.phases.strict_yaml import Faults

DEPTH = 6
_read = msgspec.json.Decoder().decode


def sample(source: Source) -> tuple[list[str], frozenset[str]]:
    """Names in the first rows of a file of objects: of its columns, and of what lies in them, by path.

    A list stands for whatever is named below it. Raises HistoryUnreadable.
    """
    columns: dict[str, None] = {}
    inner: set[str] = set()
    with closing(source.rows(Position())) as rows:
        for row in islice(rows, SAMPLE_ROWS):
            try:
                found = None if row.fault else _read(row.content)
            except (ValueError, RecursionError):  # it will be turned down when it is read in earnest
                continue
            if isinstance(found, dict):
                columns.update(dict.fromkeys(found))
                inner.update(path for name, value in found.items() for path in _paths(name, value, DEPTH))
    return list(columns), frozenset(inner)


def check_columns(mapping: Mapping, columns: Collection[str], inner: Collection[str], file: str) -> None:
    """Raises MappingErrors: for each column that the file has not, where the mapping names it and what was meant."""
    faults = Faults()
    if not columns:
        return  # a file without a row
    for column in mapping.columns():
        if column.optional or column.name in columns or _leads_somewhere(column.name, inner):
            continue
        remedy = meant(column.name, columns)
        faults.add(column.place, f"{file} has no column {column.name}; {remedy} (else {{from: …, optional: true}})")
    if len(faults):
        raise MappingErrors(faults.lines())


def _paths(path: str, value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, dict) and depth:
        yield path
        for name, below in value.items():
            yield from _paths(f"{path}.{name}", below, depth - 1)
    elif isinstance(value, list):
        yield f"{path}.*"
    else:
        yield path


def _leads_somewhere(name: str, inner: Collection[str]) -> bool:
    parts = name.split(".")
    return name in inner or any(f"{'.'.join(parts[:end])}.*" in inner for end in range(1, len(parts)))
