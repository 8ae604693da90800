"""What senders sent and saw, and where it went."""

from __future__ import annotations

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from collector.settings import Settings
from collector.spool.waiting import backlog
from collector.warehouse.client import Warehouse
from tests.installation import Installation, touchpoint

BATCH = 5


@dataclass
class Seen:
    """The answers to a number of requests, and the ids in them."""

    statuses: Counter[int] = field(default_factory=Counter)
    accepted: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    """Of requests that were not answered 202, and touchpoints that a 202 lists as rejected."""


def send(
    installation: Installation, requests: int, *, at_once: int = 4, seen: Seen | None = None, **fields: Any
) -> Seen:
    """Send requests of BATCH touchpoints each, once, whatever is answered."""
    seen = seen or Seen()
    batches = [[touchpoint(visitor_id="v", **fields) for _ in range(BATCH)] for _ in range(requests)]
    with ThreadPoolExecutor(at_once) as threads:
        answers = list(threads.map(lambda batch: installation.send(batch, sent_at=int(time.time() * 1000)), batches))
    for batch, (status, answer) in zip(batches, answers, strict=True):
        note(seen, batch, status, answer)
    return seen


def note(seen: Seen, batch: list[dict[str, Any]], status: int, answer: dict[str, Any]) -> None:
    """Write down what became of one request."""
    seen.statuses[status] += 1
    turned = {one["index"] for one in answer["rejected"]} if status == 202 else set(range(len(batch)))
    for index, one in enumerate(batch):
        (seen.refused if index in turned else seen.accepted).add(one["id"])


def until_loaded(installation: Installation) -> None:
    """Wait until nothing waits in the spool."""
    folder = installation.settings.spool_folder
    installation.until(lambda: backlog(folder).bytes == 0, "everything accepted is loaded")


def stored(clickhouse: Settings, ids: set[str], view: str = "touchpoints") -> Counter[str]:
    """Which of `ids` analysts see, and how often."""
    with Warehouse(clickhouse) as warehouse:
        rows = warehouse.rows(
            f"SELECT toString(id) AS id, count() AS n FROM klantreis.{view}"
            " WHERE has({ids:Array(String)}, toString(id)) GROUP BY id",
            {"ids": sorted(ids)},
        )
    return Counter({str(uuid.UUID(row["id"])): int(row["n"]) for row in rows})


def assert_once(clickhouse: Settings, ids: set[str]) -> None:
    """Each of `ids` is there once, and none of them was turned away."""
    assert ids
    assert stored(clickhouse, ids) == Counter(dict.fromkeys(ids, 1))
    assert not stored(clickhouse, ids, "rejected")
