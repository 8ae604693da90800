"""The live page: touchpoints as they come in, for a developer who installs an SDK.

It shows what single visitors did, so it is opened from networks of the setting alone, and answers only to a number or
to names of this machine: a web page that points a name of its own here (DNS rebinding) learns nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from html import escape
from ipaddress import ip_network
from pathlib import Path
from string import Template

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from collector.address import within
from collector.console.arrivals import Wanted
from collector.console.because import Because, readable
from collector.console.refusals import Refusals
from collector.console.watch import Watch
from collector.errors import SettingsError
from collector.receive.access import Key, Keys
from collector.scripts import tag
from collector.settings import Settings

HERE = Path(__file__).parent
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
CLOSED = """\
This page shows what single visitors did, so it opens on this machine alone.

Open it through a tunnel: ssh -L {port}:127.0.0.1:{port} THIS_MACHINE, and then http://127.0.0.1:{port}/live
To open it to a network, see console_networks in docs/settings.md. Give the console's number in the address, not a name.
"""
WANTED_LENGTH = 200
"""Characters of what somebody looks for."""

ANY_ADDRESS = (ip_network("0.0.0.0/0"), ip_network("::/0"))

Endpoint = Callable[[Request], Awaitable[Response]]


class Live:
    """The page and what it asks for."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._networks = settings.live_networks
        self._watch = Watch(settings)
        self._refusals = Refusals(settings)
        self._because = Because(settings)
        self._explaining = asyncio.Lock()

    def routes(self) -> list[Route]:
        """Everything at and below /live."""
        pages: dict[str, Endpoint] = {
            "/live": self._page,
            "/live/arrivals": self._arrivals,
            "/live/arrival": self._arrival,
            "/live/why": self._why,
            "/live/live.js": _file("live.js"),
            "/live/live.css": _file("live.css"),
        }
        return [Route(path, self._guarded(page)) for path, page in pages.items()]

    def _guarded(self, page: Endpoint) -> Endpoint:
        async def answer(request: Request) -> Response:
            peer = request.client.host if request.client else ""
            if not within(peer, self._networks) or not _by_number(request) or _from_another_site(request):
                return PlainTextResponse(CLOSED.format(port=self._settings.console_port), 403, HEADERS)
            return await page(request)

        return answer

    async def _page(self, request: Request) -> Response:
        return HTMLResponse(await run_in_threadpool(self._as_html), headers=HEADERS)

    def _as_html(self) -> str:
        template = Template((HERE / "live.html").read_text(encoding="utf-8"))
        settings = self._settings
        try:
            keys = [key for key in Keys(settings).list() if key.revoked is None]
            mistake = ""
        except SettingsError as error:
            keys, mistake = [], str(error)
        return template.substitute(
            keys="".join(f"<option>{escape(key.name)}</option>" for key in keys),
            tags="".join(_tag(settings, key) for key in keys if key.value) or _no_key(mistake),
            public=escape(_public(settings)),
            spool=escape(str(settings.spool_folder)),
        )

    async def _arrivals(self, request: Request) -> Response:
        return JSONResponse(await run_in_threadpool(self._seen, request), headers=HEADERS)

    def _seen(self, request: Request) -> dict[str, object]:
        asked = request.query_params
        wanted = Wanted(
            **{name: asked.get(name, "")[:WANTED_LENGTH] for name in ("key", "type", "text", "show")},
            user_agent=request.headers.get("user-agent", "") if asked.get("own") else "",
        )
        run, arrived, changed = (_number(asked.get(name, "")) for name in ("run", "arrived", "changed"))
        seen = self._watch.see(wanted, run, arrived, changed)
        return {**seen, "answers": self._refusals.counts(), "remedies": self._refusals.remedies()}

    async def _arrival(self, request: Request) -> Response:
        arrival = self._watch.at(request.query_params.get("place", ""))
        if arrival is None:
            return PlainTextResponse("It is not kept any more: too much has come in since.", 404, HEADERS)
        return PlainTextResponse(readable(arrival.raw), headers=HEADERS)

    async def _why(self, request: Request) -> Response:
        arrival = self._watch.at(request.query_params.get("place", ""))
        if arrival is None:
            return PlainTextResponse("It is not kept any more: too much has come in since.", 404, HEADERS)
        async with self._explaining:  # whoever waits holds no thread, which /metrics answers by too
            lines = await run_in_threadpool(self._because.why, arrival)
        return PlainTextResponse("\n".join(lines), headers=HEADERS)


def _file(name: str) -> Endpoint:
    async def answer(request: Request) -> Response:
        return FileResponse(HERE / name, headers=HEADERS)

    return answer


def _by_number(request: Request) -> bool:
    """Whether the request names this machine by its number, or as the machine itself calls it."""
    given = request.headers.get("host", "")
    host = given[1:].partition("]")[0] if given.startswith("[") else given.partition(":")[0]
    return host == "localhost" or within(host, ANY_ADDRESS)


def _from_another_site(request: Request) -> bool:
    """Whether another site's page makes the browser ask. Following a link to the page itself is no harm."""
    site = request.headers.get("sec-fetch-site", "none")
    return site not in ("same-origin", "none") and request.headers.get("sec-fetch-mode") != "navigate"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 20 else 0


def _public(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port}"


def _tag(settings: Settings, key: Key) -> str:
    """How to put a key on a page, and from where it may be used."""
    origins = " ".join(key.origins) if key.origins else "any origin"
    return (
        f"<li><b>{escape(key.name)}</b> for site {escape(key.site)}, from {escape(origins)}"
        f"<pre>{escape(tag(_public(settings), key.value or ''))}</pre></li>"
    )


def _no_key(mistake: str) -> str:
    return f"<li>{escape(mistake) if mistake else 'There is no public key yet: klantreis keys add'}</li>"
