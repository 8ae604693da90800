"""The custom pixel for Shopify, as it is pasted, in a frame without an origin that has the Web Pixels API's shape.

Shopify itself runs at Shopify alone: `shopify/sandbox.html` stands in for it, with its documented events as examples.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest
from conftest import EXAMPLES, ROOT, Told
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.installation import Installation
from tests.web.serving import Served

PAGE = (EXAMPLES / "shopify/sandbox.html").read_text(encoding="utf-8")
EVENTS = json.loads((EXAMPLES / "shopify/events.json").read_text(encoding="utf-8"))
TYPES = [
    "page_view", "product_list_view", "product_view", "cart_add", "cart_view", "checkout_step", "checkout_step",
    "identify", "order",
]  # fmt: skip


@pytest.fixture
def shop() -> Iterator[str]:
    """The shop's pages, on an origin of their own."""

    async def page(request: Request) -> Response:
        return Response(status_code=204) if request.url.path == "/favicon.ico" else HTMLResponse(PAGE)

    served = Served(Starlette(routes=[Route("/{path:path}", page)]))
    served.start()
    yield served.url
    served.leave()


@pytest.fixture
def pixel(collector: Installation) -> str:
    """As a shop owner pastes it: with their key and collector in its first lines."""
    pasted = (ROOT / "sdk/web/dist/shopify-pixel.js").read_text(encoding="utf-8")
    assert "pk_…" in pasted and "https://collector.example" in pasted
    return pasted.replace("pk_…", "demo").replace("https://collector.example", collector.url)


def install(page: Page, url: str, pixel: str, *, allowed: bool) -> None:
    """Opens a page of the shop with the pixel in its frame."""
    page.goto(url)
    init = {"customerPrivacy": {"analyticsProcessingAllowed": allowed}, "data": {"customer": None}}
    page.evaluate("given => install(...given)", [pixel, init])


def test_from_the_shop_to_the_order(page: Page, shop: str, pixel: str, told: Told) -> None:
    """Every standard event becomes one touchpoint of one visitor, with its product and its money, on two pages."""
    install(page, f"{shop}/boots?utm_source=letter&utm_medium=email", pixel, allowed=True)
    for name, data in EVENTS[:5]:
        page.evaluate("given => publish(...given)", [name, data])
    page.wait_for_timeout(200)
    install(page, f"{shop}/checkouts/c0ffee", pixel, allowed=True)
    for name, data in EVENTS[5:]:
        page.evaluate("given => publish(...given)", [name, data])
    found = told(shop, len(TYPES) - 1)
    assert [one["type"] for one in found] == [one for one in TYPES if one != "identify"]
    assert len({one["visitor_id"] for one in found}) == len({one["session_id"] for one in found}) == 1
    assert found[0]["visitor_id"] and found[-1]["customer_id"] == "customer-7"
    view, product, order = (
        next(one for one in found if one["type"] == name) for name in ("page_view", "product_view", "order")
    )
    assert (view["page_path"], view["page_title"], view["source"], view["came_by"]) == (
        "/boots",
        "Boots",
        "letter",
        "Email",
    )
    assert (product["product_id"], product["product_name"], product["product_brand"]) == ("hiker-43", "Hiker", "Stap")
    assert (order["order_id"], order["order_total"], order["order_payment"]) == ("5001", Decimal("264.85"), "ideal")
    assert order["products"][0]["id"] == "hiker-43"
    assert all(not one["problems"] for one in found)


def test_without_consent_nobody_is_known_and_nothing_stored(page: Page, shop: str, pixel: str, told: Told) -> None:
    """Before a yes and after a no the shop's storage stays empty and no identifier is sent."""
    install(page, f"{shop}/boots", pixel, allowed=False)
    page.evaluate("given => publish(...given)", EVENTS[0])
    assert [one["visitor_id"] for one in told(shop, 1)] == [""]
    assert page.evaluate("localStorage.length") == 0
    page.evaluate("collectConsent(true)")
    page.evaluate("given => publish(...given)", EVENTS[2])
    found = told(shop, 2)
    assert [bool(one["visitor_id"]) for one in found] == [False, True]
    assert page.evaluate("localStorage.length") > 0
    page.evaluate("collectConsent(false)")
    page.evaluate("given => publish(...given)", EVENTS[4])
    assert [bool(one["visitor_id"]) for one in told(shop, 3)] == [False, False, True]
    assert page.evaluate("localStorage.length") == 0


def test_what_the_collector_did_not_get_waits_in_the_shop(
    page: Page, shop: str, pixel: str, told: Told, collector: Installation
) -> None:
    """The network is away; the next page sends what the one before could not."""
    page.route(f"{collector.url}/**", lambda route: route.abort())
    install(page, f"{shop}/boots", pixel, allowed=True)
    page.evaluate("given => publish(...given)", EVENTS[2])
    page.wait_for_function("Object.keys(localStorage).some(name => name.startsWith('klantreis:demo:'))")
    page.unroute(f"{collector.url}/**")
    install(page, f"{shop}/elsewhere", pixel, allowed=True)
    assert [one["type"] for one in told(shop, 1)] == ["product_view"]
    page.wait_for_function("!Object.keys(localStorage).some(name => name.startsWith('klantreis:demo:'))")
