"""One visitor, several tabs, one queue."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded, stored
from tests.web.site_under_test import Site

pytestmark = pytest.mark.browser

TABS = {"with locks": 20, "without locks": 6}
WITHOUT_LOCKS = "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})"


@pytest.mark.parametrize("locks", ["with locks", "without locks"])
def test_tabs_share_one_queue(context: BrowserContext, site: Site, receiver: FaultyReceiver, locks: str) -> None:
    """The collector goes away under twenty tabs and comes back: everything arrives, hardly anything twice.

    Without locks (pages without https) tabs see each other's lease a moment late, and may all send what waits.
    """
    if locks == "without locks":
        context.add_init_script(WITHOUT_LOCKS)
    count = TABS[locks]
    tabs = [context.new_page() for _ in range(count)]
    for tab in tabs:
        tab.goto(f"{site.url}/")
        loaded(tab)
    receiver.wait_for(lambda: len(receiver.stored) == count, "a page view of every tab", 60)
    receiver.fail(503)
    for number, tab in enumerate(tabs):
        tab.evaluate("number => klantreis.track('search', {search: {term: `tab ${number}`}})", number)
    tabs[0].wait_for_timeout(1500)
    receiver.heal()
    receiver.wait_for(lambda: len(receiver.of_type("search")) == count, "a search of every tab", 60)
    emptied(tabs[0])
    print(f"{locks}: {receiver.repeats()} of {len(receiver.stored)} touchpoints were accepted again")
    if locks == "with locks":
        assert receiver.repeats() <= count / 2
    assert len({one["visitor_id"] for one in receiver.stored.values()}) == 1
    assert len({one["session_id"] for one in receiver.stored.values()}) == 1


def test_two_keys_on_one_origin(context: BrowserContext, site: Site, receiver: FaultyReceiver) -> None:
    """Pages of one origin that send for two keys keep their queues and visitors apart."""
    receiver.fail(503, key="demo")  # until the end: a page that is left sends once more
    page = context.new_page()
    page.goto(f"{site.url}/")
    stored(page)
    site.attributes = {"data-key": "other"}
    page.goto(f"{site.url}/other")
    receiver.wait_for(lambda: len(receiver.stored) == 1, "the other key's page view")
    assert {batch.body["key"] for batch in receiver.batches if batch.status == 202} == {"other"}
    site.attributes = {"data-key": "demo"}
    receiver.heal()
    page.goto(f"{site.url}/")
    receiver.wait_for(lambda: len(receiver.stored) == 3, "what the first key had queued")
    keys = {one["id"]: batch.body["key"] for batch in receiver.batches for one in batch.touchpoints}
    assert sorted(keys.values()) == ["demo", "demo", "other"]
    visitors = {(keys[one["id"]], one["visitor_id"]) for one in receiver.stored.values()}
    assert len(visitors) == 2
