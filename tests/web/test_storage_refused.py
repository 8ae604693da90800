"""Browsers that let a site store nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import loaded
from tests.web.site_under_test import Site

pytestmark = pytest.mark.browser

REFUSED = "get() { throw new DOMException('no', 'SecurityError') }"
WAYS = {
    "no IndexedDB": "Object.defineProperty(window, 'indexedDB', {value: undefined})",
    "IndexedDB refused": "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }",
    "IndexedDB never answers": "IDBFactory.prototype.open = () => ({})",
    "writes fail": "IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }",
    "no localStorage": f"Object.defineProperty(window, 'localStorage', {{{REFUSED}}})",
    "nothing at all": f"Object.defineProperty(window, 'indexedDB', {{{REFUSED}}});"
    f"Object.defineProperty(window, 'localStorage', {{{REFUSED}}});"
    "Object.defineProperty(Navigator.prototype, 'locks', {value: undefined})",
}


@pytest.mark.parametrize("way", WAYS)
def test_memory_stands_in(page: Page, site: Site, receiver: FaultyReceiver, way: str) -> None:
    """What cannot be stored is held in memory: retried, sent once, told apart as one visitor for that page."""
    page.add_init_script(WAYS[way])
    receiver.fail(503)
    page.goto(f"{site.url}/")
    loaded(page)
    page.evaluate("klantreis.track('search')")
    receiver.wait_for(lambda: receiver.batches, "the first attempt")
    receiver.heal()
    receiver.wait_for(lambda: receiver.types() == ["page_view", "search"], "both touchpoints")
    page.wait_for_timeout(1200)
    assert receiver.repeats() == 0
    assert len({one["visitor_id"] for one in receiver.stored.values()}) == 1


def test_sandboxed_frame(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """In a frame without an origin, where every kind of storage is refused, touchpoints still arrive."""
    page.goto(f"{site.url}/bare")
    page.evaluate(
        """() => {
            const frame = document.createElement('iframe');
            frame.sandbox = 'allow-scripts'; frame.src = '/framed';
            document.body.append(frame);
        }"""
    )
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    assert receiver.batches[0].origin == "null"
