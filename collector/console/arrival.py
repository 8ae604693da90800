"""One touchpoint as it came in: what the spool holds of it, and what became of it. For people who look on.

Everything in it but times and names of keys was chosen by a sender. It goes out as JSON and is put on the page as text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct, field

from collector.envelope import Envelope, Kind, RejectedTouchpoint
from collector.errors import Reason
from collector.spool.reader import Record

TEXT = 300
"""Characters of one value in the list; the whole touchpoint is shown when somebody asks for it."""
LISTED = 20
"""Problems and unknown fields of one touchpoint in the list."""

REMEDIES = {reason.word: reason.remedy for reason in Reason}


class _Place(Struct):
    """Where it took place, whatever it is."""

    path: str | None = None
    url: str | None = None
    name: str | None = None
    id: str | None = None


class _Consent(Struct):
    state: str | None = None


class Told(Struct):
    """The fields that the list shows; msgspec skips the rest of the line."""

    id: str = ""
    type: str = ""
    occurred_at: int = 0
    channel: str | None = None
    visitor_id: str | None = None
    customer_id: str | None = None
    session_id: str | None = None
    page: _Place | None = None
    screen: _Place | None = None
    store: _Place | None = None
    consent: _Consent | None = None
    problems: list[str] = field(default_factory=list)
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """Page, screen or store, the first that says anything."""
        parts = [one for one in (self.page, self.screen, self.store) if one is not None]
        return next((text for one in parts for text in (one.path, one.url, one.name, one.id) if text), "")


class Became(Struct, frozen=True):
    """What the loader made of an accepted touchpoint."""

    state: str
    """`stored`; `unloadable` or `forgotten`, the reasons of the loader; `missing` when it is nowhere."""
    detail: str = ""
    channel: str = ""
    signal: str = ""
    phase: str = ""
    phases: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    came_by: str = ""
    source: str = ""
    clock_corrected_ms: int = 0
    is_bot: bool = False
    first_us: int = 0
    """When it was first received, in microseconds since 1970: earlier than this delivery where it came again."""


class Arrival(Struct, kw_only=True):
    """A touchpoint that came in. `number` rises with each, `changed` with each change of any of them."""

    number: int = 0
    changed: int = 0
    segment: str
    start: int
    end: int
    line: int
    """Which touchpoint of its record, from 0."""
    envelope: Envelope
    told: Told
    raw: bytes
    """As it rests in the spool; of a rejected one as it was sent."""
    turned: RejectedTouchpoint | None = None
    became: Became | None = None
    tries: int = 0
    """How often it was looked for and not found."""

    @property
    def place(self) -> str:
        """Names it for ever: its place in the spool."""
        return f"{self.segment.removesuffix('.spool')}.{self.start}.{self.line}"

    @property
    def key(self) -> tuple[str, str, int, str]:
        """The key of its row."""
        return self.envelope.site, self.told.visitor_id or "", self.told.occurred_at, str(UUID(self.told.id))

    def shown(self) -> dict[str, Any]:
        """What the list shows of it; the names are those of live.js."""
        told, envelope, turned, became = self.told, self.envelope, self.turned, self.became
        reason = turned.reason if turned else became.state if became and became.state != "stored" else ""
        return {
            "place": self.place,
            "number": self.number,
            "received": envelope.received_us / 1000,
            "state": "rejected" if turned else became.state if became else "waiting",
            "reason": reason,
            "detail": _cut(turned.detail if turned else became.detail if became else ""),
            "remedy": REMEDIES.get(reason, ""),
            "key": envelope.key_name,
            "site": envelope.site,
            "sdk": _cut(f"{envelope.sdk_name} {envelope.sdk_version}".strip()),
            "gpc": envelope.gpc,
            "id": _cut(told.id or (turned.id or "" if turned else "")),
            "type": _cut(told.type),
            "channel": _cut(told.channel or ""),
            "where": _cut(told.place),
            "visitor": _cut(told.visitor_id or ""),
            "customer": _cut(told.customer_id or ""),
            "session": _cut(told.session_id or ""),
            "consent": _cut(told.consent.state or "") if told.consent else "",
            "problems": [_cut(problem) for problem in told.problems[:LISTED]],
            "unknown": [_cut(name) for name in list(told.extra)[:LISTED]],
            **(_became(became, envelope) if became and became.state == "stored" else {}),
        }


def _became(became: Became, envelope: Envelope) -> dict[str, Any]:
    return {
        "channel": became.channel,
        "signal": became.signal,
        "phase": became.phase,
        "phases": became.phases,
        "rules": became.rules,
        "came_by": _cut(" / ".join(filter(None, (became.came_by, became.source)))),
        "clock_corrected_ms": became.clock_corrected_ms,
        "bot": became.is_bot,
        "again": became.first_us / 1000 if became.first_us < envelope.received_us else None,
    }


def _cut(text: str) -> str:
    return text if len(text) <= TEXT else f"{text[:TEXT]}…"


_decode_envelope = msgspec.json.Decoder(Envelope).decode
_decode_told = msgspec.json.Decoder(Told).decode
_decode_rejected = msgspec.json.Decoder(RejectedTouchpoint).decode
_decode_anything = msgspec.json.Decoder().decode


def arrivals(segment: str, record: Record) -> Iterator[Arrival]:
    """The touchpoints of one record of the spool. What is no record of a receiver gives none: the loader reports it."""
    head, _, lines = record.payload.partition(b"\n")
    try:
        envelope = _decode_envelope(head)
        for line, text in enumerate(filter(None, lines.split(b"\n"))):
            told, raw, turned = _read(record.kind, text)
            yield Arrival(
                segment=segment, start=record.start, end=record.end, line=line, envelope=envelope, told=told, raw=raw,
                turned=turned,
            )  # fmt: skip
    except (msgspec.MsgspecError, ValueError):
        return


def _read(kind: int, text: bytes) -> tuple[Told, bytes, RejectedTouchpoint | None]:
    """What a line tells, what of it is shown whole, and why it was rejected. Raises MsgspecError."""
    if kind != Kind.REJECTED:
        return _decode_told(text), text, None
    turned = _decode_rejected(text)
    return _as_far_as_told(turned.raw), turned.raw.encode(), turned


def _as_far_as_told(raw: str) -> Told:
    """What a rejected touchpoint says of itself: it may be anything, and each field may be of any kind."""
    try:
        sent = _decode_anything(raw)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return Told()
    if not isinstance(sent, dict):
        return Told()
    texts = {
        name: sent[name]
        for name in ("id", "type", "channel", "visitor_id", "customer_id", "session_id")
        if isinstance(sent.get(name), str)
    }
    places = {name: _place(sent[name]) for name in ("page", "screen", "store") if isinstance(sent.get(name), dict)}
    return Told(**texts, **places)  # type: ignore[arg-type]  # names and kinds are those above


def _place(sent: dict[str, Any]) -> _Place:
    return _Place(**{name: sent[name] for name in _Place.__struct_fields__ if isinstance(sent.get(name), str)})
