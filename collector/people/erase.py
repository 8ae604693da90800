"""Forgets people: out of the tables, out of the spool, off the disk, and for ever.

The order, and why nobody comes back:

1. **The list.** Their identifiers join klantreis.forgotten, synced, as keyed hashes. From that moment on every INSERT
   of every loader that *begins* either knows of them or stores nothing: it names the state of the list that its rows
   were composed with, and ClickHouse compares it when the statement begins (load.sql). This holds for a loader on
   another machine, for one that slept between composing and inserting, and for a range that is repeated after a crash.
2. **The spool.** The receivers are asked to finish their segments, and the segments that lie there are waited for until
   they are loaded, without these people, and deleted.
3. **The tables.** Only an INSERT that had begun before 1 may still bring a row of theirs. So what runs is waited for,
   then what is theirs is counted, and deleted, until nothing is found: a mutation takes whatever lies there when it
   begins. What happens after that is after 1, and after all that began before it.
   Meanwhile nobody settles journeys (`collector.journeys.turns`), which are made of touchpoints: whoever loses steps is
   settled anew afterwards. Identifiers that came together with theirs alone go with them.
4. **The disk.** Parts that were replaced still hold the rows. They are made to go at once, and waited for.

Every step asks what is there and not what was done before. A command that was killed anywhere is therefore finished by
repeating it, or by forgetting anybody else: deleted is whoever is on the list.

Identifiers stay in this process: ClickHouse is given hashes and puts its own hash of each row beside them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from collector.errors import PersonRemains, SettlerBusy, WarehouseError
from collector.journeys.turns import nobody_settles
from collector.people import who
from collector.people.tables import Tables
from collector.people.who import Who
from collector.settings import Settings
from collector.spool import finishing, segment
from collector.spool.progress import PROGRESS_FILE
from collector.spool.waiting import backlog
from collector.waiting import until_gone
from collector.warehouse import forgotten
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import missing, names

SAID = ("touchpoints_stored", "rejected_stored")
"""Tables of which it is told too that nothing was deleted."""
STATEMENT_S = 3600.0
"""Seconds for one statement: looking for people reads whole tables, 10 million rows in some 5 seconds."""
SPOOL_PATIENCE_S = 60.0
"""Seconds without anything being loaded or deleted."""


@dataclass(frozen=True)
class Found:
    """What there is of people."""

    touchpoints: int
    rejected: int
    waiting_bytes: int
    """In the spool, not loaded yet, of whomever: it was not looked into."""


def find(settings: Settings, people: Who) -> Found:
    """Count what is theirs and change nothing. Raises WarehouseError, and PersonRemains where there is no schema."""
    with Warehouse(settings, timeout_s=STATEMENT_S) as warehouse:
        _check_schema(warehouse)
        marks = people.marks(forgotten.secret(warehouse))
        counted = Tables(warehouse, names(settings)).count(who.chosen(), who.bound(marks))
    return Found(counted["touchpoints"], counted["rejected"], backlog(settings.spool_folder).bytes)


def erase(settings: Settings, people: Who, tell: Callable[[str], None]) -> None:
    """Forget them; `tell` hears of each step when it is done. When this returns, nothing of them is left.

    Raises PersonRemains with what is not done yet and what to do: repeating the command goes on from there.
    """
    try:
        with Warehouse(settings, timeout_s=STATEMENT_S) as warehouse:
            _check_schema(warehouse)
            _erase(settings, warehouse, people, tell)
    except (WarehouseError, SettlerBusy, OSError) as error:
        words = str(error).split("\n")[0][:300]
        raise PersonRemains(f"not finished: {words}; mend that and repeat the same command") from error


def _erase(settings: Settings, warehouse: Warehouse, people: Who, tell: Callable[[str], None]) -> None:
    new = forgotten.remember(warehouse, people.marks(forgotten.secret(warehouse)))
    tell(f"list: {new} of {len(people.identifiers)} identifiers are new on it; loaders withhold them from now on")
    _empty_spool(settings, tell)
    tables = Tables(warehouse, names(settings))
    with nobody_settles(settings), tables.replaced_parts_go_soon():
        # Before their steps are deleted, which tell who it is: who stops in between has told it.
        tables.let_change(tables.their_people())
        tables.drop_scratch()
        for table, count in tables.purge().items():
            if count or table in SAID:
                tell(f"klantreis.{table}: {count:,} rows deleted")
        if count := tables.purge_left_over():
            tell(f"links: {count:,} rows of identifiers that nothing speaks of any more deleted")
        tables.await_disk()
    tell("disk: the parts that held them are gone")


def _empty_spool(settings: Settings, tell: Callable[[str], None]) -> None:
    """Wait until whatever was accepted before is loaded and deleted. Raises PersonRemains and OSError."""
    folder = settings.spool_folder
    before: set[object] = set(finishing.ask(folder))

    def left() -> set[object]:
        here = before & set(segment.names(folder))
        # The loader's notes change with every load, so that one that gets on is not given up.
        return here | {_noted(folder / PROGRESS_FILE)} if here else here

    if until_gone(left, SPOOL_PATIENCE_S):
        raise PersonRemains(
            f"{len(before & set(segment.names(folder)))} segments in {folder} are not loaded or not deleted; "
            "is the loader running (klantreis serve, klantreis doctor)? Start it and repeat the same command"
        )
    tell(f"spool: {len(before)} segments finished, loaded and deleted")


def _noted(notes: Path) -> int:
    with suppress(FileNotFoundError):
        return notes.stat().st_mtime_ns
    return 0


def _check_schema(warehouse: Warehouse) -> None:
    if lacking := missing(warehouse):
        raise PersonRemains(
            f"nothing was forgotten: the warehouse lacks {', '.join(lacking)}; start the loader, which migrates"
        )
