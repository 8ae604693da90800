"""Which address shows which page: the paths of `collector.demo.site`, looked up the other way round."""

from __future__ import annotations

from dataclasses import dataclass

from collector.demo import site
from collector.demo.catalogue import ACCESSORIES, PRODUCTS, Product
from collector.demo.people import Language

LANGUAGES: tuple[Language, ...] = ("en", "nl")
GOODS: tuple[Product, ...] = (*PRODUCTS, *ACCESSORIES)

STEPS: dict[Language, tuple[str, ...]] = {
    "en": ("", "/delivery", "/payment"),
    "nl": ("", "/bezorging", "/betaling"),
}
"""The checkout's steps, below its address."""


@dataclass(frozen=True)
class Address:
    """One page of the shop. `product` stands for its category on a category's page."""

    kind: str
    language: Language
    product: Product | None = None
    step: int = 1

    @property
    def path(self) -> str:
        """Its address, from the site's root."""
        return site.page(self.kind, self.language, self.product)[0] + (
            STEPS[self.language][self.step - 1] if self.kind == "checkout" else ""
        )

    @property
    def title(self) -> str:
        """What stands in the browser's title bar."""
        return site.page(self.kind, self.language, self.product)[1]

    def to(self, kind: str, product: Product | None = None, step: int = 1) -> str:
        """Path of another page in the same language."""
        return Address(kind, self.language, product, step).path

    def translated(self, language: Language) -> str:
        """Path of the same page in another language."""
        return Address(self.kind, language, self.product, self.step).path


def _all() -> dict[str, Address]:
    """Every page. Where several products share one (their category), the first stands for them."""
    found: dict[str, Address] = {}
    for language in LANGUAGES:
        for kind in site.KINDS:
            steps = range(1, len(STEPS[language]) + 1) if kind == "checkout" else (1,)
            for step in steps:
                for product in (None, *GOODS):
                    address = Address(kind, language, product, step)
                    if "{" not in address.path:
                        found.setdefault(address.path.rstrip("/"), address)
    return found


ADDRESSES = _all()
"""By path, without a slash at the end."""
