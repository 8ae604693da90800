"""`POST /v1/touchpoints`: the collector's own form, and the way that nearly everything comes in.

A plain ASGI endpoint: measured on one core with a request of one touchpoint, a Starlette endpoint that only reads the
body and answers 202 serves 19,400/s, a plain one 39,400/s.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from collector.errors import Reason, Refused
from collector.receive import answers, body
from collector.receive.answers import Answer, Scope, Send
from collector.receive.body import Gone, Receive
from collector.receive.decode import decode
from collector.receive.intake import Intake, spool_records

_log = logging.getLogger(__name__)


class Native:
    """The endpoint of one worker."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        settings = intake.settings
        self._body_limit = settings.body_limit_kib * 1024
        self._unpacked_limit = settings.unpacked_limit_kib * 1024
        self._touchpoints_limit = settings.touchpoints_limit
        self._nesting_limit = settings.nesting_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one POST."""
        started = time.perf_counter()
        reason: Reason | None = None
        try:
            status, headers, text = await self._take(scope, receive)
        except Refused as refused:
            reason = refused.reason
            status, headers, text = answers.refusal(refused)
        except Gone:
            return
        except Exception:
            _log.exception("a request could not be answered")
            reason = Reason.INTERNAL
            status, headers, text = answers.refusal(Refused(reason))
        self._intake.tally.answered(reason, time.perf_counter() - started)
        await answers.give(scope, send, status, headers, text)

    async def _take(self, scope: Scope, receive: Receive) -> Answer:
        """The whole way of a request, step by step; each step may refuse it."""
        intake = self._intake
        headers: dict[bytes, bytes] = dict(scope["headers"])
        sent: Any = await body.read(receive, headers, self._body_limit)  # cap; connection.py keeps the time
        plain = body.unpack(sent, self._unpacked_limit)  # gzip by its magic bytes, bounded
        delivery = decode(plain, limit=self._touchpoints_limit, nesting=self._nesting_limit)  # typed touchpoints
        arriving = intake.sender(scope, headers, delivery.key, delivery.sent_us)  # key, origin
        intake.check_rates(arriving, len(delivery.touchpoints))  # of key and address
        checked = await intake.checks.sort(delivery, arriving)  # each touchpoint for itself
        records = spool_records(arriving, delivery.sdk, checked)  # as they will rest
        count, size, dropped = checked.number, len(checked.lines), delivery.dropped
        answer = answers.acceptance(count, checked.rejected)
        # While the disk works, others are served, and what is let go only then has left the processor's caches: a
        # third of the cost of 50 touchpoints.
        del sent, plain, delivery, checked
        await intake.store(arriving.key, records)  # on disk when this returns
        intake.tally.accepted[arriving.key.name] += count
        intake.tally.accepted_bytes[arriving.key.name] += size
        if dropped:
            intake.tally.given_up[arriving.key.name] += dropped
        return answer
