"""Every metric of the product, defined once.

Each process counts for itself in memory-mapped files (prometheus_client's multiprocess mode) and the operations port
sums over them, those of dead processes too, so that a counter never falls. A process joins in when the environment
variable PROMETHEUS_MULTIPROC_DIR names `settings.metrics_folder` *before* this module is imported: the supervisor sees
to that. Without it a process counts in its own memory, which suits tests and single commands.

Labels are names of keys, reasons of `collector.errors` and names that stand here: nothing that a sender chooses.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from collector.settings import Settings

REGISTRY = CollectorRegistry()

_ANSWER_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SYNC_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)
_LOAD_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(f"klantreis_{name}", meaning, labels, registry=REGISTRY)


def _gauge(name: str, meaning: str, mode: str) -> Gauge:
    return Gauge(f"klantreis_{name}", meaning, registry=REGISTRY, multiprocess_mode=mode)  # type: ignore[arg-type]


def _histogram(name: str, meaning: str, buckets: tuple[float, ...]) -> Histogram:
    return Histogram(f"klantreis_{name}", meaning, registry=REGISTRY, buckets=buckets)


# Receivers.
accepted = _counter("touchpoints_accepted", "Touchpoints on disk and answered 202.", "key")
rejected = _counter("touchpoints_rejected", "Touchpoints rejected, by reason.", "key", "reason")
rejected_not_kept = _counter("rejected_not_kept", "Rejected touchpoints counted only: over rejected_per_day.", "key")
stripped = _counter("touchpoints_stripped", "Touchpoints stripped of identifiers: no consent, or GPC.", "key")
set_aside = _counter("fields_set_aside", "Bad optional fields, moved to `problems`.", "key")
unknown = _counter("fields_unknown", "Fields outside the vocabulary, moved to `extra`.", "key")
overflowed = _counter("properties_overflowed", "Properties beyond property_names_limit, moved to `_overflow`.", "key")
requests = _counter("requests", "Requests with touchpoints, by answer: accepted or the reason of refusal.", "answer")
request_seconds = _histogram(
    "request_seconds", "From the head of a request with touchpoints to its answer.", _ANSWER_SECONDS
)
connections = _gauge("connections", "Open connections of the public port.", "livesum")
connections_closed = _counter("connections_closed", "Connections that were closed for being slow or too many.", "why")

# Spool.
spool_bytes = _gauge("spool_bytes", "Bytes in the spool folder.", "mostrecent")
spool_records = _counter("spool_records", "Records written to the spool.")
spool_sync_seconds = _histogram("spool_sync_seconds", "One group written and synced.", _SYNC_SECONDS)
spool_lost_bytes = _counter("spool_lost_bytes", "Bytes of damaged records that could not be read back.")
spool_lost_records = _counter("spool_lost_records", "Records damaged after they had been acknowledged.")

# Loader.
rows_loaded = _counter("rows_loaded", "Rows written to ClickHouse.", "table")
withheld = _counter("touchpoints_withheld", "Touchpoints not stored: their person was forgotten.", "key")
load_seconds = _histogram("load_seconds", "One range, from spool to acknowledged.", _LOAD_SECONDS)
load_failures = _counter("load_failures", "Loads that failed: away (tried again) or refused (split).", "why")
backlog_bytes = _gauge("backlog_bytes", "Bytes in the spool that are not loaded yet.", "mostrecent")
backlog_seconds = _gauge("backlog_seconds", "Age of the oldest record that is not loaded yet.", "mostrecent")


class Spread:
    """Observations for a histogram, gathered in plain integers until `flush`.

    An `observe` on a memory-mapped histogram costs 2.8 µs, one here 0.3 µs; a whole small request is given 50 µs.
    """

    def __init__(self, histogram: Histogram) -> None:
        self._histogram = histogram
        self._bounds = histogram._upper_bounds
        self._counts = [0] * len(self._bounds)
        self._sum = 0.0

    def add(self, value: float) -> None:
        """Counts one observation."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._sum += value

    def flush(self) -> None:
        """Hands what was gathered to the histogram."""
        # There is no public way to add many observations at once; these two have been there since the first release.
        for bucket, count in zip(self._histogram._buckets, self._counts, strict=True):
            if count:
                bucket.inc(count)
        self._histogram._sum.inc(self._sum)
        self._counts = [0] * len(self._bounds)
        self._sum = 0.0


def exposition(settings: Settings) -> bytes:
    """The metrics of all processes of this installation, in Prometheus' text format. Reads files: not on a loop."""
    if not settings.metrics_folder.is_dir():
        return generate_latest(REGISTRY)
    _forget_dead_gauges(settings.metrics_folder)
    summed = CollectorRegistry()
    MultiProcessCollector(summed, path=str(settings.metrics_folder))  # type: ignore[no-untyped-call]
    return generate_latest(summed)


def _forget_dead_gauges(folder: Path) -> None:
    """A killed process's open connections are no connections; its counters stay."""
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)
        except PermissionError:  # alive, and another user's
            pass
