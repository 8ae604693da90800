"""Settles the journeys of whoever got something new, as soon as it is loaded: `python -m collector.settler`.

One settler is at work for a warehouse (`collector.journeys.turns`); others wait, and take over within half a minute of
its end. Nothing is lost while none is: loaders note who changed in klantreis.changed.
"""

from __future__ import annotations

import logging
import signal
import threading
import time

from collector import lifeline, logs, metrics, settings
from collector.errors import SettlerBusy, WarehouseError
from collector.journeys.ending import let_end
from collector.journeys.settle import Settlement
from collector.journeys.turns import Turn
from collector.phases.compile import Compiled
from collector.phases.rules import RuleSet
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.taken_up import RulesInUse
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import missing

log = logging.getLogger("collector.settler")

PAUSE_S = 0.5
"""First pause after a failure; doubles up to PAUSE_AT_MOST_S."""
PAUSE_AT_MOST_S = 10.0
STATEMENT_S = 600.0
"""Seconds for one statement: a batch takes seconds, on a busy machine some more."""
ENDING_EVERY_S = 6 * 3600.0
"""Seconds between looks whether links have ended, which no look of the second needs to know."""
SCHEMA_S = 1.0
"""Seconds between looks whether the loader has made the tables."""


class Settler:
    """Settles until told to stop."""

    def __init__(self, chosen: Settings, rules: RulesInUse) -> None:
        self._settings = chosen
        self._rules = rules
        self._warehouse = Warehouse(chosen, timeout_s=STATEMENT_S)
        self._said = ""
        self.stopping = threading.Event()

    def run(self) -> None:
        """Take turns, each until something fails, until `stopping` is set."""
        pause = PAUSE_S
        while not self.stopping.is_set():
            began = time.monotonic()
            try:
                self._turn()
            except SettlerBusy as error:
                self._say(logging.INFO, str(error))
            except WarehouseError as error:
                metrics.settle_failures.inc()
                self._say(logging.WARNING, f"journeys cannot be settled, who changed is noted: {error.told}")
            pause = PAUSE_S if time.monotonic() - began > PAUSE_AT_MOST_S else min(2 * pause, PAUSE_AT_MOST_S)
            self.stopping.wait(pause)
        self._warehouse.close()

    def _turn(self) -> None:
        while missing(self._warehouse):
            if self.stopping.wait(SCHEMA_S):
                return
        turn = Turn(self._warehouse)
        turn.take()
        try:
            self._settle(turn)
        finally:
            if self.stopping.is_set():
                turn.give_back()

    def _settle(self, turn: Turn) -> None:
        settlement: Settlement | None = None
        looked_at = -ENDING_EVERY_S
        while not self.stopping.is_set():
            began = time.monotonic()
            rule_set = self._present_rules()
            if rule_set is not None and (settlement is None or self._rules.changed(_any) is not None):
                settlement = Settlement(self._warehouse, self._settings, self._present_rules() or rule_set, turn)
                settlement.begin()
            if began - looked_at >= ENDING_EVERY_S:
                let_end(self._warehouse, self._settings, turn)
                looked_at = began
            if settlement is not None:
                self._once(settlement)
            turn.keep()
            # As long a pause as the work took: a settlement costs a second however few there are.
            took = time.monotonic() - began
            self.stopping.wait(max(took, self._settings.settle_interval_ms / 1000))

    def _once(self, settlement: Settlement) -> None:
        waiting = settlement.take()
        metrics.changed.set(waiting)
        metrics.clickhouse_up.labels("settle").set(True)
        if waiting:
            began = time.monotonic()
            metrics.settled.inc(settlement.settle())
            metrics.settle_seconds.observe(time.monotonic() - began)
            metrics.changed.set(0)
        if self._said:
            log.info("journeys are settled again")
            self._said = ""

    def _present_rules(self) -> RuleSet | None:
        if self._rules.rule_set is None:
            self._rules.first()
        return self._rules.rule_set

    def _say(self, level: int, words: str) -> None:
        """Once, not at every attempt."""
        if words != self._said:
            log.log(level, "%s", words)
        self._said = words


def _any(compiled: Compiled) -> None:
    """Whether ClickHouse takes them the loader tries."""


def main() -> None:
    """Settle until SIGTERM."""
    chosen = settings.load({})
    logs.configure_role("settle", chosen.log_level, chosen.log_format)
    settler = Settler(chosen, RulesInUse(chosen.rules or shipped_rules()))
    signal.signal(signal.SIGTERM, lambda *_: settler.stopping.set())
    signal.signal(signal.SIGINT, lambda *_: settler.stopping.set())
    lifeline.follow_parent()
    settler.run()


if __name__ == "__main__":
    main()
