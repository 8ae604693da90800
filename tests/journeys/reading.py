"""Who is who and what a journey is, read word by word from docs/journeys.md: slow, and only for comparing.

It shares nothing with the product but the names of columns."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from typing import Any

from tests.journeys.world import Decision, Touchpoint

Name = tuple[str, str]
KNOWING = ("customer", "loyalty_card", "email", "phone")


def names_of(touchpoint: Touchpoint) -> list[Name]:
    """Every identifier of a touchpoint."""
    identity = touchpoint.get("identity", {})
    found = [
        ("visitor", touchpoint.get("visitor_id")),
        ("visitor", identity.get("linked_visitor_id")),
        ("customer", touchpoint.get("customer_id")),
        ("loyalty_card", identity.get("loyalty_card")),
        ("email", identity.get("email_hash")),
        ("phone", identity.get("phone_hash")),
    ]
    return sorted({(kind, value) for kind, value in found if value})


class Reading:
    """Whose each touchpoint is."""

    def __init__(self, touchpoints: list[Touchpoint], decisions: list[Decision], people: int, devices: int) -> None:
        self.touchpoints = sorted(
            touchpoints,
            key=lambda one: (one["occurred_at"], one.get("visitor_id", ""), one.get("sequence", 99), one["id"]),
        )
        last = {frozenset((one.one, one.other)): one.word for one in decisions}
        self.undone = {pair for pair, word in last.items() if word == "unlink"}
        links = {frozenset(pair) for one in touchpoints for pair in combinations(names_of(one), 2)}
        self.links = (links | {pair for pair, word in last.items() if word == "link"}) - self.undone
        self.hubs = self._hubs(people, devices)
        self.links = {pair for pair in self.links if not pair & self.hubs}
        self.known = self._groups([pair for pair in self.links if all(kind != "visitor" for kind, _ in pair)])
        self.devices = self._groups([pair for pair in self.links if all(kind == "visitor" for kind, _ in pair)])
        self._join_on_devices()

    def _hubs(self, people: int, devices: int) -> set[Name]:
        others: dict[Name, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for pair in self.links:
            for one in pair:
                for other in pair - {one}:
                    others[one][other[0]].add(other[1])
        return {
            one
            for one, by_kind in others.items()
            if any(
                len(values) > (devices if kind == "visitor" and one[0] != "visitor" else people)
                for kind, values in by_kind.items()
            )
        }

    def _groups(self, pairs: list[frozenset[Name]]) -> dict[Name, frozenset[Name]]:
        groups: dict[Name, frozenset[Name]] = {}
        for pair in pairs:
            together = frozenset().union(*(groups.get(one, frozenset({one})) for one in pair))
            groups |= dict.fromkeys(together, together)
        return groups

    def _join_on_devices(self) -> None:
        self.on_device: dict[frozenset[Name], set[Name]] = defaultdict(set)
        for pair in self.links:
            kinds = {kind for kind, _ in pair}
            if "visitor" in kinds and len(kinds) > 1:
                [device] = [one for one in pair if one[0] == "visitor"]
                self.on_device[self.devices.get(device, frozenset({device}))] |= pair - {device}
        joined = [tuple(group) for group in set(self.known.values())]
        for found in self.on_device.values():
            people = {self.known.get(one, frozenset({one})) for one in found}
            kinds = [kind for person in people for kind in {kind for kind, _ in person}]
            if len(kinds) == len(set(kinds)):
                joined.append(tuple(found))
        self.person = self._groups([frozenset(pair) for group in joined for pair in combinations(group, 2)])

    def _knowing(self, touchpoint: Touchpoint) -> Name | None:
        names = names_of(touchpoint)
        visitor = self._visitor(touchpoint)
        for kind in KNOWING:
            for one in names:
                if one[0] == kind and one not in self.hubs and frozenset((one, visitor)) not in self.undone:
                    return one
        return None

    def _visitor(self, touchpoint: Touchpoint) -> Name:
        linked = touchpoint.get("identity", {}).get("linked_visitor_id", "")
        return ("visitor", touchpoint.get("visitor_id") or linked)

    def owners(self) -> dict[str, object]:
        """Touchpoint id → whose it is, None for nobody."""
        found: dict[str, object] = {}
        for at, touchpoint in enumerate(self.touchpoints):
            found[touchpoint["id"]] = self._owner(at, touchpoint)
        return found

    def _owner(self, at: int, touchpoint: Touchpoint) -> object:
        knowing = self._knowing(touchpoint)
        if knowing is not None:
            return self.person.get(knowing, frozenset({knowing}))
        visitor = self._visitor(touchpoint)
        if not visitor[1] or visitor in self.hubs:
            return None
        device = self.devices.get(visitor, frozenset({visitor}))
        people = {self.person.get(one, frozenset({one})) for one in self.on_device.get(device, ())}
        if len(people) <= 1:
            return people.pop() if people else device
        known = [
            (number, self.person.get(name, frozenset({name})))
            for number, other in enumerate(self.touchpoints)
            if self._visitor(other) in device and (name := self._knowing(other)) is not None
        ]
        before = [person for number, person in known if number < at]
        return before[-1] if before else known[0][1] if known else None


def journeys_of(steps: list[dict[str, Any]], silence_days: float) -> list[list[dict[str, Any]]]:
    """The steps of one person, in order, as journeys: by their part and whether they are purchases."""
    found: list[list[dict[str, Any]]] = []
    bought = used = False
    orders = set[str]()
    for at, step in enumerate(steps):
        telling = step["signal"] in ("order_placed", "sold_in_store", "ordered_by_phone")
        order = step["order_id"] or step["id"]
        buying = telling and order not in orders
        orders |= {order} if telling else set()
        part = "buyer" if buying else "" if telling else step["part"]
        silent = at > 0 and (step["occurred_at"] - steps[at - 1]["occurred_at"]).total_seconds() > silence_days * 86_400
        if at == 0 or silent or (used and part == "buyer"):
            found.append([])
            bought = used = False
        found[-1].append(step)
        bought = bought or buying
        used = used or (bought and part == "customer")
    return found
