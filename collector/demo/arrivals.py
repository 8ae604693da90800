"""What brings people to the site: links with campaign parameters, click ids and referrers, as they really occur."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from collector.demo import rates


@dataclass(frozen=True, slots=True)
class Arrival:
    """A way of coming to the site: the referrer, and what the link had behind its question mark."""

    referrer: str = ""
    query: str = ""
    campaign: Mapping[str, Any] | None = None
    """What an app is told instead of a link (`collector.touchpoint.Campaign`)."""
    before: tuple[str, str] | None = None
    """Type and channel of the touchpoint that led here, of which the landing page tells: a search, a scanned code."""
    searched: Mapping[str, Any] | None = None
    """What was searched (`collector.touchpoint.Search`)."""


def tagged(
    source: str, medium: str, name: str, *, referrer: str = "", content: str = "", click: tuple[str, str] | None = None
) -> Arrival:
    """A link of a campaign, with its utm parameters and, where an ad network adds one, its click id."""
    query = f"utm_source={source}&utm_medium={medium}&utm_campaign={name}"
    campaign = {"source": source, "medium": medium, "name": name}
    if content:
        query += f"&utm_content={content}"
        campaign["content"] = content
    if click:
        query += f"&{click[0]}={click[1]}"
        campaign |= {"click_id_kind": click[0], "click_id": click[1]}
    return Arrival(referrer, query, campaign)


def after_search(arrival: Arrival, term: str, *, local: bool) -> Arrival:
    """The same, after a search for this: what was typed the shop knows from the engine's own reports."""
    return replace(arrival, before=("search", "search"), searched={"term": term, "local": local})


def click_id(rng: Random) -> str:
    """An id as ad networks make them: long, opaque, different for every click."""
    return f"EAIaIQob{rng.getrandbits(160):040x}"


DIRECT = Arrival()
SOCIAL_SITES = ("facebook", "instagram", "tiktok", "pinterest")
PUBLISHERS = ("https://nieuws.example/", "https://weer.example/", "https://koken.example/")
"""Made-up sites with display advertisements on them."""
BLOGS = (
    "https://www.huisentuinblog.example/beste-keuze/",
    "https://www.testlab.example/vergelijking/",
    "https://forum.klussers.example/t/ervaringen/",
)
FLIGHT = "welkomstweken"
"""Name of the campaign that runs on all media at once."""


def coming_back(rng: Random) -> Arrival:
    """Somebody who knows the shop: many type its name into a search engine, where its advertisement stands on top."""
    way = rng.random()
    if way < rates.BACK_BY_SEARCH:
        return paid_search(rng) if rng.random() < rates.SEARCH_PAID / 2 else organic_search(rng)
    return DIRECT


def paid_search(rng: Random) -> Arrival:
    """An advertisement on a search engine; Google's and Microsoft's add a click id and nothing else."""
    if rng.random() < 0.88:
        return Arrival("https://www.google.com/", f"gad_source=1&gclid={click_id(rng)}")
    return Arrival("https://www.bing.com/", f"msclkid={rng.getrandbits(128):032x}")


def organic_search(rng: Random) -> Arrival:
    """A result on a search engine, which tells no more than its name."""
    engines = ("https://www.google.com/", "https://www.bing.com/", "https://duckduckgo.com/", "https://www.ecosia.org/")
    return Arrival(rng.choices(engines, (84, 7, 6, 3))[0])


def display(rng: Random, publisher: str, retargeting: bool) -> Arrival:
    """A banner on somebody else's site."""
    name = "nog-twijfels" if retargeting else FLIGHT
    return tagged("advertentienet", "display", name, referrer=publisher, click=("dclid", click_id(rng)))


def paid_social(rng: Random, site: str) -> Arrival:
    """An advertisement on a social site."""
    click = {"facebook": "fbclid", "tiktok": "ttclid", "linkedin": "li_fat_id", "pinterest": "epik"}.get(site)
    referrer = f"https://www.{site}.com/"
    tag = (click, click_id(rng)) if click else None
    return tagged(site, "paid_social", FLIGHT, referrer=referrer, content=f"post-{rng.randint(1, 4)}", click=tag)


def social(site: str) -> Arrival:
    """A link in somebody's post."""
    return Arrival("https://l.instagram.com/" if site == "instagram" else f"https://www.{site}.com/")


def video() -> Arrival:
    """The link under a video advertisement."""
    return tagged("youtube", "paid_video", FLIGHT, referrer="https://www.youtube.com/")


def printed_code(source: str, channel: str | None = None) -> Arrival:
    """A QR code: on a folder, a billboard, a shelf. A code in an advertisement is a click on one, on paper."""
    arrival = tagged(source, "qr", FLIGHT if channel else "schapkaart")
    return replace(arrival, before=("ad_clicked", channel)) if channel else arrival


def newsletter(week: int) -> Arrival:
    """A link in the weekly newsletter."""
    return tagged("nieuwsbrief", "email", f"nieuwsbrief-week-{week}")


def mail(name: str) -> Arrival:
    """A link in a mail that the shop sends by itself: an abandoned cart, a survey, first use."""
    return tagged("klantmail", "email", name)


def friend(code: str, rng: Random) -> Arrival:
    """A link that an ambassador sent, with their code."""
    referrer = rng.choice(("", "", "https://l.facebook.com/", "https://mail.google.com/"))
    return Arrival(referrer, f"utm_source=whatsapp&utm_medium=referral&utm_campaign=vrienden&code={code}")


def blog(rng: Random) -> Arrival:
    """A link on somebody else's blog or forum; some earn a commission."""
    page = rng.choice(BLOGS)
    return tagged("blogpartner", "affiliate", "test", referrer=page) if rng.random() < 0.35 else Arrival(page)


def assistant(rng: Random) -> Arrival:
    """An answer of an assistant that named the shop."""
    assistants = ("https://chatgpt.com/", "https://www.perplexity.ai/", "https://copilot.microsoft.com/")
    return Arrival(rng.choices(assistants, (75, 15, 10))[0])


def push() -> Arrival:
    """A push message of the app."""
    return tagged("app", "push", "prijsdaling")
