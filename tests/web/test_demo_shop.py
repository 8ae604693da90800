"""The demo shop as a visitor sees it, and what it tells of the visit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

import httpx
import pytest
from playwright.sync_api import Page, expect
from starlette.applications import Starlette

from collector.demo import site as addresses_of_the_crowd
from collector.demo.shop.addresses import ADDRESSES, LANGUAGES
from collector.demo.shop.app import PAGES, routes
from collector.demo.shop.cart import Cart, euro
from collector.touchpoint import STANDARD_TYPES
from tests.web.faulty_receiver import FaultyReceiver
from tests.web.queues import emptied, loaded
from tests.web.serving import Served

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>${key}$"

JOURNEY = [
    "page_view",
    "page_view", "product_list_view",
    "page_view", "product_view", "cart_add",
    "page_view", "cart_view",
    "page_view", "checkout_step", "identify",
    "page_view", "checkout_step",
    "page_view", "checkout_step", "payment",
    "page_view", "order",
]  # fmt: skip
"""From home to thanks."""

LABELS = {
    "en": ("Garden", "Green watering can", "Add to cart", "Cart", "To the checkout", "Continue", "Place order"),
    "nl": ("Tuin", "Groene gieter", "In winkelwagen", "Winkelwagen", "Afrekenen", "Verder", "Bestelling plaatsen"),
}


@pytest.fixture
def shop(receiver: FaultyReceiver) -> Iterator[Served]:
    """The shop, on an origin of its own, telling the faulty receiver."""
    served = Served(Starlette(routes=routes(f"{receiver.url}/k.js")))
    served.start()
    yield served
    served.leave()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    """The shop without a browser."""
    served = Served(Starlette(routes=routes()))
    served.start()
    with httpx.Client(base_url=served.url, follow_redirects=True, timeout=60) as made:
        yield made
    served.leave()


def buy(page: Page, language: str) -> None:
    """Go from home to thanks as a customer does: by links and buttons."""
    category, product, add, cart, checkout, further, place = LABELS[language]
    page.get_by_role("link", name=category, exact=True).first.click()
    loaded(page)
    page.get_by_role("heading", name=product).get_by_role("link").click()
    loaded(page)
    page.get_by_role("button", name=add, exact=True).click()
    page.get_by_role("link", name=re.compile(f"^{cart} ")).click()
    loaded(page)
    page.get_by_role("link", name=checkout).click()
    loaded(page)
    for field in page.locator("form.panel input").all():
        field.fill("anna@example.org" if field.get_attribute("type") == "email" else "Anna")
    for button in (further, further, place):
        loaded(page)
        with page.expect_navigation():
            page.get_by_role("button", name=button).click()
    page.wait_for_url(re.compile(r"/(thanks|bedankt)$"))
    loaded(page)


def sequence(receiver: FaultyReceiver) -> list[str]:
    """Types of what was stored, in the visitor's own order."""
    return [one["type"] for one in sorted(receiver.stored.values(), key=lambda one: int(one["sequence"]))]


@pytest.mark.browser
@pytest.mark.parametrize("language", LANGUAGES)
def test_from_home_to_thanks(page: Page, shop: Served, receiver: FaultyReceiver, language: str) -> None:
    """A visit that ends in an order tells exactly of what happened, in order, as one visitor in one session."""
    page.goto(f"{shop.url}/demo/{language}/")
    buy(page, language)
    receiver.wait_for(lambda: len(receiver.stored) >= len(JOURNEY), "the whole journey")
    emptied(page)
    assert sequence(receiver) == JOURNEY
    [order], [payment], [added] = (receiver.of_type(name) for name in ("order", "payment", "cart_add"))
    assert order["order"]["id"] == payment["order"]["id"]
    assert Decimal(order["order"]["total"]) == Decimal("29.90")
    assert order["order"]["currency"] == "EUR"
    assert order["products"] == [{**added["product"], "quantity": 1}]
    assert order["customer_id"] == receiver.of_type("identify")[0]["customer_id"]
    assert "anna@example.org" not in str(receiver.batches)
    assert len({one["visitor_id"] for one in receiver.stored.values()}) == 1
    assert len({one["session_id"] for one in receiver.stored.values()}) == 1
    assert set(receiver.types()) <= set(STANDARD_TYPES)

    page.reload()
    receiver.wait_for(lambda: len(receiver.stored) == len(JOURNEY) + 1, "the page view of the reload")
    assert sequence(receiver) == [*JOURNEY, "page_view"]


@pytest.mark.browser
def test_the_shop_works_while_the_collector_is_away(page: Page, shop: Served, receiver: FaultyReceiver) -> None:
    """Somebody buys while the collector cannot be reached; when it is back, the whole journey arrives."""
    page.goto(f"{shop.url}/demo/en/")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the first page view")
    receiver.served.stop()
    buy(page, "en")
    page.wait_for_timeout(300)
    receiver.served.start()
    receiver.wait_for(lambda: len(receiver.stored) >= len(JOURNEY), "the whole journey", 30)
    assert sequence(receiver) == JOURNEY
    emptied(page)


@pytest.mark.browser
def test_service_stores_and_reviews(page: Page, shop: Served, receiver: FaultyReceiver) -> None:
    """What somebody does beside buying is told too, with what they chose and nothing that they typed."""
    page.goto(f"{shop.url}/demo/en/service")
    page.get_by_role("button", name="Show the phone number").click()
    expect(page.get_by_role("button", name="030 555 01 42")).to_be_disabled()
    page.get_by_role("button", name="Start a chat").click()
    page.get_by_label("What is it about?").select_option("return")
    page.get_by_label("Your question").fill("my secret question")
    page.get_by_label("Email address").fill("anna@example.org")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("link", name="Stores").first.click()
    loaded(page)
    page.get_by_text("Opening hours").first.click()
    # Browsers tell of it a moment later: not at all, if the page is left in that moment.
    receiver.wait_for(lambda: receiver.of_type("hours_lookup"), "the opening hours")
    page.goto(f"{shop.url}/demo/en/review/barbecue")
    page.get_by_role("radio").nth(1).check()
    page.get_by_label("Your experience").fill("my secret opinion")
    page.get_by_role("button", name="Place review").click()
    page.goto(f"{shop.url}/demo/en/search?q=garden")
    page.goto(f"{shop.url}/demo/nl/handleiding/pizzaoven")
    told = {
        "chat_started", "contact_lookup", "hours_lookup", "manual_read", "review_read", "review_written", "search",
        "support_contact",
    }  # fmt: skip
    receiver.wait_for(lambda: set(receiver.types()) - {"page_view"} >= told, "one of each")
    assert set(receiver.types()) == told | {"page_view"}
    assert receiver.of_type("support_contact")[0]["contact"] == {"direction": "inbound", "topic": "return"}
    assert receiver.of_type("review_written")[0]["feedback"] == {"kind": "stars", "score": 4, "scale": 5}
    assert receiver.of_type("hours_lookup")[0]["store"]["id"] == "utrecht"
    assert receiver.of_type("search")[0]["search"] == {"term": "garden", "results": 6}
    assert receiver.of_type("chat_started")[0]["channel"] == "chat"
    assert "secret" not in str(receiver.batches)


@pytest.mark.browser
def test_who_says_no_is_nobody_on_the_next_page_too(page: Page, shop: Served, receiver: FaultyReceiver) -> None:
    """The answer to the question at the bottom counts at once, and the server tells the next page of it."""
    page.goto(f"{shop.url}/demo/en/")
    receiver.wait_for(lambda: receiver.types() == ["page_view"], "the page view")
    page.get_by_role("button", name="No", exact=True).click()
    page.get_by_role("link", name="Tools", exact=True).first.click()
    receiver.wait_for(lambda: receiver.of_type("product_list_view"), "the list")
    assert "visitor_id" not in receiver.of_type("product_list_view")[0]
    assert page.evaluate("localStorage.length") == 0
    page.get_by_role("button", name="Yes", exact=True).click()
    page.get_by_role("link", name="Garden", exact=True).first.click()
    receiver.wait_for(lambda: len(receiver.of_type("product_list_view")) == 2, "the next list")
    assert "visitor_id" in receiver.of_type("product_list_view")[1]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "language"), [(360, "nl"), (1280, "en")])
def test_no_page_is_wider_than_the_screen(page: Page, shop: Served, width: int, language: str) -> None:
    """On a phone (and in the language of long words) as on a computer nothing has to be scrolled sideways."""
    page.set_viewport_size({"width": width, "height": 800})
    host = [{"name": name, "value": value, "url": f"{shop.url}/demo"} for name, value in BOUGHT.items()]
    page.context.add_cookies(host)  # type: ignore[arg-type]  # plain dicts are what it takes
    shown: dict[str, str] = {}
    for path, address in ADDRESSES.items():
        if address.language == language:
            shown.setdefault(f"{address.kind} {address.step}", path)
    for path in shown.values():
        page.goto(f"{shop.url}{path}", wait_until="domcontentloaded")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path


BOUGHT = {"cart": "tuinslang-25-m:9.loungeset:2", "order": "DG-ABC123~ideal", "ordered": "groene-gieter:1"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_address_is_a_page(client: httpx.Client, language: str) -> None:
    """Every page that the shop links to, and every page that the demo's crowd visits, is there."""
    client.cookies.update(BOUGHT)
    paths = {path for path, address in ADDRESSES.items() if address.language == language}
    assert {ADDRESSES[path].kind for path in paths} == set(addresses_of_the_crowd.KINDS) == set(PAGES)
    linked: set[str] = set()
    for path in paths:
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert "$" not in re.sub(r"data-fields=\"[^\"]*\"", "", answer.text), path
        linked |= set(re.findall(r'(?:href|action|data-next)="(/demo/[^"?]*)', answer.text))
    for path in linked:
        assert client.get(path).status_code == 200, path


def test_front_page_speaks_the_visitors_language(client: httpx.Client) -> None:
    """At /demo/ Dutch browsers get Dutch, all others English; /demo leads there."""
    assert '<html lang="nl">' in client.get("/demo/", headers={"Accept-Language": "nl-NL,nl;q=0.9"}).text
    assert '<html lang="en">' in client.get("/demo/", headers={"Accept-Language": "de, nl;q=0.5"}).text
    assert '<html lang="en">' in client.get("/demo").text


def test_what_visitors_send_is_never_markup(client: httpx.Client) -> None:
    """Query, path and cookies of an attacker come out escaped or not at all."""
    for name in ("cart", "order", "ordered", "consent"):
        client.cookies.set(name, HOSTILE.replace(";", "").replace('"', "%22").replace("'", "%27"))
    for path in ("/demo/en/search", "/demo/en/cart", "/demo/en/thanks", f"/demo/{HOSTILE}", "/demo/en/compare"):
        answer = client.get(path, params={"q": HOSTILE, "category": HOSTILE})
        assert answer.status_code in (200, 404)
        assert "<script>" not in answer.text
        assert "<img" not in answer.text
        assert "script-src 'self';" in answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("", 0),
        ("groene-gieter:2", 2),
        ("groene-gieter:2.barbecue:1", 3),
        ("groene-gieter:0", 0),
        ("groene-gieter:-1", 0),
        ("groene-gieter:10", 0),
        ("groene-gieter:٣", 0),
        ("groene-gieter", 0),
        ("nothing:1.barbecue:1", 1),
        ("barbecue:1.barbecue:9", 1),
        (":" * 5000 + "." * 5000, 0),
    ],
)
def test_cart_believes_nothing(cookie: str, expected: int) -> None:
    """Of a forged cart only what the shop sells is left, in numbers that it sells."""
    assert Cart.read(cookie).count == expected


def test_prices_are_written_as_people_write_them() -> None:
    """In English and in Dutch."""
    assert euro(Decimal("1249.00"), "en") == "€1,249.00"
    assert euro(Decimal("1249.00"), "nl") == "€ 1.249,00"
