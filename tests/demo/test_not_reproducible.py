"""The same seed must give the same month, byte for byte, wherever and whenever it is made."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tracemalloc
from datetime import datetime, timedelta, timezone

import orjson
import pytest

from collector.demo.delivery import Delivery
from collector.demo.journeys import journeys
from collector.demo.people import People

END = datetime(2026, 11, 20, 12, tzinfo=timezone.utc)
START = END - timedelta(days=10)


def digest(seed: int, people: int = 80, end: datetime = END) -> str:
    """A hash of all that would be sent."""
    hashed = hashlib.sha256()
    for delivery in journeys(seed, people, START, end):
        hashed.update(as_bytes(delivery))
    return hashed.hexdigest()


def as_bytes(delivery: Delivery) -> bytes:
    """All of a delivery."""
    return orjson.dumps(
        [delivery.key.value, delivery.user_agent, delivery.moment, delivery.touchpoints, delivery.sdk,
         dict(delivery.headers), delivery.clock_ms]
    )  # fmt: skip


def test_a_seed_gives_the_same_deliveries_again() -> None:
    """Two runs with one seed are equal; another seed, or another end, gives something else."""
    assert digest(3) == digest(3)
    assert len({digest(3), digest(4), digest(3, end=END - timedelta(hours=1))}) == 3


def test_a_seed_gives_the_same_deliveries_in_another_process() -> None:
    """Nothing depends on the hashes of strings, which differ from process to process."""
    program = "from tests.demo.test_not_reproducible import digest; print(digest(3))"
    found = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for hash_seed in ("1", "2")
    }
    assert found == {digest(3)}


def test_a_person_is_the_same_whoever_was_drawn_before() -> None:
    """People are drawn by number, so a larger demo has the smaller one's people in it."""
    alone, among = People(5, [1.0]).draw(40), People(5, [1.0])
    others = [among.draw(number) for number in range(40)]
    again = among.draw(40)
    assert len(others) == 40
    assert (again.persona.name, again.email_hash, [device.visitor_id for device in again.devices]) == (
        alone.persona.name, alone.email_hash, [device.visitor_id for device in alone.devices],
    )  # fmt: skip


def test_ids_never_repeat() -> None:
    """Every touchpoint has an id of its own, of version 7, also between seeds."""
    ids = [
        touchpoint["id"]
        for seed in (1, 2)
        for delivery in journeys(seed, 60, START, END)
        for touchpoint in delivery.touchpoints
    ]
    assert len(ids) == len(set(ids)) > 1000
    assert {id_[14] for id_ in ids} == {"7"}


def test_memory_follows_the_people_and_not_the_touchpoints() -> None:
    """Deliveries that come one by one take a fraction of the memory that the month takes as a whole."""
    tracemalloc.start()
    for _ in journeys(1, 200, START, END):
        pass
    one_by_one = tracemalloc.get_traced_memory()[1]
    tracemalloc.reset_peak()
    month = list(journeys(1, 200, START, END))
    as_a_whole = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(month) > 500
    assert one_by_one < as_a_whole / 2


@pytest.mark.parametrize(("people", "days"), [(0, 1), (5, 0), (5, -1)])
def test_nobody_or_no_time_is_refused(people: int, days: int) -> None:
    """A demo without people or without a period is a mistake, not an empty success."""
    with pytest.raises(ValueError, match="at least one person"):
        journeys(1, people, START, START + timedelta(days=days))
