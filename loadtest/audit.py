"""Whether everything that was accepted is in ClickHouse, once."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from collector.warehouse.client import Warehouse


@dataclass(frozen=True)
class Audit:
    """What was accepted against what analysts see."""

    accepted: int
    rejected: Counter[str]
    """Touchpoints that were not taken, by reason: their senders were told."""
    lost: frozenset[str]
    """Accepted, and not there."""
    doubled: frozenset[str]
    """There more than once."""

    @property
    def clean(self) -> bool:
        """Nothing lost, nothing doubled, and something to look for."""
        return self.accepted > 0 and not self.lost and not self.doubled


def audit(folder: Path, warehouse: Warehouse) -> Audit:
    """Compare the notes of all senders in `folder` with what is in ClickHouse now. Raises WarehouseError."""
    accepted = {line for path in folder.glob("accepted-*.txt") for line in path.read_text("ascii").split()}
    rejected = Counter(
        line.split()[1] for path in folder.glob("rejected-*.txt") for line in path.read_text("ascii").splitlines()
    )
    rows = warehouse.rows("SELECT id, count() AS times FROM klantreis.touchpoints GROUP BY id")
    found = {str(UUID(str(row["id"]))): int(row["times"]) for row in rows}
    return Audit(
        len(accepted),
        rejected,
        frozenset(accepted - found.keys()),
        frozenset(one for one, times in found.items() if times > 1),
    )
