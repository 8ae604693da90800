"""The shop's pages and screens as visitors see them: addresses and titles, in Dutch and English."""

from __future__ import annotations

from collector.demo.catalogue import CATEGORIES, Product
from collector.demo.people import Language

SITE = "https://shop.example"
"""A host that nobody can own (RFC 2606). The paths are those of the demo shop, which the collector serves at /demo/."""
SHOP_NAME = "De Groene Gieter"

# Kind of page → path within the language, and title. {item} is the product's or the category's own.
_PAGES: dict[Language, dict[str, tuple[str, str]]] = {
    "nl": {
        "home": ("", "Alles voor de tuin"),
        "category": ("categorie/{item}", "{name}"),
        "product": ("product/{item}", "{name}"),
        "review": ("review/{item}", "Beoordelingen van {name}"),
        "search": ("zoeken", "Zoekresultaten"),
        "compare": ("vergelijken", "Vergelijken"),
        "article": ("advies/{item}", "Advies over {name}"),
        "cart": ("winkelwagen", "Winkelwagen"),
        "checkout": ("afrekenen", "Afrekenen"),
        "thanks": ("bedankt", "Bedankt voor je bestelling"),
        "service": ("klantenservice", "Klantenservice"),
        "store": ("winkels", "Onze winkels"),
        "quote": ("zakelijk/offerte", "Offerte aanvragen"),
        "manual": ("handleiding/{item}", "Handleiding van {name}"),
        "warranty": ("garantie", "Garantie registreren"),
        "returns": ("retourneren", "Retourneren"),
        "order_status": ("bestelstatus", "Waar is mijn bestelling?"),
    },
    "en": {
        "home": ("", "Everything for the garden"),
        "category": ("category/{item}", "{name}"),
        "product": ("product/{item}", "{name}"),
        "review": ("review/{item}", "Reviews of {name}"),
        "search": ("search", "Search results"),
        "compare": ("compare", "Compare"),
        "article": ("advice/{item}", "Advice on {name}"),
        "cart": ("cart", "Your cart"),
        "checkout": ("checkout", "Checkout"),
        "thanks": ("thanks", "Thank you for your order"),
        "service": ("service", "Customer service"),
        "store": ("stores", "Our stores"),
        "quote": ("business/quote", "Ask for a quotation"),
        "manual": ("manual/{item}", "Manual of {name}"),
        "warranty": ("warranty", "Register your warranty"),
        "returns": ("returns", "Returns"),
        "order_status": ("order-status", "Where is my order?"),
    },
}

KINDS: tuple[str, ...] = tuple(_PAGES["nl"])

_PROBLEMS: dict[Language, tuple[str, ...]] = {
    "nl": ("{name} kapot", "hoe kies ik een {name}", "{name} werkt niet", "waarom groeit mijn gras niet"),
    "en": ("{name} broken", "how to choose a {name}", "{name} not working", "why is my lawn turning yellow"),
}
_WISHES: dict[Language, tuple[str, ...]] = {
    "nl": ("{name}", "{name} kopen", "beste {name}", "{name} aanbieding", "{name} test"),
    "en": ("{name}", "buy {name}", "best {name}", "{name} offer", "{name} review"),
}
_NEARBY: dict[Language, tuple[str, ...]] = {
    "nl": ("tuincentrum in de buurt", "{name} op voorraad bij mij in de buurt", "tuinwinkel open"),
    "en": ("garden centre near me", "{name} in stock near me", "garden shop open now"),
}


def page(kind: str, language: Language, product: Product | None) -> tuple[str, str]:
    """Path and title of a page; pages about a product or its category need to know which."""
    path, title = _PAGES[language][kind]
    if product is not None and "{" in path:
        category = CATEGORIES[product.category]
        item, name = (category.slug, category.name) if kind == "category" else (product.slug, product.name)
        path, title = path.format(item=item[language]), title.format(name=name[language])
    return f"/demo/{language}/{path}", f"{title} | {SHOP_NAME}"


def screen(kind: str, product: Product | None) -> str:
    """Name of the app's screen that is the same as a page."""
    return f"{kind}/{product.slug['en']}" if product is not None and kind in ("product", "review") else kind


def search_terms(product: Product, language: Language, *, problem: bool = False, local: bool = False) -> list[str]:
    """What somebody types who wants the product, has a problem, or wants a shop nearby."""
    terms = _NEARBY if local else _PROBLEMS if problem else _WISHES
    return [term.format(name=product.name[language].lower()) for term in terms[language]]
