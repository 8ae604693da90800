"""Who got something new in a load, and which identifiers came together in it: journeys are settled from that.

An identifier *names* somebody: a device (visitor), a customer, a loyalty card, the hash of an e-mail address or phone
number. Those of one touchpoint belong together: that is a fact, and klantreis.identities has it. A touchpoint
without a visitor id cannot be found by whose it is, so there the touchpoint itself is one end.

Loaders tell all this after each INSERT of touchpoints and before they acknowledge it, so a crash tells it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import permutations
from uuid import UUID

from msgspec import Struct
from msgspec.structs import astuple

VISITOR = "visitor"
CUSTOMER = "customer"
LOYALTY_CARD = "loyalty_card"
EMAIL = "email"
PHONE = "phone"
KNOWING = (CUSTOMER, LOYALTY_CARD, EMAIL, PHONE)
"""What names a person, the surest first; a visitor id names a device."""
TOUCHPOINT = "touchpoint"
"""Not an identifier: the touchpoint itself, as `<occurred_at as sent, in milliseconds> <id>`."""

Node = tuple[str, str, str]
"""Site, kind, value."""
Edge = tuple[str, str, str, str, str]
"""Site, kind and value of one end, kind and value of the other."""
CACHED = 20_000
"""Combinations of identifiers that are remembered: a visitor's touchpoints come together."""


class Identity(Struct, gc=False):
    """The field `identity` of a touchpoint."""

    email_hash: str | None = None
    phone_hash: str | None = None
    loyalty_card: str | None = None
    linked_visitor_id: str | None = None


@dataclass
class Touched:
    """Of one load: `nodes` whose journeys change, `edges` that came with it."""

    nodes: set[Node] = field(default_factory=set)
    edges: dict[Edge, int] = field(default_factory=dict)
    """Each with when it came first, in milliseconds by the sender's clock: a customer's pages are one fact."""

    def add(
        self, site: str, visitor: str | None, customer: str | None, identity: Identity | None, at: int, touchpoint: str
    ) -> None:
        """Take note of one touchpoint that names anybody by more than a visitor id, or nobody."""
        identifiers = (None,) * 4 if identity is None else astuple(identity)
        nodes, edges = _links(site, visitor, customer, *identifiers)
        if not nodes:
            self.nodes.add((site, TOUCHPOINT, _named_itself(at, touchpoint)))
            return
        self.nodes.update(nodes)
        for edge in edges:
            self._tell(edge, at)
        if not visitor:
            itself = (TOUCHPOINT, _named_itself(at, touchpoint))
            for node in nodes:
                self._tell((*node, *itself), at)

    def _tell(self, edge: Edge, at: int) -> None:
        before = self.edges.get(edge)
        if before is None or at < before:
            self.edges[edge] = at

    def __add__(self, other: Touched) -> Touched:
        both = Touched(self.nodes | other.nodes, dict(self.edges))
        for edge, at in other.edges.items():
            both._tell(edge, at)
        return both


@lru_cache(CACHED)
def _links(
    site: str,
    visitor: str | None,
    customer: str | None,
    email: str | None,
    phone: str | None,
    card: str | None,
    linked: str | None,
) -> tuple[tuple[Node, ...], tuple[Edge, ...]]:
    """The different identifiers of a touchpoint, and each pair of them in both directions."""
    found = [
        (VISITOR, visitor), (CUSTOMER, customer), (VISITOR, linked),
        (LOYALTY_CARD, card), (EMAIL, email), (PHONE, phone),
    ]  # fmt: skip
    named = tuple(dict.fromkeys((site, kind, value) for kind, value in found if value))
    return named, tuple((*one, *other[1:]) for one, other in permutations(named, 2))


def _named_itself(at: int, touchpoint: str) -> str:
    return f"{at} {UUID(touchpoint)}"
