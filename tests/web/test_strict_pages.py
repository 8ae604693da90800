"""Pages that allow a script as little as a browser can, and pages that are kept in the back-forward cache."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, Playwright
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from collector import shipped
from tests.chromium import launch
from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded
from tests.web.serving import Served

pytestmark = pytest.mark.browser

WATCH = """window.violations = [];
document.addEventListener('securitypolicyviolation', event => violations.push(event.violatedDirective));"""


@pytest.fixture(params=["k.js", "k.full.js"])
def strict(request: pytest.FixtureRequest, receiver: FaultyReceiver) -> Iterator[Served]:
    """A site with a nonce, an integrity hash, no inline code, no eval, and no way to write HTML from a script."""
    digest = hashlib.sha384((shipped.web_scripts() / request.param).read_bytes()).digest()
    policy = (
        "default-src 'none'; script-src 'nonce-n0nce' 'strict-dynamic'; base-uri 'none'; "
        f"connect-src {receiver.url}; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    tag = (
        f'<script async nonce="n0nce" crossorigin integrity="sha384-{base64.b64encode(digest).decode()}" '
        f'src="{receiver.url}/{request.param}" data-key="demo"></script>'
    )
    body = f'<!doctype html><title>Strict</title><script nonce="n0nce">{WATCH}</script>{tag}<a href="/next">next</a>'

    async def page(asked: Request) -> Response:
        if asked.url.path == "/favicon.ico":
            return Response(status_code=204)
        return HTMLResponse(body, headers={"Content-Security-Policy": policy})

    served = Served(Starlette(routes=[Route("/{path:path}", page)]))
    served.start()
    yield served
    served.leave()


def test_a_strict_policy_is_never_violated(page: Page, strict: Served, receiver: FaultyReceiver) -> None:
    """Views, routes, calls, consent and a long queue: all of it arrives, and the browser reports nothing."""
    page.goto(f"{strict.url}/one")
    loaded(page)
    page.evaluate(
        """() => {
            history.pushState({}, '', '/two');
            klantreis.identify('c1');
            for (let i = 0; i < 60; i++) klantreis.track('search', {search: {results: i}});
        }"""
    )
    receiver.wait_for(lambda: len(receiver.of_type("search")) == 60, "all searches")
    page.evaluate("klantreis.consent('denied'); klantreis.consent('granted'); klantreis.track('share')")
    receiver.wait_for(lambda: receiver.of_type("share"), "the last of it")
    assert len(receiver.of_type("page_view")) == 2
    assert page.evaluate("violations") == []


def test_one_global_and_no_more(page: Page, strict: Served, receiver: FaultyReceiver) -> None:
    """The script adds `klantreis` to the page's globals, and nothing else."""
    page.goto(f"{strict.url}/one")
    loaded(page)
    added = page.evaluate(
        """() => {
            const frame = document.body.appendChild(document.createElement('iframe'));
            const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
            return Object.getOwnPropertyNames(window).filter(name => !plain.has(name));
        }"""
    )
    assert set(added) - {"violations", "0"} == {"klantreis"}


@pytest.mark.parametrize("script", ["k.js", "k.full.js"])
def test_the_page_stays_eligible_for_the_back_forward_cache(
    playwright: Playwright, receiver: FaultyReceiver, script: str
) -> None:
    """A page that was left is taken from the cache as it was, and its second view is told."""

    async def page_of(asked: Request) -> Response:
        tag = f'<script async src="{receiver.url}/{script}" data-key="demo"></script>'
        return HTMLResponse(f"<!doctype html><title>{asked.url.path}</title>{tag}")

    served = Served(Starlette(routes=[Route("/{path:path}", page_of)]))
    served.start()
    browser = launch(playwright, ignore_default_args=["--disable-back-forward-cache"])
    try:
        page = browser.new_page()
        page.goto(f"{served.url}/one")
        loaded(page)
        receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 1, "the first view")
        page.evaluate("window.kept = true; addEventListener('pageshow', event => window.persisted = event.persisted)")
        emptied(page)  # a page that is still at work may be kept or not, whatever its scripts are
        page.goto(f"{served.url}/two")
        receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "the second view")
        page.evaluate("setTimeout(() => history.back())")
        receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 3, "the first page again")
        assert [one["page"]["path"] for one in receiver.of_type("page_view")] == ["/one", "/two", "/one"]
        reasons = page.evaluate("JSON.stringify(performance.getEntriesByType('navigation')[0].notRestoredReasons)")
        assert page.evaluate("[window.kept, window.persisted]") == [True, True], reasons
    finally:
        browser.close()
        served.leave()
