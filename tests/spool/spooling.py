"""Spools to test with, filled and emptied the way receivers and loader do it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from collector.spool import segment
from collector.spool.note import rows_in
from collector.spool.progress import Progress
from collector.spool.reader import NO_LOSS, Loss, Record, SpoolReader
from collector.spool.writer import SpoolWriter

KIND = 1
MIB = 1 << 20


@asynccontextmanager
async def writing(folder: Path, **settings: Any) -> AsyncIterator[SpoolWriter]:
    """A writer with ample limits, closed at the end."""
    chosen = {"limit_bytes": 64 * MIB, "segment_bytes": MIB, "key_share": 1.0} | settings
    spool = SpoolWriter(folder, **chosen)
    try:
        yield spool
    finally:
        await spool.close()


def fill(folder: Path, payloads: Iterable[bytes], **settings: Any) -> None:
    """Appends each payload with one writer, all at once, and closes it."""

    async def run() -> None:
        async with writing(folder, **settings) as spool:
            await asyncio.gather(*(spool.append(KIND, one, key="shop", rows=rows_in(one)) for one in payloads))

    asyncio.run(run())


def left_behind(folder: Path, payloads: Iterable[bytes], *, finished: bool = False) -> Path:
    """A segment with these records, as a writer leaves it that dies (or, `finished`, stops in good order)."""
    folder.mkdir(exist_ok=True)
    header = segment.new_header()
    pieces = [segment.encode_header(header)]
    payloads = list(payloads)
    for number, payload in enumerate(payloads):
        pieces += segment.frame(header.salt, number, segment.now_us(), KIND, payload)
    if finished:
        pieces.append(segment.end_mark(header.salt, len(payloads)))
    path = folder / segment.name_of(header)
    path.write_bytes(b"".join(pieces))
    return path


def places(path: Path) -> list[tuple[int, int]]:
    """Start and end of every record in an undamaged segment."""
    batch = SpoolReader(path.parent).read(path.name, 0, 1 << 40)
    return [(record.start, record.end) for record in batch.records]


def read_segment(path: Path, max_bytes: int = 1 << 40) -> tuple[list[Record], Loss, bool]:
    """Everything in a segment, in steps of `max_bytes`: records, loss, whether it is exhausted."""
    reader = SpoolReader(path.parent)
    records: list[Record] = []
    loss, at = NO_LOSS, 0
    while True:
        batch = reader.read(path.name, at, max_bytes)
        assert batch.start == at
        records += batch.records
        loss += batch.loss
        if batch.exhausted or batch.end == at:
            return records, loss, batch.exhausted
        at = batch.end


def payloads_in(folder: Path) -> list[bytes]:
    """The payloads of all segments, oldest segment first."""
    return [record.payload for name in SpoolReader(folder).segments() for record in read_segment(folder / name)[0]]


def drain(folder: Path, max_bytes: int = MIB, loads: int = 1000) -> list[bytes]:
    """Loads and acknowledges all there is (at most `loads` times) as the loader does, and deletes what is done with."""
    loaded: list[bytes] = []
    reader = SpoolReader(folder)
    with Progress(folder) as progress:
        for wanted in progress.pending():
            loaded += [record.payload for record in reader.read_range(wanted).records]
        progress.acknowledge()
        for _ in range(loads):
            progress.delete_loaded()
            batches = [reader.read(name, progress.acknowledged(name), max_bytes) for name in reader.segments()]
            batches = [batch for batch in batches if batch.end > batch.start]
            if not batches:
                break
            progress.name([batch.range for batch in batches])
            loaded += [record.payload for batch in batches for record in batch.records]
            progress.acknowledge(sum((batch.loss for batch in batches), NO_LOSS))
    return loaded


def facts_of(folder: Path) -> dict[str, os.stat_result]:
    """Every file's `stat`, but for those that are renamed or removed meanwhile."""
    facts = {}
    for file in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            facts[file.name] = file.stat()
    return facts


def flip(path: Path, offset: int, bits: int = 0x10) -> None:
    """Turns over `bits` of the byte at `offset`."""
    handle = os.open(path, os.O_RDWR)
    byte = os.pread(handle, 1, offset)[0]
    os.pwrite(handle, bytes([byte ^ bits]), offset)
    os.close(handle)
