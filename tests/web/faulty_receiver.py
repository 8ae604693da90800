"""A collector's public port that does on purpose what a real one does only on a bad day.

It answers as the contract says (202 with `accepted`, errors with `reason`), keeps what it accepted in memory, and can
be told to refuse, to ask for patience, to be a captive portal, or to take only a few touchpoints a request.
"""

from __future__ import annotations

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from collector import shipped
from collector.touchpoint import Touchpoint
from tests.web.serving import Served

SCRIPTS = ("k.js", "k.full.js", "k.vitals.js", "index.js")
READABLE = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
PORTAL = "<!doctype html><title>Hotel</title><p>Room number and name, please."


@dataclass
class Batch:
    """One request that was answered, whatever the answer."""

    at: float
    """time.monotonic() when it came."""
    status: int
    origin: str | None
    content_type: str | None
    cookie: str | None
    body: dict[str, Any]

    @property
    def touchpoints(self) -> list[dict[str, Any]]:
        """What it carried."""
        found: list[dict[str, Any]] = self.body["touchpoints"]
        return found


@dataclass
class FaultyReceiver:
    """`fault` decides on each batch: None accepts it, a response is given instead."""

    fault: Callable[[dict[str, Any]], Response | None] = field(default=lambda body: None)
    batches: list[Batch] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)
    """What was outside the contract. A test that expects some clears it."""

    packed: int = 0
    """Requests that came as gzip."""

    def __post_init__(self) -> None:
        self.served = Served(
            Starlette(
                routes=[
                    Route("/v1/touchpoints", self._receive, methods=["POST"]),
                    *(Route(f"/{name}", self._script) for name in SCRIPTS),
                ]
            )
        )

    @property
    def url(self) -> str:
        """Its origin."""
        return self.served.url

    @property
    def accepted(self) -> list[dict[str, Any]]:
        """Every touchpoint that a 202 was sent for, repeats included, in the order of arrival."""
        rejected = {one["id"] for one in self.rejected}
        batches = [batch for batch in list(self.batches) if batch.status == 202]
        return [one for batch in batches for one in batch.touchpoints if one["id"] not in rejected]

    @property
    def stored(self) -> dict[str, dict[str, Any]]:
        """The accepted by id, as a warehouse keeps them: each once."""
        return {one["id"]: one for one in self.accepted}

    def repeats(self) -> int:
        """How many touchpoints were accepted again."""
        return sum(count - 1 for count in Counter(one["id"] for one in self.accepted).values())

    def types(self) -> list[str]:
        """Types of the stored, in the order in which they occurred."""
        return [one["type"] for one in sorted(self.stored.values(), key=lambda one: (one["occurred_at"], one["id"]))]

    def of_type(self, name: str) -> list[dict[str, Any]]:
        """The stored of one type, by sequence."""
        return sorted((one for one in self.stored.values() if one["type"] == name), key=lambda o: o.get("sequence", 0))

    def fail(
        self, status: int, *, retry_after: int | None = None, reason: str = "spool_full", key: str | None = None
    ) -> None:
        """Answer every batch, or those of one key, with an error of our own form."""
        headers = {**READABLE, **({} if retry_after is None else {"Retry-After": str(retry_after)})}
        refusal = {"reason": reason, "detail": "told to fail"}
        self.fault = lambda body: JSONResponse(refusal, status, headers) if key in (None, body["key"]) else None

    def be_a_portal(self) -> None:
        """Answer as the login page of a hotel's network does: 200, HTML."""
        self.fault = lambda body: HTMLResponse(PORTAL, headers=READABLE)

    def take_at_most(self, count: int) -> None:
        """413 for larger batches."""
        refusal = {"reason": "too_many_touchpoints", "detail": "told to fail"}
        self.fault = lambda body: JSONResponse(refusal, 413, READABLE) if len(body["touchpoints"]) > count else None

    def heal(self) -> None:
        """Accept again."""
        self.fault = lambda body: None

    def wait_for(self, true: Callable[[], object], what: str, seconds: float = 20.0) -> None:
        """Wait until something of it is true; the time is a limit for a hung test, not a measure of speed."""
        until = time.monotonic() + seconds
        while not true():
            assert time.monotonic() < until, f"not within {seconds} s: {what}; came in: {self.types()}"
            time.sleep(0.02)

    async def _receive(self, request: Request) -> Response:
        sent = await request.body()
        if sent.startswith(b"\x1f\x8b"):
            self.packed += 1
            sent = gzip.decompress(sent)
        body = json.loads(sent)
        response = self.fault(body)
        if response is None:
            refused = [
                one for place, touchpoint in enumerate(body["touchpoints"]) if (one := _fault(place, touchpoint))
            ]
            self.rejected += refused
            accepted = len(body["touchpoints"]) - len(refused)
            response = JSONResponse({"accepted": accepted, "rejected": refused}, 202, READABLE)
        headers = request.headers
        self.batches.append(
            Batch(
                time.monotonic(),
                response.status_code,
                headers.get("origin"),
                headers.get("content-type"),
                headers.get("cookie"),
                body,
            )
        )
        return response

    async def _script(self, request: Request) -> Response:
        cached = {"Cache-Control": "public, max-age=3600", "Access-Control-Allow-Origin": "*"}
        return Response((shipped.web_scripts() / request.url.path[1:]).read_bytes(), 200, cached, "text/javascript")


def _fault(place: int, touchpoint: dict[str, Any]) -> dict[str, Any] | None:
    """What is wrong with a touchpoint by the contract, unknown fields included."""
    try:
        msgspec.convert(touchpoint, Touchpoint, strict=True)
    except msgspec.ValidationError as error:
        return {"index": place, "id": touchpoint.get("id"), "reason": "field_invalid", "detail": str(error)}
    return None
