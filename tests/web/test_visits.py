"""Who a visitor is, and where one visit ends and the next begins."""

from __future__ import annotations

import datetime

import pytest
from playwright.sync_api import Browser, Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import loaded
from tests.web.site_under_test import Site

pytestmark = pytest.mark.browser

SILENT = """minutes => {
  const visits = JSON.parse(localStorage['klantreis:demo']);
  visits.t -= minutes * 60000;
  localStorage['klantreis:demo'] = JSON.stringify(visits);
}"""


def visit(page: Page, receiver: FaultyReceiver, url: str) -> None:
    """Go there and wait for the view."""
    before = len(receiver.of_type("page_view"))
    page.goto(url)
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == before + 1, f"the view of {url}")


def sessions(receiver: FaultyReceiver) -> list[int]:
    """For each page view the number of its session, counted from 0."""
    ids = [one["session_id"] for one in receiver.of_type("page_view")]
    return [list(dict.fromkeys(ids)).index(one) for one in ids]


def test_half_an_hour_of_silence_ends_a_visit(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """29 minutes belong to the visit, 31 do not; the visitor stays the same and the sequence goes on."""
    visit(page, receiver, f"{site.url}/one")
    page.evaluate(SILENT, 29)
    visit(page, receiver, f"{site.url}/two")
    page.evaluate(SILENT, 31)
    visit(page, receiver, f"{site.url}/three")
    assert sessions(receiver) == [0, 0, 1]
    assert len({one["visitor_id"] for one in receiver.stored.values()}) == 1
    assert [one["sequence"] for one in receiver.of_type("page_view")] == [1, 2, 3]


def test_a_new_campaign_begins_a_visit(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Another campaign is another visit; the same link again, or a page without one, is not."""
    visit(page, receiver, f"{site.url}/one")
    visit(page, receiver, f"{site.url}/two?utm_source=news&utm_medium=email")
    visit(page, receiver, f"{site.url}/three")
    visit(page, receiver, f"{site.url}/two?utm_source=news&utm_medium=email")
    visit(page, receiver, f"{site.url}/two?gclid=other")
    assert sessions(receiver) == [0, 1, 1, 1, 2]


def test_midnight_ends_nothing(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A visit over midnight is one visit."""
    evening = datetime.datetime(2030, 5, 31, 23, 55)  # noqa: DTZ001  # the browser's own wall clock
    page.clock.install(time=evening)
    visit(page, receiver, f"{site.url}/one")
    page.clock.set_system_time(evening + datetime.timedelta(minutes=10))
    page.evaluate("klantreis.track('search')")
    page.clock.run_for(2000)
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    assert receiver.of_type("search")[0]["session_id"] == receiver.of_type("page_view")[0]["session_id"]


def test_age_survives_a_clock_that_was_set(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """The device's clock is set ten years back after a touchpoint was told: its age says when it really was."""
    receiver.fail(503)
    page.goto(f"{site.url}/")
    loaded(page)
    receiver.wait_for(lambda: receiver.batches, "the first attempt")
    page.evaluate("() => { const now = Date.now; Date.now = () => now() - 10 * 365 * 86400000 }")
    receiver.heal()
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    batch = receiver.batches[-1]
    [view] = batch.touchpoints
    assert batch.body["sent_at"] < view["occurred_at"]
    assert 0 < view["age_ms"] < 60_000
    assert view["age_ms"] > receiver.batches[0].touchpoints[0]["age_ms"]


def test_two_people_are_two_visitors(browser: Browser, site: Site, receiver: FaultyReceiver) -> None:
    """Another browser is another visitor."""
    for _ in range(2):
        context = browser.new_context()
        visit(context.new_page(), receiver, f"{site.url}/")
        context.close()
    assert len({one["visitor_id"] for one in receiver.stored.values()}) == 2
