"""The live page in a real browser: what a developer sees and does, and that nothing of what was sent comes to life."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.console.conftest import page_view, word
from tests.installation import Installation, touchpoint
from tests.web.serving import Served

pytestmark = pytest.mark.browser

expect.set_options(timeout=60_000)
HOSTILE = "<img src=x onerror=alert(1)>\"'`&<script>alert(2)</script>\u202e{{7*7}}${7*7}\x00"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A tab in which nothing may go wrong: no error, no violation of the policy, no dialogue."""
    opened = browser.new_page(viewport={"width": 1280, "height": 900})
    opened.set_default_timeout(60_000)
    wrong: list[str] = []
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda message: wrong.append(message.text) if message.type in ("error", "warning") else None)
    opened.on("dialog", lambda dialog: (wrong.append(dialog.message), dialog.dismiss()))
    yield opened
    assert wrong == []
    opened.close()


def watch(page: Page, installation: Installation, **wanted: str) -> None:
    """Open the page, looking for something."""
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    page.goto(f"{installation.console_url}/live?{query}")
    expect(page.locator("#status")).to_contain_text("Following")


def test_a_click_on_the_site_is_seen(installation: Installation, page: Page, browser: Browser, tmp_path: Path) -> None:
    """A developer opens the page, clicks through the shop, and sees each touchpoint with its signal and phases."""
    watch(page, installation, own="1")
    shop = browser.new_page()
    shop.goto(f"{installation.url}/demo/en")
    shop.get_by_role("link", name="Garden", exact=True).first.click()
    began = time.monotonic()
    rows = page.locator("#arrivals > li")
    expect(rows.filter(has_text="product_list_view").first).to_be_visible()
    print(f"\nseen {time.monotonic() - began:.2f} s after the click")
    row = rows.filter(has_text="product_list_view").first
    expect(row).to_have_class("stored")
    print(f"stored {time.monotonic() - began:.2f} s after the click")
    expect(row).to_contain_text("sap_hybris")
    expect(row).to_contain_text("demo · web")
    page.screenshot(path=str(tmp_path / "live.png"))
    shop.close()


def test_hostile_strings_stay_text(installation: Installation, page: Page, tmp_path: Path) -> None:
    """In every field, of accepted and of rejected ones, in the list and in what is shown when it is opened."""
    mark = word()
    evil = f"{mark}{HOSTILE}"
    watch(page, installation, text=mark)
    everywhere = {
        "visitor_id": evil[:128], "customer_id": evil[:128], "session_id": evil[:128],
        "page": {"url": f"https://x.example/{evil}", "path": f"/{evil}", "title": evil, "referrer": f"https://y.example/{evil}"},
        "campaign": {"source": evil, "medium": evil}, "order": {"total": evil}, "properties": {evil: evil}, evil: evil,
    }  # fmt: skip
    installation.send([touchpoint(**everywhere)])
    installation.send([{**everywhere, "id": evil, "type": evil, "occurred_at": evil, "channel": evil}])
    rows = page.locator("#arrivals > li")
    expect(rows).to_have_count(2)
    expect(page.locator("#arrivals > li.stored")).to_have_count(1)
    expect(page.locator("#arrivals > li.rejected")).to_have_count(1)
    for number in range(2):
        rows.nth(number).locator("summary").click()
        rows.nth(number).get_by_role("button", name="Why").click()
        expect(rows.nth(number).locator("pre.arrival")).to_contain_text(mark)
    assert page.locator("#arrivals img, #arrivals script").count() == 0
    expect(rows.first).to_contain_text("<img src=x onerror=alert(1)>")
    expect(rows.first).to_contain_text(r"</script>\u202e{{7*7}}${7*7}\u0000")  # seen, and not obeyed
    assert "\u202e" not in page.inner_text("#arrivals")
    for name, size in (("wide", None), ("narrow", PHONE)):
        if size:
            page.set_viewport_size(size)  # type: ignore[arg-type]
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name}: it scrolls sideways"
        page.screenshot(path=str(tmp_path / f"hostile-{name}.png"), full_page=True)


def test_nothing_has_come_in_yet(installation: Installation, page: Page) -> None:
    """Somebody who looks for what was never sent is told so, and finds the way back to everything."""
    installation.send([page_view(word())])
    watch(page, installation, text=word())
    expect(page.locator("#unmatched")).to_be_visible()
    page.get_by_role("button", name="Show everything").click()
    expect(page.locator("#arrivals > li").first).to_be_visible()
    expect(page.locator("#unmatched")).to_be_hidden()


def test_a_new_collector_says_what_to_check(browser: Browser, page: Page, tmp_path: Path) -> None:
    """Before anything came in: the tag for each public key, and requests that were refused, with the reason."""
    from tests.installation import running

    with running(tmp_path) as new:
        page.goto(f"{new.console_url}/live")
        expect(page.locator("#nothing")).to_be_visible()
        expect(page.locator("#nothing")).to_contain_text(f'<script async src="{new.url}/k.js" data-key="demo">')
        new.send([touchpoint()], key="pk_wrong")
        expect(page.locator("#refused")).to_contain_text("key_unknown")
        expect(page.locator("#refused")).to_contain_text("klantreis keys list")
        page.screenshot(path=str(tmp_path / "nothing.png"))
        new.send([page_view("v")])
        expect(page.locator("#arrivals > li")).to_have_count(1)
        expect(page.locator("#nothing")).to_be_hidden()


def test_the_keyboard_is_enough(installation: Installation, page: Page) -> None:
    """Pause, look for something, open one and clear, without a pointer; while paused nothing moves."""
    visitor = word()
    watch(page, installation)
    page.keyboard.press("/")
    page.keyboard.type(visitor)
    rows = page.locator("#arrivals > li")
    expect(rows).to_have_count(0)
    installation.send([page_view(visitor)])
    expect(page.locator("#arrivals > li.stored")).to_have_count(1)
    assert f"text={visitor}" in page.url  # so that a reload, and a colleague, see the same
    page.keyboard.press("Tab")
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
    page.keyboard.press("Enter")
    expect(rows.first.locator("table")).to_be_visible()
    page.keyboard.press("p")
    expect(page.locator("#pause")).to_have_attribute("aria-pressed", "true")
    installation.send([page_view(visitor)])
    page.wait_for_timeout(1500)
    expect(rows).to_have_count(1)
    page.keyboard.press("p")
    expect(page.locator("#arrivals > li.stored")).to_have_count(2)
    page.keyboard.press("c")
    expect(rows).to_have_count(0)
    installation.send([page_view(visitor)])
    expect(page.locator("#arrivals > li.stored")).to_have_count(1)


def snippet(installation: Installation, *arguments: str) -> str:
    """What `klantreis snippet` prints."""
    return subprocess.run(
        [sys.executable, "-m", "collector", "snippet", "demo", *arguments],
        env=installation.environment, capture_output=True, text=True, timeout=60, check=True,
    ).stdout.strip()  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "path", "source"),
    [((), "", "'self'"), (("--integrity", "--nonce", "n0nce"), "/stats-xyz", "'nonce-n0nce'")],
)
def test_the_printed_tag_works_as_it_stands(
    installation: Installation, page: Page, arguments: tuple[str, ...], path: str, source: str
) -> None:
    """On a page with a strict policy: by address, and with digest and nonce below a path of the site's own."""
    tag = snippet(installation, "--url", installation.url + path, *arguments)
    assert ("integrity=" in tag and "crossorigin=" in tag) == bool(arguments)
    policy = f"default-src 'none'; script-src {source.replace(chr(39) + 'self' + chr(39), installation.url)}; "
    policy += f"connect-src {installation.url}; require-trusted-types-for 'script'; trusted-types 'none'"

    async def site(request: Request) -> Response:
        if request.url.path != "/":
            return Response(status_code=204)
        body = f"<!doctype html><title>site</title>{tag}"
        return HTMLResponse(body, headers={"Content-Security-Policy": policy})

    served = Served(Starlette(routes=[Route("/{path:path}", site)]))
    served.start()
    try:
        with page.expect_response(re.compile(rf"{re.escape(path)}/v1/touchpoints$")) as answered:
            page.goto(served.url)
        assert answered.value.status == 202
        assert answered.value.url == f"{installation.url}{path}/v1/touchpoints"
    finally:
        served.leave()
