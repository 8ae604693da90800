"""Of a batch of identifiers that changed: everybody who is linked with them, and whose each of these is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from collector.journeys.identity import Member, Node, resolve
from collector.journeys.sql import statement
from collector.settings import Settings
from collector.warehouse.client import Warehouse

_encode = msgspec.json.encode
_SETTINGS = {"async_insert": "0", "insert_deduplicate": "0", "distributed_foreground_insert": "1"}


class People:
    """Finds out who is who, for one warehouse."""

    def __init__(self, warehouse: Warehouse, settings: Settings) -> None:
        self._warehouse = warehouse
        self._my_turn = "false"
        self._limits = {
            "hub_people": str(settings.identity_hub_people),
            "hub_devices": str(settings.identity_hub_devices),
        }

    def settle(self, version: int, my_turn: str) -> None:
        """Complete the batch in klantreis.settling_batch and store whose its identifiers are; `my_turn` is a condition.

        Raises WarehouseError.
        """
        self._my_turn = my_turn
        self._spread()
        rows = self._warehouse.rows(statement("batch_links", weighed=self._weighed("batch_nodes")))
        before = {_node(row): bool(row["hub"]) for row in self._warehouse.rows(statement("members_before"))}
        links = [(_node(row), Node(str(row["site"]), str(row["other_kind"]), str(row["other_value"]))) for row in rows]
        hubs = {_node(row) for row in rows if row["hub"]}
        nodes = {node for node, _ in links} | set(before)
        # Before what is found out is stored: a crash in between finds it out again.
        self._tell_turned([node for node in nodes if (node in hubs) != before.get(node, False)])
        self._store(resolve(nodes, links, hubs), version)

    def _spread(self) -> None:
        """Add whoever is linked with the batch, over any number of links."""
        number = 0
        while self._joined(number):
            weighed = self._weighed("frontier", round=str(number))
            self._warehouse.command(
                statement("spread", weighed=weighed, round=str(number), my_turn=self._my_turn), settings=_SETTINGS
            )
            number += 1

    def _joined(self, number: int) -> bool:
        return bool(self._warehouse.rows(statement("frontier", round=str(number)) + "\nLIMIT 1"))

    def _weighed(self, nodes: str, **parts: str) -> str:
        linked = statement("linked", nodes=statement(nodes, **parts), decided=statement("decided"))
        return statement("weighed", linked=linked, **self._limits)

    def _tell_turned(self, turned: Sequence[Node]) -> None:
        if turned:
            sites, kinds, values = (list(column) for column in zip(*turned, strict=True))
            self._warehouse.command(
                statement("hub_turned", my_turn=self._my_turn),
                {"sites": sites, "kinds": kinds, "values": values},
                _SETTINGS,
            )

    def _store(self, members: Iterable[Member], version: int) -> None:
        lines = [_line(member, version) for member in members]
        if lines:
            self._warehouse.insert(statement("members", my_turn=self._my_turn) + "\n", lines, _SETTINGS)


def _node(row: dict[str, object]) -> Node:
    return Node(str(row["site"]), str(row["kind"]), str(row["value"]))


def _line(member: Member, version: int) -> bytes:
    site, kind, value = member.node
    person = member.person or Node("", "", "")
    device = member.device.value if member.device else ""
    return _encode(
        {
            "site": site,
            "kind": kind,
            "value": value,
            "person_kind": person.kind,
            "person_value": person.value,
            "device_value": device,
            "shared": member.shared,
            "hub": member.hub,
            "version": version,
        }
    )
