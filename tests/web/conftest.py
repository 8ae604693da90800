"""What the browser tests share: a receiver that can fail, a site, and a Chromium."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from collector import shipped
from tests.chromium import launch, playing
from tests.web.faulty_receiver import FaultyReceiver
from tests.web.site_under_test import Site

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def script() -> Path:
    """The built k.js."""
    file = shipped.web_scripts() / "k.js"
    if not file.exists():
        subprocess.run(["make", "setup"], cwd=ROOT, check=True, timeout=600)
    return file


@pytest.fixture
def receiver(script: Path) -> Iterator[FaultyReceiver]:
    """A collector that accepts until it is told otherwise."""
    made = FaultyReceiver()
    made.served.start()
    yield made
    made.served.leave()
    assert made.rejected == []


@pytest.fixture
def site(receiver: FaultyReceiver) -> Iterator[Site]:
    """A site of another origin than the collector, with the tag on its pages."""
    made = Site(f"{receiver.url}/k.js")
    made.served.start()
    yield made
    made.served.leave()


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    """Playwright, for these tests: none of them starts an event loop of its own in this thread."""
    with playing() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium, for these tests; each has a visitor of its own."""
    started = launch(playwright)
    yield started
    started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor who was never here."""
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A tab of that visitor. An error of the SDK that reaches the page fails the test."""
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    assert errors == []
