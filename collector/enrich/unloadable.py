"""Rows for `rejected` of what was accepted and turned out not to be loadable."""

from __future__ import annotations

import time

import msgspec

from collector.enrich.rows import forgotten_row, rejected_row
from collector.envelope import Envelope, RejectedTouchpoint
from collector.errors import Reason
from collector.forgotten import Forgotten

RAW_LIMIT = 32 * 1024
"""Characters kept of what was sent."""


def refused_row(row: bytes, message: str) -> bytes:
    """From a row that ClickHouse refused, with its words."""
    known = msgspec.json.decode(row)
    envelope = Envelope(
        received_us=known["_received_us"],
        site=known["_site"],
        key_name=known["_key"],
        sdk_name=known.get("_sdk_name", ""),
        sdk_version=known.get("_sdk_version", ""),
        sent_us=known.get("_sent_us"),
        user_agent=known.get("_user_agent", ""),
        address=known.get("_address", ""),
        gpc=known.get("_gpc", False),
    )
    # Whole, whatever its size: it was accepted, so it must be possible to replay it.
    sent = msgspec.json.encode({name: value for name, value in known.items() if not name.startswith("_")}).decode()
    rejected = RejectedTouchpoint(
        reason=Reason.UNLOADABLE.word, detail=message[:1000], raw=sent, id=str(known.get("id", ""))
    )
    return rejected_row(envelope, rejected)


def unreadable_row(payload: bytes, error: Exception, forgotten: Forgotten) -> bytes:
    """From a whole record of the spool that is not what a receiver writes, unless it names one of the forgotten."""
    now = time.time_ns() // 1000
    raw = payload.decode("utf-8", "replace")[:RAW_LIMIT]
    rejected = RejectedTouchpoint(reason=Reason.UNLOADABLE.word, detail=f"record of the spool: {error}"[:1000], raw=raw)
    nobodys = Envelope(received_us=now, site="", key_name="")
    if forgotten and forgotten.is_named_in("", f"{raw}\n{rejected.detail}"):
        return forgotten_row(nobodys, "")
    return rejected_row(nobodys, rejected)
