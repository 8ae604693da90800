"""Each word of the shop is a touchpoint that the collector takes as it is, with nothing set aside."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from klantreis_store import Line, Person, Shop, Store, TouchpointError, new_code, receipt_link, shelf_link
from klantreis_store.outbox import KEPT_LONGEST, LOW_VALUE

from collector.touchpoint import STANDARD_TYPES, Touchpoint

SHOP = Shop("utrecht", name="Utrecht Centrum", city="Utrecht", country="NL", till="3", desk="service")
BOOTS = Line("hiker-43", name="Hiker", price=Decimal("129.95"), quantity=2, brand="Alp", category="boots", variant="43")
SOMEBODY = Person("c-7", "2912", " Ann@Shop.example ", "+31 6-1234 5678", "v-1", "s-1", "v-2", "granted")


@pytest.fixture
def store(quick_folder: Path) -> Store:
    """One that only stores."""
    return Store("http://127.0.0.1:9", key="k", folder=quick_folder, shop=SHOP, sends=False)


def told(store: Store) -> list[dict[str, Any]]:
    """What is in its outbox, each as the collector must be able to read it: strictly, without unknown fields."""
    found = [json.loads(one.body) for one in store._disk.do(lambda outbox: outbox.oldest(1000))]
    for one in found:
        msgspec.convert(one, Touchpoint, strict=True)
    return found


CALLS: dict[str, Callable[[Store], str]] = {
    "sale": lambda store: store.sale(
        "R-1", Decimal("259.90"), [BOOTS], payment="card", tax="45.11", discount=1, coupon="spring", person=SOMEBODY
    ),
    "return_made": lambda store: store.return_made("R-1", "129.95", [BOOTS], reason="size", person=SOMEBODY),
    "exchange": lambda store: store.exchange("R-1", [BOOTS], [Line("hiker-44", price="139.95", quantity=1)], "10.00"),
    "loyalty_scan": lambda store: store.loyalty_scan("2912", person=SOMEBODY),
    "store_visit": lambda store: store.visit(entrance="north"),
    "demonstration": lambda store: store.demonstration([BOOTS], channel="event"),
    "advice": lambda store: store.advice("boots", [BOOTS], waited_s=30.5, agents=1),
    "support_contact": lambda store: store.service(
        "delivery", waited_s=240, repeated=True, case="K-1", agents=2, answered=True, resolved=False, receipt="R-1"
    ),
    "repair": lambda store: store.repair(BOOTS, case="K-2", cost="25", receipt="R-1"),
    "feedback": lambda store: store.feedback(4, 5, kind="smileys"),
    "order": lambda store: store.order("A-1", "129.95", [BOOTS], shipping="4.95", payment="link"),
    "email_opened": lambda store: store.email("opened", "spring", person=SOMEBODY),
    "identify": lambda store: store.track(
        "identify", person=SOMEBODY, properties={"price": 0.5, "size": Decimal("4.50")}
    ),
}


@pytest.mark.parametrize("type", CALLS)
def test_each_word_is_taken_as_it_is(store: Store, type: str) -> None:
    """Of a standard type, in the contract's fields, strictly read; also with nobody known."""
    identified = CALLS[type](store)
    [one] = told(store)
    assert (one["id"], one["type"]) == (identified, type)
    assert type in STANDARD_TYPES


def test_a_sale_has_its_lines_and_its_person(store: Store) -> None:
    """Amounts are decimal texts, the person is told by what is known, and hashes stand for address and number."""
    CALLS["sale"](store)
    [one] = told(store)
    assert one["order"] == {
        "id": "R-1", "total": "259.90", "currency": "EUR", "tax": "45.11", "discount": "1", "coupon": "spring",
        "payment": "card",
    }  # fmt: skip
    assert one["products"] == [
        {"id": "hiker-43", "name": "Hiker", "price": "129.95", "quantity": 2, "brand": "Alp", "category": "boots",
         "variant": "43", "currency": "EUR"}
    ]  # fmt: skip
    assert one["store"] == SHOP.as_fields()
    # sha256sum of ann@shop.example and of +31612345678
    assert one["identity"]["email_hash"] == "6a0bf011a1fc1e9a8add1728704b8ddb5d9d2701ae295a65452d9f1f1cf91be5"
    assert one["identity"]["phone_hash"] == "fab7be8a931d1088a82f6acf9e468aaf6a3accc07d5112ee5d6fca93281e1583"
    assert one["identity"]["loyalty_card"] == "2912"
    assert "Ann" not in json.dumps(one) and "6123" not in json.dumps(one)


def test_what_comes_back_is_negative(store: Store) -> None:
    """Of a return all of it, of an exchange what was brought, whichever sign the caller gave."""
    store.return_made("R-1", "-129.95", [Line("a", quantity=-1), Line("b", quantity=3), Line("c")])
    store.exchange("R-1", [Line("a", quantity=1)], [Line("b", quantity=1)])
    back, swapped = told(store)
    assert back["order"]["total"] == "-129.95"
    assert [line["quantity"] for line in back["products"]] == [-1, -3, -1]
    assert [line["quantity"] for line in swapped["products"]] == [-1, 1]


def test_a_person_without_consent_is_nobody(store: Store) -> None:
    """Nothing that tells who it was is stored, not even the place in the order."""
    store.sale("R-1", "10", person=Person("c-7", "2912", consent="denied"))
    store.track("search", more={"visitor_id": "v-1", "consent": {"gpc": True}})
    for one in told(store):
        assert not one.keys() & {"visitor_id", "customer_id", "identity", "sequence"}
        assert one["consent"]


@pytest.mark.parametrize(
    ("call", "names"),
    [
        (lambda store: store.sale("R", 129.95), "total"),
        (lambda store: store.sale("R", "12,50"), "total"),
        (lambda store: store.sale("R", Decimal("NaN")), "total"),
        (lambda store: store.sale("R", "1.23456"), "total"),
        (lambda store: store.sale("R", True), "total"),
        (lambda store: store.sale("R", "1", [Line(price=0.1)]), "price"),
        (lambda store: store.sale("R", "1", [Line(quantity=0.5)]), "quantity"),
        (lambda store: store.track("order", more={"order": {"total": 1.5}}), "total"),
        (lambda store: store.track("No Type"), "type"),
        (lambda store: store.track("search", more={"id": "mine"}), "id"),
        (lambda store: store.track("search", properties={"a": object()}), "search"),
        (lambda store: store.track("search", properties={"a": float("nan")}), "search"),
        (lambda store: store.track("search", properties={"a": "x" * 40_000}), "search"),
        (lambda store: store.visit(occurred_at=datetime(2026, 1, 31)), "occurred_at"),  # noqa: DTZ001
        (lambda store: store.visit(person=Person(consent="yes")), "consent"),
        (lambda store: store.email("read", "spring"), "what"),
    ],
)
def test_a_mistake_is_told_by_its_name(store: Store, call: Callable[[Store], str], names: str) -> None:
    """At once, to whoever made it, and nothing of it is stored."""
    with pytest.raises(TouchpointError, match=f"^{names}: "):
        call(store)
    assert told(store) == []


def test_odd_texts_and_long_receipts_cost_nothing_else(store: Store) -> None:
    """Half an emoji, control characters, three hundred lines: the sale is told."""
    store.sale("R-\ud83d \x00", "1", [Line(f"p-{n}", price="1.5000", quantity=1) for n in range(300)])
    [one] = told(store)
    assert one["order"]["id"] == "R-? \x00"
    assert len(one["products"]) == 200 and one["properties"] == {"lines_left_out": 100}


def test_what_happened_earlier_has_its_own_time(store: Store) -> None:
    """And no age by this machine's clock."""
    store.order("A-1", "1", occurred_at=datetime(2026, 1, 31, 12, tzinfo=timezone.utc))
    [one] = store._disk.do(lambda outbox: outbox.oldest(1))
    assert one.boot == 0
    assert told(store)[0]["occurred_at"] == 1769860800000


def test_codes_on_shelves_and_receipts_are_campaign_links() -> None:
    """With what the address had before, and a code that is another one each time."""
    assert shelf_link("https://shop.example/hiker?size=43#top", SHOP, place="A 12") == (
        "https://shop.example/hiker?size=43&utm_medium=qr&utm_source=utrecht&utm_campaign=shelf&utm_content=A+12&kr_src=store.utrecht#top"
    )
    code = new_code()
    assert receipt_link("https://shop.example/review?utm_medium=x", SHOP, code).endswith(f"&kr_receipt={code}")
    assert "utm_medium=x" not in receipt_link("https://shop.example/review?utm_medium=x", SHOP, code)
    assert code != new_code()
    with pytest.raises(TouchpointError, match=r"^page: "):
        shelf_link("/hiker", SHOP)


def test_what_is_dropped_first_is_as_the_contract_has_it() -> None:
    """The types of low value are those of all SDKs, and those with money in them are standard types."""
    contract = json.loads((Path(__file__).parents[2] / "sdk/contract/touchpoints.schema.json").read_text("utf-8"))
    if "x-low-value-types" not in contract:
        pytest.skip("the contract does not name types of low value yet")
    assert sorted(contract["x-low-value-types"]) == sorted(LOW_VALUE)
    assert STANDARD_TYPES.keys() >= KEPT_LONGEST
