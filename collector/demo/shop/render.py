"""A page of the shop as HTML: a layout, a page, texts in two languages. Every value is escaped."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from collector.demo.catalogue import ACCESSORIES, CATEGORIES, PRODUCTS, STORES, Product
from collector.demo.people import Language
from collector.demo.shop.pictures import picture
from collector.demo.site import page as page_of

HERE = Path(__file__).parent
GOODS = (*PRODUCTS, *ACCESSORIES)
FAVOURITES = 8
BESIDE = 4
LINKS = ("cart", "checkout", "thanks", "service", "store", "search", "returns", "warranty")


@cache
def _template(name: str) -> Template:
    return Template((HERE / name).read_text(encoding="utf-8"))


@cache
def _texts(language: Language) -> dict[str, str]:
    texts: dict[str, str] = json.loads((HERE / "texts.json").read_text(encoding="utf-8"))[language]
    return {f"t_{name}": escape(text) for name, text in texts.items()}


def whole_page(
    kind: str,
    language: Language,
    *,
    script: str,
    key: str,
    product: Product | None = None,
    category: str | None = None,
    term: str = "",
) -> str:
    """The page of a kind, about a product, a category or a search where it has one."""
    shown = _shown(kind, product, category, term)
    other: Language = "en" if language == "nl" else "nl"
    parts = {
        **_texts(language),
        **{f"{name}_path": path(name, language) for name in LINKS},
        "home": path("home", language),
        "language": language,
        "name": escape(_name(language, product, category)),
        "cards": "".join(_card(one, language) for one in shown),
        "picture": picture(product.category if product else category or "meubels"),
    }
    parts |= _of_product(product, language) if product else {}
    parts |= {
        "term": escape(term),
        "none": "" if shown else parts["t_none"],
        "first_category": _category_path("meubels", language),
        "stores": _stores(language),
        "scores": _scores(),
    }
    title = page_of(kind, language, product)[1] if kind not in ("missing", "category", "search") else ""
    return _template("layout.html").substitute(
        parts,
        kind=kind,
        title=escape(title or f"{_name(language, product, category) or term} | De Groene Gieter"),
        script=escape(script),
        key=escape(key),
        about=escape(json.dumps(_about(kind, language, product, category, term, len(shown)))),
        navigation="".join(
            f'<a href="{_category_path(one, language)}">{escape(CATEGORIES[one].name[language])}</a>'
            for one in CATEGORIES
        ),
        other_language=other,
        other_path=_other_path(kind, other, product, category),
        body=_template(f"pages/{kind}.html").substitute(parts),
    )


def path(kind: str, language: Language, product: Product | None = None) -> str:
    """Path of a page."""
    return escape(page_of(kind, language, product)[0])


def matching(term: str) -> list[Product]:
    """Goods with the term in their name, in either language."""
    wanted = term.strip().lower()
    return [one for one in GOODS if wanted and any(wanted in name.lower() for name in one.name.values())]


def _shown(kind: str, product: Product | None, category: str | None, term: str) -> list[Product]:
    if kind == "search":
        return matching(term)
    if category is not None:
        return [one for one in GOODS if one.category == category]
    if product is not None:
        return [one for one in GOODS if one.category == product.category and one is not product][:BESIDE]
    return sorted(PRODUCTS, key=lambda one: -one.weight)[:FAVOURITES] if kind == "home" else []


def _name(language: Language, product: Product | None, category: str | None) -> str:
    if product is not None:
        return product.name[language]
    return CATEGORIES[category].name[language] if category is not None else ""


def _of_product(product: Product, language: Language) -> dict[str, str]:
    return {
        "brand": escape(product.brand),
        "price": escape(str(product.price)),
        "review_path": path("review", language, product),
        "manual_path": path("manual", language, product),
    }


def _about(
    kind: str, language: Language, product: Product | None, category: str | None, term: str, results: int
) -> dict[str, Any]:
    """What shop.js knows of the page."""
    if product is not None:
        fields = {name: value for name, value in product.fields().items() if name != "weight"}
        return {"product": fields | {"name": product.name[language]}}
    if kind == "search":
        return {"term": term, "results": results}
    return {"category": category} if category is not None else {}


def _card(product: Product, language: Language) -> str:
    return (
        f'<a class="card" href="{path("product", language, product)}">{picture(product.category)}<div>'
        f'<b>{escape(product.name[language])}</b><span class="price">€ {escape(str(product.price))}</span></div></a>'
    )


def _category_path(category: str, language: Language) -> str:
    word = "categorie" if language == "nl" else "category"
    return f"/demo/{language}/{word}/{escape(CATEGORIES[category].slug[language])}"


def _other_path(kind: str, other: Language, product: Product | None, category: str | None) -> str:
    if category is not None:
        return _category_path(category, other)
    return path("home" if kind == "missing" else kind, other, product)


def _stores(language: Language) -> str:
    texts = _texts(language)
    return "".join(_store(store.id, store.city, texts) for store in STORES)


def _store(identifier: str, city: str, texts: dict[str, str]) -> str:
    store = escape(json.dumps({"id": identifier, "city": city}))
    return (
        f'<div class="panel"><h2>{escape(city)}</h2><p><b>{texts["t_hours"]}</b><br>'
        f'<button class="quiet" data-reveal="hours_lookup" data-store="{store}" data-shows="{texts["t_hours_text"]}">'
        f"{texts['t_hours']}</button></p>"
        f'<button data-reveal="contact_lookup" data-store="{store}" data-shows="Marktplein 1, {escape(city)}">'
        f"{texts['t_route']}</button></div>"
    )


def _scores() -> str:
    numbers: Iterable[int] = range(1, 11)
    return "".join(
        f'<button class="quiet" data-track="feedback" data-score="{one}" data-thanks="✓">{one}</button>'
        for one in numbers
    )
