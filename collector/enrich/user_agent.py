"""What a user agent says of the device and the program: browser, system, kind of device, and whether it is a bot.

Three lists, all matched by ua-parser's Rust engine, which takes time in proportion to the text and cannot run away:
uap-core's browsers, systems and devices (`ua-parser-builtins`), the crawlers of `crawler-user-agents`, and a few
programs that neither knows. `user-agents` turns the result into a kind of device; by itself it would parse with
ua-parser's old Python expressions: 560 µs instead of 20 for an unseen agent, and more than a second for a hostile one.

A bot is flagged, never dropped. The lists say what a program calls itself: who pretends to be a browser passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from crawleruseragents import CRAWLER_USER_AGENTS_DATA
from msgspec import Struct
from ua_parser import Parser, load_lazy_builtins
from ua_parser.regex import Resolver
from ua_parser_rs import UserAgentExtractor
from user_agents import parsers

LENGTH = 512  # characters looked at: real agents are shorter; bounds the time and the cache
CACHED = 10_000  # agents remembered: some 10 MiB when full
NAME_LENGTH = 64  # characters of any name or version reported

NOT_BOTS = {
    r"AP3A\.240617\.008": "the build of Android 15 that millions of phones run",
    "MetaIAB Facebook": "the browser within Facebook's app, with which people open its advertisements",
    "okhttp": "what every Android app sends by itself, and so the mobile SDK",
    "Sogou": "a browser too; Sogou's crawlers call themselves spider, which uap-core knows",
}
"""Patterns of `crawler-user-agents` that match people, and why they are left out."""

PROGRAMS = (
    r"^(?:node|node\.js|undici|Ruby|insomnia|masscan)(?:[ /]|$)",
    r"^(?:PHP|Java|k6|reqwest|RestSharp|GuzzleHttp|PostmanRuntime|Locust)/",
    r"^Faraday ",
    r"Cypress/|Playwright|Selenium|WebDriver|HeadlessChrome|[Hh]eadless",
    r"Datadog/Synthetics|NewRelicPinger|Microsoft-CryptoAPI",
    r"[Uu]ptime|[Hh]ealth-?[Cc]heck|[Ss]craper",
)
"""HTTP libraries, test drivers and watchdogs that neither list knows."""

# Words within a lower-case agent that tell the kind of device; plain words take a tenth of a regular expression's time.
TV = (
    "smart-tv", "smarttv", "hbbtv", "appletv", "apple tv", "googletv", "android tv", "web0s", "webos.tv", "netcast",
    "bravia", "viera", "roku/", "crkey", " tv safari", "; aft",
)  # fmt: skip
CONSOLES = ("playstation", "xbox", "nintendo")
WEARABLES = ("apple watch", "applewatch", "watch os", "watchos", "galaxy watch", "wear os", "oculusbrowser", "; quest ")


class Device(Struct, frozen=True):
    """What a user agent says; a text is empty where it says nothing.

    `device` is desktop, mobile, tablet, tv, console, wearable, bot or other. Versions have at most two parts (`18.6`).
    iPads that ask for desktop sites, which is their default, call themselves Macs: they are desktops here.
    """

    browser: str = ""
    browser_version: str = ""
    os: str = ""
    os_version: str = ""
    device: str = "other"
    device_maker: str = ""
    device_model: str = ""
    is_bot: bool = False
    bot_name: str = ""


UNKNOWN = Device()

_parser = Parser(Resolver(load_lazy_builtins()))


def _bot_patterns() -> Iterator[tuple[str, None, None, None, None, None]]:
    """Crawlers first; the outer group makes what matched the bot's name."""
    for crawler in CRAWLER_USER_AGENTS_DATA:
        if crawler["pattern"] not in NOT_BOTS:
            yield f"({crawler['pattern']})", None, None, None, None, None
    for pattern in PROGRAMS:
        yield f"({pattern})", None, None, None, None, None


_bots = UserAgentExtractor(_bot_patterns())


class _Agent(parsers.UserAgent):  # type: ignore[misc]  # published without types
    """A `user_agents.UserAgent` whose text was parsed by the Rust engine."""

    def __init__(self, text: str) -> None:
        result = _parser.parse(text).with_defaults()
        browser, system, device = result.user_agent, result.os, result.device
        self.ua_string = text
        self.browser = parsers.parse_browser(browser.family, browser.major, browser.minor, browser.patch)
        self.os = parsers.parse_operating_system(system.family, system.major, system.minor, system.patch)
        self.device = parsers.parse_device(device.family, device.brand, device.model)


def describe(user_agent: str) -> Device:
    """Say what `user_agent` tells of device and program. Never raises; an empty one is `other` and no bot."""
    return _describe(user_agent[:LENGTH])


@lru_cache(maxsize=CACHED)
def _describe(text: str) -> Device:
    if not text.isprintable():
        # Control characters and lone surrogates: the engine takes UTF-8 only.
        text = "".join(c if c.isprintable() else " " for c in text)
    text = text.strip()
    if not text:
        return UNKNOWN
    agent = _Agent(text)
    bot_name = _bot_name(agent)
    return Device(
        browser=_known(agent.browser.family),
        browser_version=_version(agent.browser.version),
        os=_known(agent.os.family),
        os_version=_version(agent.os.version),
        device="bot" if bot_name else _device_class(agent),
        device_maker="" if bot_name else _maker(agent.device),
        device_model="" if bot_name else _model(agent.device),
        is_bot=bool(bot_name),
        bot_name=bot_name,
    )


def _bot_name(agent: _Agent) -> str:
    """The name a bot goes by, empty when the agent is none."""
    match = _bots.extract(agent.ua_string)
    if match:
        return match.family.strip(" /;:,()^-")[:NAME_LENGTH] or "bot"
    return (_known(agent.browser.family) or "bot") if agent.is_bot else ""


def _device_class(agent: _Agent) -> str:
    """The kind of device. Television sets, consoles and watches first: they call themselves Android or Windows too."""
    text = agent.ua_string
    small = text.lower()
    for device, words in (("tv", TV), ("console", CONSOLES), ("wearable", WEARABLES)):
        if any(word in small for word in words):
            return device
    if agent.is_tablet or " Tablet;" in text:
        # An Android app without a browser view never says Mobile, which is what tells tablets from phones.
        return "tablet" if agent.os.family != "Android" or "Mozilla/" in text else "mobile"
    if agent.is_mobile or text.startswith("okhttp/") or "CFNetwork/" in text or "KAIOS/" in text:
        return "mobile"
    return "desktop" if agent.is_pc else "other"


def _known(name: str | None) -> str:
    """`name`, or nothing where uap-core has only a word for not knowing."""
    return "" if name in (None, "Other") else str(name)[:NAME_LENGTH]


def _maker(device: parsers.Device) -> str:
    """The device's maker. uap-core makes up the makers Generic, Generic_Android and the like."""
    maker = _known(device.brand)
    return "" if maker.startswith("Generic") else maker


def _model(device: parsers.Device) -> str:
    """The device's model. K is what every Chrome on Android says since 2023; Generic has kinds for models."""
    model = _known(device.model)
    return "" if model == "K" or device.brand == "Generic" else model


def _version(parts: tuple[Any, ...]) -> str:
    """The first two parts of a version."""
    return ".".join(str(part) for part in parts[:2])[:NAME_LENGTH]
