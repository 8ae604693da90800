"""Sites whose pages change without a load."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import loaded
from tests.web.site_under_test import Site

pytestmark = pytest.mark.browser


def views(receiver: FaultyReceiver) -> list[str]:
    """Paths of the page views, in order."""
    return [one["page"]["path"] for one in receiver.of_type("page_view")]


@pytest.fixture
def app(page: Page, site: Site, receiver: FaultyReceiver) -> Page:
    """A page at /home whose view has arrived."""
    page.goto(f"{site.url}/home")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    return page


def test_pushed_addresses_are_pages(app: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Each pushed address is one page view, with the title that the router sets after it and the page before it."""
    app.evaluate("history.pushState({}, '', '/list'); setTimeout(() => { document.title = 'The list' }, 20)")
    receiver.wait_for(lambda: views(receiver) == ["/home", "/list"], "the list")
    app.evaluate("history.pushState({}, '', '/detail?id=1')")
    receiver.wait_for(lambda: views(receiver) == ["/home", "/list", "/detail"], "the detail")
    _, listed, detail = receiver.of_type("page_view")
    assert listed["page"]["title"] == "The list"
    assert listed["page"]["referrer"] == f"{site.url}/home"
    assert detail["page"]["url"] == f"{site.url}/detail?id=1"
    assert detail["page"]["referrer"] == f"{site.url}/list"


def test_back_and_forward(app: Page, receiver: FaultyReceiver) -> None:
    """Going back within the page is a view of the page that is shown then."""
    app.evaluate("history.pushState({}, '', '/list')")
    receiver.wait_for(lambda: views(receiver) == ["/home", "/list"], "the list")
    app.go_back()
    receiver.wait_for(lambda: views(receiver) == ["/home", "/list", "/home"], "home again")


def test_what_happens_on_a_page_follows_its_view(app: Page, receiver: FaultyReceiver) -> None:
    """A touchpoint told right after the address changed belongs to the new page and comes after its view."""
    app.evaluate("history.pushState({}, '', '/product/1'); klantreis.track('product_view', {product: {id: '1'}})")
    receiver.wait_for(lambda: receiver.of_type("product_view"), "the product view")
    told = sorted(receiver.stored.values(), key=lambda one: int(one["sequence"]))
    assert [one["type"] for one in told] == ["page_view", "page_view", "product_view"]
    assert told[2]["page"]["path"] == "/product/1"


def test_two_pushes_at_once(app: Page, receiver: FaultyReceiver) -> None:
    """Two addresses pushed one right after the other are two views."""
    app.evaluate("history.pushState({}, '', '/a'); history.pushState({}, '', '/b')")
    receiver.wait_for(lambda: views(receiver) == ["/home", "/a", "/b"], "both")


def test_what_is_no_navigation(app: Page, receiver: FaultyReceiver) -> None:
    """The same address again, a fragment, a replaced query and state alone are no page views."""
    app.evaluate(
        """() => {
            history.pushState({a: 1}, '', location.href);
            history.replaceState({a: 2}, '');
            history.replaceState({}, '', '/home?sort=price');
            location.hash = 'reviews';
        }"""
    )
    app.wait_for_timeout(300)
    app.evaluate("klantreis.track('search')")
    receiver.wait_for(lambda: receiver.of_type("search"), "the search")
    assert views(receiver) == ["/home"]


def test_a_redirect_is_one_page(app: Page, receiver: FaultyReceiver) -> None:
    """A router that pushes an address and replaces its path at once has shown the second only."""
    app.evaluate("history.pushState({}, '', '/account'); history.replaceState({}, '', '/login')")
    receiver.wait_for(lambda: views(receiver) == ["/home", "/login"], "the login")


def test_routers_in_the_fragment(app: Page, site: Site, receiver: FaultyReceiver) -> None:
    """A fragment that is a route (#/cart) is a page; one that may be a secret is never told."""
    app.evaluate("location.hash = '#/cart'")
    receiver.wait_for(lambda: len(views(receiver)) == 2, "the cart")
    assert receiver.of_type("page_view")[1]["page"]["url"] == f"{site.url}/home#/cart"
    app.goto(f"{site.url}/callback#access_token=secret")
    receiver.wait_for(lambda: "/callback" in views(receiver), "the callback")
    assert "secret" not in str(receiver.stored)


def test_the_page_keeps_its_own_history(page: Page, site: Site) -> None:
    """The patched functions still do what the page asks, and throw what it does wrong."""
    page.goto(f"{site.url}/home")
    loaded(page)
    assert page.evaluate("history.pushState({mine: 1}, '', '/x'), [history.state.mine, location.pathname]") == [1, "/x"]
    assert (
        page.evaluate(
            "() => { try { history.pushState({}, '', 'https://other.example/') } catch (error) { return error.name } }"
        )
        == "SecurityError"
    )


def test_a_router_in_the_fragment_behind_a_campaign(page: Page, site: Site, receiver: FaultyReceiver) -> None:
    """Whoever came by a campaign keeps its query before the fragment: pages are told apart all the same."""
    page.goto(f"{site.url}/app?utm_source=mail#/home")
    receiver.wait_for(lambda: views(receiver) == ["/app#/home"], "the first page")
    page.evaluate("location.hash = '/cart'")
    receiver.wait_for(lambda: views(receiver) == ["/app#/home", "/app#/cart"], "the cart")
    page.evaluate("history.replaceState({}, '', '/app?utm_source=mail#/checkout')")
    receiver.wait_for(lambda: views(receiver)[-1] == "/app#/checkout", "the checkout")
