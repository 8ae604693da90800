"""What the demo's company sells, and where: products, categories, shops."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any


@dataclass(frozen=True, slots=True)
class Category:
    """Products that stand together; texts by language."""

    slug: dict[str, str]
    name: dict[str, str]


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the shop; texts by language, price in euro."""

    slug: dict[str, str]
    name: dict[str, str]
    brand: str
    category: str
    price: Decimal
    weight: float
    """How often people want it."""

    def fields(self, quantity: int | None = None) -> dict[str, Any]:
        """As `collector.touchpoint.Product`."""
        counted = {} if quantity is None else {"quantity": quantity}
        return {
            "id": self.slug["nl"], "name": self.name["nl"], "brand": self.brand, "category": self.category,
            "price": str(self.price), "currency": "EUR", **counted,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Store:
    """A shop in a town."""

    id: str
    city: str
    tills: int
    weight: float


def _category(dutch: str, english: str) -> Category:
    return Category({"nl": dutch.lower(), "en": english.lower()}, {"nl": dutch, "en": english})


def _product(dutch: str, english: str, brand: str, category: str, price: str, weight: float) -> Product:
    slug = {"nl": dutch.lower().replace(" ", "-"), "en": english.lower().replace(" ", "-")}
    return Product(slug, {"nl": dutch, "en": english}, brand, category, Decimal(price), weight)


CATEGORIES = {
    "tuin": _category("Tuin", "Garden"),
    "gereedschap": _category("Gereedschap", "Tools"),
    "meubels": _category("Meubels", "Furniture"),
    "buitenkoken": _category("Buitenkoken", "Outdoor-cooking"),
}

PRODUCTS = (
    _product("Groene gieter", "Green watering can", "Loof", "tuin", "24.95", 8),
    _product("Tuinslang 25 m", "Garden hose 25 m", "Loof", "tuin", "39.95", 6),
    _product("Bloempot terracotta", "Terracotta flower pot", "Klei", "tuin", "17.50", 8),
    _product("Robotmaaier", "Robot lawn mower", "Grasvolk", "gereedschap", "899.00", 5),
    _product("Accugrasmaaier", "Cordless lawn mower", "Grasvolk", "gereedschap", "329.00", 9),
    _product("Heggenschaar", "Hedge trimmer", "Grasvolk", "gereedschap", "149.00", 7),
    _product("Snoeischaar", "Pruning shears", "Scherp", "gereedschap", "34.95", 7),
    _product("Loungeset", "Lounge set", "Buitenkamer", "meubels", "1249.00", 5),
    _product("Tuintafel", "Garden table", "Buitenkamer", "meubels", "449.00", 6),
    _product("Tuinstoel", "Garden chair", "Buitenkamer", "meubels", "89.00", 8),
    _product("Parasol", "Parasol", "Buitenkamer", "meubels", "179.00", 6),
    _product("Barbecue", "Barbecue", "Vuurplaats", "buitenkoken", "299.00", 7),
    _product("Pizzaoven", "Pizza oven", "Vuurplaats", "buitenkoken", "399.00", 4),
    _product("Vuurschaal", "Fire bowl", "Vuurplaats", "buitenkoken", "119.00", 5),
)
ACCESSORIES = (
    _product("Tuinhandschoen", "Garden glove", "Loof", "tuin", "12.95", 4),
    _product("Reservemesjes", "Spare blades", "Grasvolk", "gereedschap", "29.95", 4),
    _product("Beschermhoes", "Protective cover", "Buitenkamer", "meubels", "59.95", 5),
    _product("Barbecuegereedschap", "Barbecue tools", "Vuurplaats", "buitenkoken", "44.95", 3),
)
_WEIGHTS = [product.weight for product in PRODUCTS]

STORES = (
    Store("utrecht", "Utrecht", 3, 4),
    Store("rotterdam", "Rotterdam", 3, 3),
    Store("eindhoven", "Eindhoven", 2, 2),
    Store("zwolle", "Zwolle", 2, 2),
)


def wanted(rng: Random) -> Product:
    """What somebody has in mind."""
    return rng.choices(PRODUCTS, _WEIGHTS)[0]


def another(rng: Random, product: Product) -> Product:
    """Another product of the same category, such as one compares it with."""
    return rng.choice([other for other in PRODUCTS if other.category == product.category and other is not product])


def accessory(product: Product) -> Product:
    """What goes with it."""
    return next(other for other in ACCESSORIES if other.category == product.category)
