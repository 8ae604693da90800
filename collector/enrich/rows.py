"""Spool records → the lines that ClickHouse reads: each touchpoint with what the collector found out about it.

What is the same for many touchpoints is worked out once: a request's facts, a user agent's device, an arrival. Each
becomes a piece of JSON, and a row is its pieces put before the touchpoint's own text, which is never parsed whole.

What carries an identifier of somebody who is forgotten is withheld: of it a row in `rejected` remains, which says
nothing of the person. While nobody is forgotten no identifier is even decoded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

import msgspec
from msgspec import Struct

from collector.address import truncate
from collector.enrich.arrival import ArrivalInput, classify, decisive
from collector.enrich.touched import VISITOR, Identity, Touched
from collector.enrich.user_agent import describe
from collector.envelope import Envelope, Kind, RejectedTouchpoint
from collector.errors import Reason
from collector.forgotten import NOBODY, Forgotten, Named
from collector.touchpoint import Campaign

CACHED = 20_000
"""Distinct values remembered per kind; a flood of new ones costs time, never memory."""
CACHED_LENGTH = 1024
"""Characters of links; longer ones are worked out each time, so that the cache stays below some 40 MiB."""


@dataclass(frozen=True)
class Rows:
    """Lines for the two tables, in the order of the spool."""

    touchpoints: list[bytes]
    rejected: list[bytes]
    withheld: Counter[str] = field(default_factory=Counter)
    """How many of `rejected` are of people who are forgotten, by the name of the key."""
    state: int = 0
    """Of the list of the forgotten that was gone by (collector.forgotten)."""
    touched: Touched = field(default_factory=Touched)
    """Whose journeys change by the touchpoints."""

    def __add__(self, other: Rows) -> Rows:
        return Rows(
            self.touchpoints + other.touchpoints,
            self.rejected + other.rejected,
            self.withheld + other.withheld,
            self.state,
            self.touched + other.touched,
        )


class _Page(Struct, gc=False):
    url: str | None = None
    referrer: str | None = None


class _Context(Struct, gc=False):
    user_agent: str | None = None
    address: str | None = None


class _Arriving(Struct, gc=False):
    """The fields that enrichment looks at; msgspec skips the rest of the line."""

    type: str
    id: str
    occurred_at: int
    visitor_id: str | None = None
    customer_id: str | None = None
    identity: Identity | None = None
    channel: str | None = None
    page: _Page | None = None
    campaign: Campaign | None = None
    context: _Context | None = None


NO_CAMPAIGN: tuple[str | None, ...] = (None,) * len(Campaign.__struct_fields__)

_TOUCHPOINTS, _REJECTED = int(Kind.TOUCHPOINTS), int(Kind.REJECTED)
_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_arriving = msgspec.json.Decoder(_Arriving).decode_lines
_decode_named = msgspec.json.Decoder(Named).decode_lines
_decode_rejected = msgspec.json.Decoder(RejectedTouchpoint).decode_lines
_encode = msgspec.json.encode


def compose(records: Iterator[tuple[int, bytes]], forgotten: Forgotten = NOBODY) -> Rows:
    """Rows from records (kind, payload), without what carries an identifier of the `forgotten`.

    Raises msgspec.DecodeError when a record is not what a receiver writes.
    """
    rows = Rows([], [], state=forgotten.state)
    for kind, payload in records:
        head, _, lines = payload.partition(b"\n")
        envelope = _decode_envelope(head)
        if kind == _TOUCHPOINTS:
            if forgotten:
                lines = _withhold(rows, envelope, lines, forgotten)
            _add_touchpoints(rows, envelope, lines)
        elif kind == _REJECTED:
            _add_rejected(rows, envelope, lines, forgotten)
        else:
            raise msgspec.DecodeError(f"record of unknown kind {kind}")
    return rows


def _add_touchpoints(rows: Rows, envelope: Envelope, lines: bytes) -> None:
    request = _request_piece(envelope)
    site, touched = envelope.site, rows.touched
    visitors = touched.nodes[site, VISITOR]
    # The program behind a secret key is a till or a server: its user agent and address say nothing of the person.
    agent, address = ("", "") if envelope.secret else (envelope.user_agent, envelope.address)
    sender = _sender_piece(agent, address)
    arrived = _decode_arriving(lines)
    # One touchpoint is not worth a list; its newline does no harm.
    for line, arriving in zip(lines.split(b"\n") if len(arrived) > 1 else [lines], arrived, strict=False):
        context = arriving.context
        if context is not None and (context.user_agent or context.address):
            own = _sender_piece(context.user_agent or agent, context.address or address)
        else:
            own = sender
        rows.touchpoints.append(request + own + _arrival_of(arriving) + line[1:])
        visitor = arriving.visitor_id
        if visitor and arriving.customer_id is None and arriving.identity is None:  # most of them: nothing is linked
            visitors.add(visitor)
        else:
            touched.add(site, visitor, arriving.customer_id, arriving.identity, arriving.occurred_at, arriving.id)


def _withhold(rows: Rows, envelope: Envelope, lines: bytes, forgotten: Forgotten) -> bytes:
    """The lines without those of people who are forgotten, which leave a row in `rejected` each."""
    kept = []
    for place, (line, named) in enumerate(zip(lines.split(b"\n"), _decode_named(lines), strict=False)):
        if forgotten.knows(envelope.site, named):
            rows.rejected.append(forgotten_row(envelope, f"{place}"))
            rows.withheld[envelope.key_name] += 1
        else:
            kept.append(line)
    return b"\n".join(kept)


def _add_rejected(rows: Rows, envelope: Envelope, lines: bytes, forgotten: Forgotten) -> None:
    for place, rejected in enumerate(_decode_rejected(lines)):
        if forgotten and forgotten.is_named_in(envelope.site, f"{rejected.raw}\n{rejected.detail}"):
            rows.rejected.append(forgotten_row(envelope, f"rejected {place}"))
            rows.withheld[envelope.key_name] += 1
        else:
            rows.rejected.append(rejected_row(envelope, rejected))


def _request_piece(envelope: Envelope) -> bytes:
    """`{"_site":…,` … `,` from a request's facts; written by hand, as every request has other times."""
    origin = _origin_piece(envelope.site, envelope.key_name, envelope.gpc, envelope.sdk_name, envelope.sdk_version)
    sent = b"null" if envelope.sent_us is None else b"%d" % envelope.sent_us
    visitor = b"" if envelope.visitor_hash is None else b'"_visitor_hash":%d,' % envelope.visitor_hash
    return b'%b"_received_us":%d,"_sent_us":%b,%b' % (origin, envelope.received_us, sent, visitor)


@lru_cache(CACHED)
def _origin_piece(site: str, key: str, gpc: bool, sdk_name: str, sdk_version: str) -> bytes:
    """`{"_site":…,` and what else many requests share."""
    facts: dict[str, object] = {"_site": site, "_key": key}
    if gpc:
        facts["_gpc"] = True
    if sdk_name:
        facts["_sdk_name"] = sdk_name
    if sdk_version:
        facts["_sdk_version"] = sdk_version
    return b"{" + _piece(facts)


@lru_cache(CACHED)
def _sender_piece(user_agent: str, address: str) -> bytes:
    """The device behind a user agent, and the address, which is truncated (again: an override may not be)."""
    facts = {f"_{name}": value for name, value in msgspec.structs.asdict(describe(user_agent)).items() if value}
    if user_agent:
        facts["_user_agent"] = user_agent
    if address:
        facts["_address"] = truncate(address)
    return _piece(facts)


def _arrival_of(arriving: _Arriving) -> bytes:
    page = arriving.page
    sent = NO_CAMPAIGN if arriving.campaign is None else msgspec.structs.astuple(arriving.campaign)
    url, referrer = (page.url or "", page.referrer or "") if page is not None else ("", "")
    url, referrer = decisive(url, referrer)
    piece = _arrival_piece if len(url) + len(referrer) > CACHED_LENGTH else _remembered_arrival_piece
    return piece(sent, url, referrer, arriving.channel, arriving.type)


def _arrival_piece(campaign: tuple[str | None, ...], url: str, referrer: str, channel: str | None, type_: str) -> bytes:
    """What brought the person there."""
    source, medium, name, id_, term, content, click_id, click_id_kind = campaign
    arrival = classify(
        ArrivalInput(
            source, medium, name, id_, term, content, click_id, click_id_kind, url, referrer, channel, type=type_
        )
    )
    return _piece({f"_{name}": value for name, value in arrival._asdict().items() if value})


_remembered_arrival_piece = lru_cache(CACHED)(_arrival_piece)


def _piece(facts: dict[str, object]) -> bytes:
    """The inside of a JSON object with a comma behind it, or nothing."""
    return _encode(facts)[1:-1] + b"," if facts else b""


def rejected_row(envelope: Envelope, rejected: RejectedTouchpoint) -> bytes:
    """A line for `rejected`: with what a replay needs of the request, where there is anything to replay."""
    facts: dict[str, object] = {
        "id": rejected.id or "",
        "reason": rejected.reason,
        "detail": rejected.detail,
        "raw": rejected.raw,
        "received_us": envelope.received_us,
        "site": envelope.site,
        "key": envelope.key_name,
        "sdk_name": envelope.sdk_name,
        "sdk_version": envelope.sdk_version,
    }
    if rejected.raw:
        facts |= {
            "sent_us": envelope.sent_us,
            "user_agent": envelope.user_agent,
            "address": envelope.address,
            "gpc": envelope.gpc,
            "loose": rejected.loose,
        }
    return _encode(facts)


def forgotten_row(envelope: Envelope, place: str) -> bytes:
    """What remains of a touchpoint whose person is forgotten: that there was one.

    Its `id` is its place in the request, so that each has a row of its own, the same one however often it is loaded.
    """
    reason = Reason.FORGOTTEN
    return rejected_row(envelope, RejectedTouchpoint(reason=reason.word, detail=reason.remedy, raw="", id=place))
