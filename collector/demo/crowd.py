"""What happens without a journey of a person: bots, newsletters, sales without a card, door counters, radio spots."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from uuid import UUID

from collector.demo import arrivals, catalogue, looking, rates, site
from collector.demo.agenda import Life
from collector.demo.browsers import BOTS, Bot
from collector.demo.catalogue import PRODUCTS, STORES
from collector.demo.delivery import Delivery, KeyKind, TouchpointFields, fields_given, touchpoint, touchpoint_id
from collector.demo.hours import DAY, HOUR, MORNING_MAIL, ONLINE, ROUND_THE_CLOCK, STORE, local_midnight
from collector.demo.life import live
from collector.demo.model import State
from collector.demo.people import Person
from collector.demo.traveller import Traveller
from collector.demo.world import World

MONTH_DAYS = 30
BOT_PAGES_PER_PERSON = 25 * rates.BOT_SHARE
"""About 25 touchpoints a person and month, and BOT_SHARE of them."""


def bots(world: World) -> list[Life]:
    """Every bot, as often as makes its share of the whole."""
    pages_a_month = sum(bot.pages * MONTH_DAYS * 24 / bot.every_hours for bot in BOTS)
    often = max(0.05, world.size * BOT_PAGES_PER_PERSON / pages_a_month)
    return [_crawl(world, bot, bot.every_hours / often) for bot in BOTS]


def _crawl(world: World, bot: Bot, every_hours: float) -> Life:
    rng = world.people.dice(f"bot {bot.user_agent}")
    moment = world.start + rng.random() * every_hours * HOUR
    while True:
        yield moment
        pause = rng.uniform(0.5, 4)
        batch = [_crawled(rng, moment + page * pause) for page in range(bot.pages)]
        sent = moment + bot.pages * pause
        world.post(Delivery(KeyKind.PUBLIC, bot.user_agent, sent, batch, ("web", "0.1.0"), {"Origin": site.SITE}))
        moment = ROUND_THE_CLOCK.after(moment, rng.expovariate(1.0) * every_hours)


def _crawled(rng: Random, moment: float) -> TouchpointFields:
    """A page view of a bot: it keeps nothing between pages, so every page is a new visitor."""
    product = rng.choice(PRODUCTS)
    kind = rng.choices(("home", "category", "product", "review", "service"), (1, 4, 8, 2, 1))[0]
    language = rng.choice(("nl", "en"))
    path, title = site.page(kind, "nl" if language == "nl" else "en", product)
    page = {
        "url": f"{site.SITE}{path}",
        "path": path,
        "title": title,
        "referrer": "",
        "language": language,
        "kind": kind,
    }
    milliseconds = round(moment * 1000)
    return fields_given(
        id=touchpoint_id(milliseconds, rng.getrandbits(74)), type="page_view", occurred_at=milliseconds, channel="web",
        visitor_id=str(UUID(int=rng.getrandbits(128), version=4)), page=page, consent={"state": "granted"},
    )  # fmt: skip


def newsletter(world: World) -> Life:
    """Every Tuesday morning to everybody who wants it; some open it, some follow a link."""
    week, moment = 0, local_midnight(world.begin) - DAY
    while True:
        moment += DAY
        if (moment + DAY / 2) // DAY % 7 != 5:  # 1970-01-01 was a Thursday: 5 days on is a Tuesday
            continue
        week += 1
        send = MORNING_MAIL.after(moment, 0.0)
        yield send
        for person in world.subscribers:
            _mail(world, person, send, week)


def _mail(world: World, person: Person, moment: float, week: int) -> None:
    reader = Traveller(world, person, moment + person.rng.uniform(0, HOUR))
    campaign = dict(arrivals.newsletter(week).campaign or {})
    known = reader.known_as(by="email")
    reader.tell(world.mailer, "email_sent", "email", campaign=campaign, **known)
    if reader.chance(rates.NEWSLETTER_OPENED):
        world.agenda.follow(_read_mail(reader, week))


def _read_mail(reader: Traveller, week: int) -> Life:
    world = reader.world
    reader.now = ONLINE.after(reader.now, reader.rng.expovariate(1 / 6.0))
    yield reader.now
    campaign = dict(arrivals.newsletter(week).campaign or {})
    known = reader.known_as(by="email")
    reader.tell(world.mailer, "email_opened", "email", campaign=campaign, **known)
    if reader.chance(rates.NEWSLETTER_CLICKED):
        reader.now += reader.lasts(30)
        reader.tell(world.mailer, "email_clicked", "email", campaign=campaign, **known)
        reader.state = looking.look(reader, reader.person.browser(), arrivals.newsletter(week))
        if reader.state is State.WAITING or reader.chance(rates.NEWSLETTER_WAKES):
            world.agenda.follow(live(reader))


def cash_sales(world: World, store: int) -> Life:
    """Sales at the till without a card: they count in the map and join no journey."""
    rng = world.people.dice(f"till {store}")
    share = STORES[store].weight / sum(shop.weight for shop in STORES)
    hours = MONTH_DAYS * 24 / max(1.0, world.size * rates.ANONYMOUS_SALES * share)
    moment = world.start
    while True:
        moment = STORE.after(moment, rng.expovariate(1.0) * hours)
        yield moment
        product = catalogue.wanted(rng) if rng.random() < 0.5 else rng.choice(catalogue.ACCESSORIES)
        till = rng.randrange(STORES[store].tills)
        total = product.price * (quantity := rng.choices((1, 2, 3), (80, 15, 5))[0])
        order = {
            "id": f"S{rng.getrandbits(36):011d}", "total": str(total), "currency": "EUR",
            "tax": str((total * 21 / 121).quantize(Decimal("0.01"))),
            "payment": rng.choices(("card", "cash"), (86, 14))[0],
        }  # fmt: skip
        fields = {
            "store": {**_shop(store), "till": str(till + 1)},
            "order": order,
            "products": [product.fields(quantity)],
        }
        world.tills[store][till].record(moment, touchpoint(rng, "sale", moment, "store", **fields))


def door_counts(world: World, store: int) -> Life:
    """Everybody who enters the shop, counted by its door and known to nobody."""
    rng = world.people.dice(f"door {store}")
    share = STORES[store].weight / sum(shop.weight for shop in STORES)
    hours = MONTH_DAYS * 24 / max(1.0, world.size * rates.DOOR_COUNTS * share)
    moment = world.start
    while True:
        moment = STORE.after(moment, rng.expovariate(1.0) * hours)
        yield moment
        kind = rng.choices(("store_visit", "window_seen"), (85, 15))[0]
        channel = "store" if kind == "store_visit" else "outdoor"
        world.doors[store].record(moment, touchpoint(rng, kind, moment, channel, store=_shop(store)))


def spots(world: World) -> Life:
    """Radio and television spots while the campaign runs: heard by many, traceable to nobody."""
    rng = world.people.dice("spots")
    moment = world.start
    while True:
        moment = ONLINE.after(moment, rng.expovariate(1.0) * 24 / rates.SPOTS_A_DAY)
        yield moment
        if world.flight(moment):
            medium = rng.choice(("radio", "tv"))
            campaign = {"source": f"{medium}-landelijk", "medium": medium, "name": arrivals.FLIGHT}
            world.media.record(moment, touchpoint(rng, "spot_heard", moment, "broadcast", campaign=campaign))


def _shop(store: int) -> dict[str, str]:
    shop = STORES[store]
    return {"id": shop.id, "name": f"{site.SHOP_NAME} {shop.city}", "city": shop.city, "country": "NL"}
