"""How customers speak of it: reviews, recommendations, posts, complaints; and how journeys end."""

from __future__ import annotations

from collector.demo import arrivals, rates
from collector.demo.hours import DAY, HOUR
from collector.demo.model import State
from collector.demo.traveller import Traveller
from collector.demo.visit import Visit


def write_review(traveller: Traveller) -> State:
    """Stars on the site, and sometimes a reward for them."""
    stars = min(5, max(1, round(traveller.person.contentment * 5 + traveller.rng.gauss(0.4, 0.8))))
    score = {"kind": "stars", "score": float(stars), "scale": 5.0}
    with Visit(traveller, traveller.person.browser(), arrivals.mail("beoordeling")) as visit:
        visit.show("review", traveller.interest)
        visit.pause(traveller.lasts(120))
        visit.touch("review_written", product=traveller.interest.fields(), feedback=score)
    if traveller.person.customer_id and traveller.chance(0.2):
        traveller.now += traveller.lasts(HOUR)
        known = traveller.known_as(by="email")
        traveller.tell(traveller.world.mailer, "reward_received", "email", properties={"points": 50}, **known)
    return State.SETTLED


def recommend(traveller: Traveller) -> State:
    """Send friends the shop's link with one's own code: from now on others may come by it."""
    code = f"AMB-{traveller.person.number:07d}"
    device = traveller.person.app or traveller.person.phone
    with Visit(traveller, device) as visit:
        visit.show("product", traveller.interest)
        visit.touch("recommendation", channel="messaging", ambassador={"code": code})
    if device.known:
        traveller.world.join_ambassadors(code)
    if traveller.person.customer_id and traveller.chance(rates.REWARDED):
        traveller.now += traveller.lasts(2 * DAY)
        known = traveller.known_as(by="email")
        traveller.tell(traveller.world.mailer, "reward_received", "email", properties={"points": 100}, **known)
    return State.SETTLED


def share(traveller: Traveller) -> State:
    """Share the product, be named in a post, help others in the forum."""
    kind = traveller.rng.choices(("share", "social_mention", "community_post"), (50, 30, 20))[0]
    person = traveller.person
    known = {"customer_id": person.customer_id} if person.customer_id and traveller.chance(0.6) else {}
    if kind == "share":
        with Visit(traveller, person.phone) as visit:
            visit.show("product", traveller.interest)
            visit.touch("share", channel="social", product=traveller.interest.fields())
    else:
        traveller.tell(
            traveller.world.listener, kind, "social", product=traveller.interest.fields(), company=traveller.company(),
            **known,
        )  # fmt: skip
    return State.SETTLED


def complain(traveller: Traveller) -> State:
    """In public mostly; the company answers some."""
    person = traveller.person
    known = {"customer_id": person.customer_id} if person.customer_id and traveller.chance(0.6) else {}
    traveller.tell(traveller.world.listener, "complaint", "social", company=traveller.company(), **known)
    traveller.feel(-0.05)
    if traveller.chance(0.4):
        traveller.now += traveller.lasts(5 * HOUR)
        contact = {"case": traveller.case_number(), "topic": "klacht", "direction": "outbound", "agents": 1,
                   "answered": True, "resolved": traveller.chance(0.6)}  # fmt: skip
        traveller.tell(
            traveller.world.service, "support_contact", "social", contact=contact, company=traveller.company(), **known
        )
        traveller.feel(0.06)
    return traveller.state


def give_up(traveller: Traveller) -> State:
    """The need fades; now and then a campaign finds them again."""
    if traveller.chance(rates.REVIVED):
        traveller.now += traveller.lasts(4 * DAY)
        return State.AWARE
    return forget(traveller)


def forget(traveller: Traveller) -> State:
    """It is over. Some have a new need before the month is."""
    if not traveller.chance(rates.NEEDS_AGAIN):
        return State.DONE
    traveller.now += traveller.lasts(6 * DAY)
    return traveller.begin_again()
