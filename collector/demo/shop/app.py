"""The demo shop's routes, to be served at /demo/."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route

from collector.demo.people import Language
from collector.demo.shop import buying, helping, pages
from collector.demo.shop.addresses import ADDRESSES, Address
from collector.demo.shop.view import Tag, Telling, View
from collector.demo.shop.words import picture, words

PREFIX = "/demo"
STATIC = Path(__file__).parent / "static"
STATIC_HEADERS = {"Cache-Control": "public, max-age=300", "X-Content-Type-Options": "nosniff"}

PAGES = {**pages.PAGES, **buying.PAGES, **helping.PAGES}


def routes(script_url: str = "/k.js", key: str = "demo") -> list[BaseRoute]:
    """The shop, below /demo. `script_url` is where its pages load the SDK from, `key` the public key they send with."""
    tag = Tag(script_url, key)
    headers = _headers(script_url)

    async def page(request: Request) -> Response:
        html, status = show(request.url.path, request.headers.get("accept-language", ""), request, tag)
        return HTMLResponse(html, status, headers)

    async def home(request: Request) -> Response:
        return RedirectResponse(f"{PREFIX}/")

    async def style(request: Request) -> Response:
        return _static("shop.css", "text/css")

    async def script(request: Request) -> Response:
        return _static("shop.js", "text/javascript")

    async def icon(request: Request) -> Response:
        drawn = picture("icon").replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
        return Response(drawn, 200, STATIC_HEADERS, "image/svg+xml")

    below = [
        Route("/shop.css", style),
        Route("/shop.js", script),
        Route("/icon.svg", icon),
        Route("/{path:path}", page),
    ]
    return [Route(PREFIX, home), Mount(PREFIX, routes=below)]


def show(path: str, languages: str, request: Request, tag: Tag) -> tuple[str, int]:
    """The page at a path and its status."""
    cookies: Mapping[str, str] = request.cookies
    query: Mapping[str, str] = request.query_params
    path = path.rstrip("/")
    address = Address("home", _preferred(languages)) if path == PREFIX else ADDRESSES.get(path)
    if address is not None:
        view = View(address, cookies, query)
        content, telling = PAGES[address.kind](view)
        return view.frame(tag, address.title, content, telling), 200
    language: Language = "nl" if path.startswith(f"{PREFIX}/nl") else "en"
    view = View(Address("home", language), cookies, query)
    heading, text = words(language)["not_found_title"], words(language)["not_found_text"]
    content = view.fill("empty", heading=heading, text=text, url=view.address.path, button=words(language)["to_home"])
    return view.frame(tag, str(heading), content, Telling("not_found")), 404


def _preferred(languages: str) -> Language:
    """Dutch for browsers that name it first."""
    return "nl" if languages.strip().lower().startswith("nl") else "en"


def _static(name: str, kind: str) -> Response:
    return Response((STATIC / name).read_bytes(), 200, STATIC_HEADERS, kind)


def _headers(script_url: str) -> dict[str, str]:
    """A strict content security policy: scripts of the shop and the SDK's, and requests to the collector."""
    parts = urlsplit(script_url)
    allowed = f"'self' {parts.scheme}://{parts.netloc}" if parts.netloc else "'self'"
    policy = (
        f"default-src 'none'; script-src {allowed}; connect-src {allowed}; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cache-Control": "private, no-cache",
        "Vary": "Cookie, Accept-Language",
    }
