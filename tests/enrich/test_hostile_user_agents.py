"""User agents made to break, stall or bloat: nothing raises, nothing grows without bound."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.enrich import user_agent as module
from collector.enrich.user_agent import CACHED, LENGTH, NAME_LENGTH, Device, describe

# Pieces that uap-core's expressions look for; repeated, they make backtracking engines try every combination.
PIECES = [
    "Mozilla/5.0 (", "Linux; Android ", "; ", "Build/", "Version/", "Chrome/1", "Mobile", "bot", "Safari", "(", ")",
    "Opera/9.80 (", "1.", "-", "_", " ", "compatible; ", "iPhone", "CPU OS 1_", "SM-", "/1.0", "spider", "U;", "+",
    "HbbTV/1.1.1 (", "Windows NT ", "\x00", "é", "😀", "LG-", "Nokia", "BlackBerry", "MIDP", "http://", "\ud800",
    "x" * 50, "0" * 20,
]  # fmt: skip


def is_fit_for_a_report(device: Device) -> None:
    assert device.device in ("desktop", "mobile", "tablet", "tv", "console", "wearable", "bot", "other")
    assert device.is_bot == (device.device == "bot") == bool(device.bot_name)
    for name in ("browser", "browser_version", "os", "os_version", "device_maker", "device_model", "bot_name"):
        value = getattr(device, name)
        assert value.isprintable()
        assert len(value) <= NAME_LENGTH
        value.encode("utf-8")


@pytest.mark.parametrize("piece", PIECES)
def test_a_repeated_piece_is_described(piece: str) -> None:
    """Each piece repeated to the limit and far beyond it gives a device, alone and before every other piece."""
    is_fit_for_a_report(describe(piece * 100_000))
    for other in PIECES:
        is_fit_for_a_report(describe((piece + other) * LENGTH))
        is_fit_for_a_report(describe(piece + other * LENGTH))


def test_mixed_pieces_are_described() -> None:
    """Thousands of random mixtures of such pieces give devices too."""
    mix = random.Random(20261122)
    for _ in range(2000):
        is_fit_for_a_report(describe("".join(mix.choice(PIECES) for _ in range(60))))


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=80).map("".join)))
def test_no_text_raises(agent: str) -> None:
    """Whatever was sent, surrogates and control characters included, a device comes out that a report can show."""
    is_fit_for_a_report(describe(agent))


def test_what_lies_beyond_the_limit_is_not_looked_at() -> None:
    """Two agents that differ only after the limit are the same agent, and only the head is remembered."""
    module._describe.cache_clear()
    head = ("Mozilla/5.0 (compatible; " + "x" * LENGTH)[:LENGTH]
    assert describe(head + "Googlebot/2.1") == describe(head + "y" * 1_000_000) == describe(head)
    assert module._describe.cache_info().currsize == 1


def test_a_flood_of_new_agents_is_forgotten() -> None:
    """The cache never holds more than its limit."""
    for number in range(CACHED + 100):
        describe(f"flood/{number}")
    assert module._describe.cache_info().currsize == CACHED
