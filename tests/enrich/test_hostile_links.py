"""Links made to break, slow down or deceive: nothing raises, nothing grows, nothing unprintable comes out."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from collector.enrich import rows
from collector.enrich.arrival import Arrival, ArrivalInput, classify, decisive
from collector.enrich.channel_group import CHANNEL_GROUPS
from collector.enrich.link import HOST_LENGTH, NO_LINK, Link, split

HOSTILE = [
    "",
    " ",
    ":",
    "://",
    "//",
    "///",
    "http://",
    "https://?",
    "https://#",
    "https://@",
    "https://:@:",
    "https://[",
    "https://]",
    "https://[::1",
    "https://[::1]]:x/",
    "https://[zz]/",
    "https://user:pass@www.google.nl:99999999/?q=%",
    "https://www.google.nl@example.org/",
    "https://www.google.nl\\@example.org/",
    "https:\\\\www.google.nl\\search",
    "https://www.google.nl%2eexample.org/",
    "https://www.google.nl\x00.example.org/",
    "https://\u202ewww.google.nl/",
    "https://www.goog\u200ble.nl/",
    "https://ｗｗｗ.ｇｏｏｇｌｅ.ｎｌ/",
    "https://ﬀﬀ℀.com/",
    "https://" + "a" * 300 + ".nl/",
    "https://" + "a." * 3000,
    "https://" + "ä." * 3000,
    "https://xn--/",
    "https://xn--0000000000000000000000000000000000000000000000000000000000000000/",
    "https://..../",
    "https://-/",
    "javascript:alert(1)//https://www.google.nl/",
    "data:text/html,<script>//www.google.nl/</script>",
    "file:///etc/passwd",
    "blob:https://www.google.nl/x",
    "HTTPS://WWW.GOOGLE.NL/SEARCH?Q=SCHOENEN",
    "?" + "utm_source=%" * 400,
    "?" + "&" * 4096,
    "?" + "=" * 4096,
    "?" + "%" * 4096,
    "?utm_source=%zz%f&utm_medium=%u0041&utm_campaign=%ed%a0%80",
    "?utm_source=" + "%00" * 1000,
    "?utm_source=" + "a" * 5000,
    "?utm_source=\ud800&utm_medium=\udfff",
    "?utm_source=<script>alert(1)</script>&utm_medium=cpc",
    "?utm_source=' OR 1=1 --&utm_medium=\"; DROP TABLE touchpoints",
]

PIECES = [
    "https://",
    "www.google.nl",
    "[",
    "]",
    "%",
    "@",
    ":",
    "/",
    "?",
    "&",
    "=",
    "#",
    "\\",
    ".",
    "utm_source",
    "gclid",
]
texts = st.one_of(
    st.text(max_size=60),
    st.sampled_from(HOSTILE),
    st.lists(st.sampled_from([*PIECES, "é", "\x00", "\ud800", "xn--"]), max_size=30).map("".join),
)


def is_fit_for_a_report(arrival: Arrival) -> None:
    assert arrival.came_by == "" or arrival.came_by in CHANNEL_GROUPS
    for value in arrival:
        assert value.isprintable()
        assert value == value.strip()
        value.encode("utf-8")
    assert max(len(arrival.source), len(arrival.medium), len(arrival.campaign_id)) <= 253
    assert max(len(arrival.campaign), len(arrival.campaign_term), len(arrival.search_term)) <= 256
    assert len(arrival.click_id) <= 512


@pytest.mark.parametrize("link", HOSTILE)
def test_a_hostile_link_gives_something_fit_for_a_report(link: str) -> None:
    """Each known trick, as page and as referrer, gives a known group and clean, bounded texts."""
    is_fit_for_a_report(classify(ArrivalInput(page_url=link)))
    is_fit_for_a_report(classify(ArrivalInput(page_url="https://www.example.nl/", page_referrer=link)))


@given(
    page=texts, referrer=texts, source=texts, medium=texts, kind=texts, channel=st.sampled_from([None, "web", "store"])
)
def test_no_text_raises(page: str, referrer: str, source: str, medium: str, kind: str, channel: str | None) -> None:
    """Whatever the fields hold, an arrival comes out that a report can show."""
    is_fit_for_a_report(
        classify(
            ArrivalInput(
                page_url=page,
                page_referrer=referrer,
                source=source,
                medium=medium,
                click_id=kind,
                click_id_kind=kind,
                channel=channel,
                site_hosts=(source,),
            )
        )
    )


ORIGINS = [
    "https://www.example.nl",
    "http://example.nl:80",
    "//example.nl",
    "https://a@b",
    "https:\\\\example.nl",
    "app://x",
    "",
]
TAILS = [
    "",
    "/",
    "/a",
    "/a/b",
    "\\a",
    "?",
    "?a",
    "?utm_source=x&gclid=1",
    "#?utm_source=x",
    "/a?q=1#/b?gclid=2",
    ".evil.nl/",
]
near = st.builds("{}{}{}".format, st.sampled_from(ORIGINS), st.sampled_from(TAILS), st.sampled_from(TAILS))


@given(page=st.one_of(near, texts), referrer=st.one_of(near, texts), type_=st.sampled_from(["page_view", "app_opened"]))
@example(page="#?utm_source=x", referrer="", type_="page_view")
def test_what_is_left_out_never_decides(page: str, referrer: str, type_: str) -> None:
    """An arrival by the decisive parts of its links is the arrival by the whole of them."""
    shorter = decisive(page, referrer)
    assert classify(ArrivalInput(page_url=shorter[0], page_referrer=shorter[1], type=type_)) == classify(
        ArrivalInput(page_url=page, page_referrer=referrer, type=type_)
    )


def test_pages_of_a_site_are_one_arrival() -> None:
    """What a shop's pages are called does not matter, and neither does which of them was before."""
    pages = [f"https://www.example.nl/p/{n}" for n in range(9)]
    assert {decisive(page, before) for page in pages for before in pages} == {("https://www.example.nl",) * 2}


@given(texts)
def test_a_host_is_a_host_or_nothing(link: str) -> None:
    """A host consists of letters, digits, dots and hyphens, or is an address in brackets, and is never too long."""
    host = split(link).host
    assert host == host.lower()
    assert len(host) <= HOST_LENGTH
    assert not set(host) - set("abcdefghijklmnopqrstuvwxyz0123456789._-:[]")


@pytest.mark.parametrize(
    ("link", "host"),
    [
        ("https://www.google.nl@example.org/", "example.org"),
        ("https://example.org\\@www.google.nl/", "example.org"),
        ("https://user:pass@example.org:8443/x", "example.org"),
        ("https://www.google.nl\x00.example.org/", ""),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://ｗｗｗ.google.nl/", "www.google.nl"),
        ("https://[2001:DB8::1]:443/", "[2001:db8::1]"),
        ("javascript://www.google.nl/%0aalert(1)", ""),
        ("blob:https://www.google.nl/x", ""),
    ],
)
def test_a_link_cannot_borrow_another_host(link: str, host: str) -> None:
    """Credentials, backslashes and other alphabets lead to the host that a browser would visit."""
    assert split(link).host == host


def test_a_link_is_taken_apart() -> None:
    """Host, path and query of ordinary links, absolute and relative."""
    assert split("https://Www.Example.nl:8443/a/b?c=d?e#f") == Link("www.example.nl", "/a/b", "c=d?e")
    assert split("/a/b?c=d") == Link("", "/a/b", "c=d")
    assert split("?c=https://x/y") == Link("", "", "c=https://x/y")
    assert split("mailto:a@example.nl") == NO_LINK


def test_long_links_are_not_remembered() -> None:
    """The cache holds a bounded number of short links, so that hostile ones cannot fill the memory."""

    def arrive(link: str) -> None:
        page = rows._Page(url=link)
        rows._arrival_of(rows._Arriving(type="page_view", id="", occurred_at=0, page=page))

    rows._remembered_arrival_piece.cache_clear()
    for number in range(50):
        arrive(f"https://www.example.nl/?{number}=" + "x" * 2000)
    assert rows._remembered_arrival_piece.cache_info().currsize == 0
    for number in range(rows.CACHED + 50):
        arrive(f"https://www.example.nl/?gclid={number}")
    assert rows._remembered_arrival_piece.cache_info().currsize == rows.CACHED


def test_only_so_many_parameters_are_looked_at() -> None:
    """A campaign behind two hundred other parameters is not looked for."""
    near = "https://www.example.nl/?" + "a=1&" * 150 + "utm_source=google&utm_medium=cpc"
    far = "https://www.example.nl/?" + "a=1&" * 250 + "utm_source=google&utm_medium=cpc"
    assert classify(ArrivalInput(page_url=near)).came_by == "Paid Search"
    assert classify(ArrivalInput(page_url=far)).came_by == "Direct"
