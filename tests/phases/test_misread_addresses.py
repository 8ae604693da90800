"""Addresses of shop platforms and of Dutch shops, labelled by a person: what the guesses get right, and what not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from engine_in_process import classified

from collector.phases import conditions
from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.shipped import rules as shipped_rules

FOLDER = shipped_rules() / "urls"
PLATFORMS = (
    "shopify", "woocommerce", "magento", "shopware", "prestashop", "lightspeed", "bigcommerce", "squarespace",
)  # fmt: skip
RIGHT = 0.98
"""The share of platform addresses that must be right."""
LANGUAGE = re.compile(r"/[a-z]{2}([_-][a-z]{2})?(/|$)", re.IGNORECASE)
BETWEEN_SLASHES = ("{}/", "/demo/nl{}", "/nl{}", "/en-GB{}", "/nl-nl{}")


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    """The shipped rule set."""
    return load(shipped_rules())


def lines_of(file: Path) -> list[list[str]]:
    """The cells of each line; # begins a remark."""
    return [line.split("\t") for line in file.read_text("utf-8").splitlines() if not line.startswith("#")]


def labelled(name: str) -> dict[str, str]:
    """Address → the signal that a person gives it."""
    cells = lines_of(FOLDER / f"{name}.tsv")
    found = {cell[0]: cell[1] for cell in cells}
    assert len(found) == len(cells), f"an address of {name} stands twice"
    return found


def signals(rules: RuleSet, addresses: list[str]) -> list[str]:
    """The signal of a view of each page, by its whole address."""
    urls = [one if one.startswith("http") else f"https://winkel.example{one}" for one in addresses]
    return [signal for signal, _ in classified(rules, [{"type": "page_view", "page": {"url": url}} for url in urls])]


def misread(rules: RuleSet, name: str) -> dict[str, str]:
    """Address → the wrong signal that it gets."""
    labels = labelled(name)
    found = zip(labels.items(), signals(rules, list(labels)), strict=True)
    return {address: got for (address, signal), got in found if got != signal}


def test_labels_are_signals_that_there_are(rules: RuleSet) -> None:
    """A label that no rule can give would count as a miss for ever."""
    known = {signal.id for signal in rules.signals}
    files = sorted(FOLDER.glob("*.tsv"))
    assert {file.stem for file in files} == {*PLATFORMS, "dutch_shops", "held_out"}
    assert {signal for file in files for signal in labelled(file.stem).values()} <= known


def test_every_platform_address_names_its_source() -> None:
    """The key at the end of a line stands at the head of its file."""
    for name in PLATFORMS:
        head = (FOLDER / f"{name}.tsv").read_text("utf-8").split("\n\n")[0]
        assert [cell for cell in lines_of(FOLDER / f"{name}.tsv") if f"# {cell[2]}: " not in head] == []


def test_default_pages_of_eight_platforms_are_recognised(rules: RuleSet) -> None:
    """At least 98 % of the platforms' own addresses get a person's signal; the others are the ones that are listed."""
    count = sum(len(labelled(name)) for name in PLATFORMS)
    wrong = {(address, name) for name in PLATFORMS for address in misread(rules, name)}
    assert count >= 380
    assert wrong == {(address, platform) for address, platform, _ in lines_of(FOLDER / "misses.txt")}
    assert 1 - len(wrong) / count >= RIGHT


def test_what_is_missed_is_not_known_rather_than_mistaken(rules: RuleSet) -> None:
    """An address of a Dutch shop that no rule knows is some page; hardly any is taken for something that it is not."""
    for name, missed, mistaken in (("dutch_shops", 6, 1), ("held_out", 7, 0)):
        wrong = misread(rules, name)
        assert len(wrong) <= missed, wrong
        assert sum(signal != "page_viewed" for signal in wrong.values()) <= mistaken, wrong


@pytest.mark.parametrize("form", BETWEEN_SLASHES)
def test_languages_folders_and_slashes_do_not_matter(rules: RuleSet, form: str) -> None:
    """In front of a path a language, or a folder and a language, and a slash behind it change no signal."""
    plain = [
        address
        for name in PLATFORMS
        for address in labelled(name)
        if not LANGUAGE.match(address) and "?" not in address and "#" not in address
    ]
    formed = [form.format(address.rstrip("/") if form == "{}/" else address) for address in plain]
    before, after = signals(rules, plain), signals(rules, formed)
    moved = [(address, one, other) for address, one, other in zip(plain, before, after, strict=True) if one != other]
    assert moved == []


@pytest.mark.parametrize("query", ["utm_id=7", "page=2&sort=price"])
def test_queries_that_say_nothing_do_not_matter(rules: RuleSet, query: str) -> None:
    """Parameters behind an address leave its signal as it is."""
    plain = [address for name in PLATFORMS for address in labelled(name) if "#" not in address]
    longer = [f"{address}{'&' if '?' in address else '?'}{query}" for address in plain]
    before, after = signals(rules, plain), signals(rules, longer)
    moved = [(address, one, other) for address, one, other in zip(plain, before, after, strict=True) if one != other]
    assert moved == []


def test_what_a_page_is_called_says_the_same_with_html_behind_it(rules: RuleSet) -> None:
    """Each name of a service page, a cart or a list that the guesses know, they know as a file too: else it would be
    taken for a product of Magento's. A bag may be one that is for sale."""
    guesses = [rule for rule in rules.signal_rules if rule.place.file.startswith(("signals/85_", "signals/90_"))]
    tests = [test for rule in guesses for test in conditions.tests_of(rule.condition) if test.field.name == "page.path"]
    ends = {end for test in tests if test.operator == "endswith" for end in test.values}
    names = sorted(end for end in ends if re.fullmatch(r"/[a-z0-9_-]+", end) and end != "/bag")
    assert len(names) > 350
    for before in ("", "/nl", "/info"):
        for ending in (".html", ".php"):
            plain = signals(rules, [before + name for name in names])
            ended = signals(rules, [f"{before}{name}{ending}" for name in names])
            moved = [(name, one, other) for name, one, other in zip(names, plain, ended, strict=True) if one != other]
            assert moved == [], (before, ending)


def test_pages_about_the_company_are_no_products(rules: RuleSet) -> None:
    """What no rule has a signal for is some page, in .html as without."""
    names = [
        "over-ons",
        "about-us",
        "algemene-voorwaarden",
        "privacyverklaring",
        "cookie-policy",
        "vacatures",
        "sitemap",
    ]
    assert set(signals(rules, [f"/{name}.html" for name in names])) == {"page_viewed"}
    assert set(signals(rules, [f"/nl/info/{name}.html" for name in names])) == {"page_viewed"}
    assert signals(rules, ["/groene-gieter.html", "/gear/bags.html"]) == ["product_viewed", "products_listed"]
