"""Small worlds for journeys: touchpoints of a few people who share devices, cards and addresses, drawn from a seed.

A world is a site of its own, so many of them can be settled at once and say nothing of one another.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any
from uuid import UUID

Touchpoint = dict[str, Any]
START_MS = 1_767_225_600_000
DAY_MS = 86_400_000
APART = (0, 0, 1_000, 60_000, 3_600_000, DAY_MS, 10 * DAY_MS, 50 * DAY_MS)
"""Milliseconds between two touchpoints. Two of 50 days are a silence."""


@dataclass(frozen=True)
class Decision:
    """What is decided of two identifiers (kind, value) after a load."""

    after_load: int
    one: tuple[str, str]
    other: tuple[str, str]
    word: str


@dataclass(frozen=True)
class World:
    """Touchpoints by load, in which each comes at least once, and decisions between the loads."""

    site: str
    loads: tuple[tuple[Touchpoint, ...], ...]
    decisions: tuple[Decision, ...]

    @property
    def touchpoints(self) -> list[Touchpoint]:
        """Each touchpoint once."""
        return list({one["id"]: one for load in self.loads for one in load}.values())


def draw(seed: int, loads: int) -> World:
    """The world of a seed, in so many loads."""
    chance = random.Random(seed)
    visitors = [f"v{number}" for number in range(chance.randint(1, 5))]
    customers = [f"c{number}" for number in range(chance.randint(1, 4))]
    moment = START_MS
    made = []
    for number in range(chance.randint(2, 22)):
        moment += chance.choice(APART)
        made.append(_touchpoint(chance, seed, number, moment, visitors, customers))
    arriving: list[list[Touchpoint]] = [[] for _ in range(loads)]
    for one in made:
        for load in chance.choices(range(loads), k=chance.choice((1, 1, 1, 2, 3))):  # some come several times
            arriving[load].append(one)
    for load in arriving:
        chance.shuffle(load)
    return World(f"world-{seed}", tuple(map(tuple, arriving)), tuple(_decisions(chance, loads, visitors, customers)))


def _touchpoint(
    chance: random.Random, seed: int, number: int, moment: int, visitors: list[str], customers: list[str]
) -> Touchpoint:
    one: Touchpoint = {
        "id": str(UUID(int=chance.getrandbits(128), version=4)),
        "type": chance.choice(
            [
                "page_view",
                "product_view",
                "product_view",
                "cart_view",
                "order",
                "sale",
                "support_contact",
                "review_written",
            ]
        ),
        "occurred_at": moment,
        "channel": chance.choice(["web", "web", "store", "phone"]),
    }
    if chance.random() < 0.75:
        one["visitor_id"] = chance.choice(visitors)
        if chance.random() < 0.3:
            one["sequence"] = chance.randint(0, 3)
    if chance.random() < 0.25:
        one["customer_id"] = chance.choice(customers)
    identity = {
        name: value
        for name, value, share in (
            ("email_hash", f"{chance.randint(0, 2):064x}", 0.12),
            ("phone_hash", f"{chance.randint(0, 1):064x}", 0.05),
            ("loyalty_card", f"card{chance.randint(0, 2)}", 0.12),
            ("linked_visitor_id", chance.choice(visitors), 0.1),
        )
        if chance.random() < share
    }
    if identity:
        one["identity"] = identity
    if one["type"] in ("order", "sale"):
        one["order"] = {"id": f"o{chance.randint(0, 3)}", "total": "20.00", "currency": "EUR"}
    if chance.random() < 0.2:
        one["session_id"] = f"s{chance.randint(0, 2)}"
    return one


def _decisions(chance: random.Random, loads: int, visitors: list[str], customers: list[str]) -> list[Decision]:
    named = [("visitor", one) for one in visitors] + [("customer", one) for one in customers]
    named += [("email", f"{number:064x}") for number in range(3)] + [("loyalty_card", "card0")]
    found = []
    for _ in range(chance.choice((0, 0, 0, 1, 2, 4))):
        one, other = chance.sample(named, 2)
        found.append(
            Decision(chance.randrange(loads), one, other, chance.choice(("link", "unlink", "unlink", "facts")))
        )
    return sorted(found, key=lambda decision: decision.after_load)
