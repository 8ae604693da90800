"""How people ask the company something: by phone, chat, message, mail, at the counter; before a purchase and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from collector.demo import arrivals, looking, rates
from collector.demo.hours import MINUTE
from collector.demo.model import State
from collector.demo.traveller import Traveller
from collector.demo.visit import Visit

BEFORE = (("productadvies", 50), ("voorraad", 22), ("levertijd", 16), ("prijs", 12))
WHILE_WAITING = (("bestelstatus", 60), ("bezorging", 30), ("bestelling", 10))
AFTER = (("garantie", 22), ("defect", 26), ("retour", 24), ("storing", 16), ("factuur", 12))

FEELING = {"minded": -0.16, "repeated": -0.07, "unresolved": -0.06, "resolved": 0.05}


@dataclass(frozen=True)
class Talk:
    """How a contact went."""

    waited_s: float
    agents: int
    repeated: bool
    answered: bool
    resolved: bool
    minded: bool
    """It went so badly that it decides what comes next."""


def call(traveller: Traveller) -> State:
    """Telephone the service desk, which knows the number that calls."""
    return _talk(traveller, "phone", {**traveller.known_as(by="phone"), **_from_site(traveller)})


def message(traveller: Traveller) -> State:
    """WhatsApp or Messenger."""
    return _talk(traveller, "messaging", {**traveller.known_as(by="phone"), **_from_site(traveller)})


def write_mail(traveller: Traveller) -> State:
    """A mail, or the contact form."""
    return _talk(traveller, "email", {**traveller.known_as(by="email"), **_from_site(traveller)})


def ask_at_counter(traveller: Traveller) -> State:
    """The service counter of the shop."""
    return _talk(traveller, "store", {**traveller.known_as(), "store": {**traveller.shop(), "desk": "service"}})


def chat(traveller: Traveller) -> State:
    """The chat on the site: it begins in the browser and is noted by the service desk, under the same visitor id."""
    device = traveller.person.browser()
    with Visit(traveller, device, arrivals.coming_back(traveller.rng)) as visit:
        if traveller.chance(rates.CHAT_CLICKED_FROM_SITE) and not traveller.bought:
            visit.show("product", traveller.interest)
        else:
            visit.show("service")
        visit.touch("chat_started", channel="chat")
    known = traveller.known_as()
    if device.known:
        known["visitor_id"] = device.visitor_id
        if device.customer_id is None:
            known.pop("customer_id", None)
    else:
        known.pop("customer_id", None)
    state = _talk(traveller, "chat", known)
    if traveller.bought and traveller.chance(rates.SCREEN_SHARED):
        traveller.tell(traveller.world.service, "screen_share", "chat", **known)
    return state


def ask_quote(traveller: Traveller) -> State:
    """A quotation, asked on the site and sent by mail."""
    with Visit(traveller, traveller.person.browser()) as visit:
        visit.show("quote")
        visit.touch("quote_requested", product=traveller.interest.fields(traveller.rng.randint(5, 40)))
    return State.HELPED


def _from_site(traveller: Traveller) -> dict[str, Any]:
    """Look up the number or address on the site first; where that can be traced, the contact names the visitor."""
    if not traveller.chance(rates.CONTACT_LOOKED_UP_BEFORE_ASKING):
        return {}
    device = traveller.person.browser()
    looking.look_up(traveller, device, arrivals.coming_back(traveller.rng), hours=False)
    return {"visitor_id": device.visitor_id} if device.known and traveller.chance(rates.CALL_TRACED) else {}


def _talk(traveller: Traveller, channel: str, known: dict[str, Any]) -> State:
    """One contact: noted by the service desk, felt by the person, sometimes scored."""
    talk = _how_it_goes(traveller, channel)
    contact: dict[str, Any] = {
        "case": traveller.case_number(), "topic": _topic(traveller), "direction": "inbound",
        "waited_s": round(talk.waited_s, 1), "agents": talk.agents, "repeated": talk.repeated,
        "answered": talk.answered, "resolved": talk.resolved,
    }  # fmt: skip
    fields = dict(known)
    if traveller.purchase is not None and traveller.chance(0.7):
        fields["order"] = {"id": traveller.purchase.id}
    traveller.tell(traveller.world.service, "support_contact", channel, contact=contact, **fields)
    traveller.now += min(talk.waited_s, 1800) + traveller.lasts(6 * MINUTE)
    _feel(traveller, talk)
    if traveller.chance(rates.SURVEY_AFTER_CONTACT) and talk.answered:
        satisfied = traveller.person.contentment * 5 - (2 if talk.minded else 0) + traveller.rng.gauss(0.6, 0.7)
        score = {"kind": "csat", "score": float(min(5, max(1, round(satisfied)))), "scale": 5.0}
        traveller.tell(traveller.world.service, "feedback", channel, feedback=score, **known)
    if talk.resolved:
        traveller.case = None
    return _outcome(traveller, talk)


def _how_it_goes(traveller: Traveller, channel: str) -> Talk:
    waited = traveller.lasts(rates.WAIT_MEDIAN_S[channel], 0.95)
    answered = not traveller.chance(rates.UNANSWERED)
    again = 0.55 if traveller.case is not None else rates.MUST_REPEAT
    repeated = answered and traveller.chance(again)
    agents = 0 if not answered else 1 + traveller.chance(0.75 if repeated else rates.SECOND_AGENT) + repeated
    minded = (
        not answered
        or (waited > rates.LONG_WAIT_S[channel] and traveller.chance(rates.LONG_WAIT_MINDED))
        or (repeated and traveller.chance(rates.REPEATING_MINDED))
    )
    return Talk(waited, int(agents), repeated, answered, answered and traveller.chance(rates.RESOLVED), minded)


def _feel(traveller: Traveller, talk: Talk) -> None:
    traveller.feel(FEELING["resolved" if talk.resolved else "unresolved"])
    if talk.minded:
        traveller.feel(FEELING["minded"])
    if talk.repeated:
        traveller.feel(FEELING["repeated"])


def _outcome(traveller: Traveller, talk: Talk) -> State:
    if not traveller.bought:
        return State.ANNOYED if talk.minded else State.HELPED
    if traveller.state is State.WAITING:
        return State.WAITING
    return State.SETTLED if talk.resolved else State.TROUBLED


def _topic(traveller: Traveller) -> str:
    topics = WHILE_WAITING if traveller.state is State.WAITING else AFTER if traveller.bought else BEFORE
    names, weights = zip(*topics, strict=True)
    return str(traveller.rng.choices(names, weights)[0])
