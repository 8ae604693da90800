"""What is sent while we measure: touchpoints of the demo's people, as shops, apps, tills and service desks send them.

Requests are written to a file beforehand, so that the generator does no more than send them; each touchpoint in the
file has an id of its own.
"""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Literal

import msgspec

from collector.demo.delivery import Delivery, KeyKind, TouchpointFields
from collector.demo.journeys import journeys

SEED = 20_251_122
KINDS: tuple[Literal["public", "secret"], ...] = ("public", "secret")
DAYS = 25
"""Of journeys, until now. A public key may send back 30 days."""
TOUCHPOINTS_A_PERSON = 20
"""At least: how many people have to live to get a number of touchpoints."""

# What a browser's fetch sends beside what the delivery itself says.
_HEADERS = {
    "Host": "collector.example",
    "Content-Type": "text/plain;charset=UTF-8",
    "Accept": "*/*",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Sec-Fetch-Site": "cross-site",
    "Sec-Fetch-Mode": "cors",
    "Sec-Fetch-Dest": "empty",
}


@dataclass(frozen=True)
class Request:
    """Touchpoints that one sender sends together."""

    delivery: Delivery
    """The first one's: who sends, with which program and headers."""
    touchpoints: Sequence[TouchpointFields]

    def body(self, key: str) -> bytes:
        """As it goes over the wire, now."""
        name, version = self.delivery.sdk
        sent_at = round(time.time() * 1000)
        sdk = {"name": name, "version": version}
        return msgspec.json.encode({"key": key, "sent_at": sent_at, "sdk": sdk, "touchpoints": self.touchpoints})


def requests(touchpoints: int, *, a_request: int, public_only: bool) -> list[Request]:
    """Requests of `a_request` touchpoints each, `touchpoints` in all (rounded down to whole requests).

    The same call gives the same touchpoints but for their moments. Those of devices whose clock is off are left out:
    they could not share a request with others.
    """
    return list(itertools.islice(_gathered(_lives(touchpoints), a_request, public_only), touchpoints // a_request))


def write_http(path: Path, requests: Iterable[Request], keys: Mapping[str, str]) -> int:
    """Write whole HTTP requests to a file that the generators read, with the key of their kind.

    Gives the mean size of a body in bytes.
    """
    count = size = 0
    with path.open("wb") as file:
        for request in requests:
            body = request.body(keys[request.delivery.key.value])
            lines = [f"POST /v1/touchpoints HTTP/1.1\r\nUser-Agent: {request.delivery.user_agent}\r\n"]
            sent = {**_HEADERS, **request.delivery.headers, "Content-Length": str(len(body))}
            lines += [f"{name}: {value}\r\n" for name, value in sent.items()]
            whole = "".join([*lines, "\r\n"]).encode() + body
            file.write(b"%d\n" % len(whole) + whole)
            count += 1
            size += len(body)
    return size // count


def _lives(touchpoints: int) -> Iterator[Delivery]:
    now = datetime.now(timezone.utc)
    people = max(20, touchpoints // TOUCHPOINTS_A_PERSON)
    # Journeys end when the period does, so few people give few touchpoints: more of them until there are enough.
    for seed in itertools.count(SEED):
        yield from journeys(seed, people, now - timedelta(days=DAYS), now)


def _gathered(deliveries: Iterable[Delivery], a_request: int, public_only: bool) -> Iterator[Request]:
    """Touchpoints of the same program, in requests of the same size."""
    waiting: dict[tuple[KeyKind, str], list[TouchpointFields]] = defaultdict(list)
    for delivery in deliveries:
        if delivery.clock_ms or (public_only and delivery.key is not KeyKind.PUBLIC):
            continue
        gathered = waiting[delivery.key, delivery.user_agent]
        gathered += delivery.touchpoints
        while len(gathered) >= a_request:
            yield Request(delivery, gathered[:a_request])
            del gathered[:a_request]
