"""What k.full.js tells of by itself: each thing exactly once, and never what somebody typed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest
from klantreis_store import new_code
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded
from tests.web.serving import Served

pytestmark = pytest.mark.browser

RECEIPT = new_code()
CODE = "c3RhbmRzLWZvci1hbi1pZA"
"""Of the form of a code, and the same each time: tests are named by it."""

BODY = """
<a id="out" href="https://elsewhere.example/path?email=anna@example.org">elsewhere</a>
<a id="in" href="/other">inside</a>
<a id="file" href="/files/manual.pdf">manual</a>
<form id="ask" action="/sent?secret=1"><input type="hidden" name="id" value="7">
<input id="question" name="question"><button>ask</button></form>
<video id="film" muted></video><div style="height: 4000px"></div>
"""


class Pages:
    """A site with k.full.js, whose pages are all alike; `/gone…` answers 404."""

    def __init__(self, script: str) -> None:
        self.tag = f'<script async src="{script}" data-key="demo"></script>'
        self.served = Served(Starlette(routes=[Route("/{path:path}", self._page)]))

    async def _page(self, request: Request) -> Response:
        path = request.url.path
        if path == "/favicon.ico" or path.startswith("/files"):
            return Response(status_code=204)
        html = f"<!doctype html><title>{request.url.path}</title>{self.tag}{BODY}"
        return HTMLResponse(html, 404 if path.startswith("/gone") else 200)


@pytest.fixture
def pages(receiver: FaultyReceiver) -> Iterator[Pages]:
    """The site, on an origin of its own."""
    made = Pages(f"{receiver.url}/k.full.js")
    made.served.start()
    yield made
    made.served.leave()


def told(receiver: FaultyReceiver, *left_out: str) -> Counter[str]:
    """How many of each type were stored."""
    return Counter(one for one in receiver.types() if one not in left_out)


def visit(page: Page, pages: Pages, receiver: FaultyReceiver, path: str = "/home") -> None:
    """Go there and wait for the view."""
    page.goto(f"{pages.served.url}{path}")
    loaded(page)
    receiver.wait_for(lambda: receiver.of_type("page_view"), "the view")


def test_links_and_downloads(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """A link to another site and a file are told once each; a link within the site is its next page view only."""
    visit(page, pages, receiver)
    page.evaluate("document.addEventListener('click', event => event.preventDefault())")
    for link in ("out", "in", "file"):
        page.click(f"#{link}")
    receiver.wait_for(lambda: len(receiver.stored) >= 3, "both")
    emptied(page)
    assert told(receiver, "engagement") == {"page_view": 1, "link_click": 1, "download": 1}
    assert receiver.of_type("link_click")[0]["properties"] == {"url": "https://elsewhere.example/path?"}
    assert receiver.of_type("download")[0]["properties"] == {"url": f"{pages.served.url}/files/manual.pdf"}


def test_forms(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """A form is begun once, however much is typed, and sent once; nothing of what was typed is told."""
    visit(page, pages, receiver)
    page.evaluate("document.querySelector('form').addEventListener('submit', event => event.preventDefault())")
    page.type("#question", "my secret question")
    page.click("button")
    receiver.wait_for(lambda: receiver.of_type("form_sent"), "the form")
    assert told(receiver, "engagement") == {"page_view": 1, "form_start": 1, "form_sent": 1}
    assert {str(one["properties"]) for one in receiver.stored.values() if "properties" in one} == {"{'form': 'ask'}"}
    assert "secret" not in str(receiver.batches)


def test_search_on_the_site(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """The page of results tells what was searched for."""
    visit(page, pages, receiver, "/search?q=gieter")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    assert told(receiver) == {"page_view": 1, "search": 1}
    assert receiver.of_type("search")[0]["search"] == {"term": "gieter"}


def test_a_page_that_is_not_there(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """A 404 is told once."""
    visit(page, pages, receiver, "/gone")
    receiver.wait_for(lambda: receiver.of_type("not_found"), "the 404")
    assert told(receiver) == {"page_view": 1, "not_found": 1}


def test_time_and_depth(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """A page that is left tells once how long it was used and how far it was seen."""
    visit(page, pages, receiver)
    page.mouse.move(10, 10)
    page.wait_for_timeout(1500)
    page.evaluate("new Promise(seen => { addEventListener('scroll', () => seen(), {once: true}); scrollTo(0, 1500); })")
    page.goto(f"{pages.served.url}/other")
    receiver.wait_for(lambda: receiver.of_type("engagement"), "the engagement")
    [engaged] = receiver.of_type("engagement")
    assert engaged["page"]["path"] == "/home"
    assert 1000 <= engaged["properties"]["engaged_ms"] < 20_000
    assert 30 <= engaged["properties"]["scroll_percent"] < 100


def test_progress_of_a_video(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """Each quarter of a video is told once, in order, whatever is wound back."""
    visit(page, pages, receiver)
    page.evaluate(
        """() => {
            const film = document.querySelector('video');
            const at = (seconds, ended = false) => {
                for (const [name, value] of Object.entries({duration: 100, currentTime: seconds, ended}))
                    Object.defineProperty(film, name, {value, configurable: true});
                film.dispatchEvent(new Event(ended ? 'ended' : 'timeupdate'));
            };
            at(10); at(26); at(27); at(5); at(60); at(99); at(100, true);
        }"""
    )
    receiver.wait_for(lambda: len(receiver.of_type("video_watched")) >= 4, "the quarters")
    marks = [one["properties"]["percent"] for one in receiver.of_type("video_watched")]
    assert marks == [25, 50, 75, 100]


def test_ambassadors_and_codes(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """An ambassador's link names them in the page view; a code in a store tells of the store and of the visit."""
    visit(page, pages, receiver, "/home?kr_amb=anna&kr_src=store.utrecht")
    receiver.wait_for(lambda: receiver.of_type("store_visit"), "the store")
    assert told(receiver) == {"page_view": 1, "store_visit": 1}
    [view], [scan] = receiver.of_type("page_view"), receiver.of_type("store_visit")
    assert view["ambassador"] == {"code": "anna"}
    assert view["campaign"] == scan["campaign"] == {"source": "utrecht", "medium": "qr"}
    assert (scan["channel"], scan["store"]) == ("store", {"id": "utrecht"})


def test_a_receipts_code_joins_its_reader_to_the_sale(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """Once, and the address is cleared of it before anything is told: whoever shares it later shares nobody."""
    visit(page, pages, receiver, f"/review?utm_medium=qr&kr_receipt={RECEIPT}&size=43")
    page.reload()
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "the view after reloading")
    assert told(receiver, "engagement") == {"page_view": 2, "identify": 1}
    [link] = receiver.of_type("identify")
    assert link["identity"] == {"linked_visitor_id": RECEIPT}
    assert link["visitor_id"] == receiver.of_type("page_view")[0]["visitor_id"]
    assert page.url.endswith("/review?utm_medium=qr&size=43")
    assert str(receiver.stored).count(RECEIPT) == 1


@pytest.mark.parametrize("forged", ["R-1002", "0196f3a0-0000-7000-8000-000000000001", CODE + "x", CODE[:-1] + "/"])
def test_a_link_cannot_join_its_reader_to_whom_it_likes(
    page: Page, pages: Pages, receiver: FaultyReceiver, forged: str
) -> None:
    """The number of a receipt can be guessed, and a visitor's id be known: neither is a code."""
    visit(page, pages, receiver, f"/review?kr_receipt={forged}")
    assert told(receiver) == {"page_view": 1}
    assert forged not in str(receiver.stored)


def test_large_requests_are_packed_without_a_preflight(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """A long queue travels as gzip; the browser asks nothing first: this receiver would not have answered."""
    visit(page, pages, receiver)
    page.evaluate("() => { for (let i = 0; i < 50; i++) klantreis.track('search', {search: {term: `term ${i}`}}) }")
    receiver.wait_for(lambda: len(receiver.of_type("search")) == 50, "all searches")
    assert receiver.packed
    assert receiver.repeats() == 0


def test_a_change_and_a_drop(page: Page, pages: Pages, receiver: FaultyReceiver) -> None:
    """A site may change each touchpoint or drop it, and one that throws costs its touchpoint only."""
    visit(page, pages, receiver)
    page.evaluate(
        """() => {
            klantreis.use(one => one.type == 'share' ? null : {...one, properties: {shop: 'north'}});
            klantreis.use(one => { if (one.type == 'compare') throw new Error('theirs'); return one; });
            for (const type of ['share', 'compare', 'search']) klantreis.track(type);
        }"""
    )
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    assert told(receiver) == {"page_view": 1, "search": 1}
    assert receiver.of_type("search")[0]["properties"] == {"shop": "north"}


def test_links_to_our_other_sites_name_the_visitor_for_two_minutes(
    page: Page, pages: Pages, receiver: FaultyReceiver
) -> None:
    """The other site links its own visitor to that of the first, and clears its address of the id."""
    pages.tag = pages.tag.replace("data-key", 'data-domains="localhost" data-key')
    visit(page, pages, receiver)
    other = pages.served.url.replace("127.0.0.1", "localhost")
    page.evaluate("other => { document.querySelector('#out').href = `${other}/arrived` }", other)
    page.click("#out")
    page.wait_for_url("**/arrived")
    receiver.wait_for(lambda: receiver.of_type("identify"), "the link")
    first, second = receiver.of_type("page_view")[0], receiver.of_type("identify")[0]
    here = {one["page"]["path"]: one["visitor_id"] for one in receiver.of_type("page_view")}
    assert second["identity"] == {"linked_visitor_id": here["/home"]}
    assert here["/arrived"] == second["visitor_id"] != first["visitor_id"] or here["/arrived"] != here["/home"]
    assert "kr_id" not in page.url
    assert not [one for one in receiver.of_type("page_view") if "kr_id" in one["page"]["url"]]
