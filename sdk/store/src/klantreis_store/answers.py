"""What becomes of touchpoints after an answer: the retry table that all SDKs share, as a till needs it.

An answer counts only when it is the collector's own: a captive portal answers 200 to everything, a proxy 404.
"""

from __future__ import annotations

import email.utils
import enum
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timezone
from typing import Any

ANSWER_BYTES = 1 << 20
PATIENCE_S = 3600.0
"""The longest that a Retry-After is honoured: one that asks for a year is a mistake."""


class Verdict(enum.Enum):
    """What to do with what was sent."""

    SETTLED = "the collector has answered for each"
    KEEP = "try again, later each time"
    KEEP_LONG = "somebody must change a setting first"
    SPLIT = "send less at a time"
    REFUSED = "it would fail again"


@dataclass(frozen=True)
class Reply:
    """What came back. Status 0: nobody answered, and `fault` says why. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    fault: str = ""


@dataclass(frozen=True)
class Judged:
    """A reply, read."""

    verdict: Verdict
    rejected: Mapping[int, tuple[str, str]]
    """Of a settled one: place → reason and detail of what was not accepted."""
    reason: str
    detail: str
    retry_after_s: float
    true_ms: int | None
    """The collector's clock, by the Date of an answer of its own."""


def judge(reply: Reply, count: int, wall_ms: int) -> Judged:
    """The verdict on a request of so many touchpoints."""
    own = _own(reply, count)
    date = _date_ms(reply.headers.get("date"))
    after = _retry_after_s(reply.headers.get("retry-after"), wall_ms if date is None else date)
    if own is None:
        date = None  # whose clock that is nobody knows
    answer = own or {}
    reason = str(answer.get("reason", ""))
    detail = str(answer.get("detail", "")) or reply.fault or _stranger(reply)
    if reply.status // 100 == 2 and own is not None:
        rejected = {
            int(one["index"]): (str(one.get("reason", "")), str(one.get("detail", ""))) for one in own["rejected"]
        }
        return Judged(Verdict.SETTLED, rejected, "", "", 0.0, date)
    if reply.status in (401, 403):
        verdict = Verdict.KEEP_LONG
    elif reply.status in (413, 431):
        verdict = Verdict.SPLIT
    elif 400 <= reply.status < 500 and reply.status not in (408, 429) and own is not None:
        verdict = Verdict.REFUSED
    else:
        verdict = Verdict.KEEP
    return Judged(verdict, {}, reason, detail, after, date)


def _own(reply: Reply, count: int) -> dict[str, Any] | None:
    """The body, where only the collector can have written it."""
    if not reply.status or len(reply.body) > ANSWER_BYTES:
        return None
    try:
        body = json.loads(reply.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(body, dict):
        return None
    if reply.status >= 300:
        return body if isinstance(body.get("reason"), str) else None
    accepted, rejected = body.get("accepted"), body.get("rejected")
    if isinstance(accepted, bool) or not isinstance(accepted, int) or not isinstance(rejected, list):
        return None
    places = {one.get("index") for one in rejected if isinstance(one, dict)}
    known = all(isinstance(place, int) and 0 <= place < count for place in places)
    return body if known and len(places) == len(rejected) and accepted + len(rejected) == count else None


def _stranger(reply: Reply) -> str:
    if 300 <= reply.status < 400:
        place = reply.headers.get("location", "elsewhere")[:200]
        return f"{reply.status} leads to {place}; give the collector's own address"
    return f"{reply.status} did not come from a collector: is there a login page or a proxy between?"


def _date_ms(value: str | None) -> int | None:
    try:
        moment = email.utils.parsedate_to_datetime(value or "")
        return int(moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp() * 1000)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def _retry_after_s(value: str | None, from_ms: int) -> float:
    """Seconds or a date; a date counts from the answer's own, whatever the clock here says."""
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return min(PATIENCE_S, float(text[:12]))
    until = _date_ms(text)
    return 0.0 if until is None else min(PATIENCE_S, max(0.0, (until - from_ms) / 1000))
