"""`GET /v1/pixel.gif`: one touchpoint in a query, for where no script runs: emails, `<noscript>`, printed links.

Fields are named by their path (`page.url`, `campaign.source`, `properties.size`) and texts stand for numbers. What a
picture cannot say is filled in: `id` is made here, so that each request is one touchpoint; `occurred_at` is now; `type`
is `page_view`; `page.url` is the page that the picture stands in, as far as the browser tells. Otherwise everything is
as in the native protocol, the answer too: it comes when the touchpoint is on disk.
"""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any

import msgspec
from msgspec import Raw

from collector.errors import Reason, Refused
from collector.receive import answers
from collector.receive.answers import HeaderList, Scope, Send
from collector.receive.credentials import Headers, query_fields
from collector.receive.decode import Delivery
from collector.receive.intake import Intake, spool_records

GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
"""One transparent dot, 43 bytes."""

_HEADERS: HeaderList = [
    (b"content-type", b"image/gif"),
    (b"content-length", b"%d" % len(GIF)),
    (b"cache-control", b"no-store"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    answers.ANY_ORIGIN,
]

_log = logging.getLogger(__name__)


class Pixel:
    """The endpoint of one worker."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    async def __call__(self, scope: Scope, send: Send) -> None:
        """Answers one GET."""
        started = time.perf_counter()
        reason: Reason | None = None
        try:
            await self._take(scope)
            status, headers, body = 200, _HEADERS, GIF
        except Refused as refused:
            reason = refused.reason
            # The reasons of single touchpoints have the status of a batch that comes in without them.
            status, headers, body = answers.refusal(refused, 400 if reason.status == 202 else None)
        except Exception:
            _log.exception("a pixel could not be answered")
            reason = Reason.INTERNAL
            status, headers, body = answers.refusal(Refused(reason))
        self._intake.tally.answered(reason, time.perf_counter() - started)
        await answers.give(scope, send, status, headers, body)

    async def _take(self, scope: Scope) -> None:
        intake = self._intake
        headers: dict[bytes, bytes] = dict(scope["headers"])
        touchpoint = _from_query(query_fields(scope["query_string"]), headers)
        arriving = intake.sender(scope, headers, None, None)
        intake.check_rates(arriving, 1)
        raw = msgspec.json.encode(touchpoint)
        delivery = Delivery(b'{"touchpoints":[%b]}' % raw, [Raw(raw)])
        checked = await intake.checks.sort(delivery, arriving, strict=False)
        await intake.store(arriving.key, spool_records(arriving, None, checked))
        intake.tally.accepted[arriving.key.name] += checked.number
        intake.tally.accepted_bytes[arriving.key.name] += len(checked.lines)
        for turned in checked.rejected:
            raise Refused(turned.why.reason, turned.why.detail, field=turned.why.field)


def _from_query(fields: list[tuple[str, str]], headers: Headers) -> dict[str, Any]:
    """The touchpoint that a query describes, in the native form."""
    touchpoint: dict[str, Any] = {}
    for path, value in fields:
        name, nested, inner = path.partition(".")
        if path == "key" or not value:
            continue
        part = touchpoint.setdefault(name, {}) if nested else touchpoint
        if isinstance(part, dict):
            part[inner if nested else name] = value
    touchpoint.setdefault("id", str(uuid.uuid4()))
    touchpoint.setdefault("type", "page_view")
    touchpoint.setdefault("occurred_at", time.time_ns() // 1_000_000)
    page = touchpoint.setdefault("page", {})
    if isinstance(page, dict) and b"referer" in headers and touchpoint["type"] == "page_view":
        page.setdefault("url", headers[b"referer"].decode("latin-1"))
    return touchpoint
