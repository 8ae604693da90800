"""Real sites of one page: React Router and Vue Router, bundled as their users do."""

from __future__ import annotations

import os
import subprocess
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
        cwd=ROOT, check=True, timeout=120, capture_output=True,
        env={"NODE_PATH": str(ROOT / "sdk/node_modules"), "PATH": os.environ["PATH"]},
    )  # fmt: skip
    tag = f'<script async src="{receiver.url}/k.full.js" data-key="demo"></script>'

    async def page(request: Request) -> Response:
        if request.url.path == "/app.js":
            return Response(bundle.read_bytes(), media_type="text/javascript")
        return HTMLResponse(f'<!doctype html><title>Home</title>{tag}<body><script src="/app.js"></script>')

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
    assert set(receiver.types()) <= {"page_view", "search", "engagement"}
    assert len(receiver.of_type("page_view")) == 4
