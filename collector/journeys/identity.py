"""Who is who: identifiers that came together → people. Pure, so the same facts give the same people in any order.

* What *knows* a person (a customer, a loyalty card, an e-mail address, a phone number) is linked with all else that
  knows somebody in the same touchpoint, and so on over any number of links.
* A visitor id names a *device*; devices that were linked with one another (a hand-over by QR code, another domain, a
  web view in an app) count as one. If all that was known on a device may be one person, it is one: an e-mail address at
  the newsletter and a customer at the till. It may not be one where two of a kind differ, two customers above all. Such
  a device is *shared*: it links nobody, and each of its touchpoints is of whoever was known last before it (steps.sql).
* A *hub* links more than a limit: the shop's own tablet, the customer `guest`, the e-mail address of a till. It says
  nothing of anybody and is left out, as if it had not been sent.

Whether devices link what is known on them is decided by the people as they are without any device; so neither the order
of devices nor that of arrival matters.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

VISITOR = "visitor"
KNOWING = ("customer", "loyalty_card", "email", "phone")
"""Kinds that know a person, the surest first; the smallest identifier of the surest kind names the person."""
_RANK = {kind: rank for rank, kind in enumerate((*KNOWING, VISITOR))}


class Node(NamedTuple):
    """An identifier of a site."""

    site: str
    kind: str
    value: str


@dataclass(frozen=True)
class Member:
    """What is found out of one identifier."""

    node: Node
    person: Node | None
    """The identifier that names the person; None for a shared device and a hub."""
    device: Node | None
    """Of a visitor: the visitor id that names its device."""
    shared: bool = False
    hub: bool = False


def resolve(nodes: Iterable[Node], links: Iterable[tuple[Node, Node]], hubs: Iterable[Node]) -> list[Member]:
    """Whose each of the nodes is. `links` are facts and decisions, in any direction, of these nodes alone."""
    left_out = frozenset(hubs)
    every = frozenset(nodes)
    known, devices, seen = _Union(), _Union(), defaultdict[Node, set[Node]](set)
    for one, other in links:
        if one in left_out or other in left_out:
            continue
        if one.kind != VISITOR and other.kind != VISITOR:
            known.join(one, other)
        elif one.kind == other.kind:
            devices.join(one, other)
        else:
            device, node = (one, other) if one.kind == VISITOR else (other, one)
            seen[device].add(node)
    on_device = defaultdict[Node, set[Node]](set)
    for device, found in seen.items():
        on_device[devices.of(device)] |= found
    _join_on_devices(known, on_device, (node for node in every if node.kind != VISITOR))
    return [_member(node, known, devices, on_device, hub=node in left_out) for node in sorted(every)]


def _join_on_devices(known: _Union, on_device: dict[Node, set[Node]], nodes: Iterable[Node]) -> None:
    """Links what was known on one device, where it may be one person."""
    values = defaultdict[Node, dict[str, set[str]]](lambda: defaultdict(set))
    for node in {*nodes, *(node for found in on_device.values() for node in found)}:
        values[known.of(node)][node.kind].add(node.value)
    for first, *others in [
        sorted(found) for found in on_device.values() if _may_be_one({known.of(node) for node in found}, values)
    ]:
        for other in others:
            known.join(first, other)


def _may_be_one(people: set[Node], values: dict[Node, dict[str, set[str]]]) -> bool:
    """Whether no kind of identifier is there with different values of different people."""
    return all(sum(kind in values[person] for person in people) <= 1 for kind in KNOWING)


def _member(node: Node, known: _Union, devices: _Union, on_device: dict[Node, set[Node]], *, hub: bool) -> Member:
    if hub:
        return Member(node, None, None, hub=True)
    if node.kind != VISITOR:
        return Member(node, known.of(node), None)
    device = devices.of(node)
    people = {known.of(found) for found in on_device.get(device, ())}
    if len(people) > 1:
        return Member(node, None, device, shared=True)
    return Member(node, people.pop() if people else device, device)


class _Union:
    """Sets that are joined; each is named by its first node (surest kind, smallest value)."""

    def __init__(self) -> None:
        self._parents: dict[Node, Node] = {}

    def of(self, node: Node) -> Node:
        """The node that names the set of this one."""
        root = node
        while (parent := self._parents.get(root, root)) != root:
            root = parent
        while (parent := self._parents.get(node, node)) != root and parent != node:
            self._parents[node], node = root, parent
        return root

    def join(self, one: Node, other: Node) -> None:
        """Make the sets of both one."""
        first, second = sorted((self.of(one), self.of(other)), key=lambda node: (_RANK[node.kind], node.value))
        self._parents[second] = first
