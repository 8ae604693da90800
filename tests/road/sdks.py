"""All SDKs against one collector: a site in a browser, an app under React Native, a till, a call centre."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.android.built import CLASSES, maven
from tests.chromium import launch, playing
from tests.installation import Installation, running
from tests.mobile import react_native
from tests.mobile.react_native import App
from tests.web.queues import emptied, loaded
from tests.web.site_under_test import STUB, Site

ROOT = Path(__file__).parents[2]
TILL = ROOT / "sdk/store/examples/till.py"
CALL_CENTRE = ROOT / "sdk/android/examples/CallCentre.java"
PUBLIC, SECRET = "demo", "demo-secret"
WITHIN_S = 60.0
QUEUED_MS = 600
"""Within it what was told waits on the device: a page view is told 0.4 seconds after the address changed."""


@dataclass
class Sdks:
    """What a person may meet."""

    installation: Installation
    browser: Browser
    app: App
    site: Site
    folder: Path

    def at_the_till(self, happens: str) -> str:
        """One line of the till's day, told by the worked example in a process of its own; gives what it printed."""
        environment = {
            **os.environ,
            "KLANTREIS_STORE_URL": self.installation.url,
            "KLANTREIS_STORE_KEY": SECRET,
            "KLANTREIS_STORE_FOLDER": str(self.folder / "outbox"),
            "REVIEW_PAGE": f"{self.site.url}/review/new",
        }
        return _printed([sys.executable, str(TILL)], environment, happens)

    def by_phone(self, topic: str, waited_s: int, customer: str, card: str) -> str:
        """A call to the call centre, told by the Java SDK's worked example; gives what it printed."""
        words = ["java", "-cp", CLASSES, str(CALL_CENTRE), self.installation.url, SECRET, str(self.folder / "calls")]
        return _printed([*words, topic, str(waited_s), customer, card], {**os.environ}, "")


def _printed(command: list[str], environment: dict[str, str], said: str) -> str:
    done = subprocess.run(
        command, env=environment, input=said, capture_output=True, text=True, timeout=WITHIN_S, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextlib.contextmanager
def meeting(folder: Path) -> Iterator[Sdks]:
    """A collector, and all that tells it, until the block ends.

    Raises CannotBuildError or CannotInstallError where this machine lacks what an SDK is built with.
    """
    maven("-q", "-pl", "core", "compile")
    react_native.install()
    with (
        running(folder, settle_interval_ms="100") as installation,
        playing() as playwright,
        react_native.driven(folder) as app,
        site(installation) as shop,
    ):
        browser = launch(playwright)
        yield Sdks(installation, browser, app, shop, folder)
        browser.close()


@contextlib.contextmanager
def site(installation: Installation, **attributes: str) -> Iterator[Site]:
    """A site with the whole web SDK, which hands visitors over; `attributes` are more of its tag."""
    # How long somebody looked depends on the machine: it is left out, so that a journey is the same each time.
    tag = {"data-key": PUBLIC, "data-domains": "127.0.0.1", "data-off": "engagement", **attributes}
    made = Site(f"{installation.url}/k.full.js", tag, head=STUB)
    made.served.start()
    yield made
    made.served.leave()


def visit(page: Page, address: str) -> None:
    """Open a page, and wait until all that it told is at the collector."""
    page.goto(address)
    loaded(page)
    sent(page)


def told(page: Page, code: str) -> None:
    """The page's own code tells something; wait until it is at the collector."""
    page.evaluate(code)
    sent(page)


def sent(page: Page) -> None:
    """Wait until all that a page told is at the collector."""
    page.wait_for_timeout(QUEUED_MS)
    emptied(page)


def steps(installation: Installation, customer: str) -> list[dict[str, Any]]:
    """The journey of a customer, from the settled table, in its order."""
    sql = (ROOT / "tests/road/one_journey.sql").read_text("utf-8")
    return installation.ask(sql, {"customer": customer}) or []
