"""What the public port serves beside touchpoints: the SDK's script, health, and a page that says what this is."""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from collector.errors import Reason, Refused
from collector.receive import answers
from collector.receive.intake import Intake

SCRIPT_AGE_S = 3600
"""Seconds a browser keeps k.js: a release reaches every visitor within the hour."""

HOME = (Path(__file__).parent / "home.html").read_text(encoding="utf-8")
HOME_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
}


class Script:
    """k.js as it is on disk now, compressed once for each time it is built."""

    def __init__(self, file: Path) -> None:
        self._file = file
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
            "Cache-Control": f"public, max-age={SCRIPT_AGE_S}",
            "ETag": tag,
            "Vary": "Accept-Encoding",
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
        }
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
            raise HTTPException(404, "k.js is not built: make setup") from None


def routes(intake: Intake, scripts: Path) -> list[Route]:
    """The routes; `scripts` is the folder of the built web SDK."""
    script = Script(scripts / "k.js")

    async def home(request: Request) -> Response:
        return HTMLResponse(HOME, headers=HOME_HEADERS)

    async def robots(request: Request) -> Response:
        return PlainTextResponse("User-agent: *\nDisallow: /\n")

    async def k_js(request: Request) -> Response:
        return script.answer(request)

    async def k_js_map(request: Request) -> Response:
        if not (scripts / "k.js.map").is_file():
            raise HTTPException(404, "k.js.map is not built: make setup")
        return FileResponse(scripts / "k.js.map", media_type="application/json")

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
        Route("/k.js", k_js),
        Route("/k.js.map", k_js_map),
        Route("/healthz", health),
        Route("/readyz", ready),
    ]


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
