"""A page is left while touchpoints are still on it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded, queued
from tests.web.site_under_test import Site

pytestmark = pytest.mark.browser


def test_left_for_a_page_without_the_sdk(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """What was told just before a link was followed arrives, although no page of the site is left to send it."""
    page.goto(f"{site.url}/")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    emptied(page)
    page.evaluate(
        """() => {
            window.setTimeout = () => 1;  // so that nothing but leaving sends it
            klantreis.track('search');
            document.querySelector('a[href="/bare"]').click();
        }"""
    )
    page.wait_for_url("**/bare")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    # Nobody was left to read the answer, so it stays queued: stored once, sent again on the next visit.
    assert len(queued(page)) == 1
    page.goto(f"{site.url}/next")
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "the next page view")
    emptied(page)
    assert receiver.types() == ["page_view", "search", "page_view"]


def test_left_at_once(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A page that is left as soon as its script has run has told of its view, here or on the next page."""
    page.goto(f"{site.url}/")
    loaded(page)
    page.evaluate("location = '/next'")
    page.wait_for_url("**/next")
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "both page views")


def test_left_while_the_collector_is_away(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A last request that nobody answered costs nothing: the next visit sends again."""
    page.goto(f"{site.url}/")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    receiver.served.stop()
    page.evaluate("klantreis.track('search'); location = '/bare'")
    page.wait_for_url("**/bare")
    page.wait_for_timeout(500)
    receiver.served.start()
    page.goto(f"{site.url}/next")
    receiver.wait_for(lambda: receiver.types() == ["page_view", "search", "page_view"], "everything")


def test_back_from_the_cache(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Going back to a page is a view of it, whether the browser kept the page or loads it anew."""
    page.goto(f"{site.url}/one")
    receiver.wait_for(lambda: len(receiver.stored) == 1, "the first view")
    page.goto(f"{site.url}/two")
    receiver.wait_for(lambda: len(receiver.stored) == 2, "the second view")
    page.go_back()
    receiver.wait_for(lambda: len(receiver.stored) == 3, "the first page again")
    assert [one["page"]["path"] for one in receiver.of_type("page_view")] == ["/one", "/two", "/one"]
