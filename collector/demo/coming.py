"""How people come to know of the shop, or are reminded of it: by a campaign, by somebody else, by an own problem."""

from __future__ import annotations

from collector.demo import arrivals, buying, looking, rates
from collector.demo.arrivals import Arrival
from collector.demo.hours import MINUTE
from collector.demo.model import State
from collector.demo.people import Device
from collector.demo.site import search_terms
from collector.demo.traveller import Traveller
from collector.demo.visit import Visit


def see_display(traveller: Traveller) -> State:
    """Banners on other sites, seen once or more and perhaps clicked."""
    return _banner(traveller, "display", rates.AD_CLICKED, retargeting=False)


def see_retargeting(traveller: Traveller) -> State:
    """A banner or post about what they looked at before."""
    channel = "display" if traveller.chance(0.75) else "social"
    return _banner(traveller, channel, rates.RETARGETING_CLICKED, retargeting=True)


def _banner(traveller: Traveller, channel: str, clicked: float, *, retargeting: bool) -> State:
    device = traveller.person.browser()
    publisher = traveller.rng.choice(arrivals.PUBLISHERS) if channel == "display" else "https://www.facebook.com/"
    arrival = arrivals.display(traveller.rng, publisher, retargeting)
    for _ in range(traveller.rng.randint(1, rates.AD_VIEWS_AT_MOST)):
        _advertisement(traveller, device, "ad_seen", channel, arrival, retargeting=retargeting)
        traveller.now += traveller.lasts(40 * MINUTE)
    if not traveller.chance(clicked):
        return _reminded(traveller)
    _advertisement(traveller, device, "ad_clicked", channel, arrival, retargeting=retargeting)
    return looking.look(traveller, device, arrival)


def see_social(traveller: Traveller) -> State:
    """A post or advertisement on a social site; people of business meet it on LinkedIn."""
    site = "linkedin" if traveller.person.business else traveller.rng.choice(arrivals.SOCIAL_SITES)
    device = traveller.person.browser() if traveller.person.business else traveller.person.phone
    paid = traveller.chance(0.65)
    arrival = arrivals.paid_social(traveller.rng, site) if paid else arrivals.social(site)
    for _ in range(traveller.rng.randint(1, rates.POST_VIEWS_AT_MOST) if paid else 1):
        _advertisement(traveller, device, "ad_seen" if paid else "post_seen", "social", arrival)
        traveller.now += traveller.lasts(20 * MINUTE)
    if not traveller.chance(rates.AD_CLICKED):
        return _reminded(traveller)
    if paid:
        _advertisement(traveller, device, "ad_clicked", "social", arrival)
    return looking.look(traveller, device, arrival)


def watch_video(traveller: Traveller) -> State:
    """An advertisement before a video, watched to the end or not."""
    device, arrival = traveller.person.browser(), arrivals.video()
    _advertisement(traveller, device, "ad_seen", "video", arrival)
    traveller.now += traveller.rng.uniform(6, 60)
    if traveller.chance(rates.VIDEO_WATCHED):
        _advertisement(traveller, device, "video_watched", "video", arrival)
    return looking.look(traveller, device, arrival) if traveller.chance(rates.AD_CLICKED / 2) else _reminded(traveller)


def scan_folder(traveller: Traveller) -> State:
    """The QR code in a printed folder."""
    return _scan(traveller, "print", "folder")


def scan_billboard(traveller: Traveller) -> State:
    """The QR code on a billboard or at a bus stop."""
    return _scan(traveller, "outdoor", "abri")


def _scan(traveller: Traveller, channel: str, source: str) -> State:
    """A code leads to the site with its campaign; the page tells of the scan itself too."""
    return looking.look(traveller, traveller.person.phone, arrivals.printed_code(source, channel))


def pass_window(traveller: Traveller) -> State:
    """The shop's window; who has the app is noticed by its beacon, others are only counted."""
    app = traveller.person.app
    known = {"visitor_id": app.visitor_id} if app and app.known else {}
    traveller.tell(
        traveller.world.doors[traveller.person.store], "window_seen", "outdoor", store=traveller.shop(), **known
    )
    if traveller.chance(0.5):
        traveller.now += traveller.lasts(3 * MINUTE)
        return looking.visit_store(traveller)
    return _reminded(traveller)


def read_blog(traveller: Traveller) -> State:
    """Somebody else's article that links to the shop."""
    device, arrival = traveller.person.browser(), arrivals.blog(traveller.rng)
    _advertisement(traveller, device, "article_read", "partner", arrival)
    traveller.now += traveller.lasts(2 * MINUTE)
    return looking.look(traveller, device, arrival) if traveller.chance(0.7) else _reminded(traveller)


def meet_at_event(traveller: Traveller) -> State:
    """A stand at a fair: a demonstration, often a brochure, the card scanned."""
    known = traveller.known_as(by="email")
    traveller.tell(traveller.world.service, "demonstration", "event", properties={"event": "Vakbeurs"}, **known)
    traveller.now += traveller.lasts(12 * MINUTE)
    if traveller.chance(0.6):
        traveller.tell(traveller.world.service, "brochure_download", "event", **known)
    return State.LOOKING


def hear_friend(traveller: Traveller) -> State:
    """A friend points the way, with their code as an ambassador."""
    person, rng = traveller.person, traveller.rng
    code = rng.choice(traveller.world.ambassadors)
    person.reached_by = code
    device = person.phone
    ambassador = {"code": code, "relation": rng.choices(("friend", "family", "colleague"), (55, 30, 15))[0]}
    with Visit(traveller, device, arrivals.friend(code, rng)) as visit:
        visit.show("product", traveller.interest)
        visit.touch("friend_referral", ambassador=ambassador)
        if traveller.chance(rates.FRIEND_CODE_USED):
            visit.touch("ambassador_code_used", ambassador=ambassador)
        visit.touch("product_view", product=traveller.interest.fields())
        convinced = not traveller.bought and traveller.chance(rates.FRIEND_CONVINCES)
        if convinced:
            buying.put_in_cart(visit)
        purchase = buying.go_through(visit) if convinced else None
    if convinced:
        return buying.ordered_or_left(traveller, device, purchase)
    return State.WEIGHING if traveller.state is State.LOOKING else looking.after_looking(traveller)


def search(traveller: Traveller) -> State:
    """A search engine, for a problem or a product; the advertisement above the results counts as one too."""
    if not traveller.chance(rates.SEARCH_CLICKED):
        return _reminded(traveller)
    found = arrivals.paid_search if traveller.chance(rates.SEARCH_PAID) else arrivals.organic_search
    arrival = arrivals.after_search(found(traveller.rng), _term(traveller), local=False)
    return looking.look(traveller, traveller.person.browser(), arrival)


def search_nearby(traveller: Traveller) -> State:
    """A search on the phone for a shop or stock nearby, and a look at where it is and when: they want it today."""
    arrival = arrivals.organic_search(traveller.rng)
    arrival = arrivals.after_search(arrival, _term(traveller, local=True), local=True)
    looking.look_up(traveller, traveller.person.phone, arrival, hours=traveller.chance(0.6))
    return traveller.state if traveller.bought else State.NEARBY


def ask_assistant(traveller: Traveller) -> State:
    """An assistant that answers with a link to the shop."""
    return looking.look(traveller, traveller.person.browser(), arrivals.assistant(traveller.rng))


def _term(traveller: Traveller, *, local: bool = False) -> str:
    problem = traveller.state is State.UNAWARE and traveller.chance(rates.SEARCHES_PROBLEM)
    return traveller.rng.choice(
        search_terms(traveller.interest, traveller.person.language, problem=problem, local=local)
    )


def _advertisement(
    traveller: Traveller, device: Device, type_: str, channel: str, arrival: Arrival, *, retargeting: bool = False
) -> None:
    """What an advertising network tells of."""
    campaign = device.told(arrival.campaign)
    properties = {"retargeting": True} if retargeting else None
    traveller.met(traveller.world.media, device, type_, channel, campaign=campaign, properties=properties)


def _reminded(traveller: Traveller) -> State:
    """Seen and let be: who knew nothing is aware now, others stay where they were."""
    return State.AWARE if traveller.state is State.UNAWARE else traveller.state
