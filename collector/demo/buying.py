"""How people buy: in the checkout, at the till, by phone, in a chat by a payment link; and how they leave it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from collector.demo import arrivals, catalogue, rates
from collector.demo.arrivals import DIRECT, Arrival
from collector.demo.catalogue import STORES
from collector.demo.delivery import touchpoint
from collector.demo.hours import HOUR, MINUTE
from collector.demo.model import State
from collector.demo.people import Device
from collector.demo.traveller import Line, Purchase, Traveller
from collector.demo.visit import Visit

STEPS = ("address", "delivery", "payment")
SHIPPING = Decimal("4.95")
FREE_SHIPPING_FROM = 50
CENT = Decimal("0.01")
VAT = Decimal(21)


def put_in_cart(visit: Visit) -> None:
    """Put what they have in mind in the cart, unless it is in it."""
    traveller = visit.traveller
    if any(line.product is traveller.interest for line in traveller.basket):
        return
    line = _line(traveller)
    traveller.basket.append(line)
    visit.touch("cart_add", product=line.product.fields(line.quantity))


def check_out(traveller: Traveller) -> State:
    """Order on the site, or leave the checkout half-way."""
    return _check_out(traveller, traveller.person.browser(), arrivals.coming_back(traveller.rng))


def reserve(traveller: Traveller) -> State:
    """Order on the telephone what the shop nearby has, and fetch it there."""
    return _check_out(traveller, traveller.person.phone, DIRECT, collected=True)


def order_in_app(traveller: Traveller) -> State:
    """Order in the app; who does not have it orders on the telephone's browser."""
    return _check_out(traveller, traveller.person.app or traveller.person.phone, DIRECT)


def open_cart_mail(traveller: Traveller) -> State:
    """The mail about a checkout that was left: opened or not, followed or not."""
    if traveller.person.customer_id is None:
        return State.HESITANT  # nobody knows where to send it
    known = traveller.known_as(by="email")
    campaign = dict(arrivals.mail("winkelwagen").campaign or {})
    traveller.tell(traveller.world.mailer, "email_sent", "email", campaign=campaign, **known)
    traveller.now += traveller.lasts(3 * HOUR)
    traveller.tell(traveller.world.mailer, "email_opened", "email", campaign=campaign, **known)
    if not traveller.chance(rates.CART_MAIL_CLICKED):
        return State.HESITANT
    traveller.now += traveller.lasts(40)
    traveller.tell(traveller.world.mailer, "email_clicked", "email", campaign=campaign, **known)
    return _check_out(traveller, traveller.person.browser(), arrivals.mail("winkelwagen"))


def _check_out(traveller: Traveller, device: Device, arrival: Arrival, *, collected: bool = False) -> State:
    with Visit(traveller, device, arrival) as visit:
        visit.show("product", traveller.interest)
        visit.touch("product_view", product=traveller.interest.fields())
        put_in_cart(visit)
        purchase = go_through(visit, collected=collected)
    return ordered_or_left(traveller, device, purchase)


def go_through(visit: Visit, *, collected: bool = False) -> Purchase | None:
    """From the cart to the page of thanks; None when the checkout is left on the way."""
    traveller = visit.traveller
    share = rates.CHECKOUT_LEFT_TWICE if traveller.checkouts_left else rates.CHECKOUT_LEFT
    share = rates.RESERVATION_LEFT if collected else share
    leaves_at = traveller.rng.randint(0, len(STEPS)) if traveller.chance(share) else None
    products = [line.product.fields(line.quantity) for line in traveller.basket]
    visit.show("cart")
    visit.touch("cart_view", order=cart(traveller), products=products)
    return _order(visit, collected=collected) if _walk_through(visit, leaves_at) else None


def ordered_or_left(traveller: Traveller, device: Device, purchase: Purchase | None) -> State:
    """What follows a checkout: a confirmation, or the note that it was abandoned."""
    if purchase is None:
        return _leave_checkout(traveller, device)
    _confirm(traveller, purchase)
    return State.WAITING


def _walk_through(visit: Visit, leaves_at: int | None) -> bool:
    """The steps of the checkout; False when it is left before the last is done."""
    visit.show("checkout")
    for number, name in enumerate(STEPS):
        if leaves_at == number:
            return False
        visit.touch("checkout_step", order={**cart(visit.traveller), "step": number + 1, "step_name": name})
        visit.pause(visit.traveller.lasts(visit.traveller.longs_for()))
        if name == "address":
            if visit.traveller.person.customer_id:
                visit.log_in()
            else:
                visit.identify()
    return leaves_at is None


def _leave_checkout(traveller: Traveller, device: Device) -> State:
    """An hour later the back office calls it abandoned, by the visitor id, or by nobody's without consent."""
    traveller.checkouts_left += 1
    traveller.now += HOUR
    fields: dict[str, Any] = {"order": cart(traveller), "company": traveller.company()}
    if device.known:
        fields["visitor_id"] = device.visitor_id
        if device.customer_id:
            fields["customer_id"] = device.customer_id
    channel = "mobile" if device.kind == "app" else "web"
    traveller.tell(traveller.world.back_office, "checkout_abandoned", channel, **fields)
    return State.HESITANT


def _order(visit: Visit, *, collected: bool) -> Purchase:
    """Pay and order: the last of the checkout, and the page of thanks after it."""
    traveller = visit.traveller
    payment = traveller.rng.choices(("ideal", "card", "paypal", "afterpay", "invoice"), _ways(traveller))[0]
    if traveller.chance(rates.PAYMENT_FAILS):
        visit.touch("payment", order={**cart(traveller), "payment": payment}, properties={"outcome": "failed"})
        visit.pause(traveller.lasts(40))
    purchase, order = _place(traveller, payment, collected=collected)
    visit.touch("payment", order=order, properties={"outcome": "paid"})
    person = traveller.person
    if traveller.chance(rates.MAKES_ACCOUNT) or person.customer_id or person.business:
        visit.log_in(new=person.customer_id is None)
    else:
        person.become_customer()  # a guest's order has a number too, which the browser does not know
    visit.touch("order", order=order, products=[line.product.fields(line.quantity) for line in purchase.lines])
    visit.show("thanks")
    if person.reached_by and purchase.total > 0 and traveller.chance(0.6):
        visit.touch("ambassador_code_used", ambassador={"code": person.reached_by}, order={"id": purchase.id})
        person.reached_by = None
    return purchase


def buy_at_till(traveller: Traveller) -> State:
    """Buy in the shop and take it along; with the card, the company knows who."""
    person, world = traveller.person, traveller.world
    traveller.now += traveller.lasts(4 * MINUTE)
    till = traveller.rng.randrange(STORES[person.store].tills)
    store = {**traveller.shop(), "till": str(till + 1)}
    who: dict[str, Any] = {"company": traveller.company()}
    if person.customer_id is None and traveller.chance(0.4):
        person.become_customer()
        person.loyalty_card = f"2600{person.number:09d}"
    if person.loyalty_card and traveller.chance(rates.LOYALTY_SHOWN):
        who |= {"customer_id": person.customer_id, "identity": {"loyalty_card": person.loyalty_card}}
        world.tills[person.store][till].record(
            traveller.now, touchpoint(traveller.rng, "loyalty_scan", traveller.now, "store", store=store, **who)
        )
        traveller.now += 20
    elif traveller.chance(rates.DIGITAL_RECEIPT):
        who |= {"identity": {"email_hash": person.email_hash}}
    purchase, order = _place(
        traveller, traveller.rng.choices(("card", "cash", "gift_card"), (86, 11, 3))[0], taken=True
    )
    products = [line.product.fields(line.quantity) for line in purchase.lines]
    world.tills[person.store][till].record(
        traveller.now,
        touchpoint(traveller.rng, "sale", traveller.now, "store", store=store, order=order, products=products, **who),
    )
    return State.OWNING


def order_by_phone(traveller: Traveller) -> State:
    """Order with an employee on the phone."""
    traveller.person.become_customer()
    known = traveller.known_as(by="phone")
    contact = {"topic": "bestellen", "direction": "inbound", "waited_s": round(traveller.lasts(70, 0.9)), "agents": 1,
               "answered": True, "resolved": True, "repeated": False}  # fmt: skip
    traveller.tell(traveller.world.service, "support_contact", "phone", contact=contact, **known)
    return _order_in_talk(traveller, "phone", "invoice", known)


def order_in_chat(traveller: Traveller) -> State:
    """Conversational payment: the adviser sends a link in the chat, and it is paid there."""
    traveller.person.become_customer()
    channel = traveller.rng.choice(("chat", "messaging"))
    return _order_in_talk(traveller, channel, "link", traveller.known_as(by="phone"))


def _order_in_talk(traveller: Traveller, channel: str, payment: str, known: dict[str, Any]) -> State:
    traveller.now += traveller.lasts(4 * MINUTE)
    purchase, order = _place(traveller, payment)
    traveller.now += traveller.lasts(2 * MINUTE)
    products = [line.product.fields(line.quantity) for line in purchase.lines]
    if payment == "link":
        traveller.tell(traveller.world.service, "payment", channel, order=order, **known)
    traveller.tell(traveller.world.service, "order", channel, order=order, products=products, **known)
    _confirm(traveller, purchase)
    return State.WAITING


def _confirm(traveller: Traveller, purchase: Purchase) -> None:
    """A confirmation is mailed; of dear orders, people who order for the first time ask for one themselves."""
    order = {"id": purchase.id, "total": str(purchase.total), "currency": "EUR"}
    worth = "dear" if purchase.total > rates.DEAR_ORDER_EUR else "cheap"
    known = traveller.known_as(by="email")
    traveller.now += traveller.rng.uniform(5, 90)
    traveller.tell(
        traveller.world.mailer, "order_confirmation", "email", order={**order, "confirmation": "sent"}, **known
    )
    if traveller.chance(rates.CONFIRMATION_ASKED[worth, "returning" if purchase.returning else "new"]):
        traveller.now += traveller.lasts(25 * MINUTE)
        channel = traveller.rng.choices(("email", "phone", "chat"), (55, 30, 15))[0]
        traveller.tell(
            traveller.world.service,
            "order_confirmation",
            channel,
            order={**order, "confirmation": "requested"},
            **known,
        )


def _place(
    traveller: Traveller, payment: str, *, taken: bool = False, collected: bool = False
) -> tuple[Purchase, dict[str, Any]]:
    """The purchase, and the order as `collector.touchpoint.Order`."""
    rng, person = traveller.rng, traveller.person
    lines = traveller.basket or [_line(traveller)]
    if traveller.chance(rates.SECOND_PRODUCT):
        lines = [*lines, Line(catalogue.accessory(lines[0].product), 1)]
    worth = sum((line.total for line in lines), Decimal(0))
    discount = (worth * Decimal(str(rates.COUPON_OFF))).quantize(CENT) if traveller.chance(rates.COUPON_USED) else None
    collected = collected or taken or traveller.chance(rates.COLLECTS_IN_STORE)
    shipping = Decimal(0) if collected or worth >= FREE_SHIPPING_FROM else SHIPPING
    total = worth - (discount or 0) + shipping
    order: dict[str, Any] = {
        "id": f"{'S' if taken else 'W'}{rng.getrandbits(36):011d}", "total": str(total), "currency": "EUR",
        "tax": str((total * VAT / (100 + VAT)).quantize(CENT)), "shipping": str(shipping), "payment": payment,
    }  # fmt: skip
    if discount is not None:
        order |= {"discount": str(discount), "coupon": "WELKOM10"}
    traveller.purchase = Purchase(order["id"], lines, total, person.orders > 0, collected, taken)
    person.orders += 1
    traveller.basket, traveller.checkouts_left = [], 0
    return traveller.purchase, order


def cart(traveller: Traveller) -> dict[str, Any]:
    """What is in the cart, as `collector.touchpoint.Order`."""
    return {"total": str(sum((line.total for line in traveller.basket), Decimal(0))), "currency": "EUR"}


def _line(traveller: Traveller) -> Line:
    return Line(traveller.interest, traveller.rng.randint(2, 8) if traveller.person.business else 1)


def _ways(traveller: Traveller) -> tuple[int, ...]:
    """How orders are paid in the Netherlands: mostly with iDEAL; businesses on account."""
    return (30, 10, 0, 0, 60) if traveller.person.business else (70, 9, 7, 14, 0)
