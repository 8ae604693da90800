"""Moves the spool into the warehouse: `python -m collector.loader`.

The whole way, as `Loader` walks it::

    read a range of the spool  →  compose its rows (enrich what is distinct)  →  name the range on disk
        →  one INSERT … SELECT with the compiled rules, synced  →  say whose journeys change
        →  acknowledge the range on disk  →  delete segments

A crash anywhere repeats the named range; rows are keyed by what the sender fixed, so repeating replaces them. While
ClickHouse is away nothing is given up: the range waits, the spool grows, receivers go on answering 202.

Whoever is forgotten is not brought back: rows are composed without what carries a forgotten identifier, and every
INSERT names the state of the list that its rows were composed with. If that is not the warehouse's own state when the
statement begins, nothing is stored; the list is read and the same ranges are composed again (collector/people/erase.py
has the rest of the argument). So the list costs nothing while nobody joins it: it is not even asked for.

While one range is inserted, who came together in it is stored beside it, and the next range is read and composed:
ClickHouse and this process work side by side.
"""

from __future__ import annotations

import gc
import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait

from collector import lifeline, logs, metrics, settings
from collector.enrich.rows import Rows
from collector.enrich.unloadable import refused_row
from collector.errors import ForgottenMeanwhile, SpoolError, WarehouseAway, WarehouseError
from collector.load import Load, Loads
from collector.phases.compile import Compiled
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.spool import losses
from collector.spool.progress import Progress
from collector.spool.reader import NO_LOSS
from collector.spool.segment import Range
from collector.taken_up import RulesInUse
from collector.warehouse import forgotten, statement
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from collector.warehouse.store import INSERT_SETTINGS, Store
from collector.warehouse.touched import TouchedStore

log = logging.getLogger("collector.loader")

GARBAGE_AFTER = 100_000
"""Objects made before a search for cycles: a load has many and none, and the search was an eighth of its time."""
PAUSE_S = 0.25
"""First pause when ClickHouse is away; doubles up to PAUSE_AT_MOST_S."""
PAUSE_AT_MOST_S = 5.0
DRAIN_S = 5.0
"""At a stop, what receivers have just accepted is loaded too if it can be done within this time."""
ASK_EVERY_S = 10.0
"""Seconds without a word from ClickHouse after which it is asked whether it is there."""


class Loader:
    """Loads until told to stop. One for each spool: `Progress` holds its lock."""

    def __init__(self, chosen: Settings, levels: Sequence[str], rules: RulesInUse | None = None) -> None:
        """Take hold of the spool; `levels` are the compiled rules, `rules` the folder they are from, looked after.

        Raises SpoolError when another loader has the spool.
        """
        self._settings = chosen
        self._loads = Loads(chosen)
        self._progress = Progress(chosen.spool_folder)
        self._warehouse = Warehouse(chosen)
        self._rules = rules
        self._touchpoints = self._store_of(levels)
        self._rejected = Store(self._warehouse, statement.reject())
        self._changed = TouchedStore(self._warehouse)
        self._beside = Warehouse(chosen)
        self._identities = TouchedStore(self._beside)
        self._inserting = ThreadPoolExecutor(1, "insert")
        self._inserting_beside = ThreadPoolExecutor(1, "identities")
        self._asked = 0.0
        self._looked = 0.0
        self._unnoted: tuple[losses.Entry, ...] = ()
        self.stopping = threading.Event()

    def run(self) -> None:
        """Load until `stopping` is set, then what is left if ClickHouse takes it at once."""
        if not self._until_done(self._migrate):
            return
        self._progress.delete_loaded()
        if (pending := self._progress.pending()) and not self._until_done(lambda: self._repeat(pending)):
            return
        ready: Load | None = None
        while not self.stopping.is_set():
            began = time.monotonic()
            self._ask_idle_warehouse()
            self._look_after_spool()
            self._take_up_rules()
            load = ready or self._loads.next(self._progress.acknowledged)
            ready = None
            if load is not None:
                ready = self._load(load)
                if load.full or ready is not None:
                    continue
            self.stopping.wait(max(0.0, self._settings.load_interval_ms / 1000 - (time.monotonic() - began)))
        self._drain()
        self._warehouse.close()
        self._beside.close()
        self._progress.close()

    def _load(self, load: Load) -> Load | None:
        """Insert and acknowledge one load; gives the next one if there was enough for it meanwhile."""
        began = time.monotonic()
        if not self._until_done(lambda: self._progress.name(load.ranges)):
            return None
        inserting: Future[bool] = self._inserting.submit(self._until_done, lambda: self._insert(load))
        ends = {one.segment: one.end for one in load.ranges}
        following = (
            self._loads.next(lambda name: ends.get(name) or self._progress.acknowledged(name), load)
            if load.full
            else None
        )
        if not inserting.result() or not self._until_done(lambda: self._acknowledge(load)):
            return None  # stopping: the named range is repeated at the next start
        metrics.load_seconds.observe(time.monotonic() - began)
        return following

    def _insert(self, load: Load) -> None:
        """Store the rows; what ClickHouse refuses for its own sake goes to `rejected`. Raises WarehouseError."""
        try:
            self._store(load.rows)
        except ForgottenMeanwhile:
            self._learn_forgotten()
            self._store(self._loads.again(load.ranges).rows)

    def _store(self, rows: Rows) -> None:
        began = time.monotonic()
        identities = self._inserting_beside.submit(self._identities.store_identities, rows.touched.edges, rows.state)
        try:
            refused = self._touchpoints.store(rows.touchpoints, rows.state)
        finally:
            wait([identities])  # what is repeated after an error must not run beside itself
        rejected = rows.rejected + [refused_row(one.row, one.message) for one in refused]
        lost = self._rejected.store(rejected, rows.state)
        if lost:  # all of its columns are texts, so this is a fault of ours: keep the range and say so
            what = f"klantreis.rejected refuses {len(lost)} rows"
            raise WarehouseAway(f"{what}: {lost[0].message}", told=what)
        identities.result()
        self._changed.store_changed(rows.touched.nodes, rows.state)
        self._answered(True)
        metrics.insert_seconds.observe(time.monotonic() - began)
        metrics.load_rows.observe(len(rows.touchpoints) + len(rows.rejected))
        metrics.rows_loaded.labels("touchpoints").inc(len(rows.touchpoints) - len(refused))
        metrics.rows_loaded.labels("rejected").inc(len(rejected))
        for key, count in rows.withheld.items():
            metrics.withheld.labels(key).inc(count)
        if refused:
            metrics.load_failures.labels("refused").inc()
            metrics.rows_refused.labels("clickhouse").inc(len(refused))
            log.warning("%d touchpoints were refused by ClickHouse and are in klantreis.rejected", len(refused))

    def _acknowledge(self, load: Load) -> None:
        self._unnoted += load.lost
        self._note_losses()  # first: a loss that is acknowledged must be known
        self._progress.acknowledge(load.loss)
        metrics.last_load.set_to_current_time()
        self._progress.delete_loaded()

    def _note_losses(self) -> None:
        """Write down what was lost. On a full disk later: only what is acknowledged can make room on it."""
        try:
            losses.note(self._settings.spool_folder, self._unnoted)
        except OSError as error:
            log.error(
                "a loss cannot be written down yet, %s: %s", error, sum((one.loss for one in self._unnoted), NO_LOSS)
            )
        else:
            self._unnoted = ()

    def _repeat(self, pending: list[Range]) -> None:
        load = self._loads.again(pending)
        log.info("repeating a load of %d rows that was not acknowledged", len(load.rows.touchpoints))
        metrics.ranges_repeated.inc(len(pending))
        self._finish(load)

    def _finish(self, load: Load) -> None:
        self._insert(load)
        self._acknowledge(load)

    def _migrate(self) -> None:
        for name in migrate(self._warehouse, self._settings):
            log.info("applied migration %s", name)
        self._answered(True)
        self._learn_forgotten()

    def _learn_forgotten(self) -> None:
        self._loads.forgotten = forgotten.read(self._warehouse)

    def _until_done(self, work: Callable[[], None]) -> bool:
        """Repeat `work` while ClickHouse is away; False when told to stop before it was done."""
        pause, said = PAUSE_S, ""
        while not self.stopping.is_set():
            try:
                work()
                if said:
                    log.info("touchpoints are loaded again")
                return True
            except (WarehouseError, SpoolError, OSError) as error:
                metrics.load_failures.labels("away").inc()
                if isinstance(error, WarehouseError):
                    self._answered(False)
                    words = f"ClickHouse cannot take touchpoints, they wait in the spool: {error.told}"
                else:  # the disk takes no note of the range, or what was named before is of a newer version
                    words = f"touchpoints wait in the spool, which has trouble of its own: {error}"
                if words != said:
                    log.warning("%s", words)
                said = words
                self.stopping.wait(pause)
                pause = min(pause * 2, PAUSE_AT_MOST_S)
        return False

    def _look_after_spool(self) -> None:
        """Once a second at most: delete what a receiver finished after it was loaded; note losses that had no room."""
        if time.monotonic() - self._looked < 1.0:
            return
        self._looked = time.monotonic()
        if self._unnoted:
            self._note_losses()
        try:
            self._progress.delete_loaded()
        except OSError as error:  # it is tried again in a second, and said after each load
            log.warning("what is loaded cannot be deleted: %s", error)

    def _take_up_rules(self) -> None:
        """Classify by the changed rules from the next load on. A load under way, and its repetition, have the old."""
        if self._rules is not None and (changed := self._rules.changed(self._try)) is not None:
            self._touchpoints = self._store_of(changed.levels)

    def _try(self, compiled: Compiled) -> None:
        """Ask ClickHouse whether it takes them. Raises WarehouseError."""
        sql = statement.trial(*compiled.levels, clock_skew_s=self._settings.clock_skew_s)
        self._warehouse.rows(sql, settings=INSERT_SETTINGS)

    def _store_of(self, levels: Sequence[str]) -> Store:
        return Store(self._warehouse, statement.load(*levels, clock_skew_s=self._settings.clock_skew_s))

    def _ask_idle_warehouse(self) -> None:
        """While there is nothing to load, ask now and then whether ClickHouse would take it."""
        if time.monotonic() - self._asked < ASK_EVERY_S:
            return
        try:
            self._warehouse.command("SELECT 1")
            self._answered(True)
        except WarehouseError as error:
            self._answered(False)
            log.warning("ClickHouse does not answer: %s", error.told)

    def _answered(self, up: bool) -> None:
        self._asked = time.monotonic()
        metrics.clickhouse_up.labels("load").set(up)

    def _drain(self) -> None:
        """Load what is left, without patience: what does not go now goes at the next start."""
        until = time.monotonic() + DRAIN_S
        if self._progress.pending():
            return
        try:
            while time.monotonic() < until and (load := self._loads.next(self._progress.acknowledged)) is not None:
                self._progress.name(load.ranges)
                self._finish(load)
                if not load.rows.touchpoints and not load.rows.rejected:
                    return
        except (WarehouseError, OSError) as error:
            told = error.told if isinstance(error, WarehouseError) else error
            log.warning("stopped with touchpoints in the spool; they are loaded at the next start: %s", told)


def _first_rules(rules: RulesInUse, stopping: threading.Event) -> Compiled | None:
    """The compiled rules; waits for a broken rule folder to be mended, since nothing is lost meanwhile."""
    while not stopping.is_set():
        if (compiled := rules.first()) is not None:
            return compiled
        stopping.wait(PAUSE_AT_MOST_S)
    return None


def main() -> None:
    """Load until SIGTERM."""
    chosen = settings.load({})
    logs.configure_role("load", chosen.log_level, chosen.log_format)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    lifeline.follow_parent()
    rules = RulesInUse(chosen.rules or shipped_rules())
    compiled = _first_rules(rules, stopping)
    if compiled is None:
        return
    gc.set_threshold(GARBAGE_AFTER)
    loader = Loader(chosen, compiled.levels, rules)
    loader.stopping = stopping
    loader.run()


if __name__ == "__main__":
    main()
