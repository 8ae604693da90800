"""The receiver's application: what lies at which path of the public port.

::

    POST    /v1/touchpoints   protocols/native.py     cap → unpack → decode → key → origin → rates → checks → spool
    OPTIONS /v1/touchpoints   a browser asks first
    GET     /v1/pixel.gif     protocols/pixel.py      key → origin → rates → checks → spool
    GET     /k.js, /k.full.js, /k.vitals.js, their maps and pinned builds, /healthz, /readyz, /, /robots.txt  pages.py
    …       whatever the caller adds (the demo shop)

Touchpoints, pixel and scripts also lie below `public_path`, a path that a site passes on from its own address.
"""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute

from collector.errors import Reason, Refused
from collector.receive import answers, pages
from collector.receive.body import Receive
from collector.receive.intake import Intake
from collector.receive.protocols.native import Native
from collector.receive.protocols.pixel import Pixel

TOUCHPOINTS = "/v1/touchpoints"
PIXEL = "/v1/pixel.gif"


class Receiver:
    """The ASGI application of one worker. `scripts` is the folder of the builds, `extra` are routes of the caller."""

    def __init__(self, intake: Intake, scripts: Path, extra: Sequence[BaseRoute] = ()) -> None:
        self._native = Native(intake)
        self._pixel = Pixel(intake)
        self._touchpoints_at = frozenset({TOUCHPOINTS, intake.settings.public_path + TOUCHPOINTS})
        self._pixel_at = frozenset({PIXEL, intake.settings.public_path + PIXEL})
        handlers: dict[Any, Any] = dict.fromkeys((HTTPException, Refused, Exception), pages.refused)
        self._rest = Starlette(routes=[*pages.routes(intake, scripts), *extra], exception_handlers=handlers)
        # It would send whoever asks for `/healthz/` to the host that the request names, which anybody can forge.
        self._rest.router.redirect_slashes = False

    def __call__(self, scope: answers.Scope, receive: Receive, send: answers.Send) -> Awaitable[None]:
        """Answers one request. Not a coroutine itself: one more around each request would only cost."""
        path = scope.get("path")
        if path in self._touchpoints_at:
            if scope["method"] == "POST":
                return self._native(scope, receive, send)
            if scope["method"] == "OPTIONS":
                return answers.give(scope, send, 204, answers.PREFLIGHT, b"")
            return _not_allowed(scope, send, "POST, OPTIONS")
        if path in self._pixel_at:
            return self._pixel(scope, send) if scope["method"] == "GET" else _not_allowed(scope, send, "GET")
        return self._rest(scope, receive, send)


async def _not_allowed(scope: answers.Scope, send: answers.Send, allowed: str) -> None:
    status, headers, body = answers.refusal(Refused(Reason.METHOD_NOT_ALLOWED, f"only {allowed} here"))
    await answers.give(scope, send, status, [*headers, (b"allow", allowed.encode())], body)
