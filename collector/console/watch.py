"""Follows what comes in, for as long as somebody looks on.

::

    spool ──five times a second──▶ arrivals ◀──twice a second, what is wanted── live.js
                                     │  ▲
           those that somebody sees  ▼  │ what became of them
                 the loader's notes, then ClickHouse

Receivers and loader do not know of it. Two threads, so that a ClickHouse that does not answer holds up no arrival; both
rest while nobody asks.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from collector.console import fates
from collector.console.arrival import Arrival, arrivals
from collector.console.arrivals import Arrivals, Wanted
from collector.errors import SpoolError, WarehouseError
from collector.settings import Settings
from collector.spool.tail import Tail
from collector.warehouse.client import Warehouse

LOOK_EVERY_S = 0.2
IDLE_S = 15.0
"""After so long without a question nobody looks on any more; a page asks twice a second."""
AWAY_S = 2.0
"""Between questions to a ClickHouse that does not answer."""
WAREHOUSE_TIMEOUT_S = 5.0
SLOW_S = 10.0
SLOW = (
    "What came in is safe on disk, but the loader has not stored it for more than 10 s: ask klantreis doctor what is "
    "wrong with it or with ClickHouse."
)
FOLLOWED = 300
"""Accepted touchpoints whose fate is waited for: what a few who look on see."""
ASKED_AT_ONCE = 25
"""Touchpoints in one question to ClickHouse, the newest first. Each may be of another visitor and so lie elsewhere."""
REST = 4
"""After a question ClickHouse is left alone for so many times as long as it took: it has others to answer."""

log = logging.getLogger(__name__)


class Watch:
    """What all who look on share. Its methods may be called from any thread."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._watched = threading.Event()
        self._asked = 0.0
        self._arrivals = Arrivals()
        self._undecided: dict[int, Arrival] = {}
        self._tail: Tail | None = None
        self._troubles: dict[str, str] = {}
        self._run = 0
        self._started = False

    def see(self, wanted: Wanted, run: int, arrived: int, changed: int) -> dict[str, object]:
        """The newest that are wanted, as far as they are news to whoever has seen all up to `arrived` and `changed`.

        `run` names the numbers: those of another run say nothing, and all is news.
        """
        with self._lock:
            self._asked = time.monotonic()
            self._start()
            if run != self._run:
                arrived = changed = 0
            seen = self._arrivals.newest(wanted, arrived)
            self._undecided |= {one.number: one for one in seen.arrivals if one.turned is None and one.became is None}
            return {
                "run": str(self._run),  # a number of this size is none for JavaScript
                "arrived": self._arrivals.number,
                "changed": self._arrivals.changed,
                "arrivals": [one.shown() for one in reversed(seen.arrivals) if one.changed > changed],
                "more": seen.more if arrived else 0,
                "skipped_bytes": self._tail.skipped if self._tail else 0,
                "troubles": list(self._troubles.values()),
            }

    def at(self, place: str) -> Arrival | None:
        """The arrival at this place of the spool, as long as it is kept."""
        with self._lock:
            return self._arrivals.at(place)

    def _start(self) -> None:
        self._watched.set()
        if not self._started:
            self._started = True
            for work in (self._follow, self._decide):
                threading.Thread(target=work, name=work.__name__.strip("_"), daemon=True).start()

    def _follow(self) -> None:
        while self._watched.wait():
            tail = Tail(self._settings.spool_folder)
            with self._lock:  # while nobody looked on something may have been missed, so nothing of before stays
                self._arrivals, self._undecided = Arrivals(), {}
                self._tail, self._run = tail, time.time_ns()
            while not self._left():
                self._look(tail)
                time.sleep(LOOK_EVERY_S)
            tail.close()

    def _left(self) -> bool:
        """Whether nobody looks on any more; then both threads rest until somebody does."""
        with self._lock:
            if time.monotonic() - self._asked > IDLE_S:
                self._watched.clear()
                return True
            return False

    def _look(self, tail: Tail) -> None:
        try:
            found = [one for segment, record in tail.look() for one in arrivals(segment, record)]
            # Each receiver has a segment of its own; what they took in meanwhile lies there one after the other.
            found.sort(key=lambda one: one.envelope.received_us)
        except OSError as error:
            self._note("spool", f"The spool cannot be looked at: {error}")
            return
        with self._lock:
            self._troubles.pop("spool", None)
            for one in found:
                self._arrivals.add(one)

    def _decide(self) -> None:
        with Warehouse(self._settings, timeout_s=WAREHOUSE_TIMEOUT_S) as warehouse:
            while self._watched.wait():
                began = time.monotonic()
                pause = LOOK_EVERY_S if self._decided(warehouse) else AWAY_S
                time.sleep(max(pause, REST * (time.monotonic() - began)))

    def _decided(self, warehouse: Warehouse) -> bool:
        """Finds out what became of those that somebody sees; says whether that could be asked."""
        undecided = self._still_undecided()
        if not undecided:
            return True
        try:
            loaded = fates.loaded(self._settings, undecided)
            self._note_slowness(undecided, loaded)
            loaded = loaded[-ASKED_AT_ONCE:]
            found = fates.became(warehouse, loaded) if loaded else {}
        except WarehouseError as error:
            self._note("warehouse", f"ClickHouse does not answer; touchpoints wait in the spool: {error.told}")
            return False
        except (SpoolError, OSError) as error:
            self._note("notes", f"The loader's notes cannot be read: {error}")
            return False
        with self._lock:
            for one in undecided:
                one.became = found.get(one.number)
                if one.became is not None:
                    self._arrivals.note_change(one)
            for place in ("notes", *(("warehouse",) if loaded else ())):
                self._troubles.pop(place, None)
        return True

    def _still_undecided(self) -> list[Arrival]:
        with self._lock:
            undecided = [self._undecided[number] for number in sorted(self._undecided)]
            undecided = [one for one in undecided if one.became is None][-FOLLOWED:]
            self._undecided = {one.number: one for one in undecided}
            return undecided

    def _note_slowness(self, undecided: Sequence[Arrival], loaded: Sequence[Arrival]) -> None:
        """Say so where the loader does not come by: all is well with what was sent, and it will not be seen."""
        known = {one.number for one in loaded}
        waiting = [one.envelope.received_us for one in undecided if one.number not in known]
        age = time.time() - min(waiting) / 1e6 if waiting else 0.0
        if age > SLOW_S:
            self._note("loader", SLOW)
        else:
            with self._lock:
                self._troubles.pop("loader", None)

    def _note(self, place: str, words: str) -> None:
        with self._lock:
            if self._troubles.get(place) != words:
                log.warning("the live page: %s", words)
            self._troubles[place] = words
