"""Rates: off unless set; then a key or an address that sends too fast is told to wait, over all workers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from collector.errors import Reason, Refused
from collector.receive.rates import AHEAD_S, Rates
from tests.receive.receiver import Receiver, receiving, touchpoint, until


def send_until_refused(receiver: Receiver, count: int, key: str | None = None) -> int:
    """Touchpoints that came in before the first 429."""
    accepted = 0
    for _ in range(200):
        answer = receiver.send(*[touchpoint() for _ in range(count)], key=key)
        if answer.status == 429:
            assert answer.reason == "rate_exceeded" and int(answer.headers["retry-after"]) >= 1
            assert answer.headers["access-control-expose-headers"] == "retry-after"
            return accepted
        accepted += answer.json["accepted"]
    return accepted


def test_without_a_rate_nobody_waits(receiver: Receiver) -> None:
    """A peak is no attack, so nothing is limited unless somebody asked for it."""
    assert send_until_refused(receiver, 10) == 2000
    assert not (receiver.folder / "rates").exists()


def test_a_key_over_its_rate_waits_and_others_do_not(tmp_path: Path) -> None:
    """429 says how long; the key's own rate goes before the general one, and no other key is touched."""
    with receiving(tmp_path, rate_per_key=20) as receiver:
        _, fast = receiver.keys.add(name="fast", site="shop", kind="public", rate=1000)
        begun = time.monotonic()
        accepted = send_until_refused(receiver, 10)
        assert 20 * AHEAD_S <= accepted <= 20 * (AHEAD_S + time.monotonic() - begun) + 10
        until(lambda: receiver.send(touchpoint(), key=fast).status == 202, "the other key works")
        assert send_until_refused(receiver, 10, fast) == 2000


def test_an_address_over_its_rate_waits(tmp_path: Path) -> None:
    """By its prefix: neighbours in the same network share, another network does not."""
    with receiving(tmp_path, rate_per_address=10, trusted_proxies="127.0.0.1") as receiver:
        batch = [touchpoint() for _ in range(500)]  # of nearly a minute

        def status(address: str) -> int:
            return receiver.send(*batch, X_Forwarded_For=address).status

        assert [status(f"203.0.113.{n}") for n in range(3)] == [202, 429, 429]
        assert status("198.51.100.1") == 202
        assert status("2001:db8:1:2::3") == 202 and status("2001:db8:1:ffff::4") == 429


def test_who_is_refused_for_an_address_uses_up_no_key(tmp_path: Path) -> None:
    """One sender's flood, refused, leaves the key's allowance to everybody else."""
    with receiving(tmp_path, rate_per_address=1, rate_per_key=1000, trusted_proxies="127.0.0.1") as receiver:
        batch = [touchpoint() for _ in range(100)]  # some hundred seconds of one address, a tenth of one of the key
        flood = [receiver.send(*batch, X_Forwarded_For="203.0.113.1").status for _ in range(100)]
        assert flood.count(202) == 1
        assert receiver.send(*batch, X_Forwarded_For="198.51.100.1").status == 202


def test_the_rate_holds_over_workers_and_a_batch_larger_than_it_passes(tmp_path: Path) -> None:
    """Two workers share one table; a batch of more than the allowance comes in whole and is waited for after."""
    one, other = Rates(tmp_path / "rates"), Rates(tmp_path / "rates")
    one.take("key web", 500, 1.0)
    with pytest.raises(Refused) as refused:
        other.take("key web", 1, 1.0)
    assert refused.value.reason is Reason.RATE_EXCEEDED
    assert refused.value.retry_after is not None and 490 <= refused.value.retry_after <= 500
    other.take("key till", 1, 1.0)


def test_a_clock_that_was_set_back_locks_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No wait is longer than an hour, whatever the table says."""
    rates = Rates(tmp_path / "rates")
    with monkeypatch.context() as later:
        later.setattr("time.time", lambda: 4e9)
        rates.take("key web", 1, 1.0)
    with pytest.raises(Refused) as refused:
        rates.take("key web", 1, 1.0)
    assert refused.value.retry_after == 3600
