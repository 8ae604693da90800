"""What stands on each kind of page, and what the page tells of when it is shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from collector.demo.catalogue import CATEGORIES, PRODUCTS, Product, accessory
from collector.demo.shop.addresses import GOODS
from collector.demo.shop.cart import MOST, euro
from collector.demo.shop.markup import Html, as_json
from collector.demo.shop.view import Telling, View, category_name, departments
from collector.demo.shop.words import details_of, picture, reviews, stars_of, text_of

POPULAR = 8
REVIEWS = 3
SCALE = 5
SIDE_BY_SIDE = 3

Shown = tuple[Html, Telling | None]


def home(view: View) -> Shown:
    """The front page."""
    best = sorted(PRODUCTS, key=lambda product: -product.weight)
    tiles = [
        view.fill("tile", url=view.address.to("category", one), picture=_picture(one), name=category_name(one, view))
        for one in departments()
    ]
    return view.fill(
        "home",
        hero_url=view.address.to("category", departments()[0]),
        pictures=[picture("groene-gieter"), picture("bloempot-terracotta")],
        categories=tiles,
        cards=[_card(view, product) for product in best[:POPULAR]],
    ), None


def category(view: View) -> Shown:
    """All products of a category."""
    of = _product(view).category
    products = [product for product in GOODS if product.category == of]
    return view.fill(
        "list",
        heading=category_name(_product(view), view),
        count=view.say("products_count", count=len(products)),
        compare_url=f"{view.address.to('compare')}?category={of}",
        cards=[_card(view, product) for product in products],
    ), Telling("product_list_view", {"products": [_placed(product, place) for place, product in enumerate(products)]})


def product(view: View) -> Shown:
    """One product."""
    shown = _product(view)
    others = [accessory(shown)] if shown in PRODUCTS else []
    others += [one for one in PRODUCTS if one.category == shown.category and one != shown][:3]
    return view.fill(
        "product",
        home_url=view.address.to("home"),
        category_url=view.address.to("category", shown),
        category_name=category_name(shown, view),
        picture=_picture(shown),
        maker=view.say("from_brand", brand=shown.brand),
        name=view.name(shown),
        stars_text=view.say("stars", score=stars_of(shown)),
        stars_drawn=_stars(stars_of(shown)),
        reviews_count=view.say("reviews_link", count=REVIEWS),
        review_url=view.address.to("review", shown),
        text=text_of(shown, view.address.language),
        amount=euro(shown.price, view.address.language),
        id=shown.slug["nl"],
        fields=as_json({"product": shown.fields(1)}),
        quantities=[view.fill("option", value=count, name=count) for count in range(1, MOST + 1)],
        compare_url=f"{view.address.to('compare')}?category={shown.category}",
        manual_url=view.address.to("manual", shown),
        advice_url=view.address.to("article", shown),
        features=_features(view, shown),
        cards=[_card(view, one) for one in others],
    ), Telling("product_view", {"product": shown.fields()})


def review(view: View) -> Shown:
    """What others say of a product, and a form to say something oneself."""
    shown = _product(view)
    said = [
        view.fill(
            "said", stars_text=view.say("stars", score=one["stars"]), stars_drawn=_stars(one["stars"]), **_said(one)
        )
        for one in reviews(view.address.language)
    ]
    return view.fill(
        "review",
        heading=view.say("reviews_title", name=view.name(shown)),
        stars_text=view.say("stars", score=stars_of(shown)),
        stars_drawn=_stars(stars_of(shown)),
        product_url=view.address.to("product", shown),
        name=view.name(shown),
        reviews=said,
        fields=as_json({"product": shown.fields()}),
        scores=[view.fill("score", score=score, stars_drawn=_stars(score)) for score in range(SCALE, 0, -1)],
    ), Telling("review_read", {"product": shown.fields()})


def search(view: View) -> Shown:
    """What was found for a word."""
    term = view.term
    found = [one for one in GOODS if term and term.lower() in _searched(view, one)]
    heading = view.say("search_title", term=term) if term else view.words["search_label"]
    note = (
        view.say("products_count", count=len(found)) if found else view.words["search_none" if term else "search_empty"]
    )
    content = view.fill("search", heading=heading, note=note, cards=[_card(view, one) for one in found])
    return content, Telling("search", {"search": {"term": term, "results": len(found)}}) if term else None


def compare(view: View) -> Shown:
    """Products side by side: of a category, or the most wanted."""
    of = view.query.get("category", "")
    chosen = [one for one in PRODUCTS if one.category == of] if of in CATEGORIES else list(PRODUCTS)
    chosen = sorted(chosen, key=lambda one: -one.weight)[:SIDE_BY_SIDE]
    columns = [
        view.fill(
            "compared",
            url=view.address.to("product", one),
            picture=_picture(one),
            name=view.name(one),
            amount=euro(one.price, view.address.language),
            brand_name=one.brand,
            features=_features(view, one),
        )
        for one in chosen
    ]
    return view.fill("compare", columns=columns), Telling("compare", {"products": [one.fields() for one in chosen]})


def article(view: View) -> Shown:
    """Advice before buying."""
    name = view.name(_product(view)).lower()
    link = view.fill("link", url=view.address.to("product", _product(view)), name=view.say("article_link", name=name))
    body = [view.fill("paragraph", text=part) for part in view.words["article_parts"]]
    heading = view.say("article_title", name=name)
    return _text(view, heading, [*body, view.fill("paragraph", text=link)]), _about("article_read", view)


def manual(view: View) -> Shown:
    """How to use what one bought."""
    steps = [
        view.fill("paragraph", text=f"{number}. {step}") for number, step in enumerate(view.words["manual_steps"], 1)
    ]
    return _text(view, view.say("manual_title", name=view.name(_product(view))), steps), _about("manual_read", view)


def _product(view: View) -> Product:
    assert view.address.product is not None, "an address of this kind always has a product"  # noqa: S101
    return view.address.product


def _about(type_: str, view: View) -> Telling:
    return Telling(type_, {"product": _product(view).fields()})


def _text(view: View, heading: str, body: list[Html]) -> Html:
    return view.fill("text", heading=heading, picture=_picture(_product(view)), body=body)


def _card(view: View, shown: Product) -> Html:
    return view.fill(
        "card",
        url=view.address.to("product", shown),
        picture=_picture(shown),
        name=view.name(shown),
        maker=view.say("from_brand", brand=shown.brand),
        amount=euro(shown.price, view.address.language),
        id=shown.slug["nl"],
        fields=as_json({"product": shown.fields(1)}),
    )


def _features(view: View, shown: Product) -> list[Html]:
    return [view.fill("item", item=detail) for detail in details_of(shown, view.address.language)]


def _picture(shown: Product) -> Html:
    return picture(shown.slug["nl"])


def _placed(shown: Product, place: int) -> dict[str, Any]:
    return {**shown.fields(), "position": place + 1}


def _said(one: dict[str, Any]) -> dict[str, Any]:
    return {"text": one["text"], "who": one["who"]}


def _searched(view: View, one: Product) -> str:
    return f"{view.name(one)} {one.brand} {category_name(one, view)} {text_of(one, view.address.language)}".lower()


def _stars(score: float) -> str:
    full = round(score)
    return "★" * full + "☆" * (SCALE - full)


PAGES: dict[str, Callable[[View], Shown]] = {
    "home": home,
    "category": category,
    "product": product,
    "review": review,
    "search": search,
    "compare": compare,
    "article": article,
    "manual": manual,
}
