"""User agents as browsers, apps and bots sent them in 2025, with the share that each has in the demo.

Facts from the makers' own documentation; versions are frozen in time, as most of the parts of a user agent are.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Browser:
    """A user agent, the size of the screen that comes with it, and how common it is among its kind."""

    user_agent: str
    width: int
    height: int
    weight: float


_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
_MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)"
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0"
_IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
_ANDROID = "Mozilla/5.0 (Linux; Android 10; K)"

COMPUTERS = (
    Browser(f"{_WINDOWS} {_CHROME} Safari/537.36", 1920, 1080, 44),
    Browser(f"{_WINDOWS} {_CHROME} Safari/537.36 Edg/142.0.0.0", 1920, 1080, 20),
    Browser("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:144.0) Gecko/20100101 Firefox/144.0", 1536, 864, 8),
    Browser(f"{_MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15", 1440, 900, 15),
    Browser(f"{_MAC} {_CHROME} Safari/537.36", 1728, 1117, 9),
    Browser(f"Mozilla/5.0 (X11; Linux x86_64) {_CHROME} Safari/537.36", 2560, 1440, 2),
    Browser("Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", 1920, 1200, 2),
)
PHONES = (
    Browser(f"{_IPHONE} Version/18.6 Mobile/15E148 Safari/604.1", 390, 844, 40),
    Browser(f"{_IPHONE} CriOS/142.0.7444.77 Mobile/15E148 Safari/604.1", 393, 852, 6),
    Browser(f"{_ANDROID} {_CHROME} Mobile Safari/537.36", 412, 915, 36),
    Browser(
        f"{_ANDROID} AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
        384, 832, 10,
    ),
    Browser("Mozilla/5.0 (Android 15; Mobile; rv:144.0) Gecko/144.0 Firefox/144.0", 412, 892, 3),
    Browser(f"{_IPHONE} Mobile/15E148 Instagram 401.1.0.30.78 (iPhone15,3; iOS 18_6; nl_NL; nl)", 430, 932, 5),
)  # fmt: skip
TABLETS = (
    Browser(
        "Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 "
        "Mobile/15E148 Safari/604.1",
        820, 1180, 70,
    ),
    Browser(f"{_ANDROID} {_CHROME} Safari/537.36", 800, 1280, 30),
)  # fmt: skip

APP_NAME = "Klantreis Shop"
APP_VERSIONS = ("5.2.0", "5.2.1", "5.3.0")


@dataclass(frozen=True, slots=True)
class Handset:
    """A phone as an app tells of it."""

    maker: str
    model: str
    system: str
    system_version: str
    width: int
    height: int

    def user_agent(self, app_version: str) -> str:
        """What the app's HTTP client sends."""
        return f"KlantreisShop/{app_version} ({self.model}; {self.system} {self.system_version})"


HANDSETS = (
    Handset("Apple", "iPhone15,4", "iOS", "18.6", 393, 852),
    Handset("Apple", "iPhone14,5", "iOS", "18.5", 390, 844),
    Handset("Samsung", "SM-S918B", "Android", "15", 384, 824),
    Handset("Samsung", "SM-A546B", "Android", "14", 412, 915),
    Handset("Google", "Pixel 9", "Android", "16", 411, 914),
)


@dataclass(frozen=True, slots=True)
class Bot:
    """A crawler, preview or monitor that runs a page's script, and how many pages it takes at a time."""

    user_agent: str
    pages: int
    every_hours: float


BOTS = (
    Bot(
        "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, like Gecko) "
        "Chrome/142.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", 14, 9,
    ),
    Bot(
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) "
        "Chrome/136.0.0.0 Safari/537.36", 9, 14,
    ),
    Bot(
        "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko); compatible; GPTBot/1.2; +https://openai.com/gptbot",
        12, 26,
    ),
    Bot("Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)", 20, 40),
    Bot("Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)", 1, 2),
    Bot(
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/142.0.0.0 Safari/537.36",
        5, 20,
    ),
    Bot("facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)", 1, 6),
)  # fmt: skip
