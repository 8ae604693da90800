"""What became of touchpoints that were accepted: asked of the spool's notes first, and of ClickHouse only once the
loader has acknowledged them, by their keys. So looking on costs ClickHouse one small question for what is looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from collector.console.arrival import Arrival, Became
from collector.settings import Settings
from collector.spool import segment
from collector.spool.progress import PROGRESS_FILE, read_notes
from collector.warehouse.client import Warehouse

HERE = Path(__file__).parent
TRIES = 5
"""How often one that is acknowledged is looked for: on a cluster another server may have it a moment later."""

GENTLY = {"max_threads": 1}
"""One thread of ClickHouse: nobody's load or question waits for those who look on."""

Key = tuple[str, str, int, str]


def loaded(settings: Settings, waiting: Sequence[Arrival]) -> list[Arrival]:
    """Those that the loader has acknowledged. Raises SpoolUnreadable or OSError."""
    # The folder first: a segment is deleted only after it is acknowledged.
    here = set(segment.names(settings.spool_folder))
    acknowledged = read_notes(settings.spool_folder / PROGRESS_FILE, keep_damaged=False).acknowledged
    return [one for one in waiting if one.segment not in here or acknowledged.get(one.segment, 0) >= one.end]


def became(warehouse: Warehouse, arrived: Sequence[Arrival]) -> dict[int, Became]:
    """What became of loaded ones, by their number; of some nothing may be found yet. Raises WarehouseError."""
    stored = _stored(warehouse, arrived)
    found = {one.number: stored[one.key] for one in arrived if one.key in stored}
    gone = [one for one in arrived if one.number not in found]
    turned = _turned(warehouse, gone) if gone else {}
    for one in gone:
        one.tries += 1
        of_request = one.envelope.site, one.envelope.received_us
        # Of who is forgotten only the touchpoint's place in the request is kept, of the others their id.
        fate = turned.get((*of_request, one.key[3])) or turned.get((*of_request, str(one.line)))
        if fate is not None or one.tries >= TRIES:
            found[one.number] = fate or Became(
                "missing", "It is loaded, and is neither in touchpoints nor in rejected."
            )
    return found


def _stored(warehouse: Warehouse, arrived: Sequence[Arrival]) -> dict[Key, Became]:
    sites, visitors, sent, ids = zip(*(one.key for one in arrived), strict=True)
    keys = {"sites": list(sites), "visitors": list(visitors), "sent": list(sent), "ids": list(ids)}
    return {
        (row["of_site"], row["visitor"], row["sent_ms"], row["identity"]): _as_stored(row)
        for row in warehouse.rows(_sql("stored"), keys, GENTLY)
    }


def _as_stored(row: Mapping[str, Any]) -> Became:
    return Became(
        "stored",
        channel=row["channel"],
        signal=row["signal"],
        phase=row["phase"],
        phases=row["phases"],
        rules=row["rules"],
        came_by=row["came_by"],
        source=row["source"],
        clock_corrected_ms=row["clock_corrected_ms"],
        is_bot=row["is_bot"],
        first_us=row["received_us"],
    )


def _turned(warehouse: Warehouse, gone: Sequence[Arrival]) -> dict[tuple[str, int, str], Became]:
    moments = {
        "sites": [one.envelope.site for one in gone],
        "received": [one.envelope.received_us for one in gone],
    }
    return {
        (row["of_site"], row["received_us"], row["id"]): Became(row["reason"], row["detail"])
        for row in warehouse.rows(_sql("turned"), moments, GENTLY)
    }


def _sql(name: str) -> str:
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")
