"""What lies at which path, what is refused elsewhere, and which headers protect what is served."""

from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from collector.receive.access import Keys
from collector.receive.app import Receiver as Application
from collector.receive.intake import Intake
from collector.receive.tally import Tally
from collector.settings import Settings
from collector.spool.writer import SpoolWriter
from tests.receive.receiver import Receiver

SCRIPT = b"console.log('k');" * 200


def test_errors_have_one_form_everywhere(receiver: Receiver) -> None:
    """404 and 405 are JSON with a reason, as every other error, and say what is allowed."""
    for path in ("/v1/nothing", "/v1/touchpoints/7", "/../etc/passwd", "/%2e%2e/etc", "/v1/touchpoint"):
        answer = receiver.get(path)
        assert (answer.status, answer.reason) == (404, "not_found"), path
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD", "TRACE"):
        answer = receiver.request(method, "/v1/touchpoints")
        assert (answer.status, answer.headers["allow"]) == (405, "POST, OPTIONS")
    answer = receiver.request("POST", "/healthz")
    assert (answer.status, answer.reason) == (405, "method_not_allowed")
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_nobody_learns_what_serves(receiver: Receiver) -> None:
    """No answer names the server or its version, and none may be sniffed for another type."""
    for path in ("/", "/k.js", "/healthz", "/readyz", "/robots.txt", "/nothing", "/v1/touchpoints"):
        answer = receiver.get(path)
        assert "server" not in answer.headers and "x-powered-by" not in answer.headers
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_first_page_says_what_this_is_and_runs_nothing(receiver: Receiver) -> None:
    """A small page without scripts, under a policy that would not run any."""
    answer = receiver.get("/")
    assert answer.status == 200 and b"Klantreis" in answer.body and b"<script>" not in answer.body
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert receiver.get("/robots.txt").body == b"User-agent: *\nDisallow: /\n"


def test_health_and_readiness(receiver: Receiver) -> None:
    """Alive, and able to accept."""
    assert receiver.get("/healthz").json == {"alive": True}
    assert receiver.get("/readyz").json == {"ready": True}
    assert receiver.request("HEAD", "/healthz").body == b""


async def ask(application: Application, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One GET of the application, without a server."""
    said: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    listed = [(name.lower().replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "query_string": b"", "root_path": "",
        "headers": listed, "client": ("127.0.0.1", 1), "server": ("x", 80), "scheme": "http", "http_version": "1.1",
    }  # fmt: skip
    await application(scope, receive, send)
    found = {name.decode().lower(): value.decode() for name, value in said[0]["headers"]}
    return said[0]["status"], found, b"".join(message.get("body", b"") for message in said[1:])


def serving(folder: Path, questions: Any, *extra: Route) -> Any:
    """What `questions(application)` gives, of an application with its spool in this folder."""

    async def run() -> Any:
        settings = Settings(data=folder)
        spool = SpoolWriter(settings.spool_folder, limit_bytes=1 << 20, segment_bytes=1 << 20, key_share=1)
        try:
            return await questions(Application(Intake(settings, Keys(settings), spool, Tally()), folder, extra))
        finally:
            await spool.close()

    return asyncio.run(run())


def test_the_script_is_sent_small_and_once(tmp_path: Path) -> None:
    """Compressed for who takes it, with a tag that saves the next transfer, for pages of any origin."""
    (tmp_path / "k.js").write_bytes(SCRIPT)

    async def questions(application: Application) -> None:
        status, headers, body = await ask(application, "/k.js", Accept_Encoding="br, gzip")
        assert (status, headers["content-encoding"], gzip.decompress(body)) == (200, "gzip", SCRIPT)
        assert headers["cache-control"] == "public, max-age=3600" and headers["vary"] == "Accept-Encoding"
        assert headers["content-type"].startswith("text/javascript")
        assert headers["cross-origin-resource-policy"] == "cross-origin"
        assert headers["access-control-allow-origin"] == "*"
        assert headers["sourcemap"] == "k.js.map"
        tag = headers["etag"]
        status, _, body = await ask(application, "/k.js", Accept_Encoding="gzip", If_None_Match=tag)
        assert (status, body) == (304, b"")
        for accepted in ("identity", "gzip;q=0, br", ""):
            status, headers, body = await ask(application, "/k.js", Accept_Encoding=accepted, If_None_Match=tag)
            assert (status, body, "content-encoding" in headers) == (200, SCRIPT, False)
        (tmp_path / "k.js").write_bytes(SCRIPT * 2)
        status, _, body = await ask(application, "/k.js", Accept_Encoding="gzip", If_None_Match=tag)
        assert (status, gzip.decompress(body)) == (200, SCRIPT * 2)

    serving(tmp_path, questions)


def test_a_script_that_is_not_built_is_not_found(tmp_path: Path) -> None:
    """With the remedy, in the usual form."""
    status, _, body = serving(tmp_path, lambda application: ask(application, "/k.js"))
    assert status == 404 and b'"reason":"not_found"' in body and b"make setup" in body


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_routes_of_the_caller_are_served(tmp_path: Path) -> None:
    """The demo shop comes in this way; a fault in it is answered like any other and not hidden."""

    async def page(request: Any) -> PlainTextResponse:
        return PlainTextResponse("shop")

    async def fault(request: Any) -> PlainTextResponse:
        raise ZeroDivisionError

    async def questions(application: Application) -> None:
        assert (await ask(application, "/demo/"))[2] == b"shop"
        with pytest.raises(ZeroDivisionError):
            await ask(application, "/fault")

    serving(tmp_path, questions, Route("/demo/", page), Route("/fault", fault))
