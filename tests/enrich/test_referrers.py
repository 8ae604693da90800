"""Referrers of search engines, assistants, social, shopping and video sites, and hosts that only look like them."""

from __future__ import annotations

import pytest

from collector.enrich.arrival import Arrival, ArrivalInput, classify


def came_from(referrer: str) -> Arrival:
    return classify(ArrivalInput(page_url="https://www.example.nl/schoenen", page_referrer=referrer, channel="web"))


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("https://www.google.nl/", "google"),
        ("https://www.google.com", "google"),
        ("https://google.co.uk/search", "google"),
        ("https://www.google.com.br/url?sa=t&rct=j&q=&esrc=s", "google"),
        ("https://images.google.be/imgres", "google"),
        ("android-app://com.google.android.googlequicksearchbox/", "google"),
        ("https://www.bing.com/", "bing"),
        ("https://nl.bing.com/search?q=", "bing"),
        ("https://duckduckgo.com/", "duckduckgo"),
        ("https://www.ecosia.org/", "ecosia"),
        ("https://www.startpage.com/", "startpage"),
        ("https://search.brave.com/", "brave"),
        ("https://www.qwant.com/", "qwant"),
        ("https://kagi.com/", "kagi"),
        ("https://nl.search.yahoo.com/", "yahoo"),
        ("https://search.yahoo.co.jp/", "yahoo"),
        ("https://yandex.com.tr/", "yandex"),
        ("https://www.baidu.com/link?url=x", "baidu"),
        ("https://WWW.GOOGLE.NL:443/", "google"),
        ("https://www.google.nl./", "google"),
        ("//www.google.nl/", "google"),
        ("https://m.naver.com/", "m.naver.com"),
    ],
)
def test_a_search_engine_is_organic_search(referrer: str, source: str) -> None:
    """Whoever clicked a search result came by Organic Search, from the engine whatever its country or service."""
    arrival = came_from(referrer)
    assert (arrival.came_by, arrival.source, arrival.medium) == ("Organic Search", source, "organic")


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("https://chatgpt.com/", "chatgpt.com"),
        ("https://chat.openai.com/c/1", "chat.openai.com"),
        ("https://www.perplexity.ai/search/x", "perplexity.ai"),
        ("https://copilot.microsoft.com/", "copilot.microsoft.com"),
        ("https://gemini.google.com/", "gemini.google.com"),
        ("https://claude.ai/", "claude.ai"),
        ("https://chat.mistral.ai/", "chat.mistral.ai"),
        ("https://you.com/search", "you.com"),
        ("https://x.com/i/grok", "grok.com"),
        ("https://x.com/i/grok/share/1", "grok.com"),
    ],
)
def test_an_assistant_is_told_from_a_search_engine(referrer: str, source: str) -> None:
    """Whoever followed an assistant's link came by AI Assistant, though some assistants are search engines as well."""
    arrival = came_from(referrer)
    assert (arrival.came_by, arrival.source, arrival.medium) == ("AI Assistant", source, "ai-assistant")


@pytest.mark.parametrize(
    ("referrer", "source"),
    [
        ("https://www.facebook.com/", "facebook.com"),
        ("https://l.facebook.com/l.php?u=x", "l.facebook.com"),
        ("https://lm.facebook.com/", "lm.facebook.com"),
        ("https://m.facebook.com/", "m.facebook.com"),
        ("https://l.instagram.com/", "l.instagram.com"),
        ("https://t.co/abc", "t.co"),
        ("https://x.com/", "x.com"),
        ("https://x.com/i/grokking", "x.com"),
        ("https://www.linkedin.com/feed", "linkedin.com"),
        ("https://lnkd.in/x", "lnkd.in"),
        ("android-app://com.linkedin.android/", "com.linkedin.android"),
        ("https://www.reddit.com/r/schoenen", "reddit.com"),
        ("https://nl.pinterest.com/", "nl.pinterest.com"),
        ("https://www.tiktok.com/", "tiktok.com"),
        ("https://bsky.app/", "bsky.app"),
        ("https://l.threads.net/", "l.threads.net"),
        ("https://mastodon.social/", "mastodon.social"),
        ("https://web.whatsapp.com/", "web.whatsapp.com"),
    ],
)
def test_a_social_site_is_organic_social(referrer: str, source: str) -> None:
    """Whoever followed a link on a social site came by Organic Social, also through the site's link checkers."""
    arrival = came_from(referrer)
    assert (arrival.came_by, arrival.source, arrival.medium) == ("Organic Social", source, "referral")


@pytest.mark.parametrize(
    ("referrer", "group"),
    [
        ("https://www.youtube.com/", "Organic Video"),
        ("https://m.youtube.com/watch?v=1", "Organic Video"),
        ("https://player.vimeo.com/", "Organic Video"),
        ("https://www.twitch.tv/", "Organic Video"),
        ("https://www.amazon.com/dp/1", "Organic Shopping"),
        ("https://www.etsy.com/", "Organic Shopping"),
        ("https://www.ebay.de/", "Organic Shopping"),
    ],
)
def test_video_and_shopping_sites_have_their_groups(referrer: str, group: str) -> None:
    """Google's category comes before Matomo's, which has YouTube for a social site."""
    assert came_from(referrer).came_by == group


@pytest.mark.parametrize(
    "referrer",
    [
        "https://www.nu.nl/artikel",
        "https://mail.google.com/",
        "https://docs.google.com/document",
        "https://mail.yahoo.com/",
        "https://google.nl.example.org/",
        "https://notgoogle.nl/",
        "https://google.example.org/",
        "https://www.cnn.com/",
        "https://facebook.com.example.org/",
        "https://myfacebook.com/",
        "https://chatgpt.com.example.org/",
        "https://192.0.2.1/",
        "https://[2001:db8::1]:8443/x",
    ],
)
def test_a_site_that_only_looks_alike_is_a_referral(referrer: str) -> None:
    """A name within another name, or another service of the same company, is not the known site."""
    arrival = came_from(referrer)
    assert (arrival.came_by, arrival.medium, arrival.search_term) == ("Referral", "referral", "")


@pytest.mark.parametrize(
    ("referrer", "term"),
    [
        ("https://www.google.nl/search?q=rode+schoenen&hl=nl", "rode schoenen"),
        ("https://search.yahoo.com/search?p=schoenen%20maat%2038", "schoenen maat 38"),
        ("https://suche.web.de/web?su=gr%C3%BCn", "grün"),
        ("https://www.startpage.com/do/search?query=a&query=b", "a"),
        ("https://www.google.nl/search?q=%ff%fe", "\ufffd\ufffd"),
        ("https://www.google.nl/search?q=%00%07rood%0Aschoen", "rood schoen"),
        ("https://www.google.nl/search?q=", ""),
        ("https://www.google.nl/", ""),
    ],
)
def test_the_search_term_is_read_where_it_is_told(referrer: str, term: str) -> None:
    """Engines that still tell the search term have it read, decoded and without control characters."""
    arrival = came_from(referrer)
    assert arrival.came_by == "Organic Search"
    assert arrival.search_term == term


def test_a_portal_counts_as_search_only_with_a_search_term() -> None:
    """A news site that also lets one search the web is a referral unless a search was made."""
    assert came_from("https://www.startsiden.no/nyheter").came_by == "Organic Search"  # Google's list has it
    assert came_from("https://www.talktalk.co.uk/help").came_by == "Referral"
    searched = came_from("https://www.talktalk.co.uk/search/results.html?query=shoes")
    assert (searched.came_by, searched.source, searched.search_term) == ("Organic Search", "talktalk", "shoes")
