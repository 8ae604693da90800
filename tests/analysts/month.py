"""The month that docs/analysts.md speaks of, in a warehouse: taken in, loaded and settled by the collector's own code.

Only the clock is not the machine's: each request comes in at the moment at which the demo sends it. So the month is the
same in any year, where `klantreis demo --until 2026-11-24T21:00` sends by another key what has become too old.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import orjson

from collector.address import truncate
from collector.demo.delivery import Delivery, KeyKind
from collector.demo.journeys import journeys
from collector.receive.accept import Checks
from collector.receive.access import Keys
from collector.receive.arriving import Arriving
from collector.receive.decode import decode
from collector.receive.intake import Record, spool_records
from collector.receive.tally import Tally
from collector.settings import Settings
from tests.journeys.settling import Journeys

SEED, PEOPLE, DAYS = 1, 3000, 30
END = datetime(2026, 11, 24, 21, tzinfo=timezone.utc)
REQUESTS_IN_A_LOAD = 10_000
READER = "ana:a-long-password"
"""Name and password of the analyst on the page."""
KEYS = {KeyKind.PUBLIC: "demo", KeyKind.SECRET: "demo-secret"}


def fill(settings: Settings) -> None:
    """Put the whole month into the warehouse, which is empty."""
    journeys_of_month = Journeys(settings)
    try:
        records: list[tuple[int, bytes]] = []
        for kind, payload, _ in asyncio.run(_taken_in(settings)):
            records.append((int(kind), payload))
            if len(records) == REQUESTS_IN_A_LOAD:
                journeys_of_month.store(records)
                records = []
        journeys_of_month.store(records)
        journeys_of_month.settle()
    finally:
        journeys_of_month.warehouse.close()


async def _taken_in(settings: Settings) -> list[Record]:
    """What the receiver spools of the month's requests."""
    keys, checks, records = Keys(settings), Checks(settings, Tally()), list[Record]()
    for delivery in journeys(SEED, PEOPLE, END - timedelta(days=DAYS), END):
        arriving = _arriving(keys, delivery)
        body = decode(_body(delivery), limit=settings.touchpoints_limit, nesting=settings.nesting_limit)
        checked = await checks.sort(body, arriving)
        assert not checked.rejected
        records += spool_records(arriving, body.sdk, checked)
    return records


def _arriving(keys: Keys, delivery: Delivery) -> Arriving:
    """Who sends when, as the headers say it."""
    key = keys.find(KEYS[delivery.key])
    assert key is not None
    headers = {name.lower().encode(): value.encode() for name, value in _headers(delivery)}
    moment_us = round(delivery.moment * 1_000_000)
    address = truncate(delivery.headers.get("X-Forwarded-For", "127.0.0.1"))
    return Arriving(key, address, headers, moment_us + delivery.clock_ms * 1000, moment_us)


def _headers(delivery: Delivery) -> Iterator[tuple[str, str]]:
    yield from delivery.headers.items()
    yield "User-Agent", delivery.user_agent


def _body(delivery: Delivery) -> bytes:
    name, version = delivery.sdk
    return orjson.dumps({"sdk": {"name": name, "version": version}, "touchpoints": delivery.touchpoints})
