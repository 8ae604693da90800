"""Two visitors get one hash, one visitor two; processes disagree on the day's salt, or a day outlives itself."""

from __future__ import annotations

import ipaddress
import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.address import connection
from collector.visitors import hashing
from collector.visitors.hashing import Visitors, visitor_hash
from collector.visitors.salts import DAY_US, SALT_BYTES, SaltFiles

SALT = bytes(range(SALT_BYTES))
DAY = 20_787
PROCESSES = 16

sites = st.text("ab.-_0", min_size=1, max_size=4)
origins = st.sampled_from([4, 8]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
agents = st.text(st.characters(max_codepoint=255), max_size=8)
visitors = st.tuples(sites, origins, agents)


@given(one=visitors, other=visitors)
def test_whatever_differs_makes_another_hash(one: tuple[str, bytes, str], other: tuple[str, bytes, str]) -> None:
    """No end of one part can be the beginning of the next."""
    assert (visitor_hash(SALT, *one) == visitor_hash(SALT, *other)) == (one == other)


@given(st.ip_addresses())
def test_a_connection_is_the_address_or_its_64(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """Whatever the address, and however it is written."""
    packed = address.packed
    if packed[:12] == b"\0" * 10 + b"\xff\xff" or packed[:2] == b"\x20\x02":  # IPv4 in IPv6's clothes
        return
    assert connection(str(address)) == connection(address.exploded) == packed[:8]
    if address.version == 4:
        assert connection(f"::ffff:{address}") == packed


@given(st.text(max_size=40))
def test_what_is_no_address_is_nobody(text: str) -> None:
    """It raises nothing and is not hashed."""
    found = connection(text)
    assert found == b"" or len(found) in (4, 8)


def test_the_hash_does_not_change_with_a_version() -> None:
    """Collectors of two versions count the same visitor once: BLAKE2b, 64 bits, keyed."""
    assert visitor_hash(SALT, "shop", b"\xcb\x00\x71\x4d", "Firefox") == 13800615495534575566


def test_processes_that_begin_at_once_agree(tmp_path: Path) -> None:
    """Each finds no salt and has one of its own in mind, and all end with the first one's."""
    for day in range(20):
        together = Barrier(PROCESSES)

        def take(_: int, day: int = day, together: Barrier = together) -> bytes:
            files = SaltFiles(tmp_path / "salts")
            together.wait()
            return files.take(day, secrets.token_bytes(SALT_BYTES))

        with ThreadPoolExecutor(PROCESSES) as pool:
            assert len(set(pool.map(take, range(PROCESSES)))) == 1


class Clock:
    """What day it is."""

    def __init__(self) -> None:
        self.day = DAY

    def __call__(self) -> int:
        return self.day


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock that is set by hand, for receivers."""
    made = Clock()
    monkeypatch.setattr(hashing, "today", made)
    return made


def hash_at(counting: Visitors, day: int) -> int | None:
    """Of one visitor, at noon of a day."""
    return counting.hash_of("shop", "203.0.113.77", "Firefox", day * DAY_US + DAY_US // 2)


def test_midnight_waits_for_nobody(tmp_path: Path, clock: Clock) -> None:
    """Before the first look of a new day its salt is at hand; after it yesterday's is nowhere."""
    counting, other = Visitors(tmp_path / "salts"), Visitors(tmp_path / "salts")
    for one in (counting, other):
        one.look_after(wanted=True)
    files = SaltFiles(tmp_path / "salts")
    yesterday = files.read(DAY)
    before, after = hash_at(counting, DAY), hash_at(counting, DAY + 1)
    assert before != after and None not in (before, after)
    assert hash_at(counting, DAY - 1) is hash_at(counting, DAY + 2) is None
    clock.day += 1
    other.look_after(wanted=True)
    assert hash_at(counting, DAY + 1) == hash_at(other, DAY + 1) == after
    counting.look_after(wanted=True)
    assert hash_at(counting, DAY) is hash_at(other, DAY) is None
    assert yesterday is not None and yesterday not in b"".join(file.read_bytes() for file in files._folder.iterdir())
    assert yesterday not in counting._salts.values()


def test_a_salt_that_is_exchanged_is_taken_up(tmp_path: Path, clock: Clock) -> None:
    """And not put back by who still has the other."""
    counting = Visitors(tmp_path / "salts")
    counting.look_after(wanted=True)
    own = hash_at(counting, clock.day)
    SaltFiles(tmp_path / "salts").exchange(clock.day, SALT)
    counting.look_after(wanted=True)
    assert hash_at(counting, clock.day) == visitor_hash(SALT, "shop", connection("203.0.113.77"), "Firefox") != own


def test_no_salt_where_nobody_counts(tmp_path: Path, clock: Clock) -> None:
    """Nor anybody counted by one that is there; when its day is over it goes all the same."""
    counting = Visitors(tmp_path / "salts")
    counting.look_after(wanted=False)
    assert list(tmp_path.iterdir()) == []
    counting.look_after(wanted=True)
    counting.look_after(wanted=False)
    assert hash_at(counting, clock.day) is None
    clock.day += 2
    counting.look_after(wanted=False)
    assert list((tmp_path / "salts").iterdir()) == []
