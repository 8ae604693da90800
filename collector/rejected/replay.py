"""Takes rejected touchpoints through the front door again, after a fix.

The whole way of a page of rows::

    read them  →  judge each as it would be judged at its receipt  →  append what is admitted to the spool, synced
        →  take its rows out of `klantreis.rejected`

A row goes only after the append is on disk. Killed in between, the next replay appends the same touchpoint again, with
the same receipt: the loader stores it under the same key and version, and it replaces itself. What ClickHouse refuses
anew comes back to `rejected` through the loader, later than the replay began, and so is not taken out with the old row.
"""

from __future__ import annotations

import asyncio
from collections import Counter as Count
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from collector.envelope import Envelope, Kind
from collector.rejected.kept import Chosen, Kept, clock, pages, remove
from collector.rejected.verdict import Admitted, Judge, Refusal
from collector.settings import Settings
from collector.spool import beside
from collector.spool.beside import AT_ONCE
from collector.spool.writer import SpoolWriter
from collector.warehouse.client import Warehouse

_encode = msgspec.json.encode


@dataclass
class Report:
    """What became of the rows, counted."""

    admitted: Count[tuple[str, str]] = field(default_factory=Count)
    """By reason of the row and key."""
    refused: Count[tuple[str, Refusal]] = field(default_factory=Count)
    """By key, and why."""
    examples: dict[tuple[str, Refusal], str] = field(default_factory=dict)
    """The name of one such row."""

    def count(self, kept: Kept, verdict: Admitted | Refusal) -> None:
        """Take note of one row."""
        if isinstance(verdict, Refusal):
            self.refused[kept.key, verdict] += 1
            self.examples.setdefault((kept.key, verdict), kept.row)
        else:
            self.admitted[kept.reason, kept.key] += 1


def try_out(settings: Settings, warehouse: Warehouse, chosen: Chosen, report: Report) -> None:
    """Say in `report` what a replay would do, and do nothing. Raises WarehouseError and SettingsError."""
    asyncio.run(_try_out(settings, warehouse, chosen, report))


def replay(settings: Settings, warehouse: Warehouse, chosen: Chosen, report: Report) -> None:
    """Replay the chosen rows; `report` says what has been done, also when an error ends it.

    Raises WarehouseError, SpoolError and SettingsError: repeat it then, what was done is not done twice.
    """
    asyncio.run(_replay(settings, warehouse, chosen, report))


async def _try_out(settings: Settings, warehouse: Warehouse, chosen: Chosen, report: Report) -> None:
    judge = Judge(settings)
    for page in pages(warehouse, chosen, clock(warehouse)):
        for kept in page:
            report.count(kept, await judge.judge(kept))


async def _replay(settings: Settings, warehouse: Warehouse, chosen: Chosen, report: Report) -> None:
    beside.check_owner(settings, "replayed")
    judge = Judge(settings)
    began = clock(warehouse)
    spool: SpoolWriter | None = None
    try:
        for page in pages(warehouse, chosen, began):
            verdicts = [(kept, await judge.judge(kept)) for kept in page]
            admitted = [(kept, verdict) for kept, verdict in verdicts if isinstance(verdict, Admitted)]
            if admitted:
                spool = spool or beside.writer(settings, "replayed")
                await _append(spool, (verdict for _, verdict in admitted))
                remove(warehouse, settings, [kept for kept, _ in admitted], began)
            for kept, verdict in verdicts:
                report.count(kept, verdict)
    finally:
        if spool is not None:
            await spool.close()


async def _append(spool: SpoolWriter, admitted: Iterable[Admitted]) -> None:
    """Puts them on disk as a receiver does, what came with one request in one record. Raises SpoolError."""
    for records in _handfuls(_records(admitted)):
        await asyncio.gather(
            *(
                spool.append(Kind.TOUCHPOINTS, payload, key=key, rows=payload.count(b"\n") - 1)
                for key, payload in records
            )
        )


def _records(admitted: Iterable[Admitted]) -> Iterator[tuple[str, bytes]]:
    """Name of the key and payload of each record."""
    requests: dict[bytes, tuple[Envelope, list[bytes]]] = {}
    for one in admitted:
        requests.setdefault(_encode(one.envelope), (one.envelope, []))[1].append(one.lines)
    for head, (envelope, lines) in requests.items():
        yield envelope.key_name, head + b"\n" + b"".join(lines)


def _handfuls(records: Iterable[tuple[str, bytes]]) -> Iterator[list[tuple[str, bytes]]]:
    """The records, as many together as the spool takes at once."""
    gathered: list[tuple[str, bytes]] = []
    size = 0
    for key, payload in records:
        if gathered and size + len(payload) > AT_ONCE:
            yield gathered
            gathered, size = [], 0
        gathered.append((key, payload))
        size += len(payload)
    if gathered:
        yield gathered
