"""Moves the spool into the warehouse: `python -m collector.loader`.

The whole way, as `Loader` walks it::

    read a range of the spool  →  compose its rows (enrich what is distinct)  →  name the range on disk
        →  one INSERT … SELECT with the compiled rules, synced  →  acknowledge the range on disk  →  delete segments

A crash anywhere repeats the named range; rows are keyed by what the sender fixed, so repeating replaces them. While
ClickHouse is away nothing is given up: the range waits, the spool grows, receivers go on answering 202.

Whoever is forgotten is not brought back: rows are composed without what carries a forgotten identifier, and every
INSERT names the state of the list that its rows were composed with. If that is not the warehouse's own state when the
statement begins, nothing is stored; the list is read and the same ranges are composed again (collector/people/erase.py
has the rest of the argument). So the list costs nothing while nobody joins it: it is not even asked for.

While one range is inserted, the next is read and composed: ClickHouse and this process work side by side.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass

import msgspec

from collector import lifeline, logs, metrics, settings
from collector.enrich.rows import Rows, compose, forgotten_row, rejected_row
from collector.envelope import Envelope, RejectedTouchpoint
from collector.errors import ForgottenMeanwhile, Reason, RuleErrors, SpoolUnreadable, WarehouseAway, WarehouseError
from collector.forgotten import NOBODY, Forgotten
from collector.phases.compile import compile_rules
from collector.phases.rulefile import load as load_rules
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.spool.progress import Progress, backlog
from collector.spool.reader import NO_LOSS, Loss, Record, SpoolReader
from collector.spool.segment import Range
from collector.warehouse import forgotten, statement
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from collector.warehouse.store import RefusedRow, Store

log = logging.getLogger("collector.loader")

PAUSE_S = 0.25
"""First pause when ClickHouse is away; doubles up to PAUSE_AT_MOST_S."""
PAUSE_AT_MOST_S = 5.0
DRAIN_S = 5.0
"""At a stop, what receivers have just accepted is loaded too if it can be done within this time."""
RAW_LIMIT = 32 * 1024


@dataclass(frozen=True)
class Load:
    """What one INSERT takes: ranges of the spool and the rows that they hold."""

    ranges: tuple[Range, ...]
    rows: Rows
    loss: Loss
    full: bool
    """There was more than one load may take: the next one need not wait."""


class Loader:
    """Loads until told to stop. One for each spool: `Progress` holds its lock."""

    def __init__(self, chosen: Settings, classification: str) -> None:
        """Take hold of the spool. Raises SpoolError when another loader has it."""
        self._settings = chosen
        self._reader = SpoolReader(chosen.spool_folder)
        self._progress = Progress(chosen.spool_folder)
        self._warehouse = Warehouse(chosen)
        self._touchpoints = Store(self._warehouse, statement.load(classification, clock_skew_s=chosen.clock_skew_s))
        self._rejected = Store(self._warehouse, statement.reject())
        self._inserting = ThreadPoolExecutor(1, "insert")
        self._forgotten = NOBODY
        self._told = 0.0
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
            self._look_after_spool()
            load = ready or self._next_load(self._progress.acknowledged)
            ready = None
            if load is not None:
                ready = self._load(load)
                if load.full or ready is not None:
                    continue
            self.stopping.wait(max(0.0, self._settings.load_interval_ms / 1000 - (time.monotonic() - began)))
        self._drain()
        self._warehouse.close()
        self._progress.close()

    def _load(self, load: Load) -> Load | None:
        """Insert and acknowledge one load; gives the next one if there was enough for it meanwhile."""
        if not self._until_done(lambda: self._progress.name(load.ranges)):
            return None
        inserting: Future[bool] = self._inserting.submit(self._until_done, lambda: self._insert(load))
        ends = {one.segment: one.end for one in load.ranges}
        following = (
            self._next_load(lambda name: ends.get(name) or self._progress.acknowledged(name)) if load.full else None
        )
        if not inserting.result() or not self._until_done(lambda: self._acknowledge(load)):
            return None  # stopping: the named range is repeated at the next start
        return following

    def _next_load(self, position: Callable[[str], int]) -> Load | None:
        """Read on from `position` in every segment, oldest first, up to what one INSERT may take."""
        records: list[Record] = []
        ranges: list[Range] = []
        loss, room, full = NO_LOSS, self._settings.load_mib * 2**20, False
        for name in self._reader.segments():
            if room <= 0:
                full = True
                break
            try:
                batch = self._reader.read(name, position(name), room)
            except (SpoolUnreadable, OSError) as error:
                log.error("%s cannot be read and is left where it is: %s", name, error)
                continue
            room -= sum(len(record.payload) for record in batch.records)
            records += batch.records
            loss += batch.loss
            if batch.end > batch.start:
                ranges.append(batch.range)
        if not ranges:
            return None
        return Load(tuple(ranges), self._compose(records, self._forgotten), loss, full or room <= 0)

    def _again(self, pending: Iterable[Range]) -> Load:
        """A load that was named and not acknowledged: exactly the same ranges, read anew."""
        reader = SpoolReader(self._settings.spool_folder)  # its own: the other may be reading on in another thread
        batches = [reader.read_range(one) for one in pending]
        records = [record for batch in batches for record in batch.records]
        loss = sum((batch.loss for batch in batches), NO_LOSS)
        return Load(tuple(batch.range for batch in batches), self._compose(records, self._forgotten), loss, full=False)

    def _compose(self, records: list[Record], forgotten: Forgotten) -> Rows:
        """Rows of the records. One that cannot be composed goes to `rejected`, and its neighbours on their way."""
        try:
            return compose(((record.kind, record.payload) for record in records), forgotten)
        except (msgspec.MsgspecError, ValueError) as error:
            if len(records) > 1:
                middle = len(records) // 2
                return self._compose(records[:middle], forgotten) + self._compose(records[middle:], forgotten)
            return Rows([], [_unreadable(records[0], error, forgotten)], state=forgotten.state)

    def _insert(self, load: Load) -> None:
        """Store the rows; what ClickHouse refuses for its own sake goes to `rejected`. Raises WarehouseError."""
        try:
            self._store(load.rows)
        except ForgottenMeanwhile:
            self._learn_forgotten()
            self._store(self._again(load.ranges).rows)

    def _store(self, rows: Rows) -> None:
        began = time.monotonic()
        refused = self._touchpoints.store(rows.touchpoints, rows.state)
        rejected = rows.rejected + [_unloadable(one) for one in refused]
        lost = self._rejected.store(rejected, rows.state)
        if lost:  # all of its columns are texts, so this is a fault of ours: keep the range and say so
            raise WarehouseAway(f"klantreis.rejected refuses {len(lost)} rows: {lost[0].message}")
        metrics.rows_loaded.labels(table="touchpoints").inc(len(rows.touchpoints) - len(refused))
        metrics.rows_loaded.labels(table="rejected").inc(len(rejected))
        for key, count in rows.withheld.items():
            metrics.withheld.labels(key=key).inc(count)
        metrics.load_seconds.observe(time.monotonic() - began)
        if refused:
            metrics.load_failures.labels(why="refused").inc()
            log.warning("%d touchpoints were refused by ClickHouse and are in klantreis.rejected", len(refused))

    def _acknowledge(self, load: Load) -> None:
        self._progress.acknowledge(load.loss)
        self._progress.delete_loaded()
        if load.loss.damaged_records:
            log.error(
                "the spool was damaged: at least %d records (%d bytes) that had been accepted are lost; check the disk",
                load.loss.damaged_records,
                load.loss.damaged_bytes,
            )
            metrics.spool_lost_records.inc(load.loss.damaged_records)
            metrics.spool_lost_bytes.inc(load.loss.damaged_bytes)

    def _repeat(self, pending: list[Range]) -> None:
        load = self._again(pending)
        log.info("repeating a load of %d rows that was not acknowledged", len(load.rows.touchpoints))
        self._finish(load)

    def _finish(self, load: Load) -> None:
        self._insert(load)
        self._acknowledge(load)

    def _migrate(self) -> None:
        for name in migrate(self._warehouse, self._settings):
            log.info("applied migration %s", name)
        self._learn_forgotten()

    def _learn_forgotten(self) -> None:
        self._forgotten = forgotten.read(self._warehouse)

    def _until_done(self, work: Callable[[], None]) -> bool:
        """Repeat `work` while ClickHouse is away; False when told to stop before it was done."""
        pause, said = PAUSE_S, ""
        while not self.stopping.is_set():
            try:
                work()
                if said:
                    log.info("ClickHouse takes touchpoints again")
                return True
            except (WarehouseError, OSError) as error:  # an OSError is the disk that takes no note of the range
                metrics.load_failures.labels(why="away").inc()
                words = str(error).split("\n")[0][:300]
                if words != said:
                    log.warning("ClickHouse cannot take touchpoints, they wait in the spool: %s", words)
                said = words
                self.stopping.wait(pause)
                pause = min(pause * 2, PAUSE_AT_MOST_S)
        return False

    def _look_after_spool(self) -> None:
        """Once a second at most: show what waits, and delete what a receiver finished after it was loaded."""
        if time.monotonic() - self._told < 1.0:
            return
        self._told = time.monotonic()
        waiting = backlog(self._settings.spool_folder)
        metrics.backlog_bytes.set(waiting.bytes)
        metrics.backlog_seconds.set(waiting.oldest_s or 0.0)
        metrics.spool_bytes.set(waiting.disk_bytes)
        try:
            self._progress.delete_loaded()
        except OSError as error:  # it is tried again in a second, and said after each load
            log.warning("what is loaded cannot be deleted: %s", error)

    def _drain(self) -> None:
        """Load what is left, without patience: what does not go now goes at the next start."""
        until = time.monotonic() + DRAIN_S
        if self._progress.pending():
            return
        try:
            while time.monotonic() < until and (load := self._next_load(self._progress.acknowledged)) is not None:
                self._progress.name(load.ranges)
                self._finish(load)
                if not load.rows.touchpoints and not load.rows.rejected:
                    return
        except (WarehouseError, OSError) as error:
            log.warning("stopped with touchpoints in the spool; they are loaded at the next start: %s", error)


def _unloadable(refused: RefusedRow) -> bytes:
    """A row for `rejected` from one that ClickHouse refused."""
    known = msgspec.json.decode(refused.row)
    envelope = Envelope(
        received_us=known["_received_us"],
        site=known["_site"],
        key_name=known["_key"],
        sdk_name=known.get("_sdk_name", ""),
        sdk_version=known.get("_sdk_version", ""),
    )
    sent = msgspec.json.encode({name: value for name, value in known.items() if not name.startswith("_")}).decode()
    rejected = RejectedTouchpoint(
        reason=Reason.UNLOADABLE.word, detail=refused.message[:1000], raw=sent[:RAW_LIMIT], id=str(known.get("id", ""))
    )
    return rejected_row(envelope, rejected)


def _unreadable(record: Record, error: Exception, forgotten: Forgotten) -> bytes:
    """A row for `rejected` from a whole record that is not what a receiver writes."""
    now = time.time_ns() // 1000
    raw = record.payload.decode("utf-8", "replace")[:RAW_LIMIT]
    rejected = RejectedTouchpoint(reason=Reason.UNLOADABLE.word, detail=f"record of the spool: {error}"[:1000], raw=raw)
    nobodys = Envelope(received_us=now, site="", key_name="")
    if forgotten and forgotten.is_named_in("", f"{raw}\n{rejected.detail}"):
        return forgotten_row(nobodys, "")
    return rejected_row(nobodys, rejected)


def _classification(chosen: Settings, stopping: threading.Event) -> str | None:
    """The compiled rules; waits for a broken rule folder to be mended, since nothing is lost meanwhile."""
    said = ""
    while not stopping.is_set():
        try:
            return compile_rules(load_rules(chosen.rules or shipped_rules())).select_list
        except RuleErrors as error:
            if str(error) != said:
                log.error("the rules have %d mistakes; touchpoints wait in the spool:\n%s", len(error.errors), error)
            said = str(error)
            stopping.wait(PAUSE_AT_MOST_S)
    return None


def main() -> None:
    """Load until SIGTERM."""
    chosen = settings.load({})
    logs.configure("load", chosen.log_level, chosen.log_format)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    signal.signal(signal.SIGINT, lambda *_: stopping.set())
    lifeline.follow_parent()
    classification = _classification(chosen, stopping)
    if classification is None:
        return
    loader = Loader(chosen, classification)
    loader.stopping = stopping
    loader.run()


if __name__ == "__main__":
    main()
