"""Every metric of the product, defined once.

Each process counts for itself in memory-mapped files (prometheus_client's multiprocess mode) and the operations port
sums over them, those of dead processes too, so that a counter never falls. A process joins in when the environment
variable PROMETHEUS_MULTIPROC_DIR names `settings.metrics_folder` *before* this module is imported: the supervisor sees
to that. Without it a process counts in its own memory, which suits tests and single commands. A process that takes
another's place goes on in its files (PROCESS_VARIABLE names them): with files by process id, one that ended every five
seconds left 80,000 of them in a day, and each look at the metrics read all.

What can be seen from outside (what lies in the spool, what a supervisor notes) is not counted but looked at when the
metrics are asked for: `OBSERVED` says what, `collector.console.observed` looks. So it is true when every role is dead.

Labels are names of keys, reasons of `collector.errors` and words that stand here: nothing that a sender chooses.
`docs/metrics.md` is generated from this module.
"""

from __future__ import annotations

import logging
import os
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest, values
from prometheus_client.metrics_core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from collector.errors import Reason
from collector.settings import Settings
from collector.supervised import PROCESS_VARIABLE

REGISTRY = CollectorRegistry()

_log = logging.getLogger(__name__)

_process = os.environ.get(PROCESS_VARIABLE)
if _process and "PROMETHEUS_MULTIPROC_DIR" in os.environ:
    # Before the first metric is made, as prometheus_client's page on multiprocess mode has it for uWSGI.
    values.ValueClass = values.MultiProcessValue(lambda: _process)  # type: ignore[no-untyped-call]

_FILES = ("counter", "histogram", "gauge_livesum", "gauge_livemax", "gauge_mostrecent")
"""Kinds of metric below; a process has a file of each, and makes it when it counts the first of its kind."""
_FILE_BYTES = 64 * 1024


def _have_room() -> None:
    """Take the room for this process's files now, or count in memory alone.

    A page of a mapped file that the disk has no room for ends the process with SIGBUS: on a full disk receivers and
    loader could not start, and so nothing could make room.
    """
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    if not folder or not hasattr(os, "posix_fallocate"):
        return
    made = []
    try:
        for kind in _FILES:
            path = Path(folder) / f"{kind}_{_process or os.getpid()}.db"
            if not path.exists():
                made.append(path)
            with path.open("ab") as file:
                os.posix_fallocate(file.fileno(), 0, _FILE_BYTES)
    except OSError as error:
        for path in made:
            path.unlink(missing_ok=True)
        values.ValueClass = values.MutexValue
        _log.warning(
            "no room for metrics in %s (%s): this process's are not shown until it starts again", folder, error
        )


_have_room()

_ANSWER_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
_SYNC_SECONDS = (0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5)
_LOAD_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0, 60.0)
_LOAD_ROWS = (1, 10, 100, 1_000, 5_000, 10_000, 25_000, 50_000, 100_000)


class Described(NamedTuple):
    """A metric as it is exposed."""

    name: str
    """As it stands in a query; a histogram's without `_bucket`, `_sum` and `_count`."""
    kind: str
    meaning: str
    labels: tuple[str, ...] = ()


CATALOGUE: list[Described] = []
"""Every metric, in the order of the way in."""
OBSERVED: dict[str, Described] = {}
"""Those that are looked at when asked for."""


def _describe(name: str, kind: str, meaning: str, labels: tuple[str, ...] = ()) -> str:
    whole = f"klantreis_{name}{'_total' if kind == 'counter' else ''}"
    CATALOGUE.append(Described(whole, kind, meaning, labels))
    return f"klantreis_{name}"


def _counter(name: str, meaning: str, *labels: str) -> Counter:
    return Counter(_describe(name, "counter", meaning, labels), meaning, labels, registry=REGISTRY)


def _gauge(name: str, meaning: str, mode: str, *labels: str) -> Gauge:
    described = _describe(name, "gauge", meaning, labels)
    return Gauge(described, meaning, labels, registry=REGISTRY, multiprocess_mode=mode)  # type: ignore[arg-type]


def _histogram(name: str, meaning: str, buckets: tuple[float, ...]) -> Histogram:
    return Histogram(_describe(name, "histogram", meaning), meaning, registry=REGISTRY, buckets=buckets)


def _observed(name: str, kind: str, meaning: str, *labels: str) -> Described:
    _describe(name, kind, meaning, labels)
    OBSERVED[CATALOGUE[-1].name] = CATALOGUE[-1]
    return CATALOGUE[-1]


# Receivers.
accepted = _counter("touchpoints_accepted", "Touchpoints on disk and answered 202.", "key")
accepted_bytes = _counter("touchpoint_bytes", "Bytes of accepted touchpoints as they rest in the spool.", "key")
rejected = _counter("touchpoints_rejected", "Touchpoints rejected, by reason.", "key", "reason")
rejected_not_kept = _counter("rejected_not_kept", "Rejected touchpoints counted only: over rejected_per_day.", "key")
given_up = _counter(
    "touchpoints_given_up",
    "Touchpoints that senders say they gave up before they could send them: a full queue, a wait too long, a refusal.",
    "key",
)
stripped = _counter("touchpoints_stripped", "Touchpoints stripped of identifiers: no consent, or GPC.", "key")
set_aside = _counter("fields_set_aside", "Bad optional fields, moved to `problems`.", "key")
unknown = _counter("fields_unknown", "Fields outside the vocabulary, moved to `extra`.", "key")
overflowed = _counter("properties_overflowed", "Properties beyond property_names_limit, moved to `_overflow`.", "key")
requests = _counter("requests", "Requests with touchpoints, by answer: accepted or the reason of refusal.", "answer")
request_seconds = _histogram(
    "request_seconds", "From the head of a request with touchpoints to its answer.", _ANSWER_SECONDS
)
connections = _gauge("connections", "Open connections of the public port.", "livesum")
connections_closed = _counter(
    "connections_closed",
    "Connections closed: too_many of them, too many requests pipelined on one, or too slow with their first_byte, "
    "head, body or next request, or as a reader of the answer.",
    "why",
)
receivers = _gauge("receivers", "Receivers that run.", "livesum")
receivers_ready = _gauge("receivers_ready", "Receivers that would accept touchpoints now.", "livesum")
receivers_failing = _gauge("receivers_failing", "Receivers whose last write to the spool failed.", "livesum")

# Spool.
spool_records = _counter("spool_records", "Records written to the spool.")
spool_sync_seconds = _histogram("spool_sync_seconds", "One group written and synced.", _SYNC_SECONDS)
spool_bytes = _observed("spool_bytes", "gauge", "Bytes of the segments in the spool, loaded or not.")
spool_limit_bytes = _observed("spool_limit_bytes", "gauge", "Bytes the spool may take (spool_limit_mib).")
spool_segments = _observed("spool_segments", "gauge", "Segments in the spool folder.")
spool_disk_free_bytes = _observed("spool_disk_free_bytes", "gauge", "Bytes free for us on the spool's file system.")
spool_disk_size_bytes = _observed("spool_disk_size_bytes", "gauge", "Size of the spool's file system.")
spool_lost_records = _observed(
    "spool_lost_records", "counter", "Records that had been accepted and are lost, at least; kept over restarts."
)
spool_lost_bytes = _observed(
    "spool_lost_bytes", "counter", "Bytes of the spool that could not be read back; kept over restarts."
)
spool_torn_bytes = _observed(
    "spool_torn_bytes", "counter", "Bytes a dying receiver left unfinished, never answered 202; kept over restarts."
)
losses_open = _observed(
    "losses_open", "gauge", "Losses that nobody has acknowledged yet: `klantreis doctor` lists them."
)

# Loader.
backlog_rows = _observed(
    "backlog_rows",
    "gauge",
    "Touchpoints in the spool that are not loaded yet, kept rejected ones included. A second behind; where a segment "
    "is loaded in part, by the average size of its touchpoints.",
)
backlog_bytes = _observed("backlog_bytes", "gauge", "Bytes in the spool that are not loaded yet.")
backlog_seconds = _observed("backlog_seconds", "gauge", "Age of the oldest touchpoint not loaded yet; 0 when all are.")
rows_loaded = _counter("rows_loaded", "Rows written to ClickHouse, by table: touchpoints or rejected.", "table")
rows_refused = _counter(
    "rows_refused",
    "Accepted touchpoints that went to `rejected`: refused by ClickHouse (clickhouse), or in a record that is not what "
    "a receiver writes (unreadable, counted by record).",
    "why",
)
withheld = _counter("touchpoints_withheld", "Touchpoints not stored: their person was forgotten.", "key")
load_rows = _histogram("load_rows", "Rows in one load.", _LOAD_ROWS)
compose_seconds = _histogram("compose_seconds", "Reading one load from the spool and enriching it.", _LOAD_SECONDS)
insert_seconds = _histogram("insert_seconds", "Storing one load in ClickHouse, as the loader waits.", _LOAD_SECONDS)
load_seconds = _histogram("load_seconds", "One load from named on disk to acknowledged on disk.", _LOAD_SECONDS)
load_failures = _counter(
    "load_failures", "Loads that failed: away (tried again) or refused (in part, split to find the bad rows).", "why"
)
ranges_repeated = _counter("ranges_repeated", "Ranges of the spool loaded again: named before a crash.")
last_load = _gauge("last_load_timestamp_seconds", "When a load was last acknowledged, since 1970.", "mostrecent")
segments_unreadable = _gauge("spool_segments_unreadable", "Segments the loader cannot read and leaves.", "livemax")

# Settler.
changed = _gauge("journeys_changed", "Identifiers whose journeys are not settled yet, when last looked at.", "livemax")
settle_seconds = _histogram("settle_seconds", "Settling whoever had changed, as one settlement.", _LOAD_SECONDS)
settled = _counter("identifiers_settled", "Identifiers whose journeys were settled, each time it was done.")
settle_failures = _counter("settle_failures", "Settlements that failed and are repeated.")

# Loader and settler.
clickhouse_up = _gauge(
    "clickhouse_up", "1 when ClickHouse answered last when asked by this role, 0 when it did not.", "livemax", "role"
)
rules_info = _gauge("rules_info", "1, with the content hash of the rules the loader uses.", "livemax", "rule_set")
rules_refused = _gauge(
    "rules_refused",
    "Mistakes in the rule folder for which the loader keeps the rules it has (or waits, at its start); 0: none.",
    "livemax",
)

# Processes.
build_info = _observed("build_info", "gauge", "1, with the version of the console that answers.", "version")
processes = _observed("processes", "gauge", "Processes that run, by role.", "role")
process_restarts = _observed(
    "process_restarts", "counter", "Processes started again because they ended or hung, by role.", "role"
)
process_memory = _observed(
    "process_resident_memory_bytes", "gauge", "Resident memory of a role's processes together (Linux).", "role"
)

# A rate cannot see the first event of a series that begins with it, so series whose labels are known begin at 0.
for _answer in ("accepted", *(reason.word for reason in Reason if reason.status != 202)):
    requests.labels(_answer)
for _why in ("first_byte", "head", "body", "next", "reader", "too_many", "pipelined"):
    connections_closed.labels(_why)
for _table in ("touchpoints", "rejected"):
    rows_loaded.labels(_table)
for _why in ("clickhouse", "unreadable"):
    rows_refused.labels(_why)
for _why in ("away", "refused"):
    load_failures.labels(_why)


Value = tuple[Described, tuple[str, ...], float]
"""What was seen: the metric, its labels' values, how much."""


class _Observed(Collector):
    """What was looked at, as a collector."""

    def __init__(self, seen: Iterable[Value]) -> None:
        self._families: dict[str, CounterMetricFamily | GaugeMetricFamily] = {}
        for described, labels, value in seen:
            family = self._families.get(described.name)
            if family is None:
                kind = CounterMetricFamily if described.kind == "counter" else GaugeMetricFamily
                family = kind(described.name, described.meaning, labels=described.labels)
                self._families[described.name] = family
            family.add_metric(labels, value)

    def collect(self) -> Iterator[Metric]:
        yield from self._families.values()


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


def exposition(settings: Settings, observed: Sequence[Value] = ()) -> bytes:
    """The metrics of all processes of this installation, in Prometheus' text format. Reads files: not on a loop.

    `observed` is what was seen from outside: each of OBSERVED that could be looked at.
    """
    return generate_latest(_summed(settings)) + _exposed(_Observed(observed))


def answered(settings: Settings) -> dict[str, float]:
    """Requests with touchpoints by answer, over all receivers of this installation. Reads files: not on a loop."""
    return {
        sample.labels["answer"]: sample.value
        for family in _summed(settings).collect()
        if family.name == "klantreis_requests"
        for sample in family.samples
    }


def _summed(settings: Settings) -> CollectorRegistry:
    """What all processes have counted; what this one has, where they leave no files."""
    if not settings.metrics_folder.is_dir():
        return REGISTRY
    _forget_dead_gauges(settings.metrics_folder)
    summed = CollectorRegistry()
    MultiProcessCollector(summed, path=str(settings.metrics_folder))  # type: ignore[no-untyped-call]
    return summed


def _exposed(collector: Collector) -> bytes:
    registry = CollectorRegistry()
    registry.register(collector)
    return generate_latest(registry)


def as_markdown() -> str:
    """The table of docs/metrics.md."""
    rows = ["| metric | type | labels | meaning |", "|---|---|---|---|"]
    for one in CATALOGUE:
        labels = ", ".join(f"`{label}`" for label in one.labels)
        rows.append(f"| `{one.name}` | {one.kind} | {labels} | {one.meaning} |")
    return "\n".join(rows) + "\n"


def _forget_dead_gauges(folder: Path) -> None:
    """A killed process's open connections are no connections; its counters stay.

    Of a supervisor's child the supervisor's own end is looked for: while it lives it starts the child again.
    """
    for file in folder.glob("gauge_live*_*.db"):
        pid = file.stem.rpartition("_")[2].partition("-")[0]
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            file.unlink(missing_ok=True)
        except PermissionError:  # alive, and another user's
            pass
