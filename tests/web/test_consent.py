"""What may not be told or stored of a person is neither."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from klantreis_store import new_code
from playwright.sync_api import BrowserContext, Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import NOTHING, loaded, stored, traces
from tests.web.site_under_test import STUB, Site

pytestmark = pytest.mark.browser

RECEIPT = new_code()
IDENTIFIERS = {"visitor_id", "customer_id", "session_id", "sequence", "identity", "ambassador"}
TELLING = "klantreis.identify('customer-7', {identity: {email_hash: 'a'.repeat(64)}});" + (
    "klantreis.track('order', {order: {id: 'o1'}, ambassador: {code: 'anna'}, identity: {email_hash: 'b'.repeat(64)},"
    " customer_id: 'customer-7'})"
)
GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {value: true})"


def nobodys(touchpoint: dict[str, Any]) -> bool:
    """Whether nothing in a touchpoint says whose it is or tells their device from another."""
    said = str(touchpoint)
    return not IDENTIFIERS & set(touchpoint) and "context" not in touchpoint and "customer-7" not in said


@pytest.mark.parametrize("state", ["required", "denied"])
def test_without_consent(page: Page, site: Site, receiver: FaultyReceiver, state: str) -> None:
    """Before consent and after its denial touchpoints are told without identifiers, and nothing is stored."""
    site.attributes["data-consent"] = state
    page.goto(f"{site.url}/landing?utm_source=bing&msclkid=person&email=anna@example.org")
    loaded(page)
    page.evaluate(TELLING)
    receiver.wait_for(lambda: receiver.types() == ["page_view", "order"], "both touchpoints")
    assert all(nobodys(one) for one in receiver.stored.values())
    assert all(one["consent"] == {"state": state} for one in receiver.stored.values())
    [view] = receiver.of_type("page_view")
    assert view["page"]["url"] == f"{site.url}/landing?utm_source=bing&msclkid&"
    assert "anna@example.org" not in str(receiver.batches)
    assert traces(page) == NOTHING


def test_global_privacy_control(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """The browser's own no counts for more than what the site was told, and is said."""
    page.add_init_script(GPC)
    page.goto(f"{site.url}/")
    loaded(page)
    page.evaluate(TELLING + "; klantreis.consent('denied'); klantreis.consent('granted')")
    receiver.wait_for(lambda: len(receiver.stored) == 4, "four touchpoints")
    assert all(nobodys(one) and one["consent"]["gpc"] is True for one in receiver.stored.values())
    assert traces(page) == NOTHING


def test_a_grant_does_not_reveal_what_came_before(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """After a grant touchpoints carry identifiers; those of before do not, not in the same request, nor are named."""
    site.attributes["data-consent"] = "required"
    receiver.fail(503)  # so that what was told before is still waiting at the grant
    page.goto(f"{site.url}/before-consent")
    loaded(page)
    page.evaluate("klantreis.identify('customer-7')")
    page.goto(f"{site.url}/second-before")
    loaded(page)
    page.evaluate("klantreis.track('search', {search: {term: 'private'}}); klantreis.consent('granted')")
    page.evaluate("klantreis.track('product_view')")
    receiver.heal()
    receiver.wait_for(lambda: receiver.of_type("product_view"), "the product view")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")

    [view], [search] = receiver.of_type("page_view"), receiver.of_type("search")
    assert nobodys(view)
    assert nobodys(search)
    [grant], [product] = receiver.of_type("consent"), receiver.of_type("product_view")
    assert grant["consent"] == {"state": "granted"}
    assert grant["visitor_id"] == product["visitor_id"]
    assert "before-consent" not in str([grant, product])
    for batch in receiver.batches:
        assert len({"visitor_id" in one for one in batch.touchpoints}) == 1, "whose and nobody's in one request"


def test_a_grant_is_remembered(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A person who said yes is not a stranger again on the next page of a site that asks."""
    site.attributes["data-consent"] = "required"
    page.goto(f"{site.url}/one")
    loaded(page)
    page.evaluate("klantreis.consent('granted')")
    receiver.wait_for(lambda: receiver.of_type("consent"), "the grant")
    page.goto(f"{site.url}/two")
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "the second view")
    first, second = receiver.of_type("page_view")
    assert nobodys(first)
    assert second["visitor_id"] == receiver.of_type("consent")[0]["visitor_id"]


def test_a_grant_called_before_the_script_counts_for_the_first_view(
    page: Page, site: Site, receiver: FaultyReceiver
) -> None:
    """A consent tool that answers before the script has come is heard."""
    site.attributes["data-consent"] = "required"
    site.head = STUB + "<script>klantreis.consent('granted')</script>"
    page.goto(f"{site.url}/one")
    receiver.wait_for(lambda: receiver.of_type("page_view"), "the view")
    assert receiver.of_type("page_view")[0]["visitor_id"]
    page.wait_for_function("localStorage.length == 1")
    receiver.served.stop()
    page.evaluate("klantreis.track('search')")
    stored(page)
    assert traces(page)["databases"] == ["klantreis:demo"]


def test_a_withdrawal_removes_everything(
    context: BrowserContext, page: Page, site: Site, receiver: FaultyReceiver
) -> None:
    """After a withdrawal in one tab nothing is stored, and no tab of the site tells of anybody any more."""
    page.goto(f"{site.url}/one")
    loaded(page)
    other = context.new_page()
    other.goto(f"{site.url}/two")
    receiver.wait_for(lambda: len(receiver.stored) == 2, "both views")
    receiver.fail(503)
    other.evaluate("klantreis.track('product_view')")
    stored(other)

    page.evaluate("klantreis.consent('denied')")
    page.wait_for_function("async () => !localStorage.length && !(await indexedDB.databases()).length", timeout=10_000)
    receiver.heal()
    page.evaluate("klantreis.track('search')")
    other.evaluate("klantreis.track('share')")
    receiver.wait_for(lambda: receiver.of_type("search") and receiver.of_type("share"), "both")
    assert nobodys(receiver.of_type("search")[0])
    assert nobodys(receiver.of_type("share")[0])
    assert nobodys(receiver.of_type("consent")[0])
    assert receiver.of_type("product_view") == []
    assert traces(page) == NOTHING


def test_changing_ones_mind_at_once(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A consent tool that says no and yes in one breath leaves a queue that works and stays."""
    page.goto(f"{site.url}/one")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the view")
    receiver.fail(503)
    page.evaluate("klantreis.consent('required'); klantreis.consent('granted'); klantreis.track('search')")
    stored(page)
    receiver.served.stop()
    page.goto(f"{site.url}/bare")
    receiver.heal()
    receiver.served.start()
    page.goto(f"{site.url}/two")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search, from the device")


DNT = "Object.defineProperty(Navigator.prototype, 'doNotTrack', {value: '1'})"


def full(site: Site, receiver: FaultyReceiver, **attributes: str) -> None:
    """The tag with everything, and these attributes."""
    site.script_url = f"{receiver.url}/k.full.js"
    site.attributes |= {f"data-{name.replace('_', '-')}": value for name, value in attributes.items()}


def test_do_not_track(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Do Not Track is a no by default, and is said; a site may tell the SDK that it is none."""
    page.add_init_script(DNT)
    page.goto(f"{site.url}/one")
    loaded(page)
    page.evaluate(TELLING)
    receiver.wait_for(lambda: len(receiver.stored) == 2, "both")
    assert all(nobodys(one) and one["consent"] == {"state": "granted", "dnt": True} for one in receiver.stored.values())
    assert traces(page) == NOTHING
    full(site, receiver, ignore_dnt="")
    page.goto(f"{site.url}/two")
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "the second view")
    [second] = [one for one in receiver.of_type("page_view") if one["page"]["path"] == "/two"]
    assert second["visitor_id"]
    assert second["consent"] == {"state": "granted"}


@pytest.mark.parametrize("why", ["required", "denied", "gpc", "dnt", "cookieless"])
def test_nothing_identifying_leaves_and_nothing_is_stored(
    page: Page, site: Site, receiver: FaultyReceiver, why: str
) -> None:
    """With everything that the SDK has, in each state without consent: the log of requests and of the device."""
    if why in ("required", "denied"):
        full(site, receiver, consent=why)
    else:
        full(site, receiver, **({"cookieless": ""} if why == "cookieless" else {}))
    if why in ("gpc", "dnt"):
        page.add_init_script({"gpc": GPC, "dnt": DNT}[why])
    page.goto(f"{site.url}/landing?gclid=person&email=anna@example.org&kr_amb=anna-code&kr_receipt={RECEIPT}")
    loaded(page)
    page.evaluate(TELLING)
    page.mouse.move(5, 5)
    page.wait_for_timeout(1100)
    assert traces(page) == NOTHING
    page.goto(f"{site.url}/next")
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "the next page")
    assert len(receiver.stored) >= 3
    assert all(nobodys(one) for one in receiver.stored.values())
    for secret in ("person", "anna", "customer-7", "aaaaaa", "kr_amb", "kr_receipt", RECEIPT):
        assert secret not in str(receiver.batches), secret
    assert traces(page) == NOTHING


def test_who_is_forgotten_comes_back_as_somebody_else(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Everything on the device goes, what waits included; the yes too."""
    full(site, receiver, consent="required")
    page.goto(f"{site.url}/one")
    loaded(page)
    page.evaluate("klantreis.consent('granted'); klantreis.track('search')")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    page.evaluate("klantreis.forget()")
    page.wait_for_function("async () => !localStorage.length && !(await indexedDB.databases()).length", timeout=10_000)
    page.goto(f"{site.url}/two")
    receiver.wait_for(lambda: len(receiver.of_type("page_view")) == 2, "the second view")
    assert all(nobodys(one) and one["consent"] == {"state": "required"} for one in receiver.of_type("page_view"))
    assert traces(page) == NOTHING


def test_a_no_stops_what_is_being_sent(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """After an outage hundreds wait; the person says no during the first request: no other one begins."""
    receiver.fail(503)
    page.goto(f"{site.url}/")
    loaded(page)
    page.evaluate("for (let number = 0; number < 250; number++) klantreis.track('search')")
    stored(page, 251)
    under_way, go_on = threading.Event(), threading.Event()

    def hold(body: dict[str, Any]) -> None:
        under_way.set()
        go_on.wait(30)

    receiver.batches.clear()
    receiver.fault = hold
    page.evaluate("dispatchEvent(new Event('online'))")
    assert under_way.wait(30)
    page.evaluate("klantreis.consent('denied')")
    go_on.set()
    receiver.wait_for(lambda: receiver.of_type("consent"), "the no itself")
    page.wait_for_timeout(1500)
    personal = [batch for batch in receiver.batches if any("visitor_id" in one for one in batch.touchpoints)]
    assert len(personal) == 1
