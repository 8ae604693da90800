"""React, Vue, Next.js and Nuxt: built by the example's own tool, walked through in Chromium, each thing stored once."""

from __future__ import annotations

from typing import Any

import pytest
from conftest import Serve, Told
from playwright.sync_api import Page

from tests.installation import Installation

BY_ITSELF = ("engagement", "web_vital")
"""Told when a page is left or measured: how often depends on the time that this takes."""

LOOK_MS = 500

HOME, ALL = ("page_view", "/", "Boots"), ("page_view", "/boots", "All boots")
LISTED = ("product_list_view", "/boots", "")
HIKER, WALKER = (("page_view", f"/boots/{name.lower()}-43", name) for name in ("Hiker", "Walker"))
WALK = [
    HOME,
    ALL, LISTED,
    HIKER, ("product_view", "/boots/hiker-43", "hiker-43"), ("cart_add", "/boots/hiker-43", "hiker-43"),
    WALKER, ("product_view", "/boots/walker-43", "walker-43"),
    HIKER, ("product_view", "/boots/hiker-43", "hiker-43"),
]  # fmt: skip
"""Type and path of each touchpoint, with the title of a page or the product that was seen."""


def walk(page: Page, url: str) -> None:
    """From the first page to a product in the cart, to another product, and back; with a look at each."""
    page.goto(f"{url}/")
    page.wait_for_load_state("networkidle")
    for name in ("All boots", "Hiker", "Add to cart", "Walker"):
        page.get_by_role("button" if name == "Add to cart" else "link", name=name).click()
        page.wait_for_timeout(LOOK_MS)
    page.go_back()
    page.get_by_role("heading", name="Hiker").wait_for()
    page.wait_for_timeout(LOOK_MS)


def seen(touchpoints: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """What of them the walk is compared by."""
    return [
        (one["type"], one["page_path"], one["page_title"] if one["type"] == "page_view" else one["product_id"])
        for one in touchpoints
    ]


def check(url: str, page: Page, told: Told) -> list[dict[str, Any]]:
    """The walk, and that each thing was told once, by one visitor in one visit, and has its signal."""
    walk(page, url)
    found = told(url, len(WALK), *BY_ITSELF)
    assert seen(found) == WALK
    assert len({one["visitor_id"] for one in found}) == len({one["session_id"] for one in found}) == 1
    assert found[0]["visitor_id"]
    assert {one["signal"] for one in found if one["type"] == "product_view"} == {"product_viewed"}
    return found


@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize("name", ["react", "vue"])
def test_vite(name: str, mode: str, built: Serve, collector: Installation, page: Page, told: Told) -> None:
    """Bundled by Vite; built for development too, where React's StrictMode does everything twice."""
    start = lambda port: ["node_modules/.bin/vite", "preview", "--host", "127.0.0.1", "--port", str(port)]  # noqa: E731
    variables = {"VITE_KLANTREIS_ENDPOINT": collector.url, "NODE_ENV": mode}
    with built(name, start, "--", "--mode", mode, **variables) as url:
        check(url, page, told)


def test_next(built: Serve, collector: Installation, page: Page, told: Told) -> None:
    """Rendered on the server, begun in the browser; web vitals as Next.js measures them, each once."""
    start = lambda port: ["node_modules/.bin/next", "start", "--hostname", "127.0.0.1", "--port", str(port)]  # noqa: E731
    with built("next", start, NEXT_PUBLIC_KLANTREIS_ENDPOINT=collector.url, NEXT_TELEMETRY_DISABLED="1") as url:
        check(url, page, told)
        page.goto("about:blank")  # the largest paint is known when the page is left
        vitals = [one["properties"]["name"] for one in told(url, 3, "engagement") if one["type"] == "web_vital"]
        assert {"FCP", "LCP", "TTFB"} <= set(vitals)
        assert len(vitals) == len(set(vitals))


def test_nuxt(built: Serve, collector: Installation, page: Page, told: Told) -> None:
    """Built by Nuxt, whose server is told when it starts where the collector is."""
    variables = {"NUXT_PUBLIC_KLANTREIS_ENDPOINT": collector.url, "NUXT_TELEMETRY_DISABLED": "1"}
    start = lambda port: [f"PORT={port}", "HOST=127.0.0.1", "node", ".output/server/index.mjs"]  # noqa: E731
    with built("nuxt", start, **variables) as url:
        check(url, page, told)
