"""Settles journeys: of everybody who changed, all touchpoints become steps of journeys, in their order.

    take everybody who changed (one step)  →  a batch of them, and whoever is linked with them
        →  whose each identifier is, and so each touchpoint of theirs
        →  ONE statement: these touchpoints, in order, with the facts, the phases of all models by all rules, and the
           borders of journeys  →  the next batch  →  done: empty what was taken

Steps are computed from touchpoints, identities, decisions and rules alone, never from earlier steps. So the same
touchpoints give the same journeys in whatever order and however often they came, a crash anywhere is healed by doing
the taken again, and everything may be made anew at any moment.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from string import Template
from typing import Any

import msgspec

from collector.errors import WarehouseAway
from collector.journeys.people import People
from collector.journeys.sql import statement
from collector.journeys.steps import Share, Statements
from collector.journeys.turns import Turn
from collector.phases.rules import RuleSet
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import names
from collector.warehouse.store import COMPILED_SETTINGS

BATCH = 50_000
"""Identifiers that changed, in one statement at most: what they and their people did has to fit in its memory."""
SHARED_FROM = 50_000
"""Touchpoints of a batch from which on several statements make the steps, each of some of the people."""
MOST_SHARES = 4
STATEMENT_S = 3600.0
Told = Callable[[int], None]

ONE_BLOCK: dict[str, Any] = COMPILED_SETTINGS | {
    "async_insert": "0",
    "insert_deduplicate": "0",
    "optimize_on_insert": "0",
    # One block is one part, which appears at one moment.
    "min_insert_block_size_rows": "0",
    "min_insert_block_size_bytes": "0",
    "max_insert_block_size": "1000000000",
    "min_insert_block_size_rows_for_materialized_views": "0",
    "max_insert_threads": "1",
    "distributed_foreground_insert": "1",
}


def everybody(warehouse: Warehouse) -> None:
    """Let everybody change: for other rules, or history that came past the loader. Raises WarehouseError."""
    warehouse.command(statement("everybody"), settings={"async_insert": "0"})


GATHERING = ONE_BLOCK | {
    # Whose they are is in the key: what is not of the batch is left out before anything else of it is read.
    "optimize_move_to_prewhere_if_final": "1",
}
# A second thread does not make windows faster, it makes them dearer: 5 s of processor time for 300,000 rows, not 3.
OF_WINDOWS = ONE_BLOCK | {"max_threads": "1"}


class Settlement:
    """Settles, for one warehouse and by one rule set, as long as it has the turn."""

    def __init__(self, warehouse: Warehouse, settings: Settings, rule_set: RuleSet, turn: Turn) -> None:
        self._warehouse = warehouse
        self._names = names(settings)
        self._people = People(warehouse, settings)
        self._statements = Statements(rule_set, settings)
        self._settings = settings
        self._rule_set = rule_set
        self._turn = turn
        self._batches = 0

    def begin(self) -> None:
        """Make ready for this turn and these rules. Raises WarehouseError."""
        on_cluster = self._names["on_cluster"]
        self._warehouse.command(f"DROP TABLE IF EXISTS klantreis.settling_touchpoints {on_cluster} SYNC")
        self._warehouse.command(self._statements.scratch(on_cluster), settings=COMPILED_SETTINGS)
        self._note_phases()

    def _note_phases(self) -> None:
        """Let views know the phases of the rules, and that these are the ones in use."""
        rows = [
            {
                "rule_set": self._rule_set.hash,
                "model": model.id,
                "model_title_en": model.title.get("en", model.id),
                "model_title_nl": model.title.get("nl", model.id),
                "is_default": model.default,
                "phase": phase.id,
                "position": position,
                "part": phase.part,
                "title_en": phase.title.get("en", phase.id),
                "title_nl": phase.title.get("nl", phase.id),
            }
            for model in self._rule_set.models
            for position, phase in enumerate(model.phases, 1)
        ]
        self._warehouse.insert(statement("phases") + "\n", list(map(msgspec.json.encode, rows)), {"async_insert": "0"})

    def take(self) -> int:
        """Take whoever changed until now; gives how many identifiers there are to settle. Raises WarehouseError."""
        [waiting] = self._warehouse.rows(statement("waiting"))
        if waiting["taken"]:  # an earlier settlement was interrupted: what it took comes first
            return int(waiting["taken"])
        if not waiting["changed"]:
            return 0
        self._warehouse.command(Template(statement("take")).substitute(self._names))
        return self._count("settling")

    def settle(self, tell: Told = lambda done: None) -> int:
        """Settle whoever was taken; `tell` hears how many identifiers are done. Gives how many they were.

        Raises SettlerBusy when the turn is another's, and WarehouseError; what was taken stays taken then.
        """
        place, done, identifiers = {"site": "", "kind": "", "value": ""}, 0, BATCH
        since = self._version()
        while identifiers >= BATCH:  # fewer are the last ones
            self._turn.keep()
            self._empty("settling_batch")
            self._warehouse.command(
                statement("begin", my_turn=self._turn.condition), {**place, "rows": BATCH, "since": since}, ONE_BLOCK
            )
            last = self._warehouse.rows(statement("last"))
            if not last:
                break
            place, identifiers = {name: str(last[0][name]) for name in place}, int(last[0]["identifiers"])
            self._settle_batch()
            done += identifiers
            tell(done)
        # Whoever stood still here has lost its turn: what lies there now was taken by the next one.
        self._turn.keep(at_once=True)
        for table in ("settling_batch", "settling_touchpoints", "settling"):
            self._empty(table)
        return done

    def _settle_batch(self) -> None:
        self._batches += 1
        version = self._version()
        found = self._people.settle(version, self._turn.condition)
        my_turn = self._turn.condition
        self._empty("settling_touchpoints")
        touchpoints = self._gather(self._statements.fill(my_turn, hubs=found.hubs))
        rows = touchpoints + (self._gather(self._statements.shared(my_turn)) if found.shared else 0)
        if not rows:
            return
        shares = min(os.cpu_count() or 1, MOST_SHARES) if touchpoints > SHARED_FROM else 1
        steps = [self._statements.steps(my_turn, version, Share(number, shares)) for number in range(shares)]
        with ThreadPoolExecutor(shares, "steps") as pool:
            list(pool.map(self._make_steps, steps))
        # A ClickHouse that was started anew meanwhile has forgotten them, and made steps of none.
        if self._count("settling_touchpoints") != rows:
            raise WarehouseAway("the touchpoints that were gathered are gone: was ClickHouse started anew?")

    def _gather(self, statement_: str) -> int:
        """How many rows it put among the touchpoints of the batch."""
        return self._warehouse.insert(statement_, [], GATHERING)

    def _make_steps(self, steps: str) -> None:
        with Warehouse(self._settings, timeout_s=STATEMENT_S) as warehouse:
            warehouse.command(steps, settings=OF_WINDOWS)

    def _version(self) -> int:
        """Of the batch before the next one: it rises with every batch and every turn."""
        return self._turn.number << 32 | self._batches

    def _count(self, table: str) -> int:
        return int(self._warehouse.rows(f"SELECT count() AS n FROM klantreis.{table}")[0]["n"])  # noqa: S608

    def _empty(self, table: str) -> None:
        local = "" if table == "settling_touchpoints" else self._names["local"]
        self._warehouse.command(f"TRUNCATE TABLE klantreis.{table}{local} {self._names['on_cluster']}")
