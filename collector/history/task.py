"""What to import."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from collector.errors import HistoryUnreadable
from collector.history.mapping import Mapping
from collector.receive.access import Key

Form = Literal["csv", "ndjson", "parquet"]
FORMS: tuple[Form, ...] = get_args(Form)
SUFFIXES: dict[str, Form] = {
    ".csv": "csv",
    ".ndjson": "ndjson",
    ".jsonl": "ndjson",
    ".json": "ndjson",
    ".parquet": "parquet",
}
PACKED = (".gz", ".zst")


@dataclass(frozen=True)
class Task:
    """What to import, and how."""

    file: Path
    form: Form
    mapping: Mapping | None
    key: Key
    limit: int | None = None
    """Rows of the file that are taken at most, counted from its beginning."""
    dry_run: bool = False
    again: bool = False
    """From the beginning, also where it was finished."""


def form_of(file: Path) -> Form:
    """The form that a file's name tells. Raises HistoryUnreadable."""
    plain = file.with_suffix("") if file.suffix in PACKED else file
    form = SUFFIXES.get(plain.suffix.lower())
    if form is None:
        raise HistoryUnreadable(f"{file}: the name does not tell its form; say --format csv, ndjson or parquet")
    return form
