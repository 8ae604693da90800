"""A file in hand: its rows, and what makes JSON of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from collector.errors import HistoryUnreadable
from collector.history import convert
from collector.history.csv_rows import CsvRows
from collector.history.journal import Notes
from collector.history.json_rows import JsonRows
from collector.history.known import check_columns, sample
from collector.history.mapping import Mapping
from collector.history.parquet_rows import ParquetRows
from collector.history.requests import Cut, as_written, by
from collector.history.source import Row, Source
from collector.history.task import Task


class Reading:
    """The rows of a source and what makes JSON of them. Raises MappingErrors and HistoryUnreadable."""

    def __init__(self, task: Task) -> None:
        self.source = _open(task)
        try:
            self._prepare(task)
        except BaseException:
            self.source.close()
            raise

    def _prepare(self, task: Task) -> None:
        source = self.source
        self._task = task
        mapping = task.mapping
        if mapping is None:
            if task.form != "ndjson":
                raise HistoryUnreadable(f"{task.file}: {task.form} needs a --mapping; see docs/import.md")
            return
        if source.columns is not None:
            check_columns(mapping, source.columns, (), str(task.file))
            self._access, self._whole = convert.cells(source.columns, mapping.empty)
        else:
            names, inner = sample(source)
            check_columns(mapping, names, inner, str(task.file))
            self._access, self._whole = convert.objects(names, mapping.empty)

    def cut(self, nesting: int) -> Cut:
        """What makes JSON of a row."""
        if self._task.mapping is None:
            return as_written(nesting)
        converter = convert.Converter(self._task.mapping, self._task.key.site, self._access, self._whole)
        return by(converter, as_cells=self.source.columns is not None)

    def left(self, notes: Notes) -> Iterator[Row]:
        """Those that are still to be read."""
        rows = self.source.rows(notes.position)
        limit = self._task.limit
        return rows if limit is None else islice(rows, max(0, limit - notes.counts.rows))


def _open(task: Task) -> Source:
    if task.form == "parquet":
        return ParquetRows(task.file)
    if task.form == "ndjson":
        return JsonRows(task.file)
    mapping = task.mapping or Mapping()
    return CsvRows(task.file, mapping.delimiter, mapping.encoding)
