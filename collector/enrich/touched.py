"""Who got something new in a load, and which identifiers came together in it: journeys are settled from that.

An identifier *names* somebody: a device (visitor), a customer, a loyalty card, the hash of an e-mail address or phone
number. Those of one touchpoint belong together: that is a fact, and klantreis.identities has it. A touchpoint
without a visitor id cannot be found by whose it is, so there the touchpoint itself is one end.

Loaders tell all this after each INSERT of touchpoints and before they acknowledge it, so a crash tells it again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import permutations

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

Kind = tuple[str, str]
"""Site, and what an identifier of it names."""
KindPair = tuple[str, str, str]
"""Site, what one end names, what the other."""
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
    """Of one load: whose journeys change, and who came together. Kept by kind, as that is how few bytes tell it."""

    nodes: dict[Kind, set[str]] = field(default_factory=lambda: defaultdict(set))
    """Identifiers of each kind."""
    edges: dict[KindPair, dict[tuple[str, str], int]] = field(default_factory=lambda: defaultdict(dict))
    """Both ends, and when they came together first, in ms by the sender's clock: a customer's pages are one fact."""

    def add(
        self, site: str, visitor: str | None, customer: str | None, identity: Identity | None, at: int, touchpoint: str
    ) -> None:
        """Take note of one touchpoint that names anybody by more than a visitor id, or nobody."""
        identifiers = (None,) * 4 if identity is None else astuple(identity)
        nodes, edges = _links(site, visitor, customer, *identifiers)
        for kind, value in nodes:
            self.nodes[kind].add(value)
        for kinds, ends in edges:
            self._tell(kinds, ends, at)
        if not visitor:
            itself = f"{at} {touchpoint}"
            for (_, what), value in nodes:
                self._tell((site, what, TOUCHPOINT), (value, itself), at)
            if not nodes:
                self.nodes[site, TOUCHPOINT].add(itself)

    def _tell(self, kinds: KindPair, ends: tuple[str, str], at: int) -> None:
        known = self.edges[kinds]
        if at < known.setdefault(ends, at):
            known[ends] = at

    def __add__(self, other: Touched) -> Touched:
        both = Touched()
        for one in (self, other):
            for kind, values in one.nodes.items():
                both.nodes[kind] |= values
            for kinds, edges in one.edges.items():
                for ends, at in edges.items():
                    both._tell(kinds, ends, at)
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
) -> tuple[tuple[tuple[Kind, str], ...], tuple[tuple[KindPair, tuple[str, str]], ...]]:
    """The different identifiers of a touchpoint, and each pair of them in both directions."""
    found = [
        (VISITOR, visitor), (CUSTOMER, customer), (VISITOR, linked),
        (LOYALTY_CARD, card), (EMAIL, email), (PHONE, phone),
    ]  # fmt: skip
    named = dict.fromkeys((kind, value) for kind, value in found if value)
    edges = (((site, one[0], other[0]), (one[1], other[1])) for one, other in permutations(named, 2))
    return tuple(((site, kind), value) for kind, value in named), tuple(edges)
