"""The collector is away, slow, misconfigured, or not the collector at all."""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded, queued, stored
from tests.web.site_under_test import Site

pytestmark = pytest.mark.browser


def ids(touchpoints: list[dict[str, object]]) -> set[object]:
    """Their ids."""
    return {one["id"] for one in touchpoints}


def search(page: Page, count: int) -> None:
    """Tell of so many searches at once."""
    page.evaluate(
        "count => { for (let i = 0; i < count; i++) klantreis.track('search', {search: {results: i}}) }", count
    )


def test_collector_away_and_back(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Pages are visited while the collector is away; when it is back, exactly what was queued is stored."""
    page.goto(f"{site.url}/one")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the first page view")
    before = set(receiver.stored)
    emptied(page)
    receiver.served.stop()
    for path in ("two", "three"):
        # The script itself comes from the browser's cache, or a page would not have it at all.
        page.goto(f"{site.url}/{path}")
        loaded(page)
        search(page, 3)
    stored(page, 8)
    waiting = ids(queued(page))
    assert len(waiting) == 8
    receiver.served.start()
    receiver.wait_for(lambda: set(receiver.stored) - before == waiting, "what was queued, and nothing else", 30)
    emptied(page)


@pytest.mark.parametrize("status", [429, 503])
def test_passing_failures_keep_everything(page: Page, site: Site, receiver: FaultyReceiver, status: int) -> None:
    """After an answer that can get better by waiting nothing is deleted, and it is tried again."""
    receiver.fail(status)
    page.goto(f"{site.url}/")
    receiver.wait_for(lambda: len(receiver.batches) >= 2, "a second attempt")
    assert len(queued(page)) == 1
    receiver.heal()
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    emptied(page)
    assert page.evaluate("klantreis.dropped") == 0


def test_retry_after_is_honoured_by_every_page(
    page: Page, context: BrowserContext, site: Site, receiver: FaultyReceiver
) -> None:
    """Until the time that Retry-After asks for is over, neither this page nor the next one sends."""
    receiver.fail(503, retry_after=3)
    page.goto(f"{site.url}/one")
    # A batch is counted before the page has read the answer, and a page that leaves sooner never learns of it.
    page.wait_for_function("JSON.parse(localStorage['klantreis:demo'] || '{}').w > Date.now()")
    page.goto(f"{site.url}/two")
    receiver.heal()
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "both page views")
    assert receiver.batches[1].at - receiver.batches[0].at >= 2.9


def test_captive_portal_deletes_nothing(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A 200 that is not the collector's own answer proves nothing."""
    receiver.be_a_portal()
    page.goto(f"{site.url}/")
    receiver.wait_for(lambda: len(receiver.batches) >= 2, "a second attempt")
    assert len(queued(page)) == 1
    receiver.heal()
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    emptied(page)


def test_too_large_is_split(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A collector that takes only three touchpoints a request gets them all in threes."""
    page.goto(f"{site.url}/")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    receiver.take_at_most(3)
    search(page, 20)
    receiver.wait_for(lambda: len(receiver.of_type("search")) == 20, "all searches")
    assert 413 in {batch.status for batch in receiver.batches}
    assert receiver.repeats() == 0
    emptied(page)


def test_one_that_is_too_large_alone_blocks_nothing(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A touchpoint for which even a request of its own is too large is given up, so that the others get through."""
    receiver.take_at_most(0)
    page.goto(f"{site.url}/")
    page.wait_for_function("window.klantreis?.dropped == 1")
    receiver.heal()
    page.evaluate("klantreis.track('search', {properties: {text: 'x'.repeat(100_000)}}); klantreis.track('search')")
    receiver.wait_for(lambda: len(receiver.of_type("search")) == 2, "both searches")
    emptied(page)


def test_wrong_key_is_told_and_kept(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A refused key deletes nothing, is told once in the console and not tried again soon; the next page tries."""
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    receiver.fail(401, reason="key_unknown")
    page.goto(f"{site.url}/one")
    receiver.wait_for(lambda: len(receiver.batches) == 1, "the first attempt")
    search(page, 2)
    page.wait_for_timeout(1500)
    assert len(receiver.batches) == 1
    assert len([text for text in told if text.startswith("klantreis 401")]) == 1
    assert len(queued(page)) == 3
    receiver.heal()
    page.goto(f"{site.url}/two")
    receiver.wait_for(lambda: len(receiver.stored) == 4, "what was kept, and the second page view")


def test_refused_for_good_is_deleted_and_counted(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """After an answer that no waiting can change the touchpoints are deleted, counted and told."""
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    receiver.fail(400, reason="not_json")
    page.goto(f"{site.url}/")
    page.wait_for_function("window.klantreis?.dropped == 1")
    emptied(page)
    assert any(text.startswith("klantreis 400") for text in told)
    receiver.heal()
    search(page, 1)
    receiver.wait_for(lambda: receiver.types() == ["search"], "the next touchpoint")


def test_many_kilobytes_are_sent_in_parts(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A long queue goes out in requests that a page being left could send too, whatever its letters weigh."""
    receiver.fail(503)
    page.goto(f"{site.url}/")
    loaded(page)
    page.evaluate(
        "() => { for (let i = 0; i < 60; i++) klantreis.track('search', {properties: {text: '€'.repeat(1500)}}) }"
    )
    page.wait_for_timeout(500)
    receiver.heal()
    receiver.wait_for(lambda: len(receiver.of_type("search")) == 60, "all searches")
    sizes = [len(json.dumps(batch.body, ensure_ascii=False).encode()) for batch in receiver.batches]
    assert max(sizes) < 64 * 1024
    emptied(page)
