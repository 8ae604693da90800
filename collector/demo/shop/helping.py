"""The pages on which the company helps: service, stores, quotation, warranty, returns, order status."""

from __future__ import annotations

from collections.abc import Callable

from collector.demo.catalogue import STORES, Store
from collector.demo.shop.addresses import GOODS
from collector.demo.shop.markup import Html, as_json
from collector.demo.shop.pages import Shown
from collector.demo.shop.view import View
from collector.demo.shop.words import place

TOPICS = ("delivery", "product", "return", "payment")
LINKS = {
    "link_returns": "returns",
    "link_order_status": "order_status",
    "link_warranty": "warranty",
    "link_quote": "quote",
}


def service(view: View) -> Shown:
    """Customer service: by phone, chat or letter."""
    links = [
        view.fill("item", item=view.fill("link", url=view.address.to(kind), name=view.words[text]))
        for text, kind in LINKS.items()
    ]
    return view.fill(
        "service",
        phone_fields=as_json({"contact": {"topic": "phone"}}),
        chat_fields=as_json({"channel": "chat", "contact": {"direction": "inbound"}}),
        form_fields=as_json({"contact": {"direction": "inbound"}}),
        links=links,
        topics=[view.fill("option", value=topic, name=view.words[f"topic_{topic}"]) for topic in TOPICS],
    ), None


def stores(view: View) -> Shown:
    """Where the stores are, and when they are open."""
    return view.fill("stores", stores=[_store(view, store) for store in STORES]), None


def quote(view: View) -> Shown:
    """A quotation for a business."""
    inputs = [
        _input(view, "company", "company_name", 'required maxlength="120" autocomplete="organization"'),
        _input(view, "what", "quote_what", 'required maxlength="500"'),
        _input(view, "email", "email", 'type="email" required maxlength="120" autocomplete="email"'),
    ]
    return _form(view, "quote", "quote_requested", inputs, fields={"company": {"type": "b2b"}}), None


def warranty(view: View) -> Shown:
    """Register what one bought."""
    options = [view.fill("option", value=one.slug["nl"], name=view.name(one)) for one in GOODS]
    chosen = view.fill("choose", name="product", label=view.words["warranty_product"], options=options)
    return _form(view, "warranty", "warranty_registered", [chosen]), None


def returns(view: View) -> Shown:
    """Announce that something comes back."""
    inputs = [_input(view, "order", "returns_order", 'required maxlength="20" placeholder="DG-"')]
    return _form(view, "returns", "return_requested", inputs), None


def order_status(view: View) -> Shown:
    """Where the parcel is. The address itself says what this is: nothing more is told."""
    return view.fill(
        "empty",
        heading=view.words["order_status_title"],
        text=view.words["order_status_text"],
        url=view.address.to("service"),
        button=view.words["menu_service"],
    ), None


def _store(view: View, store: Store) -> Html:
    fields = as_json({"store": {"id": store.id, "city": store.city, "country": "NL"}})
    return view.fill("store", city=store.city, fields=fields, **place(store.id))


def _input(view: View, name: str, label: str, attributes: str) -> Html:
    return view.fill("input", name=name, label=view.words[label], attributes=Html(attributes))


def _form(view: View, name: str, told_as: str, inputs: list[Html], fields: dict[str, object] | None = None) -> Html:
    return view.fill(
        "form",
        heading=view.words[f"{name}_title"],
        text=view.words[f"{name}_text"],
        told_as=told_as,
        fields=as_json(fields or {}),
        done=view.words[f"{name}_done"],
        inputs=inputs,
        button=view.words[f"{name}_button"],
    )


PAGES: dict[str, Callable[[View], Shown]] = {
    "service": service,
    "store": stores,
    "quote": quote,
    "warranty": warranty,
    "returns": returns,
    "order_status": order_status,
}
