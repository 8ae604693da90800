"""Who sent a user agent: people on all kinds of devices, and programs; neither may be taken for the other."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from ua_parser import user_agent_parser

from collector.enrich import user_agent as module
from collector.enrich.user_agent import NOT_BOTS, Device, describe

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"

AGENTS = json.loads(Path(__file__).with_name("user_agents.json").read_text("utf-8"))
PEOPLE: list[tuple[str, str, str]] = AGENTS["people"]
PROGRAMS: list[tuple[str, str | None]] = AGENTS["programs"]


@pytest.mark.parametrize(("agent", "device", "browser"), PEOPLE)
def test_people_are_no_bots(agent: str, device: str, browser: str) -> None:
    """Browsers, browsers within apps, apps, television sets, consoles and watches are people's, each of its kind."""
    told = describe(agent)
    assert (told.device, told.browser) == (device, browser)
    assert not told.is_bot
    assert told.bot_name == ""


@pytest.mark.parametrize(("agent", "name"), PROGRAMS)
def test_programs_are_flagged_and_named(agent: str, name: str | None) -> None:
    """Crawlers, HTTP libraries, test drivers and watchdogs are bots, under the name they give themselves."""
    told = describe(agent)
    assert told.is_bot
    assert told.device == "bot"
    assert told.bot_name == name or (name is None and told.bot_name)
    assert (told.device_maker, told.device_model) == ("", "")


def test_every_listed_crawler_is_flagged() -> None:
    """Every example of crawler-user-agents is a bot, but for the patterns that are left out for a stated reason."""
    patterns = {crawler["pattern"] for crawler in CRAWLER_USER_AGENTS_DATA}
    assert set(NOT_BOTS) <= patterns, "a pattern was renamed: see whether it still takes people for bots"
    missed = [
        example
        for crawler in CRAWLER_USER_AGENTS_DATA
        for example in crawler["instances"]
        if crawler["pattern"] not in NOT_BOTS and not describe(example).is_bot
    ]
    assert missed == []


def test_versions_makers_and_models_are_told() -> None:
    """Versions have two parts; makers and models are told where they are more than a word for not knowing."""
    agent = f"Mozilla/5.0 (Linux; Android 15; SM-S918B Build/AP3A.240905.015.A2; wv) {WEBKIT} Version/4.0 "
    assert describe(agent + "Chrome/142.0.7444.102 Mobile Safari/537.36 [FB_IAB/FB4A;FBAV/535.0.0.49.72;]") == Device(
        browser="Facebook",
        browser_version="535.0",
        os="Android",
        os_version="15",
        device="mobile",
        device_maker="Samsung",
        device_model="SM-S918B",
    )
    unknown = describe(f"{ANDROID} {WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36")
    assert (unknown.device_maker, unknown.device_model) == ("", "")


@pytest.mark.parametrize("agent", ["", " ", "\t\n", "\x00", "-", "Mozilla/5.0", "klantreis-store/1.0", "x"])
def test_an_agent_that_says_nothing_is_no_bot(agent: str) -> None:
    """An empty or unknown agent is `other`: it says nothing, so nothing is concluded from it."""
    told = describe(agent)
    assert (told.device, told.is_bot, told.bot_name) == ("other", False, "")


def test_the_slow_parser_is_never_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Agents go through ua-parser's Rust engine, not through the Python expressions that hostile agents can stall."""

    def fail(*_: object) -> None:
        raise AssertionError("the Python parser was used")

    for name in ("Parse", "ParseUserAgent", "ParseOS", "ParseDevice"):
        monkeypatch.setattr(user_agent_parser, name, fail)
    module._describe.cache_clear()
    assert describe(PEOPLE[0][0]).browser == "Chrome"
