"""What a receiver knows of a request, and how it rests in the spool beside the request's touchpoints.

A spool record's payload is newline-delimited JSON: the first line is the Envelope, each further line is one
touchpoint (kind TOUCHPOINTS) or one RejectedTouchpoint (kind REJECTED). Receivers write it, the loader reads it.
"""

from __future__ import annotations

from enum import IntEnum

from msgspec import Struct

from collector.touchpoint import Touchpoint


class Kind(IntEnum):
    """What the lines after the envelope are. The number is on disk: never reuse one."""

    TOUCHPOINTS = 1
    REJECTED = 2


class Envelope(Struct, omit_defaults=True, kw_only=True):
    """Facts about one request, set by the collector alone; times in microseconds since 1970 UTC."""

    received_us: int
    site: str
    key_name: str
    secret: bool = False
    sent_us: int | None = None
    user_agent: str = ""
    address: str = ""
    """The sender's address, truncated: IPv4 to /24, IPv6 to /48."""
    gpc: bool = False
    sdk_name: str = ""
    sdk_version: str = ""
    visitor_hash: int | None = None
    """Whose request it is, for a day (collector.visitors): where its key counts visitors and each touchpoint allows."""


class AcceptedTouchpoint(Touchpoint, omit_defaults=True, forbid_unknown_fields=False, kw_only=True):
    """A touchpoint of which something was set aside: the form in which it rests in the spool.

    `occurred_at` is epoch milliseconds here, `properties` has text values only. `extra` holds unknown fields, by path,
    as JSON text; `problems` says what was wrong with which optional field: `$.order.total: …`.
    """

    extra: dict[str, str] | None = None
    problems: list[str] | None = None


class RejectedTouchpoint(Struct, omit_defaults=True, kw_only=True):
    """A touchpoint of a known key that could not be accepted. `raw` is what was sent, cut at the size limit."""

    reason: str
    detail: str
    raw: str
    id: str | None = None
    loose: bool = False
    """Its texts may stand for numbers, as in a pixel's query."""
