"""What one INSERT takes: read from the spool, enriched, ready to be stored."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import msgspec

from collector import metrics
from collector.enrich.rows import Rows, compose
from collector.enrich.unloadable import unreadable_row
from collector.errors import SpoolUnreadable
from collector.forgotten import NOBODY, Forgotten
from collector.settings import Settings
from collector.spool import losses
from collector.spool.reader import NO_LOSS, Loss, Record, SpoolReader
from collector.spool.segment import Range

log = logging.getLogger(__name__)

FIRST_SHARE = 4
"""The first load of a backlog may take this part of what one may, each next one twice as much: while the first is
composed ClickHouse has nothing to do, and what is composed beside an INSERT should be ready when that ends."""


@dataclass(frozen=True)
class Load:
    """What one INSERT takes: ranges of the spool and the rows that they hold."""

    ranges: tuple[Range, ...]
    rows: Rows
    lost: tuple[losses.Entry, ...]
    """What could not be read in the ranges."""
    full: bool
    """There was more than it may take: the next one need not wait."""
    room: int = 0
    """Bytes of payload that it may take."""

    @property
    def loss(self) -> Loss:
        """What could not be read, added up."""
        return sum((entry.loss for entry in self.lost), NO_LOSS)


class Loads:
    """Makes one load after the other of what lies in the spool."""

    def __init__(self, chosen: Settings) -> None:
        self.forgotten = NOBODY
        """Who is left out. Set by the loader, also while a load is made: then that one is refused and made again."""
        self._settings = chosen
        self._reader = SpoolReader(chosen.spool_folder)

    def next(self, position: Callable[[str], int], after: Load | None = None) -> Load | None:
        """Read on from `position` in every segment, oldest first, up to what one INSERT may take.

        `after` is the load that is inserted meanwhile; without one ClickHouse waits for this.
        """
        began = time.monotonic()
        most = self._settings.load_mib * 2**20
        allowed = most // FIRST_SHARE if after is None else min(most, 2 * after.room)
        records: list[Record] = []
        ranges: list[Range] = []
        lost: list[losses.Entry] = []
        room, full, unreadable = allowed, False, 0
        for name in self._reader.segments():
            if room <= 0:
                full = True
                break
            try:
                batch = self._reader.read(name, position(name), room)
            except (SpoolUnreadable, OSError) as error:
                log.error("%s cannot be read and is left where it is: %s", name, error)
                unreadable += 1
                continue
            room -= sum(len(record.payload) for record in batch.records)
            records += batch.records
            if batch.loss != NO_LOSS:
                lost.append(losses.found(batch.range, batch.loss))
            if batch.end > batch.start:
                ranges.append(batch.range)
        metrics.segments_unreadable.set(unreadable)
        if not ranges:
            return None
        rows = self._compose(records, self.forgotten)
        metrics.compose_seconds.observe(time.monotonic() - began)
        return Load(tuple(ranges), rows, tuple(lost), full or room <= 0, allowed)

    def again(self, pending: Iterable[Range]) -> Load:
        """A load that was named and not acknowledged: exactly the same ranges, read anew."""
        pending = list(pending)
        reader = SpoolReader(self._settings.spool_folder)  # its own: the other may be reading on in another thread
        batches = [reader.read_range(one) for one in pending]
        records = [record for batch in batches for record in batch.records]
        lost = [losses.found(batch.range, batch.loss) for batch in batches if batch.loss != NO_LOSS]
        # The loader deletes nothing that it has not acknowledged: somebody else did.
        here = set(reader.segments())
        lost += [losses.deleted(one, records=1) for one in pending if one.segment not in here and one.end > one.start]
        return Load(
            tuple(batch.range for batch in batches), self._compose(records, self.forgotten), tuple(lost), full=False
        )

    def _compose(self, records: list[Record], forgotten: Forgotten) -> Rows:
        """Rows of the records. One that cannot be composed goes to `rejected`, and its neighbours on their way."""
        try:
            return compose(((record.kind, record.payload) for record in records), forgotten)
        except (msgspec.MsgspecError, ValueError) as error:
            if len(records) > 1:
                middle = len(records) // 2
                return self._compose(records[:middle], forgotten) + self._compose(records[middle:], forgotten)
            log.error(
                "a record of %d bytes is not what a receiver writes and is in klantreis.rejected",
                len(records[0].payload),
            )
            metrics.rows_refused.labels("unreadable").inc()
            return Rows([], [unreadable_row(records[0].payload, error, forgotten)], state=forgotten.state)
