"""What a touchpoint is made of, as a shop speaks of it: the shop, a line of the receipt, the person."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from klantreis_store import amounts
from klantreis_store.amounts import Amount
from klantreis_store.errors import TouchpointError


@dataclass(frozen=True)
class Shop:
    """Where this till, kiosk or desk stands. `country` is an ISO 3166 code such as NL."""

    id: str
    name: str | None = None
    city: str | None = None
    country: str | None = None
    till: str | None = None
    desk: str | None = None

    def as_fields(self) -> dict[str, Any]:
        """The touchpoint's `store`."""
        return given(self)


@dataclass(frozen=True)
class Line:
    """One line of a receipt, or a product that was shown or repaired. `price` is that of one, `quantity` is whole."""

    id: str | None = None
    name: str | None = None
    price: Amount | None = None
    quantity: int | None = None
    brand: str | None = None
    category: str | None = None
    variant: str | None = None
    currency: str | None = None

    def as_fields(self, currency: str | None = None, sign: int = 1) -> dict[str, Any]:
        """The touchpoint's `product`; `currency` where the line names none, `sign` -1 for what came back.

        Raises TouchpointError for a price that is no amount and a quantity that is not whole.
        """
        found = given(self)
        if self.price is not None:
            found["price"] = amounts.text(self.price, "price")
            found.setdefault("currency", currency)
        if self.quantity is not None and (isinstance(self.quantity, bool) or not isinstance(self.quantity, int)):
            raise TouchpointError(
                f"quantity: {self.quantity!r} must be whole; give what is weighed as 1 with the price of the line"
            )
        if sign < 0:
            found["quantity"] = -abs(self.quantity or 1)
        return {name: value for name, value in found.items() if value is not None}


@dataclass(frozen=True, repr=False)
class Person:
    """Who it was, by whatever is known of them. It never shows itself in a log: its repr names no value.

    `email` and `phone` are hashed before anything is stored; give the phone number with its country, `+31612345678`.
    `linked_visitor_id` is the same person's visitor id elsewhere, as a scanned code brings it. `consent` is `granted`,
    `denied` or `required` where the shop asks: with anything but `granted` no identifier is stored or sent.
    """

    customer_id: str | None = None
    loyalty_card: str | None = None
    email: str | None = None
    phone: str | None = None
    visitor_id: str | None = None
    session_id: str | None = None
    linked_visitor_id: str | None = None
    consent: str | None = None

    def as_fields(self) -> dict[str, Any]:
        """The touchpoint's identifiers, `identity` and `consent`. Raises TouchpointError for an unknown consent."""
        if self.consent not in (None, "granted", "denied", "required"):
            raise TouchpointError(f"consent: {self.consent!r} must be granted, denied or required")
        identity = {
            "email_hash": self.email and _hash(self.email.strip().lower()),
            "phone_hash": self.phone and _hash("".join(letter for letter in self.phone if letter in "+0123456789")),
            "loyalty_card": self.loyalty_card,
            "linked_visitor_id": self.linked_visitor_id,
        }
        found: dict[str, Any] = {
            "visitor_id": self.visitor_id,
            "customer_id": self.customer_id,
            "session_id": self.session_id,
            "identity": {name: value for name, value in identity.items() if value} or None,
            "consent": self.consent and {"state": self.consent},
        }
        return {name: value for name, value in found.items() if value}

    def __repr__(self) -> str:
        known = [field.name for field in fields(self) if getattr(self, field.name) is not None]
        return f"Person({', '.join(f'{name}=…' for name in known)})"


def given(part: Any) -> dict[str, Any]:
    """The fields of a part that were given."""
    return {one.name: value for one in fields(part) if (value := getattr(part, one.name)) is not None}


def without_nothing(found: Mapping[str, Any]) -> dict[str, Any]:
    """The same without what was not given."""
    return {name: value for name, value in found.items() if value is not None}


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
