"""What one receiver counts, in plain numbers until they are handed to the metrics once a second.

One `inc` on a memory-mapped counter costs 1.3 µs; a request would make five.
"""

from __future__ import annotations

from collections import Counter as Count

import prometheus_client

from collector import metrics
from collector.errors import Reason


class Tally:
    """Counts by name of key; `rejected` also by reason, `answers` by reason alone."""

    def __init__(self) -> None:
        self.accepted: Count[str] = Count()
        self.accepted_bytes: Count[str] = Count()
        self.rejected: Count[tuple[str, str]] = Count()
        self.rejected_not_kept: Count[str] = Count()
        self.given_up: Count[str] = Count()
        self.stripped: Count[str] = Count()
        self.set_aside: Count[str] = Count()
        self.unknown: Count[str] = Count()
        self.overflowed: Count[str] = Count()
        self.answers: Count[str] = Count()
        self.closed: Count[str] = Count()
        """Connections closed, by why."""
        self.seconds = metrics.Spread(metrics.request_seconds)
        self.synced = metrics.Spread(metrics.spool_sync_seconds)
        self.records = 0

    def answered(self, reason: Reason | None, seconds: float) -> None:
        """One request with touchpoints was answered: accepted, or refused for a reason."""
        self.answers["accepted" if reason is None else reason.word] += 1
        self.seconds.add(seconds)

    def group(self, records: int, size: int, seconds: float) -> None:
        """The spool synced one group."""
        self.records += records
        self.synced.add(seconds)

    def flush(self) -> None:
        """Hands everything to the metrics and begins anew."""
        _hand(self.accepted, metrics.accepted)
        _hand(self.accepted_bytes, metrics.accepted_bytes)
        _hand(self.rejected_not_kept, metrics.rejected_not_kept)
        _hand(self.given_up, metrics.given_up)
        _hand(self.stripped, metrics.stripped)
        _hand(self.set_aside, metrics.set_aside)
        _hand(self.unknown, metrics.unknown)
        _hand(self.overflowed, metrics.overflowed)
        _hand(self.answers, metrics.requests)
        _hand(self.closed, metrics.connections_closed)
        for (key, reason), count in self.rejected.items():
            metrics.rejected.labels(key, reason).inc(count)
        self.rejected.clear()
        metrics.spool_records.inc(self.records)
        self.records = 0
        self.seconds.flush()
        self.synced.flush()


def _hand(counts: Count[str], metric: prometheus_client.Counter) -> None:
    for label, count in counts.items():
        metric.labels(label).inc(count)
    counts.clear()
