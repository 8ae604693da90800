"""The collector is there but cannot take everything now: nothing may be lost, doubled or hurried."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta, timezone

import pytest

from collector.demo import sending
from collector.demo.delivery import Delivery, KeyKind
from collector.demo.journeys import journeys
from collector.demo.line import Collector, Line
from collector.demo.tally import Tally
from collector.errors import SendError
from tests.demo.recording_collector import Answer, Recording, Request, recording, refusal
from tests.demo.single import single


def month(people: int = 25) -> list[Delivery]:
    """Some hundreds of deliveries."""
    end = datetime.now(timezone.utc)
    return list(journeys(2, people, end - timedelta(days=20), end))


def at(record: Recording) -> Collector:
    return Collector(record.url, "public-key", "secret-key")


def test_everything_arrives_once_over_kept_connections() -> None:
    """All of a month, on as many connections as were asked for, counted by channel as it was sent."""
    deliveries, tally, seen = month(), Tally(), list[Delivery]()
    with recording() as record:
        sending.send(deliveries, at(record), tally, connections=4, progress=seen.append)
    sent = [one for delivery in deliveries for one in delivery.touchpoints]
    assert sorted(one["id"] for one in record.accepted) == sorted(one["id"] for one in sent)
    assert tally.accepted == Counter(one["channel"] for one in sent)
    assert (tally.requests, tally.sent, tally.retries) == (len(deliveries), len(sent), 0)
    assert not tally.rejected
    assert seen == deliveries
    assert len({request.connection for request in record.requests}) == 4


def test_a_full_spool_is_waited_for() -> None:
    """After 503 the same touchpoints are sent again, no sooner than Retry-After says, and counted once."""
    waits: list[float] = []

    def script(request: Request) -> Answer | None:
        return refusal(503, "spool_full", Retry_After="7") if len(record.requests) <= 2 else None

    with recording(script) as record:
        tally = Tally()
        line = Line(at(record), tally, sleep=waits.append)
        line.send(single(3))
        line.close()
    assert waits == [7.0, 7.0]
    assert (tally.accepted["web"], tally.requests, tally.retries) == (3, 1, 2)
    ids = [[one["id"] for one in request.body["touchpoints"]] for request in record.requests]
    assert ids[0] == ids[1] == ids[2]


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503])
def test_passing_trouble_is_tried_again_after_growing_pauses(status: int) -> None:
    """Without Retry-After the pauses grow, and stay within bounds."""
    waits: list[float] = []

    def script(request: Request) -> Answer | None:
        return refusal(status, "trouble") if len(record.requests) <= 8 else None

    with recording(script) as record:
        tally = Tally()
        line = Line(at(record), tally, sleep=waits.append)
        line.send(single())
        line.close()
    assert tally.accepted == {"web": 1}
    assert len(waits) == 8
    assert waits[0] <= 0.1 and 1 < waits[-1] <= 5


def test_sent_at_is_the_time_of_each_attempt_by_the_senders_own_clock() -> None:
    """A device whose clock is an hour ahead says so at every attempt, or it could not be corrected."""
    times = iter([1000.0, 1060.0])

    def script(request: Request) -> Answer | None:
        return refusal(429, "rate_exceeded") if len(record.requests) == 1 else None

    with recording(script) as record:
        line = Line(at(record), Tally(), now=lambda: next(times), sleep=lambda seconds: None)
        line.send(single(moment=990.0, clock_ms=3_600_000))
        line.close()
    assert [request.body["sent_at"] for request in record.requests] == [4_600_000, 4_660_000]


def test_patience_ends() -> None:
    """A collector that stays full stops the run, with what to do; what was accepted until then stays counted."""

    def script(request: Request) -> Answer | None:
        return refusal(503, "spool_full", Retry_After="1") if len(record.requests) > 5 else None

    with recording(script) as record:
        tally = Tally()
        with pytest.raises(SendError, match=r"503 spool_full for 0 seconds.*klantreis doctor.*same command again"):
            sending.send([single(2) for _ in range(40)], at(record), tally, connections=2, patience_s=0.3)
    assert tally.accepted == {"web": 10}


def test_a_connection_that_breaks_is_opened_anew() -> None:
    """The collector may close a connection whenever it likes; the request is sent again on another."""

    def script(request: Request) -> Answer | None:
        # No body at all where one is announced: the client sees the connection end in the middle.
        return Answer(202, b"", {"Connection": "close", "X-Cut": "1"}) if len(record.requests) == 1 else None

    with recording(script) as record:
        tally = Tally()
        line = Line(at(record), tally, sleep=lambda seconds: None)
        with pytest.raises(SendError, match="answered 202"):
            line.send(single())
        line.send(single(4))
        line.close()
    assert tally.accepted == {"web": 4}
    assert len({request.connection for request in record.requests}) == 2


def test_a_request_that_is_too_large_is_split() -> None:
    """413 halves the request until it fits; a single touchpoint that does not is counted as rejected."""

    def script(request: Request) -> Answer | None:
        return refusal(413, "body_too_large") if len(request.body["touchpoints"]) > 2 else None

    with recording(script) as record:
        tally = Tally()
        line = Line(at(record), tally)
        line.send(single(9))
        line.close()
    assert tally.accepted == {"web": 9}
    with recording(lambda request: refusal(413, "body_too_large")) as record:
        line = Line(at(record), tally)
        line.send(single(2))
        line.close()
    assert tally.rejected == {("web", "body_too_large", "made up: body_too_large"): 2}


def test_history_goes_by_the_secret_key() -> None:
    """What a browser saw more than 29 days ago is sent as an import would, the rest with the public key."""
    with recording() as record:
        line = Line(at(record), Tally())
        for days in (0, 28, 30, 400):
            line.send(single(moment=time.time() - days * 86400))
        line.close()
    assert [request.body["key"] for request in record.requests] == ["public-key"] * 2 + ["secret-key"] * 2


def test_senders_look_like_themselves() -> None:
    """User agent, referrer and origin go out as the delivery has them, and the SDK is named in the body."""
    deliveries = month(12)
    with recording() as record:
        sending.send(deliveries, at(record), Tally(), connections=1)
    for delivery, request in zip(deliveries, record.requests, strict=True):
        assert request.headers["User-Agent"] == delivery.user_agent
        assert {name: request.headers[name] for name in delivery.headers} == delivery.headers
        assert request.body["sdk"] == {"name": delivery.sdk[0], "version": delivery.sdk[1]}
        assert (request.body["key"] == "public-key") == (delivery.key is KeyKind.PUBLIC)
