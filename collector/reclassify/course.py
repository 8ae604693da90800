"""Re-classifies what is stored, beside whatever else happens to it.

Copying rows would be the simple way, and is the wrong one: a copied row could bring back somebody who was forgotten
meanwhile, an earlier receipt that arrives late would lose against the copy, and months would change one after the
other under the eyes of readers. So no row is written again; a column is put beside the stored classification:

1. **begun.** The column is added with the compiled rules as its expression. From then on every INSERT that begins fills
   it, whichever rules its loader has. Those that had begun before are waited for.
2. The column is written to all parts that lie there, by ClickHouse, in the background. Deleted rows stay deleted; a
   merge takes the column along with the row that it keeps.
3. **shown.** The view that readers have is replaced by one that takes the classification from the column where it has
   one. That is one step for all months: a query sees the old or the new, never a mixture.
4. New rows leave the column empty: what their loaders say counts. INSERTs that began before are waited for, then the
   column's values are put where a load puts its own. Readers see no difference.
5. **settled.** The view is again the one that it was, and the column is dropped. **ended.**

Each step asks what is there, and all of them can be repeated; the notes are rows of klantreis.reclassifications. So
after a kill of this command or of ClickHouse the same command goes on where it was. ClickHouse goes on by itself.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from collector.errors import HistoryUnfinished, WarehouseError
from collector.journeys.settle import everybody
from collector.reclassify.column import Column, Told, sql
from collector.reclassify.task import Task
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import make_views, missing, names
from collector.warehouse.running import await_inserts, await_readers
from collector.warehouse.shown import SHOWN, Run, latest

READERS_PATIENCE_S = 10.0
"""Seconds for queries that began with the view of before. What they read stays there for them, so this is only for
one that has not looked at the tables yet."""
LOCK_FILE = "reclassify.lock"
TWO_AT_ONCE = "another klantreis reclassify is at work: wait for its end, then give the command again"
COLUMN_GONE = frozenset({10, 16, 47})
"""ClickHouse's codes for a column that somebody else has dropped: NOT_FOUND_COLUMN_IN_BLOCK, NO_SUCH_COLUMN_IN_TABLE,
UNKNOWN_IDENTIFIER."""
STATEMENT_S = 3600.0
"""Seconds for one statement: looking through ten years of touchpoints."""


@dataclass(frozen=True)
class Steps:
    """Who hears of the way: `tell` of what was done, `begin` of what is done now; that gives who hears of rows left."""

    tell: Callable[[str], None]
    begin: Callable[[str], Told]


def reclassify(settings: Settings, task: Task, steps: Steps) -> None:
    """Do it, or what is left of it. Raises HistoryUnfinished with what to do, and WarehouseError."""
    with _alone(settings), Warehouse(settings, timeout_s=STATEMENT_S) as warehouse:
        check_schema(warehouse)
        try:
            _Course(warehouse, names(settings), steps).run(task)
        except WarehouseError as error:
            if error.code in COLUMN_GONE:
                raise HistoryUnfinished(TWO_AT_ONCE) from error
            raise


def abandon(settings: Settings, tell: Callable[[str], None]) -> None:
    """Undo what was begun and is not shown yet. Raises HistoryUnfinished when it is shown, and WarehouseError."""
    with _alone(settings), Warehouse(settings, timeout_s=STATEMENT_S) as warehouse:
        check_schema(warehouse)
        run = latest(warehouse)
        if run is None or run.finished:
            tell("nothing is under way")
            return
        if run.step != "begun":
            raise HistoryUnfinished(
                "readers see the new classification already; to go back, put the old rules back and reclassify again"
            )
        _Course(warehouse, names(settings), Steps(tell, lambda what: lambda rows: None)).give_up(run)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """One command at a time on this data folder. Those of other machines are found out at each step."""
    if not settings.data.is_dir():
        yield
        return
    with (settings.data / LOCK_FILE).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise HistoryUnfinished(TWO_AT_ONCE) from None
        yield


def check_schema(warehouse: Warehouse) -> None:
    """Raises HistoryUnfinished where the tables are not those of this version."""
    if lacking := missing(warehouse):
        raise HistoryUnfinished(
            f"nothing was re-classified: the warehouse lacks {', '.join(lacking)}; start the loader, which migrates"
        )


class _Course:
    """The way through the steps."""

    def __init__(self, warehouse: Warehouse, here: dict[str, str], steps: Steps) -> None:
        self._warehouse = warehouse
        self._here = here
        self._steps = steps
        self._before: Run | None = None
        """The last one before that which is begun."""

    def run(self, task: Task) -> None:
        run = latest(self._warehouse)
        if run is not None and not run.finished and not task.is_of(run):
            run = self._make_way(run)
        if run is None or run.finished:
            self._before = run
            run = self._note(self._next(task, run), "begun")
        else:
            self._steps.tell(f"going on with what was begun, which is {run.step}")
        if run.step == "begun":
            run = self._to_shown(run, task)
        self._finish(run)
        everybody(self._warehouse)
        self._steps.tell("journeys are settled anew by a running collector, or by klantreis settle")
        used = self._warehouse.rows(sql("rules_in_use.sql"))[0]["rule_set"]
        if used and used != task.rules.hash:
            self._steps.tell(
                f"but by the rules {used} that the collector was last started with: start it with these (--rules), "
                "or journeys and new touchpoints keep to the others"
            )

    def give_up(self, run: Run) -> Run:
        """Take away what was begun."""
        Column(self._warehouse, self._here, run).give_up()
        self._steps.tell("what was begun is undone; nobody saw anything of it")
        return self._note(run, "abandoned")

    def _make_way(self, run: Run) -> Run:
        """Bring another re-classification to its end: nothing of it was seen yet, or all of it."""
        if run.step == "begun":
            self._steps.tell("another re-classification was begun and never shown: it is undone first")
            return self.give_up(run)
        self._steps.tell("another re-classification is shown already: it is finished first")
        return self._finish(run)

    def _to_shown(self, run: Run, task: Task) -> Run:
        column = Column(self._warehouse, self._here, run)
        column.add(task)
        self._await_inserts()
        column.fill(task, self._steps.begin("classifying"))
        run = self._note(run, SHOWN)
        self._steps.tell("classified; readers see the new classification from now on")
        return run

    def _finish(self, run: Run) -> Run:
        column = Column(self._warehouse, self._here, run)
        make_views(self._warehouse, self._here)
        await_readers(self._warehouse, READERS_PATIENCE_S)
        if run.step == SHOWN:
            column.stop()
            self._await_inserts()
            column.settle(self._steps.begin("settling"))
            run = self._note(run, "settled")
            make_views(self._warehouse, self._here)
            await_readers(self._warehouse, READERS_PATIENCE_S)
        column.drop()
        return self._note(run, "ended")

    def _await_inserts(self) -> None:
        if left := await_inserts(self._warehouse):
            raise HistoryUnfinished(
                f"{left} INSERTs do not come to an end (system.processes): repeat the same command later"
            )

    def _next(self, task: Task, before: Run | None) -> Run:
        number = 1 if before is None else before.number + 1
        return Run(number, "", task.rules.hash, task.model, task.since_ms, task.until_ms)

    def _note(self, run: Run, step: str) -> Run:
        now = latest(self._warehouse)
        if now != (run if run.step else self._before):
            raise HistoryUnfinished(TWO_AT_ONCE)
        run = replace(run, step=step)
        values = {"number": run.number, "step": step, "rule_set": run.rule_set, "model": run.model}
        self._warehouse.command(sql("note.sql"), {**values, "since": run.since_ms, "until": run.until_ms})
        return run
