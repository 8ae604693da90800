"""The second half of the way in, which all protocols share: key, origin, rates, checks, spool."""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import Protocol

import msgspec

from collector.address import client, truncate
from collector.envelope import Kind
from collector.errors import Reason, Refused, SpoolError, SpoolFull
from collector.receive.accept import Checks, Sorted
from collector.receive.access import Key, Keys
from collector.receive.answers import Scope
from collector.receive.arriving import Arriving
from collector.receive.credentials import Headers, check_origin, key_shown
from collector.receive.rates import Rates
from collector.receive.tally import Tally
from collector.settings import Settings
from collector.touchpoint import Sdk

Record = tuple[Kind, bytes, int]
"""Kind and payload of what is appended to the spool, and how many rows it holds."""

NEARLY = 0.99
"""Of the spool's limit: from here on it is full, whatever the size of the next record."""

_NO_SDK = Sdk()

_encoder = msgspec.json.Encoder()


class Spool(Protocol):
    """What is needed of the spool's writer."""

    @property
    def problem(self) -> str | None:
        """Why the next append would probably be refused."""

    @property
    def total_bytes(self) -> int:
        """Bytes in the whole spool, over all workers."""

    async def append(self, kind: int, payload: bytes, *, key: str, rows: int) -> None:
        """Returns when the record is on disk; raises SpoolError."""


def spool_records(arriving: Arriving, sdk: Sdk | None, checked: Sorted) -> list[Record]:
    """What of a request goes to the spool: the accepted touchpoints, and the rejected ones that are kept."""
    head = _encoder.encode(arriving.envelope(sdk or _NO_SDK)) + b"\n"
    records = []
    if checked.number:
        records.append((Kind.TOUCHPOINTS, head + checked.lines, checked.number))
    kept = [turned.kept for turned in checked.rejected if turned.kept is not None]
    if kept:
        records.append((Kind.REJECTED, head + _encoder.encode_lines(kept), len(kept)))
    return records


class Intake:
    """What one worker holds to take touchpoints in."""

    def __init__(self, settings: Settings, keys: Keys, spool: Spool, tally: Tally) -> None:
        self.settings = settings
        self.keys = keys
        self.spool = spool
        self.tally = tally
        self.checks = Checks(settings, tally)
        self.stopping = False
        self._rates = Rates(settings.data / "rates")
        self._trusted = settings.proxies

    def unready(self) -> Reason | None:
        """Why the next request would probably be refused, whatever it holds; None when it would not."""
        if self.stopping:
            return Reason.STOPPING
        if self.spool.total_bytes >= self.settings.spool_limit_mib * 2**20 * NEARLY:
            return Reason.SPOOL_FULL
        return None if self.spool.problem is None else Reason.SPOOL_FAILING

    def sender(self, scope: Scope, headers: Headers, body_key: str | None, sent_us: int | None) -> Arriving:
        """Whose request it is. Raises Refused: no key, an unknown one, one of another site."""
        key = key_shown(self.keys, headers, scope["query_string"], body_key)
        check_origin(key, headers)
        return Arriving(key, self._address(scope, headers), headers, sent_us)

    def check_rates(self, arriving: Arriving, count: int) -> None:
        """Counts touchpoints towards the rates of address and key, where there are any. Raises Refused.

        The address first: what is refused for its own flood must not use up what the key allows everybody.
        """
        settings, key = self.settings, arriving.key
        if settings.rate_per_address is not None:
            self._rates.take(f"address {arriving.address}", count, settings.rate_per_address)
        rate = key.rate or settings.rate_per_key
        if rate is not None:
            self._rates.take(f"key {key.name}", count, rate)

    async def store(self, key: Key, records: list[Record]) -> None:
        """Puts records on disk. Raises Refused when they are not sure to be there."""
        try:
            if len(records) == 1:
                kind, payload, rows = records.pop()
                await self.spool.append(kind, payload, key=key.name, rows=rows)
            else:
                await asyncio.gather(
                    *(self.spool.append(*record[:2], key=key.name, rows=record[2]) for record in records)
                )
        except SpoolFull as error:
            raise Refused(Reason.SPOOL_FULL, retry_after=self.settings.retry_after_s) from error
        except SpoolError as error:
            reason = Reason.STOPPING if self.stopping else Reason.SPOOL_FAILING
            raise Refused(reason, retry_after=self.settings.retry_after_s) from error

    def _address(self, scope: Scope, headers: Headers) -> str:
        """The sender's address, truncated; the full one is forgotten here."""
        peer = scope["client"][0] if scope["client"] else ""
        if not self._trusted or b"x-forwarded-for" not in headers:
            return _truncated(peer)
        # It may stand there more than once, and the last one is not the whole truth.
        lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
        return truncate(client(peer, ",".join(lines), self._trusted))


# Most requests come over connections that stay open, and truncating takes longer than remembering.
_truncated = lru_cache(maxsize=4096)(truncate)
