"""The operations and console port: metrics of every process of this installation, health, and the console's pages.

It has no login, so it listens on this machine alone unless told otherwise, and answers only to names of this machine:
a web page that points its own name here (DNS rebinding) is refused.
"""

from __future__ import annotations

from pathlib import Path

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from collector import metrics
from collector.console.live import Live
from collector.console.observed import observe
from collector.console.page import page
from collector.settings import Settings

HERE = Path(__file__).parent
LOCAL_NAMES = ["localhost", "127.0.0.1", "[::1]"]
SECURE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}


def app(settings: Settings) -> Starlette:
    """The console's application."""

    async def first_page(request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(page, settings), headers=SECURE_HEADERS)

    async def exposition(request: Request) -> Response:
        body = await run_in_threadpool(lambda: metrics.exposition(settings, observe(settings)))
        return Response(body, media_type="text/plain; version=0.0.4; charset=utf-8")

    async def health(request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def style(request: Request) -> Response:
        return FileResponse(HERE / "style.css")

    any_name = settings.console_host not in ("127.0.0.1", "::1", "localhost")
    allowed = ["*"] if any_name else LOCAL_NAMES
    return Starlette(
        routes=[
            Route("/", first_page),
            Route("/style.css", style),
            Route("/metrics", exposition),
            Route("/healthz", health),
            *Live(settings).routes(),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=allowed, www_redirect=False)],
    )
