"""The column that a re-classification puts its result in, from when it is added until it is dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from string import Template
from typing import Any

from collector.errors import HistoryUnfinished
from collector.reclassify.task import Task
from collector.warehouse.client import Warehouse
from collector.warehouse.shown import Run
from collector.warehouse.store import COMPILED_SETTINGS

HERE = Path(__file__).parent
STORED = "touchpoints_stored"
LOOK_EVERY_S = 0.1
LOOK_AT_MOST_EVERY_S = 1.0
"""Pauses between looks double up to this: ten looks a second took a fifth of a busy machine."""
FAILING_PATIENCE_S = 60.0
"""Seconds that a change may fail again and again: a full disk or memory may get better by itself."""

Told = Callable[[int], None]
"""Hears how many rows are still to be written."""


class Column:
    """The column of one re-classification. `names` are those of `collector.warehouse.migrate.names`."""

    def __init__(self, warehouse: Warehouse, names: dict[str, str], run: Run) -> None:
        self._warehouse = warehouse
        self._names = names
        self._run = run
        self._table = STORED + names["local"]

    def add(self, task: Task) -> None:
        """Put it beside the stored classification. Raises WarehouseError."""
        for table in self._tables():
            self._alter("add.sql", table, results=task.results(f"toBool({task.span})"))

    def stop(self) -> None:
        """Let new rows leave it empty. Raises WarehouseError."""
        for table in self._tables():
            self._alter("stop.sql", table)

    def fill(self, task: Task, tell: Told) -> None:
        """Write it to every part that has none, of the months of the span. Raises HistoryUnfinished, WarehouseError."""
        self._await(tell)
        while missing := self._lacking(task):
            tell(sum(missing.values()))
            for partition in missing:
                self._alter("fill.sql", self._table, partition=f"IN PARTITION ID '{partition}'")
            self._await(tell)

    def settle(self, tell: Told) -> None:
        """Put its values where a load puts its own. Raises HistoryUnfinished and WarehouseError."""
        if not any(str(row["command"]).lstrip("(").startswith("UPDATE") for row in self._unfinished()):
            self._alter("settle.sql", self._table)
        self._await(tell)

    def drop(self) -> None:
        """Take it away: nobody can name it any more, and ClickHouse clears it from the disk in the background.

        Raises WarehouseError.
        """
        for table in reversed(self._tables()):
            self._alter("drop.sql", table)

    def give_up(self) -> None:
        """Stop what is being written in the background, and take the column away. Raises WarehouseError."""
        self._warehouse.command(sql("kill.sql"), self._here())
        self.drop()

    def _tables(self) -> list[str]:
        """The table of the rows, and on a cluster the one that leads to the shards."""
        return [self._table] if self._table == STORED else [self._table, STORED]

    def _alter(self, file: str, table: str, **parts: str) -> None:
        on_cluster = self._names["on_cluster"]
        text = Template(sql(file)).substitute(table=table, on_cluster=on_cluster, column=self._run.column, **parts)
        self._warehouse.command(text, settings=COMPILED_SETTINGS)

    def _lacking(self, task: Task) -> dict[str, int]:
        """Months in which it is not written everywhere, with the rows that lack it."""
        rows = self._warehouse.rows(sql("lacking.sql"), self._here())
        missing = {str(row["partition"]): int(row["lack"]) for row in rows}
        if task.whole or not missing:
            return missing
        text = Template(sql("partitions.sql")).substitute(table=STORED, span=task.span)
        meant = {str(row["partition"]) for row in self._warehouse.rows(text)}
        return {partition: count for partition, count in missing.items() if partition in meant}

    def _await(self, tell: Told) -> None:
        """Return when nothing is written in the background. Raises HistoryUnfinished and WarehouseError."""
        failing_since, pause = 0.0, LOOK_EVERY_S
        while rows := self._unfinished():
            tell(self._rows_left(part for row in rows for part in row["parts"]))
            failure = next((str(row["failure"]) for row in rows if row["failure"]), "")
            failing_since = (failing_since or time.monotonic()) if failure else 0.0
            if failure and time.monotonic() - failing_since > FAILING_PATIENCE_S:
                words = failure.split("\n")[0][:300]
                raise HistoryUnfinished(
                    f"ClickHouse fails to write the new classification again and again: {words}. Mend that and repeat "
                    "the same command, or undo it: klantreis reclassify --abandon"
                )
            time.sleep(pause)
            pause = min(2 * pause, LOOK_AT_MOST_EVERY_S)
        tell(0)

    def _unfinished(self) -> list[dict[str, Any]]:
        return self._warehouse.rows(sql("unfinished.sql"), self._here())

    def _rows_left(self, parts: Iterable[object]) -> int:
        names = sorted({str(part) for part in parts})
        [row] = self._warehouse.rows(sql("rows_left.sql"), {"table": self._table, "parts": names})
        return int(row["left"])

    def _here(self) -> dict[str, object]:
        return {"table": self._table, "column": self._run.column}


def sql(name: str) -> str:
    """A statement of this room, without its comment."""
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
