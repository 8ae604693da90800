"""What brought a person to a touchpoint: from the campaign that was sent, the page's link and its referrer.

In this order, the first that says something deciding source and medium:

1. the campaign: each field as the sender gave it, else as the `utm_` parameter of the page's link gives it;
2. a click id (`gclid`, `msclkid` …), which advertisers append by themselves;
3. a referrer of another site: an assistant, a search engine, a social, shopping or video site, or any other;
4. a web page with none of these, or an app opened by itself: Direct.

What moves on within the site, or comes back from paying or signing in, was brought by nothing: `came_by` is empty, as
it is for touchpoints that are no arrival at a page (a till, a call) and name no campaign. `came_by` is the group of
Google Analytics 4 (`channel_group`); `docs/came-by.md` says all this for analysts.
"""

from __future__ import annotations

from typing import NamedTuple

from collector.enrich.channel_group import ASSISTANT_MEDIUM, DIRECT_MEDIUM, DIRECT_SOURCE, channel_group
from collector.enrich.link import Link, bare, clean, parameters, split
from collector.enrich.sources import assistant, category, search, sends_back

NAME_LENGTH = 128  # characters of source, medium and id, as in touchpoint.Campaign
TEXT_LENGTH = 256  # of name, term, content and search term
CLICK_ID_LENGTH = 512

PAGE_CHANNELS = frozenset({None, "", "web", "mobile"})
"""Channels on which somebody arrives at a page; a till or a call is not arrived at."""

LANDING_TYPES = frozenset({"app_opened"})
"""Touchpoints that begin a visit without a page: opened by itself, an app was come to directly."""

CLICK_IDS: dict[str, tuple[str, str]] = {
    "gclid": ("google", "cpc"),
    "gbraid": ("google", "cpc"),
    "wbraid": ("google", "cpc"),
    "msclkid": ("bing", "cpc"),
    "yclid": ("yandex", "cpc"),
    "dclid": ("google", "display"),
    "ttclid": ("tiktok", "cpc"),
    "twclid": ("twitter", "cpc"),
    "li_fat_id": ("linkedin", "cpc"),
    "sccid": ("snapchat", "cpc"),
    "rdt_cid": ("reddit", "cpc"),
    "epik": ("pinterest", "cpc"),
    "awc": ("awin", "affiliate"),
    "cjevent": ("cj", "affiliate"),
    "irclickid": ("impact", "affiliate"),
    "tduid": ("tradedoubler", "affiliate"),
    # Meta appends these to every link that leaves it, advertisement or not.
    "fbclid": ("facebook", "social"),
    "igshid": ("instagram", "social"),
}
"""Source and medium that a click id stands for. Where a link has several, the first of this order counts."""

_PARAMETERS = frozenset(
    {"utm_source", "utm_medium", "utm_campaign", "utm_id", "utm_term", "utm_content", "gad_source", "gad_campaignid"}
    | CLICK_IDS.keys()
)


class ArrivalInput(NamedTuple):
    """What a touchpoint says of how the person came. The first eight fields are those of `touchpoint.Campaign`."""

    source: str | None = None
    medium: str | None = None
    name: str | None = None
    id: str | None = None
    term: str | None = None
    content: str | None = None
    click_id: str | None = None
    click_id_kind: str | None = None
    page_url: str | None = None
    """Or only its query, beginning with `?`."""
    page_referrer: str | None = None
    channel: str | None = None
    type: str = ""
    site_hosts: tuple[str, ...] = ()
    """Further hosts of the same site, whose referrers are internal; the page's own host need not be named."""


class Arrival(NamedTuple):
    """What brought the person; a field is empty where nothing did or nothing is known."""

    came_by: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    campaign_id: str = ""
    campaign_term: str = ""
    campaign_content: str = ""
    click_id: str = ""
    click_id_kind: str = ""
    search_term: str = ""
    """What was searched on the search engine, where its referrer still tells."""


class _Tags(NamedTuple):
    """The campaign, from the sender's fields and the link's parameters."""

    source: str
    medium: str
    campaign: str
    campaign_id: str
    term: str
    content: str
    click_id: str
    click_id_kind: str
    google_ad: bool


def decisive(page_url: str, page_referrer: str) -> tuple[str, str]:
    """The two links without what never decides: many pages of a site then bring, to `classify`, the same question.

    That is the page's path, a query without values, and all of a referrer that begins as the page does.
    """
    page, mark, query = page_url.partition("#")[0].partition("?")
    authority = page.find("//") + 2
    end = page.find("/", authority)
    if authority > 1 and end > 0:
        page = page[:end]
        if page_referrer.startswith(page) and page_referrer[end : end + 1] == "/":
            page_referrer = page
    shorter = page + mark + query if "=" in query or not page else page
    return shorter or page_url[:1], page_referrer  # a mere fragment is a page as well


def classify(arrival: ArrivalInput) -> Arrival:
    """Say what brought the person to a touchpoint. Never raises, whatever the links hold."""
    page = split(arrival.page_url or "")
    referrer = split(arrival.page_referrer or "")
    tags = _tags(arrival, page.query)
    is_landing = arrival.channel in PAGE_CHANNELS and (bool(arrival.page_url) or arrival.type in LANDING_TYPES)
    external = bool(referrer.host) and not _is_internal(referrer.host, (page.host, *arrival.site_hosts))
    source, medium, search_term = _origin(tags, referrer, external, is_landing)
    came = bool(source or medium or any(tags))
    return Arrival(
        came_by=channel_group(source, medium, tags.campaign) if came else "",
        source=source,
        medium=medium,
        campaign=tags.campaign,
        campaign_id=tags.campaign_id,
        campaign_term=tags.term,
        campaign_content=tags.content,
        click_id=tags.click_id,
        click_id_kind=tags.click_id_kind,
        search_term=clean(search_term, TEXT_LENGTH),
    )


def _tags(sent: ArrivalInput, query: str) -> _Tags:
    """The campaign: each field as sent, else as the link's parameter gives it."""
    found = parameters(query, _PARAMETERS) if "=" in query else {}
    kind = sent.click_id_kind or ""
    if found and not kind and not sent.click_id:
        kind = next((known for known in CLICK_IDS if known in found), "")
    return _Tags(
        clean(sent.source or found.get("utm_source"), NAME_LENGTH),
        clean(sent.medium or found.get("utm_medium"), NAME_LENGTH),
        clean(sent.name or found.get("utm_campaign"), TEXT_LENGTH),
        clean(sent.id or found.get("utm_id") or found.get("gad_campaignid"), NAME_LENGTH),
        clean(sent.term or found.get("utm_term"), TEXT_LENGTH),
        clean(sent.content or found.get("utm_content"), TEXT_LENGTH),
        clean(sent.click_id or found.get(kind.lower()), CLICK_ID_LENGTH),
        clean(kind, NAME_LENGTH),
        "gad_source" in found,
    )


def _is_internal(host: str, own: tuple[str, ...]) -> bool:
    """Whether a referrer's host is the site itself, a part of it, or where people only pay or sign in."""
    host = bare(host)
    return any(_same_site(host, bare(name.lower())) for name in own if name) or sends_back(host)


def _same_site(one: str, other: str) -> bool:
    """Whether two hosts are equal or one is a subdomain of the other; siblings are not known to be one site."""
    shorter, longer = (one, other) if len(one) <= len(other) else (other, one)
    return shorter == longer or ("." in shorter and longer.endswith(f".{shorter}"))


def _origin(tags: _Tags, referrer: Link, external: bool, is_landing: bool) -> tuple[str, str, str]:
    """Source, medium and search term: by the campaign, the click id, the referrer, or Direct."""
    click_source, click_medium = _by_click(tags)
    if tags.source or tags.medium:
        return tags.source or click_source, tags.medium or click_medium, ""
    if click_source:
        return click_source, click_medium, ""
    if external:
        return _by_referrer(referrer)
    if is_landing and not referrer.host and not any(tags):
        return DIRECT_SOURCE, DIRECT_MEDIUM, ""
    return "", "", ""


def _by_click(tags: _Tags) -> tuple[str, str]:
    """What the click id stands for. Browsers strip `gclid` but leave `gad_source`, which every Google ad carries."""
    known = CLICK_IDS.get(tags.click_id_kind.lower())
    return known or (("google", "cpc") if tags.google_ad else ("", ""))


def _by_referrer(referrer: Link) -> tuple[str, str, str]:
    """Source, medium and search term that the site a person came from stands for."""
    source = assistant(referrer.host, referrer.path)
    if source:
        return source, ASSISTANT_MEDIUM, ""
    host = bare(referrer.host)
    site = category(host)
    found = search(host, referrer.query) if site in ("", "search") else None
    if found:
        return found[0], "organic", found[1]
    return host, "organic" if site == "search" else "referral", ""
