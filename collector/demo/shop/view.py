"""One look at the shop: who is where, in which language, with what in the cart; and the frame around every page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from collector.demo.catalogue import CATEGORIES, PRODUCTS, Product
from collector.demo.shop.addresses import LANGUAGES, Address
from collector.demo.shop.cart import Cart
from collector.demo.shop.markup import Html, as_json, render
from collector.demo.shop.words import picture, words

ORDER_NUMBER = re.compile(r"DG-[A-Z0-9]{4,16}")
PAYMENTS = ("ideal", "card", "afterwards")
CONSENTS = ("granted", "denied")


@dataclass(frozen=True)
class Tag:
    """The SDK's script tag on every page."""

    script_url: str
    key: str


@dataclass(frozen=True)
class Telling:
    """What a page itself tells of when it is shown: `shop.js` hands it to the SDK."""

    type: str
    fields: Mapping[str, Any] = field(default_factory=dict)
    once: str = ""
    """Told once for this name in a browser tab, however often the page is loaded."""

    def attributes(self) -> Html:
        """As data attributes."""
        once = render("attribute", {}, name="once", value=self.once) if self.once else Html()
        fields = render("attribute", {}, name="fields", value=as_json(self.fields))
        return Html(render("attribute", {}, name="shown", value=self.type) + fields + once)


@dataclass(frozen=True)
class View:
    """A request, understood."""

    address: Address
    cookies: Mapping[str, str]
    query: Mapping[str, str]

    @property
    def cart(self) -> Cart:
        """What is in the cart."""
        return Cart.read(self.cookies.get("cart", ""))

    @property
    def ordered(self) -> tuple[str, str, Cart] | None:
        """Number, payment and goods of the order that was just placed."""
        number, _, payment = self.cookies.get("order", "").partition("~")
        bought = Cart.read(self.cookies.get("ordered", ""))
        if not ORDER_NUMBER.fullmatch(number) or payment not in PAYMENTS or not bought.lines:
            return None
        return number, payment, bought

    @property
    def term(self) -> str:
        """What was searched."""
        return self.query.get("q", "").strip()[:80]

    @property
    def words(self) -> dict[str, Any]:
        """The texts of its language."""
        return words(self.address.language)

    def say(self, name: str, /, **values: object) -> str:
        """A text with its {places} filled."""
        return str(self.words[name]).format(**values)

    def name(self, product: Product) -> str:
        """A product's name in its language."""
        return product.name[self.address.language]

    def fill(self, template: str, /, **values: Any) -> Html:
        """A template with this language's texts."""
        return render(template, self.words, **values)

    def frame(self, tag: Tag, title: str, content: Html, telling: Telling | None) -> str:
        """The whole page around its content."""
        address = self.address
        other = next(language for language in LANGUAGES if language != address.language)
        consent = self.cookies.get("consent")
        return self.fill(
            "page",
            language=address.language,
            title=title,
            other=other,
            other_url=address.translated(other),
            script_url=tag.script_url,
            key=tag.key,
            consent=render("attribute", {}, name="consent", value=consent) if consent in CONSENTS else "",
            icon=picture("icon"),
            home_url=address.to("home"),
            search_url=address.to("search"),
            service_url=address.to("service"),
            stores_url=address.to("store"),
            cart_url=address.to("cart"),
            term=self.term,
            cart_count=self.cart.count,
            departments=[
                self.fill("link", url=address.to("category", one), name=category_name(one, self))
                for one in departments()
            ],
            told=telling.attributes() if telling else "",
            content=content,
        )


def departments() -> list[Product]:
    """One product for each category, which stands for it in addresses."""
    return [next(one for one in PRODUCTS if one.category == category) for category in CATEGORIES]


def category_name(product: Product, view: View) -> str:
    """Name of a product's category."""
    return CATEGORIES[product.category].name[view.address.language].replace("-", " ")
