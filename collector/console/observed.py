"""What is looked at when the metrics are asked for: it is true whichever role is down, and costs no role anything."""

from __future__ import annotations

import logging
import os
from collections import Counter as Count
from collections.abc import Callable, Iterator
from pathlib import Path

from collector import __version__, metrics
from collector.errors import KlantreisError
from collector.metrics import Value
from collector.settings import Settings
from collector.spool import losses
from collector.spool.waiting import backlog
from collector.supervised import read as read_supervised

log = logging.getLogger(__name__)


def observe(settings: Settings) -> list[Value]:
    """Everything of `metrics.OBSERVED` that can be seen; what cannot is left out, and the log says why."""
    values: list[Value] = []
    looks: tuple[Callable[[Settings], Iterator[Value]], ...] = (_itself, _spool, _disk, _losses, _processes)
    for look in looks:
        try:
            values += look(settings)
        except (KlantreisError, OSError) as error:
            log.warning("the metrics are incomplete: %s", error)
    return values


def _itself(settings: Settings) -> Iterator[Value]:
    yield metrics.build_info, (__version__,), 1
    yield metrics.spool_limit_bytes, (), settings.spool_limit_mib * 2**20


def _spool(settings: Settings) -> Iterator[Value]:
    waiting = backlog(settings.spool_folder)
    yield metrics.spool_bytes, (), waiting.disk_bytes
    yield metrics.spool_segments, (), waiting.segments
    yield metrics.backlog_bytes, (), waiting.bytes
    yield metrics.backlog_rows, (), waiting.rows
    yield metrics.backlog_seconds, (), waiting.oldest_s or 0.0


def _disk(settings: Settings) -> Iterator[Value]:
    disk = os.statvfs(settings.spool_folder if settings.spool_folder.exists() else settings.data)
    yield metrics.spool_disk_free_bytes, (), disk.f_bavail * disk.f_frsize
    yield metrics.spool_disk_size_bytes, (), disk.f_blocks * disk.f_frsize


def _losses(settings: Settings) -> Iterator[Value]:
    known = losses.read(settings.spool_folder)
    yield metrics.spool_lost_records, (), known.total.damaged_records
    yield metrics.spool_lost_bytes, (), known.total.damaged_bytes
    yield metrics.spool_torn_bytes, (), known.total.torn_bytes
    yield metrics.losses_open, (), len(known.lost)


def _processes(settings: Settings) -> Iterator[Value]:
    running: Count[str] = Count()
    memory: Count[str] = Count()
    restarts: Count[str] = Count()
    for supervised in read_supervised(settings.metrics_folder):
        restarts.update(supervised.restarts)
        for role, pids in supervised.pids.items():
            running[role] += 0
            for size in filter(None, map(_resident_bytes, pids)):
                running[role] += 1
                memory[role] += size
    for metric, counts in (
        (metrics.processes, running),
        (metrics.process_memory, memory),
        (metrics.process_restarts, restarts),
    ):
        yield from ((metric, (role,), count) for role, count in counts.items())


def _resident_bytes(pid: int) -> int | None:
    """What a process has in memory; None when it is gone."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_bytes().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") or None
