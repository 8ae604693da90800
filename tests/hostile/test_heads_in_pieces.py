"""Heads that come in pieces, chains of proxies that are forged, and times at their limits to the millisecond."""

from __future__ import annotations

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collector.receive.accept import AHEAD_MS, BACK_MS, Checks
from collector.receive.access import Key
from collector.receive.arriving import Arriving
from collector.receive.decode import decode
from collector.receive.tally import Tally
from collector.settings import Settings
from tests.hostile.wire import exchange
from tests.receive.receiver import receiving, touchpoint

HOPS = 50
"""Entries of X-Forwarded-For that are looked at."""


def test_a_head_may_break_anywhere(tmp_path: Path) -> None:
    """Cut in two or three at any byte, in an offer to upgrade too: the request is answered like one in one piece."""
    with receiving(tmp_path) as receiver:
        body = b'{"key":"%b","touchpoints":[]}\r\n\r\n' % receiver.public.encode()
        offer = b"Connection: Upgrade\r\nUpgrade: h2c\r\nContent-Length: %d\r\n\r\n" % len(body)
        request = b"POST /v1/touchpoints HTTP/1.1\r\nHost: x\r\n" + offer + body
        cuts = [[request[:at], request[at:]] for at in range(1, len(request))]
        cuts += [[request[:at], request[at : at + 3], request[at + 3 :]] for at in range(1, len(request) - 3)]
        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(lambda parts: exchange(receiver.port, parts), cuts))
        assert [
            parts for parts, found in zip(cuts, answers, strict=True) if [one.status for one in found] != [202]
        ] == []


def test_a_chain_is_believed_as_far_as_trusted_proxies_wrote_it(tmp_path: Path) -> None:
    """However many hops are forged before it, the address counts that the outermost trusted proxy saw."""
    with receiving(tmp_path, trusted_proxies="127.0.0.0/8,10.0.0.0/8") as receiver:
        for hops in range(1, HOPS + 1):
            for trusted in (0, 1, hops - 1):
                forged = [f"198.51.100.{hop}" for hop in range(hops)]
                chain = [*forged, "203.0.113.77", *(f"10.1.2.{hop}" for hop in range(trusted))]
                sent = touchpoint()
                assert receiver.send(sent, X_Forwarded_For=", ".join(chain)).status == 202
                kept = "203.0.113.0" if trusted < HOPS else "10.1.2.0"
                assert _address(receiver.records()[-1]) == kept, chain
        assert b"198.51.100" not in receiver.spool_bytes() and "203.0.113.77" not in receiver.log


def _address(record: tuple[int, dict[str, str], list[dict[str, object]]]) -> str:
    return record[1]["address"]


@pytest.mark.parametrize(
    ("moment", "accepted"),
    [(AHEAD_MS, 1), (AHEAD_MS + 1, 0), (AHEAD_MS - 1, 1), (-BACK_MS, 1), (-BACK_MS - 1, 0), (-BACK_MS + 1, 1)],
)
def test_limits_of_time_hold_to_the_millisecond(moment: int, accepted: int) -> None:
    """Twenty years back and a day ahead are possible themselves; one millisecond more is not."""
    arriving = Arriving(Key(name="till", site="shop", kind="secret"), "", {}, None)
    arriving.received_us = arriving.received_us // 1000 * 1000
    sent = touchpoint() | {"occurred_at": arriving.received_us // 1000 + moment}
    delivery = decode(json.dumps({"touchpoints": [sent]}).encode(), limit=500, nesting=16)
    checks = Checks(Settings(data=Path("unused")), Tally())
    assert asyncio.run(checks.sort(delivery, arriving)).number == accepted
