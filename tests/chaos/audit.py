"""Every accepted touchpoint against the spool's segments and against what analysts see."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from collector.spool.reader import SpoolReader
from tests.installation import Installation

READ_AT_ONCE = 1 << 30


@dataclass
class Share:
    """What of one key, or of one segment, was accepted, and what became of it."""

    accepted: int = 0
    lost: set[str] = field(default_factory=set)
    doubled: set[str] = field(default_factory=set)


@dataclass
class Audit:
    """Nothing may be in the sets."""

    by_key: dict[str, Share]
    by_segment: dict[str, Share]
    not_spooled: set[str]
    """Answered 202, and in no segment."""
    refused: set[str]
    """In klantreis.rejected, although nothing bad was sent."""
    strangers: set[str]
    """Stored, and in no segment."""
    spooled_again: int
    """Touchpoints in the spool that were there already: their request was repeated."""
    stored_again: int
    """Rows that were stored already: their request or their range was repeated, and they replace one another."""

    @property
    def accepted(self) -> int:
        """Touchpoints that were answered 202."""
        return sum(share.accepted for share in self.by_key.values())

    @property
    def lost(self) -> set[str]:
        """Accepted, and not to be seen."""
        return set().union(*(share.lost for share in self.by_key.values()))

    @property
    def doubled(self) -> set[str]:
        """To be seen more than once."""
        return set().union(*(share.doubled for share in (*self.by_key.values(), *self.by_segment.values())))

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing doubled, nothing odd, and something to look for."""
        return self.accepted > 0 and not (
            self.lost or self.doubled or self.not_spooled or self.refused or self.strangers
        )


def audit(installation: Installation, accepted: Mapping[str, set[str]], kept: Path) -> Audit:
    """Compare the accepted ids of each key with the segments in `kept` and with what is in ClickHouse now."""
    found: dict[str, Counter[str]] = {}
    for row in _rows(
        installation, "SELECT toString(id) AS id, key, count() AS n FROM klantreis.touchpoints GROUP BY ALL"
    ):
        found.setdefault(row["key"], Counter())[str(uuid.UUID(row["id"]))] += row["n"]
    segments = spooled(kept)
    everywhere: Counter[str] = Counter()
    for counts in found.values():
        everywhere.update(counts)
    expected = set().union(*accepted.values())
    in_spool = Counter(one for ids in segments.values() for one in ids)
    [stored] = _rows(
        installation,
        "SELECT count() - uniqExact(site, visitor_id, occurred_at_sent, id) AS again FROM klantreis.touchpoints_stored",
    )
    refused = {row["id"] for row in _rows(installation, "SELECT id FROM klantreis.rejected")}
    return Audit(
        {key: _share(ids, found.get(key, Counter())) for key, ids in accepted.items()},
        {name: _share(expected & set(ids), everywhere) for name, ids in segments.items()},
        expected - in_spool.keys(),
        refused,
        everywhere.keys() - in_spool.keys(),
        sum(in_spool.values()) - len(in_spool),
        int(stored["again"]),
    )


def spooled(folder: Path) -> dict[str, list[str]]:
    """Segment → the ids of the touchpoints in it."""
    reader = SpoolReader(folder)
    return {
        name: [
            json.loads(line)["id"]
            for record in reader.read(name, 0, READ_AT_ONCE).records
            for line in record.payload.splitlines()[1:]
        ]
        for name in reader.segments()
    }


def _share(expected: set[str], found: Counter[str]) -> Share:
    doubled = {one for one, times in found.items() if times > 1}
    return Share(len(expected), expected - found.keys(), doubled)


def _rows(installation: Installation, sql: str) -> list[dict[str, object]]:
    rows = installation.ask(sql)
    assert rows is not None, f"ClickHouse does not answer\n{installation.tail()}"
    return rows
