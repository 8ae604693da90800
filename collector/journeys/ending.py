"""Lets links between identifiers end, as the touchpoints do that told them (`keep_touchpoints_days`).

A TTL would take them out without a word: whoever they linked would stay linked until something new came in. So both
ends change first, then the links go, and what is settled next does without them, as if they had never been told.
"""

from __future__ import annotations

from string import Template

from collector.journeys.sql import statement
from collector.journeys.turns import Turn
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import names

_AT_ONCE = {"async_insert": "0", "insert_deduplicate": "0", "distributed_foreground_insert": "1"}
_UNTIL_DONE = {"mutations_sync": "2"}


def let_end(warehouse: Warehouse, settings: Settings, turn: Turn) -> int:
    """End what nothing has told for so long; gives how many rows of links that are. Whoever changes is to be settled.

    May be repeated at any moment. Raises WarehouseError, and SettlerBusy when the turn is another's.
    """
    if not settings.keep_touchpoints_days:
        return 0
    [found] = warehouse.rows(statement("ended"), {"days": settings.keep_touchpoints_days})
    if not found["ended"]:
        return 0
    since, here = {"since": int(found["since"])}, names(settings)
    warehouse.command(statement("ended_change", my_turn=turn.condition), since, _AT_ONCE)
    turn.keep(at_once=True)
    warehouse.command(Template(statement("end_links")).substitute(here), since, _UNTIL_DONE)
    warehouse.command(Template(statement("end_people")).substitute(here), settings=_UNTIL_DONE)
    return int(found["ended"])
