"""What the front door says of rows: the receiver's own decoding and checks, for a key that nobody had to show."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from collector import __version__
from collector.envelope import AcceptedTouchpoint
from collector.errors import Refused
from collector.history.requests import Request
from collector.receive.accept import Checks, Sorted
from collector.receive.access import Key
from collector.receive.arriving import Arriving
from collector.receive.decode import decode
from collector.receive.intake import Record, spool_records
from collector.receive.tally import Tally
from collector.settings import Settings
from collector.touchpoint import Sdk

SDK = Sdk("import", __version__)
PROBLEMS = b'"problems":['
_read_line = msgspec.json.Decoder(AcceptedTouchpoint).decode


class Turned(NamedTuple):
    """A row that was turned down."""

    reason: str
    told: str
    """Where it stands and what is wrong."""


class Verdict(NamedTuple):
    """What the front door says of a request."""

    records: list[Record]
    accepted: int
    turned: list[Turned]
    not_kept: int
    """Of those turned down: only counted, not kept."""
    set_aside: int
    """Optional fields."""
    problem: str
    """One of them, with its row's place; empty without any."""
    first: bytes
    """The first touchpoint that was accepted, as it rests."""


class Judge:
    """Judges the requests of one file."""

    def __init__(self, settings: Settings, key: Key, file: str) -> None:
        self._tally = Tally()
        self._checks = Checks(settings, self._tally)
        self._nesting = settings.nesting_limit
        self._key = key
        self._file = file

    async def judge(self, request: Request, received_us: int) -> Verdict:
        """The verdict on a request that came at this moment."""
        arriving = Arriving(self._key, "", {}, None, received_us)
        key, tally = self._key.name, self._tally
        not_kept, set_aside = tally.rejected_not_kept[key], tally.set_aside[key]
        checked = await self._sorted(request, arriving)
        turned = []
        for one in checked.rejected:
            told = f"{self._place(request, one.place)}: {request.faults.get(one.place, one.why.detail)}"
            turned.append(Turned(one.why.reason.word, told))
            if one.kept is not None:
                one.kept.detail = told
        set_aside = tally.set_aside[key] - set_aside
        return Verdict(
            spool_records(arriving, SDK, checked),
            checked.number,
            turned,
            tally.rejected_not_kept[key] - not_kept,
            set_aside,
            self._problem(request, checked) if set_aside else "",
            checked.lines.partition(b"\n")[0],
        )

    async def _sorted(self, request: Request, arriving: Arriving) -> Sorted:
        pieces = request.pieces
        try:
            delivery = decode(_body(pieces), limit=len(pieces), nesting=self._nesting)
        except Refused as refused:
            return await self._one_by_one(request, arriving, refused)
        return await self._checks.sort(delivery, arriving)

    async def _one_by_one(self, request: Request, arriving: Arriving, refused: Refused) -> Sorted:
        """A row that spoils a whole request costs itself: the others are judged without it."""
        if len(request.pieces) == 1:
            request.faults.setdefault(0, refused.detail)
            return await self._checks.sort(decode(_body([b'""']), limit=1, nesting=self._nesting), arriving)
        together = Sorted(b"", 0, [])
        for place, piece in enumerate(request.pieces):
            alone = Request([piece], [], {}, 1, 0, request.after)
            checked = await self._sorted(alone, arriving)
            if alone.faults:
                request.faults.setdefault(place, alone.faults[0])
            rejected = [one._replace(place=place) for one in checked.rejected]
            together = Sorted(
                together.lines + checked.lines, together.number + checked.number, together.rejected + rejected
            )
        return together

    def _problem(self, request: Request, checked: Sorted) -> str:
        gone = {one.place for one in checked.rejected}
        places = (place for place in range(len(request.pieces)) if place not in gone)
        for place, line in zip(places, checked.lines.split(b"\n"), strict=False):
            if PROBLEMS in line and (problems := _read_line(line).problems):
                return f"{self._place(request, place)}: {problems[0]}"
        return ""

    def _place(self, request: Request, place: int) -> str:
        return f"{self._file}:{request.numbers[place]}"


def _body(pieces: list[bytes]) -> bytes:
    return b'{"touchpoints":[%b]}' % b",".join(pieces)
