"""Tells the warehouse, after an INSERT of touchpoints, whose journeys change by it and who came together in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

import msgspec

from collector.errors import WarehouseAway, WarehouseRefused
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import INSERT_SETTINGS

_encode = msgspec.json.encode


class TouchedStore:
    """Stores both. All of it is texts and numbers of ours, so a refusal is a fault of ours and raises.

    `nodes` and `edges` are as in collector.enrich.touched, `forgotten` as in Store.store.
    """

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse

    def store_identities(
        self, edges: Mapping[tuple[str, str, str], Mapping[tuple[str, str], int]], forgotten: int
    ) -> None:
        """Say who came together. Raises WarehouseError."""
        together = [
            {
                "site": site,
                "kind": kind,
                "other_kind": other_kind,
                "values": [one for one, _ in ends],
                "other_values": [other for _, other in ends],
                "ats": list(ends.values()),
            }
            for (site, kind, other_kind), ends in edges.items()
        ]
        self._insert(statement.identities(), together, sum(map(len, edges.values())), forgotten)

    def store_changed(self, nodes: Mapping[tuple[str, str], Set[str]], forgotten: int) -> None:
        """Say whose journeys change: last, as whoever settles them must find all the rest. Raises WarehouseError."""
        changed = [{"site": site, "kind": kind, "values": list(values)} for (site, kind), values in nodes.items()]
        self._insert(statement.changed(), changed, sum(map(len, nodes.values())), forgotten)

    def _insert(self, template: str, kinds: Sequence[Mapping[str, object]], count: int, forgotten: int) -> None:
        """A line for each kind, with lists that ClickHouse takes apart: a line for each row costs much more."""
        if not count:
            return
        rows = list(map(_encode, kinds))
        try:
            written = self._warehouse.insert(
                template.replace(statement.FORGOTTEN_STATE, str(forgotten)), rows, INSERT_SETTINGS
            )
        except WarehouseRefused as error:
            what = "who changed cannot be told: ClickHouse refuses it"
            raise WarehouseAway(f"{what}: {error}", error.code, told=what) from error
        if written != count:
            raise WarehouseAway(f"{count} rows were sent and {written} written; the range is loaded again")
