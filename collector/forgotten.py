"""Who is forgotten, and how that is known without knowing them.

A forgotten person's identifiers are kept as keyed hashes (HMAC-SHA256; the key is a row of the warehouse that all
collectors of it share), so that a late retry of their touchpoints can be recognised and nobody can read who they were:
an order number is guessed in a second from a plain hash.

An accepted touchpoint carries an identifier in one of the fields of `Named`; elsewhere (a price, a product's number)
the same characters mean something else. What was rejected is as it was sent, with the identifier wherever a broken
sender put it; there every text, every number and every long piece of a text counts (`pieces`). `collector/people/*.sql`
says the same to ClickHouse.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from msgspec import Struct

Kind = Literal["visitor", "customer", "order"]
"""What an identifier names: a device or browser, a known person, an order."""
KINDS: tuple[Kind, ...] = ("visitor", "customer", "order")

REMEMBERED = 20_000
"""Identifiers of which it is remembered whether they are on the list; a flood of new ones costs time, never memory."""

PIECE_LENGTH = 6
"""Characters from which on a piece of a text is taken for an identifier; a shorter one occurs in any text."""

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"?|[0-9]+', re.DOTALL)
"""A JSON text, also one that was cut off, or the digits of a number."""
_PIECE = re.compile(r"""[^\x00-\x20"\\,:;{}\[\]()<>/?&=#%+']{6,}""")
assert f"{{{PIECE_LENGTH},}}" in _PIECE.pattern  # noqa: S101  # said twice: the pattern stays readable


class Mark(NamedTuple):
    """One forgotten identifier. `site` is empty where it is forgotten on every site."""

    site: str
    kind: str
    digest: bytes


class _Order(Struct, gc=False):
    id: str | None = None


class _Identity(Struct, gc=False):
    linked_visitor_id: str | None = None


class Named(Struct, gc=False):
    """The identifiers of a touchpoint by which somebody can be forgotten; the rest of its JSON is skipped."""

    visitor_id: str | None = None
    customer_id: str | None = None
    order: _Order | None = None
    identity: _Identity | None = None

    def identifiers(self) -> Iterator[tuple[Kind, str]]:
        """Each with what it names."""
        if self.visitor_id:
            yield "visitor", self.visitor_id
        if self.identity is not None and self.identity.linked_visitor_id:
            yield "visitor", self.identity.linked_visitor_id
        if self.customer_id:
            yield "customer", self.customer_id
        if self.order is not None and self.order.id:
            yield "order", self.order.id


class Forgotten:
    """Everybody who is forgotten, at one moment. False when that is nobody."""

    def __init__(self, secret: bytes = b"", marks: Iterable[Mark] = (), state: int = 0) -> None:
        self._secret = secret
        self._marks = frozenset(marks)
        self._digests = frozenset(mark.digest for mark in self._marks)
        self._everywhere = frozenset(mark.digest for mark in self._marks if not mark.site)
        self._by_site = frozenset((mark.site, mark.digest) for mark in self._marks if mark.site)
        self.state = state
        """Which list this is, as the warehouse says it: it changes with every identifier that joins."""
        # A visitor's touchpoints come together: hashing each of them took 3 of 4 µs that a touchpoint cost the loader.
        self._listed = lru_cache(REMEMBERED)(self._digest_if_listed)

    def __bool__(self) -> bool:
        return bool(self._marks)

    def knows(self, site: str, named: Named) -> bool:
        """Whether a touchpoint of this site carries a forgotten identifier."""
        for kind, value in named.identifiers():
            digest = self._listed(value)
            if digest and (Mark("", kind, digest) in self._marks or Mark(site, kind, digest) in self._marks):
                return True
        return False

    def is_named_in(self, site: str, text: str) -> bool:
        """Whether a rejected text of this site (empty: it is not known which) names somebody who is forgotten."""
        for piece in pieces(text):
            digest = self._digest_if_listed(piece)
            if digest and (not site or digest in self._everywhere or (site, digest) in self._by_site):
                return True
        return False

    def _digest_if_listed(self, value: str) -> bytes | None:
        digest = digest_of(self._secret, value)
        return digest if digest in self._digests else None


NOBODY = Forgotten()


def digest_of(secret: bytes, value: str) -> bytes:
    """The keyed hash of an identifier, 32 bytes."""
    return hmac.digest(secret, value.encode("utf-8", "surrogatepass"), "sha256")


def pieces(text: str) -> set[str]:
    """Whatever in a rejected text may be an identifier: its JSON texts and numbers, and longer pieces of any text."""
    found = {_read(match) for match in _LITERAL.finditer(text)}
    found.update(_PIECE.findall(text))
    found.discard("")
    return found


def _read(literal: re.Match[str]) -> str:
    inside = literal[1]
    if inside is None:
        return literal[0]
    if "\\" not in inside:
        return inside
    try:
        return str(json.loads(f'"{inside}"', strict=False))
    except ValueError:
        return inside
