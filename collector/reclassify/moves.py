"""From which signal or phase to which touchpoints and people move: what `rules diff` and a dry run tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from string import Template
from typing import Any

from collector.reclassify.column import sql
from collector.reclassify.task import Task
from collector.warehouse.client import Warehouse
from collector.warehouse.shown import CLASSIFICATION
from collector.warehouse.store import COMPILED_SETTINGS

AS_STORED = f"({', '.join(CLASSIFICATION)})"
"""What touchpoints have now."""


@dataclass(frozen=True)
class Move:
    """One layer's (`signal` or a model's) move. An empty name is no signal, or a model that the rules do not have."""

    layer: str
    before: str
    after: str
    touchpoints: int
    people: int
    """Customers, else visitors; touchpoints of nobody known count as touchpoints alone."""
    examples: tuple[tuple[str, str, str], ...]
    """Id, type and page of some of them."""


@dataclass(frozen=True)
class Moves:
    """All of them, and of how many touchpoints."""

    looked_at: int
    changed: int
    people: int
    """Of whom at least one touchpoint moves."""
    one_in: int
    """Every how manieth touchpoint was looked at, by its id."""
    moves: tuple[Move, ...]

    def as_json(self) -> dict[str, Any]:
        """As `--json` gives it."""
        moves = [
            {
                "layer": one.layer,
                "before": one.before,
                "after": one.after,
                "touchpoints": one.touchpoints,
                "people": one.people,
                "examples": [{"id": id_, "type": type_, "page": page} for id_, type_, page in one.examples],
            }
            for one in self.moves
        ]
        whole = {"touchpoints": self.looked_at, "changed": self.changed, "people": self.people, "one_in": self.one_in}
        return {**whole, "moves": moves}


def moves(
    warehouse: Warehouse, task: Task, *, stored: str = AS_STORED, site: str = "", most: int = 0, samples: int = 3
) -> Moves:
    """What becomes of the touchpoints of a task. `stored` is what they have before it, in the form of `Task.results`.

    With `most`, evenly chosen ones, about so many at most; 0 looks at all. Raises WarehouseError.
    """
    one_in = _one_in(warehouse, task, site, most)
    text = Template(sql("moves.sql")).substitute(stored=stored, become=task.results(), span=task.span)
    rows = warehouse.rows(text, {"samples": samples, "site": site, "of": one_in}, COMPILED_SETTINGS)
    whole = {str(row["before"]): row for row in rows if not row["layer"]}
    changed = whole.get("changed", {"touchpoints": 0, "people": 0})
    looked_at = sum(int(row["touchpoints"]) for row in whole.values())
    return Moves(looked_at, int(changed["touchpoints"]), int(changed["people"]), one_in, tuple(_moves(rows)))


def _one_in(warehouse: Warehouse, task: Task, site: str, most: int) -> int:
    if not most:
        return 1
    text = Template(sql("count.sql")).substitute(span=task.span)
    [row] = warehouse.rows(text, {"site": site})
    return max(1, -(-int(row["touchpoints"]) // most))


def _moves(rows: Iterable[dict[str, Any]]) -> Iterable[Move]:
    for row in rows:
        if row["layer"]:
            examples = tuple((str(id_), str(type_), str(page)) for id_, type_, page in map(_values, row["examples"]))
            names = str(row["layer"]), str(row["before"]), str(row["after"])
            yield Move(*names, int(row["touchpoints"]), int(row["people"]), examples)


def _values(example: Any) -> tuple[Any, ...]:
    """A tuple as clients return it: a tuple, or by name."""
    return tuple(example.values()) if isinstance(example, dict) else tuple(example)
