"""The shop's texts and pictures, read once."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from collector.demo.catalogue import Product
from collector.demo.people import Language
from collector.demo.shop.markup import Html

_FOLDER = Path(__file__).parent


@cache
def words(language: Language) -> dict[str, Any]:
    """The texts of a language by the name of their place in the templates."""
    return _read(language)


def text_of(product: Product, language: Language) -> str:
    """What the shop says of a product."""
    return str(_goods()[product.slug["nl"]][language]["text"])


def details_of(product: Product, language: Language) -> list[str]:
    """What it is made of, how large it is."""
    return [str(detail) for detail in _goods()[product.slug["nl"]][language]["details"]]


def stars_of(product: Product) -> float:
    """Average score of five."""
    return int(_goods()[product.slug["nl"]]["stars"]) / 10


def reviews(language: Language) -> list[dict[str, Any]]:
    """What customers wrote: `who`, `stars`, `text`."""
    found: list[dict[str, Any]] = _goods()["reviews"][language]
    return found


def place(store: str) -> dict[str, str]:
    """Street and phone number of a store."""
    found: dict[str, str] = _goods()["stores"][store]
    return found


@cache
def picture(name: str) -> Html:
    """A drawing, as SVG within the page."""
    return Html((_FOLDER / "pictures" / f"{name}.svg").read_text(encoding="utf-8"))


def _goods() -> dict[str, Any]:
    return _read("goods")


@cache
def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((_FOLDER / "texts" / f"{name}.yaml").read_text(encoding="utf-8"))
    return found
