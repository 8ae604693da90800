"""What happens once it is bought: delivery, first use, trouble, returning, repairing, an accessory, a score."""

from __future__ import annotations

from typing import Any

from collector.demo import arrivals, buying, catalogue, rates
from collector.demo.hours import CARRIER, DAY, HOUR, MINUTE, STORE
from collector.demo.model import State
from collector.demo.traveller import Line, Traveller
from collector.demo.visit import Visit


def receive(traveller: Traveller) -> State:
    """The carrier brings it, late now and then, or it is collected in the shop."""
    purchase = traveller.purchase
    late = traveller.chance(rates.DELIVERY_LATE)
    collected = purchase is not None and purchase.collected
    if late:
        traveller.now += traveller.lasts(1.5 * DAY)
    traveller.now = (STORE if collected else CARRIER).after(traveller.now, traveller.rng.expovariate(1.0))
    fields: dict[str, Any] = {**traveller.known_as(), "properties": {"late": late}}
    if purchase is not None:
        fields["order"] = {"id": purchase.id}
    if collected:
        fields["store"] = traveller.shop()
    traveller.tell(traveller.world.back_office, "delivery", "store" if collected else "partner", **fields)
    traveller.feel(-0.18 if late else 0.06)
    if traveller.chance(rates.DEFECT):
        traveller.feel(-0.15)
        return State.TROUBLED
    return State.OWNING


def start_using(traveller: Traveller) -> State:
    """A mail on first use, perhaps the manual, perhaps the warranty."""
    known = traveller.known_as(by="email")
    if traveller.person.customer_id:
        traveller.tell(traveller.world.mailer, "onboarding", "email", **known)
        if traveller.chance(rates.ONBOARDING_OPENED):
            traveller.now += traveller.lasts(2 * HOUR)
            traveller.tell(traveller.world.mailer, "email_opened", "email", **known)
    if traveller.chance(rates.MANUAL_READ):
        with Visit(traveller, traveller.person.browser(), arrivals.mail("eerste-gebruik")) as visit:
            visit.show("manual", traveller.interest)
            visit.touch("manual_read", product=traveller.interest.fields())
            if traveller.chance(rates.WARRANTY_REGISTERED):
                visit.show("warranty")
                visit.touch("warranty_registered", product=traveller.interest.fields())
    if traveller.chance(rates.DEFECT):
        traveller.feel(-0.15)
        return State.TROUBLED
    traveller.feel(0.04)
    return settled(traveller)


def answer_survey(traveller: Traveller) -> State:
    """How likely they are to recommend the shop, from 0 to 10; only who can be mailed is asked."""
    if traveller.person.customer_id is None:
        return settled(traveller)
    score = min(10, max(0, round(traveller.person.contentment * 10 + traveller.rng.gauss(0.8, 1.3))))
    feedback = {"kind": "nps", "score": float(score), "scale": 10.0}
    channel = traveller.rng.choices(("email", "web", "mobile"), (70, 20, 10))[0]
    traveller.tell(traveller.world.mailer, "feedback", channel, feedback=feedback, **traveller.known_as(by="email"))
    return State.TROUBLED if score <= 3 and traveller.chance(0.5) else settled(traveller)


def send_back(traveller: Traveller) -> State:
    """Ask for a return on the site, then send it or bring it back."""
    purchase = traveller.purchase
    order: dict[str, Any] = {"order": {"id": purchase.id}} if purchase else {}
    with Visit(traveller, traveller.person.browser()) as visit:
        visit.show("returns")
        if traveller.person.customer_id:
            visit.log_in()
        visit.touch("return_requested", **order)
    traveller.now += traveller.lasts(1.2 * DAY)
    if traveller.chance(rates.RETURNED_IN_STORE):
        traveller.now = STORE.after(traveller.now, traveller.rng.expovariate(1.0))
        exchanged = traveller.chance(rates.EXCHANGED)
        fields = {**traveller.known_as(), **order, "store": {**traveller.shop(), "desk": "service"}}
        traveller.tell(traveller.world.service, "exchange" if exchanged else "return_made", "store", **fields)
        traveller.feel(0.03)
        return State.OWNING if exchanged else State.SETTLED
    traveller.now = CARRIER.after(traveller.now, 1.0)
    traveller.tell(traveller.world.back_office, "return_made", "partner", **traveller.known_as(), **order)
    traveller.feel(-0.05)
    return State.SETTLED


def have_repaired(traveller: Traveller) -> State:
    """Brought to the shop, mended there."""
    traveller.now = STORE.after(traveller.now, traveller.rng.expovariate(1.0))
    fields = {**traveller.known_as(), "store": {**traveller.shop(), "desk": "service"}}
    traveller.tell(traveller.world.service, "support_contact", "store", contact=_brought(traveller), **fields)
    traveller.now = STORE.after(traveller.now + traveller.lasts(2 * DAY), 1.0)
    traveller.tell(traveller.world.service, "repair", "store", product=traveller.interest.fields(), **fields)
    traveller.case = None
    traveller.feel(0.08)
    return settled(traveller)


def buy_accessory(traveller: Traveller) -> State:
    """What goes with it: the second order."""
    traveller.interest = catalogue.accessory(traveller.interest)
    traveller.basket = [Line(traveller.interest, 1)]
    if traveller.chance(0.35):
        traveller.now = STORE.after(traveller.now, traveller.rng.expovariate(1.0))
        return buying.buy_at_till(traveller)
    outcome = buying.check_out(traveller)
    return outcome if outcome is State.WAITING else State.SETTLED


def settled(traveller: Traveller) -> State:
    """Content enough to speak of it, or just content."""
    return State.FAN if traveller.fan() and traveller.chance(0.4) else State.SETTLED


def _brought(traveller: Traveller) -> dict[str, Any]:
    return {
        "case": traveller.case_number(), "topic": "reparatie", "direction": "inbound",
        "waited_s": round(traveller.lasts(3 * MINUTE)), "agents": 1, "repeated": False, "answered": True,
        "resolved": True,
    }  # fmt: skip
