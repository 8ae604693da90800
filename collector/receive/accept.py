"""One touchpoint after the other: may it come in, and what of it?

The order is that of `Checks._check`: time, type, what only a secret key may send, properties, consent. Whatever is not
worth a rejection is set aside and said in `problems`.
"""

from __future__ import annotations

import asyncio
import re
import time
from collections import Counter as Count
from math import inf
from typing import NamedTuple

from msgspec import Raw, Struct, ValidationError, convert, json
from msgspec.structs import asdict, replace

from collector.address import truncate
from collector.envelope import AcceptedTouchpoint, RejectedTouchpoint
from collector.errors import Reason
from collector.misfit import told
from collector.receive.arriving import Arriving
from collector.receive.decode import Delivery, epoch_ms, parse, raws
from collector.receive.depth import deeper
from collector.receive.keeping import may_be_counted_beside, what_may_be_kept
from collector.receive.privacy import impersonal, is_withheld, may_be_counted, strip, withholds
from collector.receive.properties import PropertyNames, settle
from collector.receive.rejection import Rejected
from collector.receive.repair import repair
from collector.receive.tally import Tally
from collector.settings import Settings
from collector.touchpoint import (
    BACK_MS,
    DAY_MS,
    DAYS_AHEAD,
    SECRET_KEY_TYPES,
    STANDARD_TYPES,
    Touchpoint,
    TypeName,
)

AHEAD_MS = DAYS_AHEAD * DAY_MS
_encode_lines = json.Encoder().encode_lines
_UUID = re.compile("[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")

LEVELS_ABOVE = 2
"""Levels of nesting above a touchpoint: the body and the list."""

LARGE = 64 * 1024
"""Bytes of a body from which on it may take long."""
WORK_S = 0.005
"""Seconds of work on one request at a time, when others wait."""


class Turned(NamedTuple):
    """A rejected touchpoint: its place in the request, why, and what is kept of it."""

    place: int
    why: Rejected
    id: str | None
    """As sent, for the answer."""
    kept: RejectedTouchpoint | None


class Sorted(NamedTuple):
    """A request's touchpoints after the checks."""

    lines: bytes
    """The accepted ones as they rest: each its JSON and a newline."""
    number: int
    """How many that are."""
    rejected: list[Turned]


class Bounds(Struct, gc=False):
    """What the checks of one request compare with, worked out once; times in milliseconds."""

    arriving: Arriving
    names: set[str]
    """Property names that the site is known to use."""
    earliest: int
    latest: int
    oldest: int
    """For a public key."""
    public: bool
    withheld: bool
    """Nothing may tell who it was."""
    strict: bool


class Checks:
    """The checks of one worker; they remember property names and how many rejected touchpoints were kept today."""

    def __init__(self, settings: Settings, tally: Tally) -> None:
        self._tally = tally
        self._history_ms = settings.history_days * DAY_MS
        self._touchpoint_bytes = settings.touchpoint_limit_kib * 1024
        self._nesting = settings.nesting_limit
        self._names = PropertyNames(settings.property_names_limit)
        self._keep_per_day = settings.rejected_per_day
        self._kept_day = -1
        self._kept: Count[str] = Count()

    async def sort(self, delivery: Delivery, arriving: Arriving, *, strict: bool = True) -> Sorted:
        """Which touchpoints come in, in the form in which they rest, and which are turned down.

        With `strict` off, texts may stand for numbers. A large request lets others go first now and then: a hostile
        one can make half a second of work.
        """
        bounds = self._bounds(arriving, strict)
        accepted: list[Touchpoint] = []
        turned: list[tuple[int, Rejected]] = []
        pause_at = time.perf_counter() + WORK_S if len(delivery.body) > LARGE else inf
        for index, touchpoint in enumerate(delivery.touchpoints):
            try:
                if isinstance(touchpoint, Raw):
                    accepted.append(self._repaired(touchpoint, bounds))
                else:
                    accepted.append(self._check(touchpoint, bounds))
            except Rejected as why:
                turned.append((index, why))
            if pause_at is not inf and time.perf_counter() > pause_at:
                await asyncio.sleep(0)
                pause_at = time.perf_counter() + WORK_S
        if delivery.problems:
            accepted = [_with_problems(touchpoint, list(delivery.problems)) for touchpoint in accepted]
        lines, number = _encode_lines(accepted), len(accepted)
        if len(lines) > self._touchpoint_bytes:
            lines, number = self._small_enough(lines, number, turned)
        if arriving.visitor_hash is not None and not all(map(may_be_counted, accepted)):
            arriving.visitor_hash = None
        return Sorted(lines, number, self._turn_down(delivery, turned, bounds) if turned else [])

    def _bounds(self, arriving: Arriving, strict: bool) -> Bounds:
        key = arriving.key
        now = arriving.received_us // 1000
        # How old a touchpoint is goes by the sender's own clock where it says what time it was when it sent: a device
        # that lives in 2020 sends nothing old, and its times are corrected later.
        sent = now if arriving.sent_us is None else arriving.sent_us // 1000
        return Bounds(
            arriving,
            self._names.of(key.site, now // DAY_MS),
            now - BACK_MS,
            now + AHEAD_MS,
            sent - self._history_ms,
            not key.secret,
            arriving.gpc,
            strict,
        )

    def _check(self, touchpoint: Touchpoint, bounds: Bounds) -> Touchpoint:
        moment = touchpoint.occurred_at
        if type(moment) is not int:
            moment = touchpoint.occurred_at = epoch_ms(moment)
        if not bounds.earliest <= moment <= bounds.latest:
            raise Rejected(Reason.TIME_IMPOSSIBLE, field="$.occurred_at")
        if touchpoint.type not in STANDARD_TYPES:
            _check_type(touchpoint.type)
        problems: list[str] | None = None
        if bounds.public:
            problems = self._check_public(touchpoint, moment, bounds)
        elif touchpoint.context is not None and touchpoint.context.address is not None:
            problems = _truncate_address(touchpoint)
        withheld = bounds.withheld or (touchpoint.consent is not None and is_withheld(touchpoint.consent))
        if withheld and touchpoint.properties:
            # Before they become texts, some of them in one: then no name can be told from a value.
            touchpoint.properties = impersonal(touchpoint.properties, self._nesting - LEVELS_ABOVE - 1)
        properties = touchpoint.properties
        if properties is not None:
            settled = settle(properties, bounds.names, self._names.limit, self._nesting)
            if settled is not None:
                problems = [*(problems or ()), *settled.problems]
                self._tally.overflowed[bounds.arriving.key.name] += settled.overflowed
        if problems:
            self._tally.set_aside[bounds.arriving.key.name] += len(problems)
            touchpoint = _with_problems(touchpoint, problems)
        if withheld:
            strip(touchpoint)
            bounds.arriving.visitor_hash = None  # whoever said no in one touchpoint of a request said it for all
            self._tally.stripped[bounds.arriving.key.name] += 1
        return touchpoint

    def _check_public(self, touchpoint: Touchpoint, moment: int, bounds: Bounds) -> list[str] | None:
        """What a public key may not send: anybody can read it in the page's source."""
        if touchpoint.type in SECRET_KEY_TYPES:
            raise Rejected(Reason.NEEDS_SECRET_KEY, field="$.type")
        age = touchpoint.age_ms
        if moment < bounds.oldest or (age is not None and age > self._history_ms):
            raise Rejected(Reason.TOO_OLD_FOR_KEY, field="$.occurred_at")
        problems = None
        identity, context = touchpoint.identity, touchpoint.context
        if identity is not None and identity.loyalty_card is not None:
            identity.loyalty_card = None
            problems = ["$.identity.loyalty_card: only a secret key may send it"]
        if context is not None and (context.user_agent is not None or context.address is not None):
            problems = problems or []
            for field in ("user_agent", "address"):
                if getattr(context, field) is not None:
                    setattr(context, field, None)
                    problems.append(f"$.context.{field}: only a secret key may send it")
        return problems

    def _repaired(self, raw: Raw, bounds: Bounds) -> Touchpoint:
        """A touchpoint that does not fit as it is: repaired, then checked like any other. Raises Rejected."""
        text = bytes(raw)
        if len(text) > self._touchpoint_bytes:
            raise Rejected(Reason.TOUCHPOINT_TOO_LARGE)
        if deeper(text, self._nesting - LEVELS_ABOVE):
            raise Rejected(Reason.TOO_DEEP)
        try:
            sent = parse(text)
        except ValueError as error:
            raise Rejected(Reason.NOT_AN_OBJECT, f"it cannot be read: {error}") from None
        withheld = bounds.withheld or (isinstance(sent, dict) and withholds(sent.get("consent")))
        touchpoint, unknown = repair(sent, discreet=withheld, strict=bounds.strict)
        name = bounds.arriving.key.name
        self._tally.unknown[name] += unknown
        self._tally.set_aside[name] += len(touchpoint.problems or ())
        return self._check(touchpoint, replace(bounds, withheld=True) if withheld else bounds)

    def _small_enough(self, lines: bytes, number: int, turned: list[tuple[int, Rejected]]) -> tuple[bytes, int]:
        """The lines that are not too large, and how many that is; the others join `turned`.

        Measured as written here: reading a body again, for where each touchpoint begins, cost a twentieth of its work.
        """
        limit = self._touchpoint_bytes
        if _none_longer(lines, limit):
            return lines, number
        written = lines.split(b"\n")[:number]
        gone = {index for index, _ in turned}
        places = [index for index in range(number + len(turned)) if index not in gone]
        turned += [
            (place, Rejected(Reason.TOUCHPOINT_TOO_LARGE))
            for place, line in zip(places, written, strict=True)
            if len(line) > limit
        ]
        turned.sort(key=lambda one: one[0])
        kept = [line + b"\n" for line in written if len(line) <= limit]
        return b"".join(kept), len(kept)

    def _turn_down(self, delivery: Delivery, turned: list[tuple[int, Rejected]], bounds: Bounds) -> list[Turned]:
        arriving = bounds.arriving
        sent = raws(delivery)
        result = []
        for index, why in turned:
            raw = bytes(sent[index])
            if arriving.visitor_hash is not None and not may_be_counted_beside(raw):
                arriving.visitor_hash = None
            self._tally.rejected[arriving.key.name, why.reason.word] += 1
            identified, text = what_may_be_kept(raw, arriving.gpc, self._touchpoint_bytes)
            kept = None
            if self._may_keep(arriving):
                known = identified if identified is not None and _UUID.fullmatch(identified) else None
                kept = RejectedTouchpoint(
                    reason=why.reason.word, detail=why.detail, raw=text, id=known, loose=not bounds.strict
                )
            result.append(Turned(index, why, identified, kept))
        return result

    def _may_keep(self, arriving: Arriving) -> bool:
        """Whether the key has kept fewer rejected touchpoints today than it may."""
        day, name = arriving.received_us // 1000 // DAY_MS, arriving.key.name
        if day != self._kept_day:
            self._kept_day = day
            self._kept.clear()
        if self._kept[name] >= self._keep_per_day:
            self._tally.rejected_not_kept[name] += 1
            return False
        self._kept[name] += 1
        return True


def _none_longer(lines: bytes, limit: int) -> bool:
    """Whether no line has more than `limit` bytes, in leaps of as many: 50 lines need two looks."""
    begin = 0
    while len(lines) - begin > limit:
        end = lines.rfind(b"\n", begin, begin + limit + 1)
        if end < 0:
            return False
        begin = end + 1
    return True


def _with_problems(touchpoint: Touchpoint, problems: list[str]) -> AcceptedTouchpoint:
    if not isinstance(touchpoint, AcceptedTouchpoint):
        touchpoint = AcceptedTouchpoint(**asdict(touchpoint))
    touchpoint.problems = [*(touchpoint.problems or ()), *problems]
    return touchpoint


def _check_type(name: str) -> None:
    """A type of one's own must be a name too. Raises Rejected."""
    try:
        convert(name, TypeName)
    except ValidationError as error:
        raise Rejected(Reason.FIELD_INVALID, f"type: {told(error)[0]}", field="$.type") from None


def _truncate_address(touchpoint: Touchpoint) -> list[str] | None:
    context = touchpoint.context
    assert context is not None and context.address is not None  # noqa: S101  # narrows the type
    context.address = truncate(context.address) or None
    return None if context.address else ["$.context.address: not an IPv4 or IPv6 address"]
