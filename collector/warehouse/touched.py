"""Tells the warehouse, after an INSERT of touchpoints, whose journeys change by it and who came together in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from collector.errors import WarehouseAway
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import Store

_encode = msgspec.json.encode


class TouchedStore:
    """Stores both. All of it is texts and numbers of ours, so a refusal is a fault of ours and raises."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._identities = Store(warehouse, statement.identities())
        self._changed = Store(warehouse, statement.changed())

    def store(
        self,
        nodes: Iterable[tuple[str, str, str]],
        edges: Mapping[tuple[str, str, str, str, str], int],
        forgotten: int,
    ) -> None:
        """Store them; those who changed last: whoever settles them must find all the rest.

        `forgotten` as in Store.store. Raises WarehouseError.
        """
        rows = [
            _encode({"site": s, "kind": k, "value": v, "other_kind": ok, "other_value": ov, "at": at})
            for (s, k, v, ok, ov), at in edges.items()
        ]
        marks = [_encode({"site": s, "kind": k, "value": v}) for s, k, v in nodes]
        for store, lines in ((self._identities, rows), (self._changed, marks)):
            if refused := store.store(lines, forgotten):
                what = f"who changed cannot be told: ClickHouse refuses {len(refused)} rows"
                raise WarehouseAway(f"{what}: {refused[0].message}", told=what)
