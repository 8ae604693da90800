"""The facts of one request that the checks need and the spool keeps."""

from __future__ import annotations

import time

from collector.envelope import Envelope
from collector.receive.access import Key
from collector.receive.credentials import Headers
from collector.touchpoint import Sdk

USER_AGENT_LENGTH = 1024


class Arriving:
    """Whose request it is and when it came; times in microseconds since 1970."""

    __slots__ = ("address", "gpc", "key", "received_us", "sent_us", "user_agent", "visitor_hash")

    def __init__(
        self, key: Key, address: str, headers: Headers, sent_us: int | None, received_us: int | None = None
    ) -> None:
        """`received_us` is given where the request came earlier and is looked at again; otherwise it comes now."""
        self.key = key
        self.address = address
        self.received_us = time.time_ns() // 1000 if received_us is None else received_us
        self.sent_us = sent_us
        self.gpc = headers.get(b"sec-gpc") == b"1"
        self.user_agent = headers.get(b"user-agent", b"")[:USER_AGENT_LENGTH].decode("latin-1")
        self.visitor_hash: int | None = None
        """Taken away again by the first touchpoint whose visitor may not be counted."""

    def envelope(self, sdk: Sdk) -> Envelope:
        """What rests in the spool."""
        return Envelope(
            received_us=self.received_us,
            site=self.key.site,
            key_name=self.key.name,
            secret=self.key.secret,
            sent_us=self.sent_us,
            user_agent=self.user_agent,
            address=self.address,
            gpc=self.gpc,
            sdk_name=sdk.name or "",
            sdk_version=sdk.version or "",
            visitor_hash=self.visitor_hash,
        )
