"""Real sites of one page: React Router and Vue Router, bundled as their users do."""

from __future__ import annotations

import os
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import loaded
from tests.web.serving import Served

pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
APPS = {"react": "react.jsx", "vue": "vue.js"}
SHELL = """
<a id="out" href="https://elsewhere.example/">elsewhere</a> <a id="file" href="/manual.pdf">manual</a>
<form id="ask"><input id="question"><button id="send">ask</button></form>
<video id="film" muted></video><div style="height: 3000px"></div>
<script>document.addEventListener('click', event => event.target.closest('#out, #file') && event.preventDefault());
document.addEventListener('submit', event => event.preventDefault());</script>
"""
"""What a site has around the pages of its router."""

WATCH = """() => {
    const film = document.querySelector('#film');
    for (const [name, value] of Object.entries({duration: 100, currentTime: 30, ended: false}))
        Object.defineProperty(film, name, {value});
    film.dispatchEvent(new Event('timeupdate'));
}"""

FLAGS = ("__VUE_OPTIONS_API__", "__VUE_PROD_DEVTOOLS__", "__VUE_PROD_HYDRATION_MISMATCH_DETAILS__")


@pytest.fixture(params=APPS)
def app(request: pytest.FixtureRequest, receiver: FaultyReceiver, tmp_path: Path) -> Iterator[Served]:
    """The app, with the tag before it."""
    source = Path(__file__).parent / "apps" / APPS[request.param]
    bundle = tmp_path / "app.js"
    subprocess.run(
        [
            "sdk/node", "sdk/node_modules/.bin/esbuild", source, "--bundle", f"--outfile={bundle}", "--minify",
            '--define:process.env.NODE_ENV="production"', *(f"--define:{flag}=false" for flag in FLAGS),
        ],
        cwd=ROOT, check=True, timeout=300, capture_output=True,
        env={"NODE_PATH": str(ROOT / "sdk/node_modules"), "PATH": os.environ["PATH"]},
    )  # fmt: skip
    vitals = f"{receiver.url}/k.vitals.js"
    tag = f'<script async src="{receiver.url}/k.full.js" data-key="demo" data-vitals="{vitals}"></script>'

    async def page(request: Request) -> Response:
        if request.url.path == "/app.js":
            return Response(bundle.read_bytes(), media_type="text/javascript")
        shown = f"<!doctype html><title>Home</title>{tag}<body>{SHELL}"
        app = "" if request.url.path.startswith("/plain") else '<script src="/app.js"></script>'
        return HTMLResponse(shown + app, 404 if "gone" in request.url.path else 200)

    served = Served(Starlette(routes=[Route("/{path:path}", page)]))
    served.start()
    yield served
    served.leave()


def test_each_route_is_one_page_view(page: Page, app: Served, receiver: FaultyReceiver) -> None:
    """Links, a replaced query and the back button: one view for each page that was shown, with its title."""

    def views() -> list[tuple[str, str]]:
        return [(one["page"]["path"], one["page"]["title"]) for one in receiver.of_type("page_view")]

    def see(*expected: tuple[str, str]) -> None:
        receiver.wait_for(lambda: len(views()) >= len(expected), f"{expected}")
        assert views() == list(expected)

    home, listed, detail = ("/", "Home"), ("/list", "List"), ("/detail/1", "Detail")
    page.goto(f"{app.url}/")
    loaded(page)
    see(home)
    page.click("#list")
    see(home, listed)
    page.click("#sort")
    page.click("#detail")
    see(home, listed, detail)
    page.go_back()
    see(home, listed, detail, listed)
    page.evaluate("klantreis.track('search')")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    assert set(receiver.types()) <= {"page_view", "search", "engagement", "web_vital"}
    assert len(receiver.of_type("page_view")) == 4


@pytest.mark.parametrize(("app", "begin"), [("react", "/plain"), ("react", "/"), ("vue", "/")], indirect=["app"])
def test_each_thing_is_told_exactly_once(page: Page, app: Served, receiver: FaultyReceiver, begin: str) -> None:
    """On a plain site and on one with a router: all that k.full.js and the vitals tell by themselves, in one visit."""
    page.goto(f"{app.url}{begin}?q=boots&kr_src=store.utrecht&kr_amb=anna")
    loaded(page)
    page.mouse.move(10, 10)
    if begin == "/":
        page.click("#list")
        page.wait_for_timeout(200)
    for name in ("out", "file"):
        page.click(f"#{name}")
    page.type("#question", "secret")
    page.click("#send")
    page.evaluate(WATCH)
    page.wait_for_timeout(1000)
    page.goto(f"{app.url}/plain/gone")
    loaded(page)
    receiver.wait_for(lambda: receiver.of_type("not_found"), "the page that is not there")
    receiver.wait_for(lambda: {"FCP", "LCP", "TTFB"} <= _vitals(receiver).keys(), "the vitals")
    told = Counter(one for one in receiver.types() if one not in ("web_vital", "engagement"))
    routes = {"page_view": 3} if begin == "/" else {"page_view": 2}
    once = ("search", "store_visit", "link_click", "download", "form_start", "form_sent", "video_watched", "not_found")
    assert told == {**routes, **dict.fromkeys(once, 1)}
    assert set(_vitals(receiver).values()) == {1}
    engaged = Counter(one["page"]["path"] for one in receiver.of_type("engagement"))
    if begin == "/":
        engaged.pop("/", None)  # on a slow machine it is looked at for long enough as well
    assert engaged == {"/plain" if begin == "/plain" else "/list": 1}


def _vitals(receiver: FaultyReceiver) -> Counter[str]:
    """How often each vital of the first page was told."""
    of_gone = lambda one: "gone" in one["page"]["path"]  # noqa: E731
    return Counter(one["properties"]["name"] for one in receiver.of_type("web_vital") if not of_gone(one))
