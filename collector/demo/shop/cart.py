"""The cart: a cookie `cart` such as `groene-gieter:2.barbecue:1`, written by shop.js, believed in nothing."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from collector.demo.catalogue import Product
from collector.demo.people import Language
from collector.demo.shop.addresses import GOODS

MOST = 9
"""Of one product."""

FREE_SHIPPING = Decimal(50)
SHIPPING = Decimal("4.95")
_DUTCH = str.maketrans(",.", ".,")
_BY_ID = {product.slug["nl"]: product for product in GOODS}


@dataclass(frozen=True)
class Line:
    """So many of a product."""

    product: Product
    quantity: int

    @property
    def total(self) -> Decimal:
        """In euro."""
        return self.product.price * self.quantity


@dataclass(frozen=True)
class Cart:
    """What somebody is about to buy, or has bought."""

    lines: tuple[Line, ...]

    @classmethod
    def read(cls, cookie: str) -> Cart:
        """What the cookie says; whatever is no product of the shop is left out."""
        quantities: dict[str, int] = {}
        for part in cookie.split(".")[: len(_BY_ID)]:
            name, _, count = part.partition(":")
            if name in _BY_ID and count in map(str, range(1, MOST + 1)):
                quantities.setdefault(name, int(count))
        return cls(tuple(Line(_BY_ID[name], quantity) for name, quantity in quantities.items()))

    @property
    def count(self) -> int:
        """Pieces in it."""
        return sum(line.quantity for line in self.lines)

    @property
    def goods(self) -> Decimal:
        """Without shipping, in euro."""
        return sum((line.total for line in self.lines), Decimal(0))

    @property
    def shipping(self) -> Decimal:
        """In euro; nothing is sent for nothing."""
        return SHIPPING if self.lines and self.goods < FREE_SHIPPING else Decimal(0)

    @property
    def total(self) -> Decimal:
        """In euro."""
        return self.goods + self.shipping

    def fields(self) -> dict[str, Any]:
        """As a touchpoint's `order` and `products`."""
        order = {"total": f"{self.total:.2f}", "shipping": f"{self.shipping:.2f}", "currency": "EUR"}
        return {"order": order, "products": [line.product.fields(line.quantity) for line in self.lines]}


def euro(amount: Decimal, language: Language) -> str:
    """A price as people write it."""
    if language == "en":
        return f"€{amount:,.2f}"
    return f"€ {amount:,.2f}".translate(_DUTCH)
