"""One installation that everybody sends to and looks at; each test looks for its own by a word that nobody else has."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright

from collector.receive.access import Keys
from tests.chromium import launch, playing
from tests.installation import Installation, running, touchpoint

WITHIN_S = 60.0
"""It takes a second; machines that run tests are busy."""


class Looking:
    """Somebody who looks at the live page, without a browser."""

    def __init__(self, installation: Installation, **wanted: str) -> None:
        self.installation = installation
        self.wanted = wanted
        self.arrivals: dict[str, dict[str, Any]] = {}
        """By place, in the order in which they came."""
        self.answer: dict[str, Any] = {}
        self._seen = {"run": "0", "arrived": 0, "changed": 0}

    def look(self, **headers: str) -> list[dict[str, Any]]:
        """Ask once more; gives all that was seen until now."""
        query = urllib.parse.urlencode({**self.wanted, **self._seen})
        request = urllib.request.Request(f"{self.installation.console_url}/live/arrivals?{query}", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            self.answer = json.loads(answer.read())
        for arrival in self.answer["arrivals"]:
            self.arrivals[arrival["place"]] = arrival
        self._seen = {name: self.answer[name] for name in self._seen}
        return list(self.arrivals.values())

    def until(self, holds: Any, what: str) -> list[dict[str, Any]]:
        """Look until all that was seen is as wanted."""
        self.installation.until(lambda: holds(self.look()), what, WITHIN_S)
        return list(self.arrivals.values())

    def until_stored(self, count: int) -> list[dict[str, Any]]:
        """Look until so many are stored."""
        return self.until(
            lambda seen: sum(one["state"] == "stored" for one in seen) >= count, f"{count} are stored: {self.wanted}"
        )

    def told(self, what: str, place: str) -> str:
        """What is said of one when somebody asks for all of it: `arrival` or `why`."""
        query = urllib.parse.urlencode({"place": place})
        with urllib.request.urlopen(f"{self.installation.console_url}/live/{what}?{query}", timeout=120) as answer:
            return str(answer.read().decode())


def word() -> str:
    """A word that nobody else has."""
    return f"w{uuid.uuid4().hex[:12]}"


def page_view(visitor: str, path: str = "/nl/winkelwagen", **fields: Any) -> dict[str, Any]:
    """A page view of a shop."""
    return touchpoint(visitor_id=visitor, page={"url": f"https://shop.example{path}"}, **fields)


@pytest.fixture(scope="package")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A collector with loader, ClickHouse and console, and a path of the site's choosing."""
    with running(tmp_path_factory.mktemp("console"), public_path="/stats-xyz") as started:
        Looking(started).look()  # from here on somebody looks on
        yield started


@pytest.fixture(scope="package")
def web_key(installation: Installation) -> str:
    """A public key that pages of one origin may use."""
    keys = Keys(installation.settings)
    value = keys.add(name="web", site="shop", kind="public", origins=["https://shop.example"])[1]
    installation.until(
        lambda: installation.send([touchpoint()], key=value)[0] == 202, "the receivers know the key", WITHIN_S
    )
    return value


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, for these tests."""
    with playing() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium, for these tests."""
    started = launch(playwright)
    yield started
    started.close()
