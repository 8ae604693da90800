"""The lists of sites: complete as taken over, free of slips, and each accounted for in the README beside them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from collector.enrich import sources
from collector.enrich.link import split

FILES = sorted(sources.DATA.glob("*.txt"))


def lines(file: str) -> list[list[str]]:
    return [[part.strip() for part in line.split("|")] for line in entries(sources.DATA / file)]


def entries(file: Path) -> list[str]:
    return [line for line in file.read_text("utf-8").splitlines() if line and not line.startswith("#")]


def test_googles_list_is_complete() -> None:
    """As many sources of each category as Google published on 17 September 2026, each once."""
    names = [(category, name) for category, names in lines("ga4_sources.txt") for name in names.split(", ")]
    assert Counter(category for category, _ in names) == {"social": 592, "search": 129, "shopping": 52, "video": 46}
    assert len({name for _, name in names}) == len(names)
    for category, name in names:
        assert sources.category(name.lower()) == category


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_each_list_says_where_it_comes_from(file: Path) -> None:
    """The README has a section for every list, and every list begins with a pointer to it."""
    readme = (sources.DATA / "README.md").read_text("utf-8")
    assert f"## `{file.name}`" in readme
    assert "README.md" in file.read_text("utf-8").split("\n\n")[0]


def test_hosts_are_written_as_browsers_send_them() -> None:
    """Every host of a list is found by the splitter as it stands: lower case, without port, path or scheme."""
    hosts = [host for (host,) in lines("returns.txt")]
    hosts += [host for _, named in lines("social.txt") for host in named.split()]
    hosts += [host.partition("/")[0] for _, named in lines("assistants.txt") for host in named.split()]
    hosts += [
        host.rstrip("?").replace("{}", "nl") for _, named, _ in lines("search_engines.txt") for host in named.split()
    ]
    assert len(hosts) > 700
    assert [host for host in hosts if split(f"https://{host}/").host != host] == []


def test_no_engine_is_listed_twice() -> None:
    """A host belongs to one engine, and an engine has one line."""
    engines = lines("search_engines.txt")
    assert [name for name, count in Counter(name for name, _, _ in engines).items() if count > 1] == []
    hosts = Counter(host.rstrip("?") for _, named, _ in engines for host in named.split())
    assert [host for host, count in hosts.items() if count > 1] == []


def test_every_listed_site_has_its_category() -> None:
    """No site of Matomo's lists is lost behind another, but for those that Google's list has elsewhere."""
    for _, named in lines("assistants.txt"):
        for host in named.split():
            assert sources.assistant(*(f"{host}/".split("/", 1)[0], f"/{host.partition('/')[2]}")), host
    for name, named in lines("social.txt"):
        for known in (name, *named.split()):
            assert sources.category(known) in ("social", "video"), known
    for name, named, terms in lines("search_engines.txt"):
        for host in named.split():
            assert (sources.search(host.rstrip("?").replace("{}", "nl"), "") is None) == host.endswith("?"), host
            for term in terms.split():
                found = sources.search(host.rstrip("?").replace("{}", "nl"), f"x=1&{term}=rood")
                assert found == (name, "rood"), host
