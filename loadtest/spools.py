"""Spools for the loader to empty: written by the real receiver and the real writer, from realistic people."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import uvloop

from collector.receive.access import Keys
from collector.settings import Settings
from collector.spool.reader import SpoolReader
from collector.spool.writer import SpoolWriter
from loadtest import servers, traffic
from loadtest.figure import Effort
from loadtest.hammer import hammer, read

GATHERED, APART = 20, 1
"""Touchpoints in a request: what an SDK gathers, and what a page sends on its own."""
CONNECTIONS = 64
SENT_WITHIN_S = 120.0
READ_BYTES = 32 << 20


class NotSpooledError(Exception):
    """The receiver did not take everything in."""


@dataclass(frozen=True)
class Spool:
    """A folder of final segments."""

    folder: Path
    a_request: int
    touchpoints: int
    payload_bytes: int


def prepare(chosen: Settings, effort: Effort) -> list[Spool]:
    """The same touchpoints in two forms: as the receiver writes requests of many, and with a record for each.

    Raises NotSpooledError.
    """
    keys: dict[str, str] = {kind: Keys(chosen).add(name=kind, site="bench", kind=kind)[1] for kind in traffic.KINDS}
    path = effort.folder / "requests"
    prepared = traffic.requests(effort.touchpoints, a_request=GATHERED, public_only=False)
    traffic.write_http(path, prepared, keys)
    with servers.receiver(chosen, effort.processors) as receiver:
        driven = uvloop.run(hammer(receiver.port, read(path), connections=CONNECTIONS, seconds=SENT_WITHIN_S))
    if driven.requests != len(prepared) or driven.refused or driven.broken:
        raise NotSpooledError(f"{len(prepared)} requests were to be sent: {driven}")
    path.unlink()
    gathered, apart = effort.folder / "gathered", effort.folder / "apart"
    chosen.spool_folder.rename(gathered)
    uvloop.run(_write_apart(gathered, apart))
    return [_spool(gathered, GATHERED), _spool(apart, APART)]


def records(folder: Path) -> Iterator[tuple[int, bytes]]:
    """Kind and payload of every record of final segments, in the order in which the loader reads them."""
    reader = SpoolReader(folder)
    for name in reader.segments():
        at, exhausted = 0, False
        while not exhausted:
            batch = reader.read(name, at, READ_BYTES)
            at, exhausted = batch.end, batch.exhausted
            for record in batch.records:
                yield record.kind, record.payload


async def _write_apart(gathered: Path, apart: Path) -> None:
    """Every touchpoint in a record of its own, with the facts of the request that it came in."""
    writer = SpoolWriter(apart, limit_bytes=1 << 34, segment_bytes=64 << 20, key_share=1.0)
    for kind, payload in records(gathered):
        head, *lines = payload.splitlines(keepends=True)
        await asyncio.gather(*(writer.append(kind, head + line, key="bench") for line in lines))
    await writer.close()


def _spool(folder: Path, a_request: int) -> Spool:
    touchpoints = payload_bytes = 0
    for _, payload in records(folder):
        touchpoints += len(payload.splitlines()) - 1
        payload_bytes += len(payload)
    return Spool(folder, a_request, touchpoints, payload_bytes)
