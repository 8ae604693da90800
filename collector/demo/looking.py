"""How people look around: on the site, in the app, in the shop."""

from __future__ import annotations

from collector.demo import arrivals, buying, catalogue, rates
from collector.demo.arrivals import DIRECT, Arrival
from collector.demo.catalogue import Product
from collector.demo.delivery import touchpoint
from collector.demo.hours import MINUTE, STORE
from collector.demo.model import State
from collector.demo.people import Device
from collector.demo.site import search_terms
from collector.demo.traveller import Traveller
from collector.demo.visit import Visit

LANDING_KINDS = ("home", "category", "product")


def visit_site(traveller: Traveller) -> State:
    """Come by oneself: the address typed, a bookmark, a tab still open."""
    if traveller.state is State.WAITING:
        return _follow_order(traveller)
    return look(traveller, traveller.person.browser(), arrivals.coming_back(traveller.rng))


def open_app(traveller: Traveller) -> State:
    """The shop's app; who does not have it goes to the site."""
    app = traveller.person.app
    if app is None:
        return look(traveller, traveller.person.phone, arrivals.coming_back(traveller.rng))
    return look(traveller, app, arrivals.push() if app.greeted and traveller.chance(0.25) else DIRECT)


def look(traveller: Traveller, device: Device, arrival: Arrival = DIRECT) -> State:
    """One look around the site or the app."""
    with Visit(traveller, device, arrival) as visit:
        landing = traveller.rng.choices(LANDING_KINDS, (3, 3, 4) if arrival.query or arrival.referrer else (6, 2, 2))[0]
        if landing == "home":
            visit.show("home")
        if landing != "product":
            _look_through(visit)
        for product in _looked_at(traveller):
            _view(visit, product)
        _take_steps(visit)
        at_once = bool(traveller.basket) and not traveller.bought and traveller.chance(rates.ORDERS_AT_ONCE)
        purchase = buying.go_through(visit) if at_once else None
    if at_once:
        return buying.ordered_or_left(traveller, device, purchase)
    if traveller.basket and device.kind == "computer" and traveller.chance(rates.CART_TAKEN_ALONG):
        _take_along(traveller, device)
    return after_looking(traveller)


def _take_along(traveller: Traveller, computer: Device) -> None:
    """The code beside the cart on the computer's screen, scanned with the telephone: the same cart there."""
    with Visit(traveller, traveller.person.phone) as visit:
        visit.show("cart")
        visit.take_over(computer)
        products = [line.product.fields(line.quantity) for line in traveller.basket]
        visit.touch("cart_view", order=buying.cart(traveller), products=products)


def after_looking(traveller: Traveller) -> State:
    """How earnest somebody is after a look: more so, still, or a step back."""
    nearby, traveller.nearby = traveller.nearby, False
    if traveller.bought:
        return traveller.state
    if nearby:
        return State.NEARBY
    if traveller.state is State.WEIGHING:
        return State.LOOKING if traveller.chance(0.08) else State.WEIGHING
    return State.WEIGHING if traveller.chance(rates.EARNEST_AFTER_VISIT) else State.LOOKING


def compare(traveller: Traveller) -> State:
    """A long look: two products side by side, and what others say of them."""
    with Visit(traveller, traveller.person.browser(), arrivals.coming_back(traveller.rng)) as visit:
        _search_site(visit)
        rival = catalogue.another(traveller.rng, traveller.interest)
        for product in (traveller.interest, rival):
            _view(visit, product)
        visit.show("compare")
        visit.touch("compare", products=[traveller.interest.fields(), rival.fields()])
        _read_reviews(visit, traveller.interest)
        if traveller.chance(0.15):
            traveller.interest = rival
        _take_steps(visit)
    state = after_looking(traveller)
    return State.WEIGHING if state is State.LOOKING and traveller.chance(rates.EARNEST_AFTER_COMPARING) else state


def read_article(traveller: Traveller) -> State:
    """Advice on the shop's own site."""
    with Visit(traveller, traveller.person.browser(), arrivals.organic_search(traveller.rng)) as visit:
        visit.show("article", traveller.interest)
        visit.touch("article_read")
        if traveller.chance(0.4):
            visit.pause(traveller.lasts(70))
            visit.touch("video_watched", properties={"video": "how-to"})
        if traveller.chance(0.5):
            _view(visit, traveller.interest)
    return after_looking(traveller)


def follow_social(traveller: Traveller) -> State:
    """Follow the company's account, like a post."""
    site = "linkedin" if traveller.person.business else traveller.rng.choice(arrivals.SOCIAL_SITES)
    device = traveller.person.browser()
    with Visit(traveller, device) as visit:
        visit.show("home")
        visit.touch("social_follow", channel="social", properties={"site": site})
    for _ in range(traveller.rng.randint(0, 2)):
        traveller.now += traveller.lasts(2 * MINUTE)
        traveller.met(traveller.world.listener, device, "social_interaction", "social", properties={"site": site})
    return State.LOOKING if traveller.state is State.AWARE else traveller.state


def look_up_contact(traveller: Traveller) -> State:
    """An address, a phone number, opening hours."""
    arrival = arrivals.coming_back(traveller.rng)
    look_up(traveller, traveller.person.browser(), arrival, hours=traveller.chance(0.35))
    return traveller.state


def look_up(traveller: Traveller, device: Device, arrival: Arrival = DIRECT, *, hours: bool) -> None:
    """The page on which they stand."""
    with Visit(traveller, device, arrival) as visit:
        visit.show("store" if hours else "service")
        visit.touch("hours_lookup" if hours else "contact_lookup")


def visit_store(traveller: Traveller) -> State:
    """Go to the shop, if it is open: look, ask, perhaps buy."""
    world, person, rng = traveller.world, traveller.person, traveller.rng
    traveller.now = max(traveller.now, STORE.after(traveller.now, 0.0))
    app = person.app
    noticed = {"visitor_id": app.visitor_id} if app and app.known else {}
    traveller.tell(world.doors[person.store], "store_visit", "store", store=traveller.shop(), **noticed)
    traveller.now += traveller.lasts(6 * MINUTE)
    if traveller.chance(rates.SHELF_CODE_SCANNED):
        with Visit(traveller, person.phone, arrivals.printed_code("schap")) as visit:
            if app is not None:
                visit.take_over(app)  # the app's own camera read the code
            _view(visit, traveller.interest)
    if traveller.chance(0.4):
        card = {"customer_id": person.customer_id} if person.customer_id and traveller.chance(0.5) else {}
        tell_till(traveller, "advice" if traveller.chance(0.75) else "demonstration", **card)
        traveller.now += traveller.lasts(5 * MINUTE)
    share = rates.BUYS_NEARBY if traveller.state is State.NEARBY else rates.BUYS_IN_STORE
    if traveller.chance(share):
        return buying.buy_at_till(traveller)
    if traveller.bought:
        return traveller.state
    return State.WEIGHING if rng.random() < 0.6 else State.LOOKING


def tell_till(traveller: Traveller, type_: str, **fields: object) -> None:
    """An employee notes something on the shop's device."""
    tills = traveller.world.tills[traveller.person.store]
    tills[0].record(
        traveller.now,
        touchpoint(
            traveller.rng, type_, traveller.now, "store",
            store={**traveller.shop(), "desk": "advice"}, product=traveller.interest.fields(), **fields,
        ),
    )  # fmt: skip


def _follow_order(traveller: Traveller) -> State:
    with Visit(traveller, traveller.person.browser()) as visit:
        visit.show("order_status")
    return State.WAITING


def _looked_at(traveller: Traveller) -> list[Product]:
    """What is looked at in one visit: what they have in mind, and often something like it."""
    products = [traveller.interest]
    if traveller.chance(0.32):
        products.append(catalogue.another(traveller.rng, traveller.interest))
    if traveller.chance(0.08):
        products.append(traveller.interest)
    traveller.rng.shuffle(products)
    return products


def _look_through(visit: Visit) -> None:
    """A list: of a category, or found by a search on the site."""
    if visit.traveller.chance(0.35):
        _search_site(visit)
    else:
        visit.show("category", visit.traveller.interest)
        visit.touch("product_list_view")


def _search_site(visit: Visit) -> None:
    traveller = visit.traveller
    local = traveller.chance(rates.LOCAL_IN_SHOP_SEARCH)
    traveller.nearby = traveller.nearby or local
    term = traveller.rng.choice(search_terms(traveller.interest, traveller.person.language, local=local))
    visit.show("search", query=f"q={term.replace(' ', '+')}")
    visit.touch("search", search={"term": term, "local": local, "results": traveller.rng.randint(1, 24)})


def _view(visit: Visit, product: Product) -> None:
    visit.show("product", product)
    visit.touch("product_view", product=product.fields())
    if visit.traveller.chance(rates.READS_REVIEWS):
        _read_reviews(visit, product)


def _read_reviews(visit: Visit, product: Product) -> None:
    visit.show("review", product)
    visit.touch("review_read", product=product.fields())


def _take_steps(visit: Visit) -> None:
    """What a visit may leave behind: a sign-up, a wish, a filled cart, a brochure, a look at the hours."""
    traveller, person = visit.traveller, visit.traveller.person
    if not person.subscribed and visit.device.known and traveller.chance(rates.SIGNS_UP):
        visit.touch("newsletter_signup", identity={"email_hash": person.email_hash})
        person.subscribed = True
        traveller.world.subscribers.append(person)
    if traveller.chance(rates.WISHES):
        visit.touch("wishlist_add", product=traveller.interest.fields())
    if traveller.chance(rates.PUTS_IN_CART) and not traveller.bought:
        buying.put_in_cart(visit)
        if traveller.chance(0.12):
            visit.touch("cart_remove", product=traveller.basket.pop().product.fields())
    if person.business and traveller.chance(0.12):
        visit.touch("brochure_download")
    if traveller.chance(rates.CONTACT_LOOKED_UP_IN_VISIT):
        visit.show("service")
        visit.touch("contact_lookup")
