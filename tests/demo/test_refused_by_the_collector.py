"""What a real receiver says of the demo's month: nothing may be rejected, set aside or unknown to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
import pytest

from collector.demo import sending
from collector.demo.delivery import Delivery
from collector.demo.journeys import journeys
from collector.demo.line import Collector
from collector.demo.tally import Tally
from collector.errors import SendError
from collector.receive.access import Keys
from collector.settings import Settings
from collector.spool.reader import SpoolReader

ALL = 2**40


@dataclass
class Receiver:
    """A receiver process of its own, and what it has spooled."""

    collector: Collector
    settings: Settings

    def spooled(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Envelope and touchpoint of everything that it took in."""
        reader = SpoolReader(self.settings.spool_folder)
        for name in reader.segments():
            for record in reader.read(name, 0, ALL).records:
                envelope, *lines = record.payload.splitlines()
                for line in lines:
                    yield orjson.loads(envelope), orjson.loads(line)


@pytest.fixture
def receiver(tmp_path: Path) -> Iterator[Receiver]:
    """One worker on a free port, with a public and a secret key."""
    settings = Settings(data=tmp_path)
    keys = Keys(settings)
    _, public = keys.add(name="web", site="shop", kind="public")
    _, secret = keys.add(name="tills", site="shop", kind="secret")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KLANTREIS_")}
    environment |= {"KLANTREIS_DATA": str(tmp_path), "KLANTREIS_CONFIG": os.devnull}
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listening:
        process = subprocess.Popen(
            [sys.executable, "-m", "collector.receive", "--fd", str(listening.fileno())],
            env=environment,
            pass_fds=[listening.fileno()],
        )
        try:
            yield Receiver(Collector(f"http://127.0.0.1:{listening.getsockname()[1]}", public, secret), settings)
        finally:
            process.terminate()
            assert process.wait(30) == 0


def month(days: int) -> list[Delivery]:
    """What eighty people leave behind, up to now."""
    end = datetime.now(timezone.utc)
    return list(journeys(6, 80, end - timedelta(days=days), end))


def test_a_receiver_takes_everything_as_it_is(receiver: Receiver) -> None:
    """Each touchpoint of two months, older than a public key may send too, is spooled once and without a problem.

    What is too old for a public key still says which browser it is of: else bots would pass for people.
    """
    deliveries, tally = month(60), Tally()
    sending.reach(receiver.collector)
    sending.send(deliveries, receiver.collector, tally, connections=4)
    assert not tally.rejected
    sent = sorted(touchpoint["id"] for delivery in deliveries for touchpoint in delivery.touchpoints)
    spooled = list(receiver.spooled())
    assert sorted(touchpoint["id"] for _, touchpoint in spooled) == sent
    assert [touchpoint for _, touchpoint in spooled if "problems" in touchpoint or "extra" in touchpoint] == []
    assert {envelope["key_name"] for envelope, _ in spooled} == {"web", "tills"}
    old = [
        touchpoint
        for envelope, touchpoint in spooled
        if envelope["key_name"] == "tills" and envelope["sdk_name"] in ("web", "mobile")
    ]
    assert old and all(touchpoint["context"]["user_agent"] for touchpoint in old)


def test_nobody_is_known_who_did_not_consent(receiver: Receiver) -> None:
    """What the collector strips was not there: it spools what withheld browsers sent, without an identifier."""
    sending.send(month(20), receiver.collector, Tally(), connections=2)
    withheld = [
        touchpoint
        for envelope, touchpoint in receiver.spooled()
        if envelope.get("gpc") or touchpoint.get("consent", {}).get("state", "granted") != "granted"
    ]
    assert len(withheld) > 20
    assert not any({"visitor_id", "customer_id", "session_id"} & touchpoint.keys() for touchpoint in withheld)


def test_a_wrong_clock_can_be_corrected(receiver: Receiver) -> None:
    """The receiver sees by how much a sender's clock is off: `sent_at` is off by the same."""
    deliveries = [delivery for delivery in month(20) if abs(delivery.clock_ms) > 60_000]
    assert deliveries
    before = time.time()
    sending.send(deliveries, receiver.collector, Tally(), connections=1)
    wanted = {delivery.touchpoints[0]["id"]: delivery.clock_ms for delivery in deliveries}
    found = {}
    for envelope, touchpoint in receiver.spooled():
        if touchpoint["id"] in wanted:
            found[touchpoint["id"]] = (envelope["sent_us"] - envelope["received_us"]) / 1000
    assert found.keys() == wanted.keys()
    assert all(abs(found[id_] - clock) < (time.time() - before + 1) * 1000 for id_, clock in wanted.items())


def test_a_key_that_is_not_known_is_told(receiver: Receiver) -> None:
    """The real refusal: 401, its reason, and how to come by keys."""
    stranger = Collector(receiver.collector.url, "demo", "demo-secret")
    sending.reach(stranger)
    with pytest.raises(SendError, match=r"401 key_unknown: .*--demo"):
        sending.send(month(2), stranger, Tally())
