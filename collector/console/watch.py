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
ASKED_AT_ONCE = 200
"""Touchpoints in one question to ClickHouse."""

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
                time.sleep(LOOK_EVERY_S if self._decided(warehouse) else AWAY_S)

    def _decided(self, warehouse: Warehouse) -> bool:
        """Finds out what became of those that somebody sees; says whether that could be asked."""
        with self._lock:
            undecided = [*self._undecided.values()][-ASKED_AT_ONCE:]
            # Those that have gone by faster than anybody could see them need no answer.
            self._undecided = {one.number: one for one in undecided}
        if not undecided:
            return True
        try:
            loaded = fates.loaded(self._settings, undecided)
            found = fates.became(warehouse, loaded) if loaded else {}
        except WarehouseError as error:
            self._note("warehouse", f"ClickHouse does not answer; touchpoints wait in the spool: {error.told}")
            return False
        except (SpoolError, OSError) as error:
            self._note("notes", f"The loader's notes cannot be read: {error}")
            return False
        with self._lock:
            for one in undecided:
                if one.number in found:
                    one.became = found[one.number]
                    self._undecided.pop(one.number, None)
                    self._arrivals.note_change(one)
            for place in ("notes", *(("warehouse",) if loaded else ())):
                self._troubles.pop(place, None)
        return True

    def _note(self, place: str, words: str) -> None:
        with self._lock:
            if self._troubles.get(place) != words:
                log.warning("the live page: %s", words)
            self._troubles[place] = words
