"""The browser is closed, killed or offline with touchpoints in it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Playwright

from tests.chromium import kill_renderers, kill_with_profile, launch_with_profile
from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import loaded, stored
from tests.web.site_under_test import Site

pytestmark = pytest.mark.browser

TELL = "for (const term of ['a', 'b', 'c']) klantreis.track('search', {search: {term}})"


def terms(receiver: FaultyReceiver) -> list[str]:
    """What the stored searches were for."""
    return sorted(one["search"]["term"] for one in receiver.of_type("search"))


def test_offline_closed_and_reopened(
    playwright: Playwright, tmp_path: Path, site: Site, receiver: FaultyReceiver
) -> None:
    """Touchpoints told offline arrive after the browser was closed and opened again online."""
    first = launch_with_profile(playwright, tmp_path)
    page = first.pages[0]
    page.goto(f"{site.url}/one")
    loaded(page)
    first.set_offline(True)
    page.evaluate(TELL)
    stored(page, 3)
    first.close()
    assert receiver.of_type("search") == []

    second = launch_with_profile(playwright, tmp_path)
    second.pages[0].goto(f"{site.url}/two")
    receiver.wait_for(lambda: terms(receiver) == ["a", "b", "c"], "the searches")
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "the page views")
    second.close()
    assert len(receiver.stored) == 5


def test_offline_and_online_again(playwright: Playwright, tmp_path: Path, site: Site, receiver: FaultyReceiver) -> None:
    """When the network is back, what failed for want of it is sent without waiting for the next attempt."""
    context = launch_with_profile(playwright, tmp_path)
    page = context.pages[0]
    page.goto(f"{site.url}/one")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    context.set_offline(True)
    page.evaluate(TELL)
    page.wait_for_timeout(800)
    context.set_offline(False)
    receiver.wait_for(lambda: terms(receiver) == ["a", "b", "c"], "the searches")
    context.close()


def test_killed_with_touchpoints_queued(
    playwright: Playwright, tmp_path: Path, site: Site, receiver: FaultyReceiver
) -> None:
    """kill -9 of the whole browser, once touchpoints are on the device, costs none of them."""
    first = launch_with_profile(playwright, tmp_path)
    page = first.pages[0]
    page.goto(f"{site.url}/one")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    receiver.served.stop()
    page.evaluate(TELL)
    stored(page, 3)
    assert kill_with_profile(tmp_path) > 1
    with contextlib.suppress(Error):
        first.close()
    (tmp_path / "SingletonLock").unlink(missing_ok=True)

    receiver.served.start()
    second = launch_with_profile(playwright, tmp_path)
    second.pages[0].goto(f"{site.url}/two")
    receiver.wait_for(lambda: terms(receiver) == ["a", "b", "c"], "the searches")
    second.close()


def test_a_tab_is_killed(context: BrowserContext, site: Site, receiver: FaultyReceiver) -> None:
    """The process of a tab dies with touchpoints queued; the next tab of the site sends them."""
    page = context.new_page()
    page.goto(f"{site.url}/one")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    receiver.served.stop()
    page.evaluate(TELL)
    stored(page, 3)
    with page.expect_event("crash"):
        kill_renderers(context)
    receiver.served.start()
    for attempts_left in (2, 1, 0):
        try:  # Chromium may still give a tab one of the killed processes
            context.new_page().goto(f"{site.url}/two")
            break
        except Error:
            if not attempts_left:
                raise
    receiver.wait_for(lambda: terms(receiver) == ["a", "b", "c"], "the searches")
