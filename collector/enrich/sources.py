"""What is known of the sites that send visitors: search engines, assistants, social, shopping and video sites.

The lists are data: `data/README.md` says where each comes from, of which date and under which licence.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from collector.enrich.link import bare, parameters

DATA = Path(__file__).with_name("data")

SECOND_LEVELS = frozenset({"com", "co", "net", "org", "edu", "it"})
"""Labels that belong to a country's ending: co.uk, com.br. The combinations that Matomo's list counts as a country."""


class Engine(NamedTuple):
    """A search engine: the source it is reported as, and the query parameters that may hold the search term."""

    source: str
    parameters: tuple[str, ...]
    needs_term: bool
    """The host is more than a search engine: without a search term it is an ordinary referrer."""


def _lines(file: str) -> Iterator[list[str]]:
    """The lines of a list, cut at the bars; comments and empty lines left out."""
    for line in (DATA / file).read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            yield [part.strip() for part in line.split("|")]


def _read_engines() -> tuple[dict[str, Engine], dict[str, Engine], dict[str, Engine]]:
    """Engines by whole host, by host without its country at the start, and by host without its country at the end."""
    whole: dict[str, Engine] = {}
    prefixed: dict[str, Engine] = {}
    ended: dict[str, Engine] = {}
    for source, hosts, terms in _lines("search_engines.txt"):
        for entry in hosts.split():
            host = entry.rstrip("?")
            engine = Engine(source, tuple(terms.split()), entry != host)
            if host.startswith("{}."):
                prefixed.setdefault(host[3:], engine)
            elif host.endswith(".{}"):
                ended.setdefault(bare(host[:-3]), engine)
            else:
                whole.setdefault(bare(host), engine)
    return whole, prefixed, ended


def _read_categories() -> tuple[dict[str, str], dict[str, str]]:
    """Category by source name or host, Google Analytics' list before Matomo's; and assistants' sites by host."""
    categories = {name: category for category, names in _lines("ga4_sources.txt") for name in names.lower().split(", ")}
    assistants: dict[str, str] = {}
    for name, hosts in _lines("assistants.txt"):
        first = hosts.split()[0]
        categories[name] = "assistant"
        for host in hosts.split():
            assistants[host] = first if "/" in host else host
            if "/" not in host:
                categories[host] = "assistant"
    for name, hosts in _lines("social.txt"):
        for known in (name, *hosts.split()):
            categories.setdefault(bare(known), "social")
    return categories, assistants


_WHOLE, _PREFIXED, _ENDED = _read_engines()
_CATEGORIES, _ASSISTANTS = _read_categories()
_ASSISTANT_PATHS = {host.partition("/")[0]: host.partition("/")[2] for host in _ASSISTANTS if "/" in host}
_RETURNS = frozenset(host for (host,) in _lines("returns.txt"))


def _parents(host: str) -> Iterator[str]:
    """`m.facebook.com`, `facebook.com`: the host and what it is a subdomain of, down to two labels."""
    while "." in host:
        yield host
        host = host.partition(".")[2]


def category(source: str) -> str:
    """`search`, `social`, `shopping`, `video` or `assistant`; empty for any other source.

    `source` is a name (`facebook`) or a host (`m.facebook.com`), lower case. A site stands for its subdomains, except
    for search: mail.yahoo.com is not the search engine that yahoo.com is.
    """
    source = bare(source)
    known = _CATEGORIES.get(source)
    if known or "." not in source:
        return known or ""
    found = _engine(source)
    if found and not found.needs_term:
        return "search"
    for host in _parents(source):
        known = _CATEGORIES.get(host)
        if known and known != "search":
            return known
    return ""


def _engine(host: str) -> Engine | None:
    """The engine at `host`, which has no `www.`."""
    engine = _WHOLE.get(host)
    if engine:
        return engine
    first, _, rest = host.partition(".")
    if len(first) == 2 and rest in _PREFIXED:
        return _PREFIXED[rest]
    start, _, last = host.rpartition(".")
    if len(last) != 2:
        return None
    head, _, second = start.rpartition(".")
    return _ENDED.get(head if second in SECOND_LEVELS and head else start)


def search(host: str, query: str) -> tuple[str, str] | None:
    """Source and search term of a referrer from a search engine (the term is mostly hidden: empty), else None."""
    engine = _engine(bare(host))
    if not engine:
        return None
    found = parameters(query, {name.lower() for name in engine.parameters}) if query else {}
    term = next((found[name.lower()] for name in engine.parameters if name.lower() in found), "")
    return None if engine.needs_term and not term else (engine.source, term)


def assistant(host: str, path: str) -> str:
    """The source under which the AI assistant at this address is reported, empty when it is none."""
    host = bare(host)
    within = _ASSISTANT_PATHS.get(host)
    if within and f"{path}/".startswith(f"/{within}/"):
        return _ASSISTANTS[f"{host}/{within}"]
    return next((known for known in _parents(host) if known in _ASSISTANTS), "")


def sends_back(host: str) -> bool:
    """Whether `host` is where people pay or sign in: they come back from it in the middle of a visit."""
    return any(known in _RETURNS for known in _parents(bare(host)))
