"""Of a batch of identifiers that changed: everybody who is linked with them, and whose each of these is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import msgspec

from collector.journeys.identity import Member, Node, resolve
from collector.journeys.sql import statement
from collector.settings import Settings
from collector.warehouse.client import Warehouse

_encode = msgspec.json.encode
_SETTINGS = {"async_insert": "0", "insert_deduplicate": "0", "distributed_foreground_insert": "1"}


class Found(NamedTuple):
    """What makes a difference to how the touchpoints of a batch are gathered."""

    hubs: bool
    """There are hubs in it."""
    shared: bool
    """There are devices of several people in it."""


class People:
    """Finds out who is who, for one warehouse."""

    def __init__(self, warehouse: Warehouse, settings: Settings) -> None:
        self._warehouse = warehouse
        self._my_turn = "false"
        self._limits = {
            "hub_people": str(settings.identity_hub_people),
            "hub_devices": str(settings.identity_hub_devices),
        }

    def settle(self, version: int, my_turn: str) -> Found:
        """Complete the batch in klantreis.settling_batch and store whose its identifiers are; `my_turn` is a condition.

        Raises WarehouseError.
        """
        self._my_turn = my_turn
        links, hubs = self._spread()
        _, rows = self._warehouse.table(statement("members_before"))
        before = {Node(site, kind, value): bool(hub) for site, kind, value, hub in rows}
        nodes = {node for node, _ in links} | set(before)
        # Before what is found out is stored: a crash in between finds it out again.
        self._tell_turned([node for node in nodes if (node in hubs) != before.get(node, False)])
        members = resolve(nodes, links, hubs)
        self._store(members, version)
        return Found(hubs=bool(hubs), shared=any(member.shared for member in members))

    def _spread(self) -> tuple[list[tuple[Node, Node]], set[Node]]:
        """Add whoever is linked with the batch, over any number of links; gives these links, and the hubs."""
        links: list[tuple[Node, Node]] = []
        hubs: set[Node] = set()
        known: set[Node] = set()
        number, joining = 0, True
        while joining:
            found = self._links(number)
            links += ((node, other) for node, other, _ in found)
            hubs.update(node for node, _, hub in found if hub)
            # Links lead both ways: whoever has been found to have some is in the batch.
            known.update(node for node, _, _ in found)
            others = {other for _, other, hub in found if not hub} - known
            number, joining = number + 1, bool(others)
            if others:
                self._join(others, number)
            known |= others
        return links, hubs

    def _links(self, number: int) -> list[tuple[Node, Node, bool]]:
        """From what joined the batch in a round, to whom, and whether it is a hub; of a hub one is enough."""
        linked = statement("linked", nodes=statement("frontier", round=str(number)), decided=statement("decided"))
        _, rows = self._warehouse.table(statement("weighed", linked=linked, **self._limits))
        return [
            (Node(site, kind, value), Node(site, other_kind, other_value), bool(hub))
            for site, kind, value, other_kind, other_value, hub in rows
        ]

    def _join(self, nodes: Iterable[Node], number: int) -> None:
        by_kind = defaultdict[tuple[str, str], list[str]](list)
        for site, kind, value in nodes:
            by_kind[site, kind].append(value)
        lines = [_encode({"site": site, "kind": kind, "values": values}) for (site, kind), values in by_kind.items()]
        self._warehouse.insert(statement("join", round=str(number), my_turn=self._my_turn) + "\n", lines, _SETTINGS)

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
