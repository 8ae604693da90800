"""Who got something new in a load, and which identifiers came together in it: journeys are settled from that.

An identifier *names* somebody: a device (visitor), a customer, a loyalty card, the hash of an e-mail address or phone
number. Those of one touchpoint belong together: that is a fact, and klantreis.identities has it. A touchpoint
without a visitor id cannot be found by whose it is, so there the touchpoint itself is one end.

Loaders tell all this after each INSERT of touchpoints and before they acknowledge it, so a crash tells it again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import permutations
from uuid import UUID

from msgspec import Struct

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
Edge = tuple[str, str, str, str, str, int]
"""Site, kind and value of one end, kind and value of the other, and when, in milliseconds by the sender's clock."""


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
    edges: set[Edge] = field(default_factory=set)

    def add(
        self, site: str, visitor: str | None, customer: str | None, identity: Identity | None, at: int, touchpoint: str
    ) -> None:
        """Take note of one touchpoint that names anybody by more than a visitor id, or nobody."""
        named = _named(visitor, customer, identity)
        if not named:
            self.nodes.add((site, TOUCHPOINT, _named_itself(at, touchpoint)))
            return
        self.nodes.update((site, *one) for one in named)
        self.edges.update((site, *one, *other, at) for one, other in permutations(named, 2))
        if not visitor:
            itself = (TOUCHPOINT, _named_itself(at, touchpoint))
            self.edges.update((site, *one, *itself, at) for one in named)

    def __add__(self, other: Touched) -> Touched:
        return Touched(self.nodes | other.nodes, self.edges | other.edges)


def _named(visitor: str | None, customer: str | None, identity: Identity | None) -> list[tuple[str, str]]:
    """The different identifiers of a touchpoint."""
    found = [(VISITOR, visitor), (CUSTOMER, customer)]
    if identity is not None:
        found += [
            (VISITOR, identity.linked_visitor_id),
            (LOYALTY_CARD, identity.loyalty_card),
            (EMAIL, identity.email_hash),
            (PHONE, identity.phone_hash),
        ]
    return list(dict.fromkeys((kind, value) for kind, value in found if value))


def _named_itself(at: int, touchpoint: str) -> str:
    return f"{at} {UUID(touchpoint)}"
