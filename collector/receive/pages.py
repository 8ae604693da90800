"""What the public port serves beside touchpoints: the SDK's scripts, health, and a page that says what this is."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Awaitable, Callable
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from collector.errors import Reason, Refused
from collector.receive import answers
from collector.receive.intake import Intake
from collector.scripts import PINNED, SERVED
from collector.settings import Settings

FOR_AN_HOUR = "public, max-age=3600"
"""How long a browser keeps k.js: a release reaches every visitor within the hour."""
FOR_EVER = "public, max-age=31536000, immutable"
"""Of a build that has its digest in its name."""

HOME = (Path(__file__).parent / "home.html").read_text(encoding="utf-8")
HOME_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}

Endpoint = Callable[[Request], Response | Awaitable[Response]]
"""One that is not a coroutine runs in a thread: it may look at the disk."""


class Script:
    """One script as it is on disk now, compressed once for each time it is built."""

    def __init__(self, file: Path, cached: str = FOR_AN_HOUR, *, mapped: bool = True) -> None:
        """`mapped`: its source map is served beside it, which is not kept for builds of before."""
        self._file = file
        self._cached = cached
        self._mapped = mapped
        self._built = 0
        self._plain = b""
        self._packed = b""
        self._tag = ""

    def answer(self, request: Request) -> Response:
        """The script, or 304 when the browser has it. Raises HTTPException 404 before it is built."""
        self._refresh()
        packed = _takes_gzip(request)
        tag = f'"{self._tag}-gzip"' if packed else f'"{self._tag}"'
        headers = {
            "Cache-Control": self._cached,
            "ETag": tag,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
        if self._mapped:
            headers["SourceMap"] = f"{self._file.name}.map"
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if packed:
            headers["Content-Encoding"] = "gzip"
        return Response(self._packed if packed else self._plain, headers=headers, media_type="text/javascript")

    def _refresh(self) -> None:
        try:
            built = self._file.stat().st_mtime_ns
            if built != self._built:
                self._plain = self._file.read_bytes()
                self._packed = gzip.compress(self._plain, 9, mtime=0)
                self._tag = hashlib.sha256(self._plain).hexdigest()[:16]
                self._built = built
        except OSError:
            raise HTTPException(404, f"{self._file.name} is not built: make setup") from None


class Pinned:
    """Builds that pages have pinned: what has such a name never changes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, Script] = {}

    def answer(self, request: Request) -> Response:
        """The build of this name. Raises HTTPException 404 where it was never one of this collector's."""
        name = request.url.path.rpartition("/")[2]
        script = self._known.get(name)
        if script is None:
            if not PINNED.fullmatch(name) or not (self._folder / name).is_file():
                raise HTTPException(404, "this collector never had such a build; see docs/first_party.md")
            script = self._known[name] = Script(self._folder / name, FOR_EVER, mapped=False)
        return script.answer(request)


def routes(intake: Intake, scripts: Path) -> list[Route]:
    """The routes; `scripts` is the folder of the built web SDK."""

    async def home(request: Request) -> Response:
        return HTMLResponse(HOME, headers=HOME_HEADERS)

    async def robots(request: Request) -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    async def health(request: Request) -> Response:
        return JSONResponse({"alive": True})

    async def ready(request: Request) -> Response:
        reason = intake.unready()  # the spool's own text names folders, which is nothing for the public
        if reason is not None:
            raise Refused(reason, retry_after=intake.settings.retry_after_s)
        return JSONResponse({"ready": True}, headers={"Cache-Control": "no-store"})

    return [
        Route("/", home),
        Route("/robots.txt", robots),
        *_scripts(intake.settings, scripts),
        Route("/healthz", health),
        Route("/readyz", ready),
    ]


def _scripts(settings: Settings, folder: Path) -> list[Route]:
    """The scripts at the root, and below the path of the site's choosing."""
    answers_by_name: dict[str, Endpoint] = {}
    for build in SERVED:
        answers_by_name[build] = _script(Script(folder / build))
        answers_by_name[f"{build}.map"] = _source_map(folder / f"{build}.map")
    answers_by_name["k.{pinned}.js"] = Pinned(settings.scripts_folder).answer
    prefixes = dict.fromkeys(("", settings.public_path))
    return [Route(f"{prefix}/{name}", answer) for prefix in prefixes for name, answer in answers_by_name.items()]


def _script(script: Script) -> Endpoint:
    async def answer(request: Request) -> Response:
        return script.answer(request)

    return answer


def _source_map(file: Path) -> Endpoint:
    def answer(request: Request) -> Response:
        try:
            content = file.read_bytes()
        except OSError:
            raise HTTPException(404, f"{file.name} is not built: make setup") from None
        return Response(content, media_type="application/json", headers={"Cache-Control": FOR_AN_HOUR})

    return answer


async def refused(request: Request, error: Exception) -> Response:
    """Every error in the one form."""
    if isinstance(error, HTTPException):
        known = {404: Reason.NOT_FOUND, 405: Reason.METHOD_NOT_ALLOWED}
        reason = known.get(error.status_code, Reason.INTERNAL)
        told = Refused(reason, error.detail if error.detail not in ("Not Found", "Method Not Allowed") else "")
        response = _response(*answers.refusal(told))
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response
    return _response(*answers.refusal(error if isinstance(error, Refused) else Refused(Reason.INTERNAL)))


def _response(status: int, headers: answers.HeaderList, body: bytes) -> Response:
    response = Response(body, status)
    response.raw_headers = headers
    return response


def _takes_gzip(request: Request) -> bool:
    accepted = request.headers.get("accept-encoding", "").lower().replace(" ", "")
    return "gzip" in accepted and "gzip;q=0," not in f"{accepted},"
