"""Routes of the demo shop. Its pages are public and hostile input reaches them: slugs are looked up, texts escaped."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from collector.demo.catalogue import CATEGORIES, Product
from collector.demo.people import Language
from collector.demo.shop.render import GOODS, whole_page
from collector.demo.site import page as page_of

HERE = Path(__file__).parent
LANGUAGES: tuple[Language, ...] = get_args(Language)
KINDS = ("home", "cart", "checkout", "thanks", "service", "store", "returns", "warranty")
ABOUT_A_PRODUCT = ("product", "review", "manual")
TERM_LENGTH = 80

Page = Callable[[Request], Awaitable[Response]]


def routes(script_url: str = "/k.js", key: str = "demo") -> list[BaseRoute]:
    """The shop at /demo/, with the SDK at `script_url` sending with the public key `key`."""
    shop = _Shop(script_url, key)
    found: list[BaseRoute] = [
        Route("/demo", shop.entrance),
        Route("/demo/", shop.entrance),
        *(Route(f"/demo/{name}", _file(name)) for name in ("shop.js", "shop.css")),
    ]
    for language in LANGUAGES:
        found += [Route(page_of(kind, language, None)[0], shop.page(kind, language)) for kind in KINDS]
        found += [Route(_pattern(kind, language), shop.about(kind, language)) for kind in ABOUT_A_PRODUCT]
        found.append(Route(_category_pattern(language), shop.category(language)))
        found.append(Route(page_of("search", language, None)[0], shop.search(language)))
        found.append(Route(f"/demo/{language}/{{rest:path}}", shop.page("missing", language, status=404)))
    return found


class _Shop:
    """Makes the pages, with the SDK as it is installed here."""

    def __init__(self, script_url: str, key: str) -> None:
        self._script_url = script_url
        self._key = key
        self._headers = _headers(script_url)

    async def entrance(self, request: Request) -> Response:
        """To the shop in the visitor's language; a campaign in the address goes along."""
        dutch = request.headers.get("accept-language", "").lower().startswith("nl")
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/demo/{'nl' if dutch else 'en'}/{query}", 302)

    def page(self, kind: str, language: Language, status: int = 200) -> Page:
        async def answer(request: Request) -> Response:
            return self._html(kind, language, status=status)

        return answer

    def about(self, kind: str, language: Language) -> Page:
        goods = {one.slug[language]: one for one in GOODS}

        async def answer(request: Request) -> Response:
            product = goods.get(request.path_params["item"])
            if product is None:
                return self._html("missing", language, status=404)
            return self._html(kind, language, product=product)

        return answer

    def category(self, language: Language) -> Page:
        slugs = {category.slug[language]: name for name, category in CATEGORIES.items()}

        async def answer(request: Request) -> Response:
            category = slugs.get(request.path_params["item"])
            if category is None:
                return self._html("missing", language, status=404)
            return self._html("category", language, category=category)

        return answer

    def search(self, language: Language) -> Page:
        async def answer(request: Request) -> Response:
            return self._html("search", language, term=request.query_params.get("q", "")[:TERM_LENGTH])

        return answer

    def _html(
        self,
        kind: str,
        language: Language,
        *,
        status: int = 200,
        product: Product | None = None,
        category: str | None = None,
        term: str = "",
    ) -> Response:
        text = whole_page(
            kind, language, script=self._script_url, key=self._key, product=product, category=category, term=term
        )
        return HTMLResponse(text, status, self._headers)


def _headers(script_url: str) -> dict[str, str]:
    """A strict policy is part of what the demo shows: the SDK needs its script and its collector, and nothing else."""
    parts = urlsplit(script_url)
    collector = f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""
    return {
        "Content-Security-Policy": f"default-src 'none'; script-src 'self'{collector}; connect-src 'self'{collector}; "
        "style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "strict-origin-when-cross-origin",
    }


def _file(name: str) -> Page:
    async def answer(request: Request) -> Response:
        return FileResponse(HERE / name, headers={"Cache-Control": "max-age=60"})

    return answer


def _pattern(kind: str, language: Language) -> str:
    """The route of a kind of page, with `{item}` for the product's slug."""
    example = GOODS[0]
    return page_of(kind, language, example)[0].replace(example.slug[language], "{item}")


def _category_pattern(language: Language) -> str:
    return f"/demo/{language}/{'categorie' if language == 'nl' else 'category'}/{{item}}"
