"""What a page tells of by itself, and in which form."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded
from tests.web.site_under_test import STUB, Site

pytestmark = pytest.mark.browser


def test_one_tag_is_enough(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A page with the script tag tells of its view, completely and within the contract."""
    page.goto(f"{site.url}/first?size=3#reviews", referer="https://www.example.org/links?q=1")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    [batch] = receiver.batches
    [view] = batch.touchpoints
    assert batch.body["key"] == "demo"
    assert batch.body["sdk"]["name"] == "web"
    assert batch.content_type == "text/plain;charset=UTF-8"
    assert batch.cookie is None
    assert view["page"] == {
        "url": f"{site.url}/first?size=3",
        "path": "/first",
        "title": "/first",
        "referrer": "https://www.example.org/links?q=1",
        "language": "en",
    }
    assert view["channel"] == "web"
    assert view["consent"] == {"state": "granted"}
    assert view["sequence"] == 1
    assert view["age_ms"] >= 0
    assert view["id"][14] == "7"


def test_endpoint_elsewhere(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """data-endpoint says where the collector is, with or without a slash at its end."""
    site.attributes["data-endpoint"] = f"{receiver.url}/"
    page.goto(f"{site.url}/")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")


def test_module(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """The module does the same as the tag, and starts once however often it is told to."""
    page.goto(f"{site.url}/bare")
    page.evaluate(
        """async url => {
            const { start, track, identify, pageViews } = await import(`${url}/index.js`);
            for (let i = 0; i < 3; i++) start({ key: 'demo', endpoint: url }, pageViews);
            identify('c1');
            track('search', { search: { term: 'gieter' } });
        }""",
        receiver.url,
    )
    receiver.wait_for(lambda: sorted(receiver.types()) == ["identify", "page_view", "search"], "all three")
    assert receiver.of_type("search")[0]["customer_id"] == "c1"


def test_calls_before_the_script_are_kept(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """What a page calls through the stub comes after its page view, in order."""
    site.head = STUB + "<script>klantreis.track('product_view',{product:{id:'p1'}});klantreis.identify('c1')</script>"
    page.goto(f"{site.url}/product")
    receiver.wait_for(lambda: len(receiver.stored) == 3, "three touchpoints")
    by_sequence = sorted(receiver.stored.values(), key=lambda one: int(one["sequence"]))
    assert [one["type"] for one in by_sequence] == ["page_view", "product_view", "identify"]
    assert by_sequence[1]["product"] == {"id": "p1"}
    assert by_sequence[2]["customer_id"] == "c1"


def test_a_known_customer_stays_known(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """After identify every touchpoint carries the customer, on later pages too, until identify takes it back."""
    page.goto(f"{site.url}/login")
    loaded(page)
    page.evaluate("klantreis.identify('c1', {identity: {email_hash: 'a'.repeat(64)}})")
    page.goto(f"{site.url}/account")
    receiver.wait_for(lambda: receiver.types() == ["page_view", "identify", "page_view"], "both pages")
    assert [one.get("customer_id") for one in receiver.of_type("page_view")] == [None, "c1"]
    assert receiver.of_type("identify")[0]["identity"] == {"email_hash": "a" * 64}
    page.evaluate("klantreis.identify(null); klantreis.track('search')")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    assert "customer_id" not in receiver.of_type("search")[0]


def test_a_second_tag_counts_nothing_twice(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A page that has the tag twice, as tag managers make it happen, tells of one view."""
    site.head = f'<script async src="{receiver.url}/k.js" data-key="demo"></script>'
    page.goto(f"{site.url}/")
    loaded(page)
    page.evaluate("klantreis.track('search')")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    assert receiver.types() == ["page_view", "search"]


def test_no_error_reaches_the_page(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Fields that are no JSON cost their touchpoint, never the page nor the next touchpoint."""
    page.goto(f"{site.url}/")
    loaded(page)
    page.evaluate(
        """() => {
            const circle = {}; circle.self = circle;
            klantreis.track('search', {properties: circle});
            klantreis.track('search', {properties: {many: 10n}});
            klantreis.track('search', {get search() { throw new Error('theirs') }});
            klantreis.identify(); klantreis.consent('granted');
            klantreis.track('search', {search: {term: 'gieter'}});
        }"""
    )
    receiver.wait_for(lambda: receiver.of_type("search"), "the good one")
    assert [one.get("search") for one in receiver.of_type("search")] == [{"term": "gieter"}]


def test_a_rejected_touchpoint_costs_no_other(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """What the collector rejects with a reason is deleted and told to the developer; its neighbours arrive."""
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.goto(f"{site.url}/")
    loaded(page)
    page.evaluate("klantreis.track('No Type'); klantreis.track('search', {search: {term: 'gieter'}})")
    receiver.wait_for(lambda: receiver.of_type("search"), "the good one")
    assert len(receiver.rejected) == 1
    receiver.rejected.clear()
    emptied(page)
    assert [text for text in told if "field_invalid" in text or "klantreis 202" in text]


def test_campaign_parameters_stay_in_the_address(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """utm_ parameters and a click id are where the collector reads them; what looks like personal data is not told."""
    campaign = "utm_source=news&utm_medium=email&utm_campaign=spring%20sale&gclid=G1"
    page.goto(f"{site.url}/landing?{campaign}&email=anna%40example.org&q=anna@example.org&size=3")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    [view] = receiver.of_type("page_view")
    assert view["page"]["url"] == f"{site.url}/landing?{campaign}&&&size=3"
    assert "anna" not in str(receiver.batches)


def test_nothing_is_left_behind_when_all_is_answered(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """What was answered is deleted from the device."""
    page.goto(f"{site.url}/")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    page.wait_for_function("async () => (await indexedDB.databases()).length == 1")
    emptied(page)
