"""Which classification readers see: that of the load, or that of a re-classification which is not settled yet.

A re-classification puts its result in a column beside the stored classification (`collector.reclassify.course` has the
whole argument). While that column is read, the view takes a row's classification from it where it has one. A view is
one object that is replaced as a whole, so a query sees the old or the new classification and never a mixture.
"""

from __future__ import annotations

from dataclasses import dataclass

from collector.warehouse.client import Warehouse

CLASSIFICATION = ("signal", "phase", "phases", "rules", "rule_set")
SHOWN = "shown"
"""The step during which readers see the column of a re-classification."""
UNFINISHED = ("begun", SHOWN, "settled")
AS_STORED = "* EXCEPT (version)"


@dataclass(frozen=True)
class Run:
    """A re-classification and the last step of it that was done."""

    number: int
    step: str
    rule_set: str
    model: str
    since_ms: int | None
    until_ms: int | None

    @property
    def column(self) -> str:
        """Where its result stands until it is settled. Numbers are never used again, nor are columns."""
        return f"reclassified_{self.number}"

    @property
    def finished(self) -> bool:
        """Nothing of it is left to do."""
        return self.step not in UNFINISHED


def latest(warehouse: Warehouse) -> Run | None:
    """The re-classification that was begun last. Raises WarehouseError."""
    rows = warehouse.rows(
        "SELECT number, step, rule_set, model, since_ms, until_ms FROM klantreis.reclassifications "
        "ORDER BY number DESC, at DESC LIMIT 1"
    )
    if not rows:
        return None
    [row] = rows
    return Run(
        int(row["number"]), str(row["step"]), str(row["rule_set"]), str(row["model"]), row["since_ms"], row["until_ms"]
    )


def shown(warehouse: Warehouse) -> str:
    """The select list of the view klantreis.touchpoints, as it has to be now. Raises WarehouseError."""
    run = latest(warehouse)
    if run is None or run.step != SHOWN:
        return AS_STORED
    return f"{AS_STORED} REPLACE ({', '.join(f'{current(run.column, name)} AS {name}' for name in CLASSIFICATION)})"


def current(column: str, name: str) -> str:
    """One part of the classification that a row has: from `column` where that holds one, else as it was loaded."""
    return f"if({column}.done, {column}.{name}, {name})"
