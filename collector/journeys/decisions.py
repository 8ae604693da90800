"""What somebody decides of two identifiers: that they are one person, that they are not, or that facts speak again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import msgspec

from collector.errors import SettingsError
from collector.journeys.identity import Node
from collector.journeys.sql import statement
from collector.warehouse import statement as of_warehouse
from collector.warehouse.client import Warehouse

Decision = Literal["link", "unlink", "facts"]
_SETTINGS = {"async_insert": "0", "insert_deduplicate": "0", "distributed_foreground_insert": "1"}
_encode = msgspec.json.encode


def decide(warehouse: Warehouse, one: Node, other: Node, decision: Decision) -> None:
    """Note it, and that both have changed; identifiers travel in bodies, which are never logged.

    Raises SettingsError and WarehouseError.
    """
    if one == other:
        raise SettingsError("an identifier and itself cannot be linked or unlinked: name two")
    if (one.kind, one.value) > (other.kind, other.value):
        one, other = other, one
    row = {**one._asdict(), "other_kind": other.kind, "other_value": other.value, "decision": decision}
    warehouse.insert(statement("decide") + "\n", [_encode(row)], _SETTINGS)
    changed = of_warehouse.changed().replace(of_warehouse.FORGOTTEN_STATE, statement("forgotten_state"))
    rows = [{"site": site, "kind": kind, "values": [value]} for site, kind, value in (one, other)]
    warehouse.insert(changed, list(map(_encode, rows)), _SETTINGS)


def show(warehouse: Warehouse, node: Node) -> list[str]:
    """Whose it is, and each link of the person's identifiers. Raises WarehouseError."""
    found = warehouse.rows(statement("shown_members"), node._asdict())
    if not found:
        return []
    return [
        *(_member(row) for row in found),
        *_links(warehouse, [Node(node.site, row["kind"], row["value"]) for row in found]),
    ]


def _links(warehouse: Warehouse, nodes: list[Node]) -> Iterator[str]:
    parameters = {
        "site": nodes[0].site,
        "kinds": [node.kind for node in nodes],
        "values": [node.value for node in nodes],
    }
    for row in warehouse.rows(statement("shown_links", decided=statement("decided")), parameters):
        pair = f"{row['kind']}:{row['value']}  {row['other_kind']}:{row['other_value']}"
        when = f"came together first at {row['first_at']}" if row["together"] else "never came together"
        yield f"  {pair}  {when}{'; decided: ' + row['decision'] if row['decision'] else ''}"


def _member(row: dict[str, Any]) -> str:
    word = (
        "a hub, nobody's" if row["hub"] else "shared by several people" if row["shared"] else f"person {row['person']}"
    )
    return f"{row['kind']}:{row['value']}  {word}"
