"""How fast the spool takes and gives records, on the disk that `folder` lies on."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path

from collector.spool.reader import SpoolReader
from collector.spool.writer import SpoolWriter

KIND = 1


@dataclass(frozen=True)
class AppendRate:
    """What appending one record at a time cost, with many senders waiting."""

    records_per_s: float
    mean_group: float
    processor_us: float
    """Microseconds of processor time of the whole process per record, the kernel's part of the sync included."""
    loop_us: float
    """Of these, what the event loop's own thread spent."""
    p50_ms: float
    p99_ms: float


async def append_rate(
    folder: Path, *, senders: int, payload_bytes: int = 600, seconds: float = 2.0, work_us: float = 0.0
) -> AppendRate:
    """Appends for `seconds` with `senders` tasks that each wait for one answer before they send again.

    `work_us` keeps the event loop busy that long before every append, as parsing a request would.
    """
    spool = SpoolWriter(folder, limit_bytes=1 << 34, segment_bytes=64 << 20, key_share=1.0)
    payload = b"x" * payload_bytes
    waited: list[float] = []
    end = time.perf_counter() + seconds

    async def send() -> None:
        while (now := time.perf_counter()) < end:
            while time.perf_counter() < now + work_us / 1e6:
                pass
            begun = time.perf_counter()
            await spool.append(KIND, payload, key="bench")
            waited.append(time.perf_counter() - begun)

    processor, loop, begun = time.process_time(), time.thread_time(), time.perf_counter()
    await asyncio.gather(*(send() for _ in range(senders)))
    took = time.perf_counter() - begun
    processor, loop = time.process_time() - processor, time.thread_time() - loop
    stats = spool.stats
    await spool.close()
    waited.sort()
    count = len(waited)
    return AppendRate(
        records_per_s=count / took,
        mean_group=stats.records / max(1, stats.groups),
        processor_us=processor / count * 1e6 - work_us,
        loop_us=loop / count * 1e6 - work_us,
        p50_ms=waited[count // 2] * 1e3,
        p99_ms=waited[count * 99 // 100] * 1e3,
    )


def read_us(folder: Path, max_bytes: int = 32 << 20) -> float:
    """Microseconds of processor time per record to read everything in the spool once, checksums included."""
    reader = SpoolReader(folder)
    count, spent = 0, 0.0
    for name in reader.segments():
        at, exhausted = 0, False
        while not exhausted:
            begun = time.thread_time()
            batch = reader.read(name, at, max_bytes)
            spent += time.thread_time() - begun
            at, exhausted = batch.end, batch.exhausted
            count += len(batch.records)
    return spent / max(1, count) * 1e6
