"""Touchpoints that nothing brought anybody to, and campaigns that are told in more than one place."""

from __future__ import annotations

import pytest

from collector.enrich.arrival import CLICK_IDS, Arrival, ArrivalInput, classify

PAGE = "https://www.example.nl/schoenen?maat=38"


@pytest.mark.parametrize(
    "referrer",
    [
        "https://www.example.nl/",
        "http://example.nl/winkelmand",
        "https://EXAMPLE.nl:8443/x",
        "https://blog.example.nl/",
        "https://m.example.nl/",
    ],
)
def test_moving_on_within_the_site_is_no_arrival(referrer: str) -> None:
    """A page reached from the site itself, with or without www, or from a part of it, was brought about by nothing."""
    assert classify(ArrivalInput(page_url=PAGE, page_referrer=referrer)) == Arrival()


def test_a_subdomain_is_the_same_site_as_its_parent() -> None:
    """From example.nl to shop.example.nl nobody arrives; two subdomains are one site only when that is told."""
    page = "https://shop.example.nl/"
    assert classify(ArrivalInput(page_url=page, page_referrer="https://www.example.nl/")).came_by == ""
    sibling = ArrivalInput(page_url=page, page_referrer="https://blog.example.nl/")
    assert classify(sibling).came_by == "Referral"
    assert classify(sibling._replace(site_hosts=("Example.nl",))).came_by == ""


def test_a_country_is_no_site() -> None:
    """A page whose host is a bare ending does not make every host of that ending internal."""
    assert classify(ArrivalInput(page_url="https://nl/", page_referrer="https://www.nu.nl/")).came_by == "Referral"


@pytest.mark.parametrize(
    "referrer",
    [
        "https://pay.ideal.nl/",
        "https://www.paypal.com/checkout",
        "https://accounts.google.com/",
        "https://login.live.com/",
    ],
)
def test_coming_back_from_paying_or_signing_in_is_no_arrival(referrer: str) -> None:
    """Whoever returns from a payment or a login was not brought by it, so the order keeps its real origin."""
    assert classify(ArrivalInput(page_url=PAGE, page_referrer=referrer)).came_by == ""


@pytest.mark.parametrize("channel", ["store", "phone", "chat", "email", "print", "broadcast", "event"])
def test_a_touchpoint_away_from_pages_is_never_direct(channel: str) -> None:
    """A sale at the till or a call has no origin unless it names a campaign."""
    assert classify(ArrivalInput(channel=channel, page_url=PAGE)) == Arrival()
    named = classify(ArrivalInput(channel=channel, source="folder", medium="affiliate"))
    assert (named.came_by, named.source) == ("Affiliates", "folder")


@pytest.mark.parametrize("channel", [None, "web", "mobile"])
@pytest.mark.parametrize("referrer", [None, "", "about:blank", "null", "javascript:alert(1)", "data:text/html,x"])
def test_a_page_without_referrer_or_campaign_is_direct(channel: str | None, referrer: str | None) -> None:
    """A page that nothing led to was typed in, bookmarked, or opened from where links leave no trace."""
    arrival = classify(ArrivalInput(page_url=PAGE, page_referrer=referrer, channel=channel))
    assert (arrival.came_by, arrival.source, arrival.medium) == ("Direct", "(direct)", "(none)")


def test_without_a_page_only_an_opened_app_is_direct() -> None:
    """An order sent by a server, with no page at all, is not Direct; an app opened by itself is."""
    assert classify(ArrivalInput(channel="web", type="order")) == Arrival()
    assert classify(ArrivalInput(channel="mobile", type="screen_view")) == Arrival()
    assert classify(ArrivalInput(channel="mobile", type="app_opened")).came_by == "Direct"


def test_a_campaign_counts_even_from_the_site_itself() -> None:
    """A tagged link is an arrival wherever it was clicked, as in Google Analytics."""
    page = PAGE + "&utm_source=nieuwsbrief&utm_medium=email"
    assert classify(ArrivalInput(page_url=page, page_referrer="https://www.example.nl/")).came_by == "Email"


def test_each_field_that_was_sent_wins_over_the_link() -> None:
    """The sender's campaign is believed field by field; the link fills what it left out."""
    page = PAGE + "&utm_source=google&utm_medium=cpc&utm_campaign=zomer&utm_id=7&utm_term=t&utm_content=c"
    arrival = classify(ArrivalInput(source="bing", name="winter", term="", page_url=page))
    assert arrival == Arrival(
        came_by="Paid Search",
        source="bing",
        medium="cpc",
        campaign="winter",
        campaign_id="7",
        campaign_term="t",
        campaign_content="c",
    )


def test_a_campaign_wins_over_click_id_and_referrer() -> None:
    """What the marketer wrote into the link is believed before what others appended or sent."""
    page = PAGE + "&utm_source=nieuwsbrief&utm_medium=email&fbclid=IwAR0"
    arrival = classify(ArrivalInput(page_url=page, page_referrer="https://l.facebook.com/"))
    assert (arrival.came_by, arrival.source) == ("Email", "nieuwsbrief")
    assert (arrival.click_id, arrival.click_id_kind) == ("IwAR0", "fbclid")


def test_a_named_campaign_keeps_the_referrer_as_its_source() -> None:
    """A link tagged with only a campaign name is still from the site that it was clicked on."""
    arrival = classify(ArrivalInput(page_url=PAGE + "&utm_campaign=zomer", page_referrer="https://www.bing.com/"))
    assert (arrival.came_by, arrival.source, arrival.campaign) == ("Organic Search", "bing", "zomer")


@pytest.mark.parametrize(
    ("parameter", "group", "source"),
    [
        ("gclid", "Paid Search", "google"),
        ("gbraid", "Paid Search", "google"),
        ("wbraid", "Paid Search", "google"),
        ("msclkid", "Paid Search", "bing"),
        ("yclid", "Paid Search", "yandex"),
        ("dclid", "Display", "google"),
        ("ttclid", "Paid Social", "tiktok"),
        ("twclid", "Paid Social", "twitter"),
        ("li_fat_id", "Paid Social", "linkedin"),
        ("ScCid", "Paid Social", "snapchat"),
        ("rdt_cid", "Paid Social", "reddit"),
        ("epik", "Paid Social", "pinterest"),
        ("awc", "Affiliates", "awin"),
        ("cjevent", "Affiliates", "cj"),
        ("irclickid", "Affiliates", "impact"),
        ("tduid", "Affiliates", "tradedoubler"),
        ("fbclid", "Organic Social", "facebook"),
        ("igshid", "Organic Social", "instagram"),
    ],
)
def test_a_click_id_tells_who_sent_the_person(parameter: str, group: str, source: str) -> None:
    """A click id decides when no campaign is told, in the link or as sent, also before a search engine's referrer."""
    for given in (
        ArrivalInput(page_url=f"{PAGE}&{parameter}=Abc_1", page_referrer="https://www.nu.nl/"),
        ArrivalInput(page_url=PAGE, click_id="Abc_1", click_id_kind=parameter),
    ):
        arrival = classify(given)
        assert (arrival.came_by, arrival.source, arrival.click_id) == (group, source, "Abc_1")
        assert arrival.click_id_kind.lower() == parameter.lower()


def test_every_click_id_has_its_case() -> None:
    """A click id cannot be added without saying above what it stands for."""
    marks = test_a_click_id_tells_who_sent_the_person.pytestmark  # type: ignore[attr-defined]
    assert {case[0].lower() for case in marks[0].args[1]} == set(CLICK_IDS)


def test_a_click_id_fills_only_what_the_campaign_left_out() -> None:
    """A source without a medium gets the click id's medium."""
    arrival = classify(ArrivalInput(page_url=PAGE + "&utm_source=google&gclid=1"))
    assert (arrival.came_by, arrival.medium) == ("Paid Search", "cpc")


def test_a_google_ad_is_known_when_the_browser_stripped_its_click_id() -> None:
    """gad_source stays where private browsing removes gclid, and gad_campaignid names the campaign."""
    arrival = classify(ArrivalInput(page_url=PAGE + "&gad_source=1&gad_campaignid=177"))
    assert (arrival.came_by, arrival.source, arrival.campaign_id) == ("Paid Search", "google", "177")
    assert arrival.click_id == ""


def test_a_kind_without_its_id_still_tells_who_sent_the_person() -> None:
    """Where consent forbids the id, its kind is enough."""
    assert classify(ArrivalInput(page_url=PAGE, click_id_kind="msclkid")).came_by == "Paid Search"


def test_a_carelessly_written_link_is_understood() -> None:
    """Escaped ampersands, capitals, encoded names, empty values before the real one and a bare query all work."""
    for query in (
        "?UTM_Source=google&amp;utm_medium=cpc",
        "?utm%5Fsource=google&utm_medium=cpc",
        "?utm_source=&utm_source=google&utm_medium=%20&utm_medium=cpc",
        "/pad//dubbel?utm_source=google&utm_medium=cpc#utm_medium=email",
        "?utm_source=+google+&utm_medium=cpc",
    ):
        arrival = classify(ArrivalInput(page_url=query))
        assert (arrival.came_by, arrival.source, arrival.medium) == ("Paid Search", "google", "cpc"), query
