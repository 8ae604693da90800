"""The pages on which somebody buys: cart, checkout, thanks."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from collector.demo.shop.addresses import STEPS
from collector.demo.shop.cart import Cart, Line, euro
from collector.demo.shop.markup import Html, as_json, render
from collector.demo.shop.pages import Shown
from collector.demo.shop.view import Telling, View
from collector.demo.shop.words import picture


def cart(view: View) -> Shown:
    """What is in the cart."""
    if not view.cart.lines:
        return _empty(view, "cart_title", "cart_empty"), None
    content = view.fill(
        "cart",
        lines=[_line(view, line) for line in view.cart.lines],
        sums=_sums(view, view.cart),
        checkout_url=view.address.to("checkout"),
        home_url=view.address.to("home"),
    )
    return content, Telling("cart_view", view.cart.fields())


def checkout(view: View) -> Shown:
    """A step of the checkout."""
    if not view.cart.lines:
        return _empty(view, "checkout_title", "cart_empty"), None
    step, steps = view.address.step, len(STEPS[view.address.language])
    last = step == steps
    fields = view.cart.fields()
    order = {**fields["order"], "step": step, "step_name": ("details", "delivery", "payment")[step - 1]}
    content = view.fill(
        "checkout",
        steps=[
            view.fill(
                "step", name=view.words[f"step_{one}"], current=Html(' aria-current="step"') if one == step else ""
            )
            for one in range(1, steps + 1)
        ],
        next_url=view.address.to("thanks") if last else view.address.to("checkout", step=step + 1),
        acts=render("attribute", {}, name="order", value=as_json(fields)) if last else "",
        heading=view.words[f"step_{step}"],
        inputs=view.fill(f"step_{step}"),
        button=view.words["place_order" if last else "next_step"],
        lines=_summary(view, view.cart),
        sums=_sums(view, view.cart),
    )
    return content, Telling("checkout_step", {**fields, "order": order})


def thanks(view: View) -> Shown:
    """The order was placed."""
    if view.ordered is None:
        return _empty(view, "cart_title", "thanks_none"), None
    number, payment, bought = view.ordered
    fields = bought.fields()
    order = {**fields["order"], "id": number, "payment": payment}
    confirmation = {"order": {"id": number, "total": order["total"], "currency": "EUR", "confirmation": "requested"}}
    content = view.fill(
        "thanks",
        text=view.say("thanks_text", order=number),
        confirmation=as_json(confirmation),
        lines=_summary(view, bought),
        sums=_sums(view, bought),
    )
    return content, Telling("order", {**fields, "order": order}, once=number)


def _empty(view: View, heading: str, text: str) -> Html:
    return view.fill(
        "empty",
        heading=view.words[heading],
        text=view.words[text],
        url=view.address.to("home"),
        button=view.words["cart_continue"],
    )


def _line(view: View, line: Line) -> Html:
    language = view.address.language
    return view.fill(
        "line",
        url=view.address.to("product", line.product),
        picture=picture(line.product.slug["nl"]),
        name=view.name(line.product),
        quantity=line.quantity,
        amount=euro(line.product.price, language),
        total=euro(line.total, language),
        id=line.product.slug["nl"],
        fields=as_json({"product": line.product.fields(line.quantity)}),
    )


def _summary(view: View, of: Cart) -> list[Html]:
    return [
        view.fill(
            "summary",
            quantity=line.quantity,
            name=view.name(line.product),
            total=euro(line.total, view.address.language),
        )
        for line in of.lines
    ]


def _sums(view: View, of: Cart) -> Html:
    language = view.address.language
    return view.fill(
        "sums",
        goods=euro(of.goods, language),
        shipping=euro(of.shipping, language) if of.shipping > Decimal(0) else view.words["cart_free"],
        total=euro(of.total, language),
    )


PAGES: dict[str, Callable[[View], Shown]] = {"cart": cart, "checkout": checkout, "thanks": thanks}
