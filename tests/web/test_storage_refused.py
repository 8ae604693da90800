"""Browsers that let a site store nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded, queued, stored, traces
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


OPENS_LATE = """
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (name) {
    IDBFactory.prototype.open = open;
    const late = {};
    setTimeout(() => {
        const request = open.call(this, name);
        const pass = event => { late.result = request.result; late['on' + event.type]?.(event); };
        request.onupgradeneeded = request.onsuccess = pass;
    }, 4500);
    return late;
};
"""
"""A second and a half after the SDK's patience with it."""


def on_a_late_device(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A page whose device will answer late; what an earlier page told waits there, as nobody takes it."""
    receiver.fail(503)
    page.goto(f"{site.url}/")
    stored(page)
    page.add_init_script(OPENS_LATE)
    page.goto(f"{site.url}/next")
    loaded(page)


def test_a_device_that_answers_late_is_used_from_then_on(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A disk stood still: what is told later waits on the device, and what an earlier page left there is sent."""
    on_a_late_device(page, site, receiver)
    page.wait_for_timeout(5000)
    page.evaluate("klantreis.track('search')")
    stored(page, 2)
    receiver.heal()
    receiver.wait_for(lambda: sorted(receiver.types()) == ["page_view", "page_view", "search"], "all three")
    emptied(page)
    assert receiver.repeats() == 0


def test_a_no_while_the_device_does_not_answer(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Whoever withdraws while a disk stands still has nothing left on the device when it goes on."""
    on_a_late_device(page, site, receiver)
    page.wait_for_timeout(3500)
    page.evaluate("klantreis.consent('denied')")
    page.wait_for_timeout(2500)
    assert [one for one in queued(page) if "visitor_id" in one] == []
    assert traces(page)["local"] == {}


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
