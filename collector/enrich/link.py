"""Takes links apart: the host, path and query of whatever a browser, an app or an attacker calls a link.

Nothing here raises. The standard library's splitter does (on brackets, on some Unicode hosts), keeps credentials and
ports, and takes several times as long; a report needs the bare host and a few query parameters only.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple
from urllib.parse import unquote_plus

LINK_LENGTH = 4096  # characters looked at: the longest page.url and page.referrer that a touchpoint may carry
PARAMETERS = 200  # query parameters looked at: more is no campaign link
HOST_LENGTH = 253  # characters of a host name (RFC 1035)

SCHEMES = frozenset({"http", "https", "android-app", "ios-app"})
_HOST = re.compile(r"[a-z0-9_.-]+|\[[0-9a-f:.]+\]")


class Link(NamedTuple):
    """A link's parts; each is empty where the link has none. `host` is lower case, without port and credentials."""

    host: str = ""
    path: str = ""
    query: str = ""


NO_LINK = Link()


def split(link: str) -> Link:
    """Take `link` apart. A relative link has no host; a scheme other than http, https and apps' gives an empty Link."""
    link = link.strip()[:LINK_LENGTH].partition("#")[0]
    before, _, query = link.partition("?")
    scheme, marked, rest = before.replace("\\", "/").partition("//")
    if not marked or (scheme and not scheme.endswith(":")):
        return NO_LINK if ":" in before else Link("", before, query)
    if scheme and scheme[:-1].lower() not in SCHEMES:
        return NO_LINK
    authority, slash, path = rest.partition("/")
    return Link(_host(authority), slash + path, query)


def _host(authority: str) -> str:
    """The host within `user:password@host:port`, or nothing when it is no host name."""
    host = authority.rpartition("@")[2].lower()
    host = host[: host.find("]") + 1] if host.startswith("[") else host.partition(":")[0].rstrip(".")
    if not host.isascii():
        host = _ascii_host(host)
    return host if len(host) <= HOST_LENGTH and _HOST.fullmatch(host) else ""


def _ascii_host(host: str) -> str:
    """An international host in the form browsers send (`xn--…`), so that the same host is the same text."""
    try:
        return host.encode("idna").decode("ascii").lower() if len(host) <= HOST_LENGTH else ""
    except UnicodeError:
        return ""


def bare(host: str) -> str:
    """`host` without a leading `www.`, which names no other site."""
    return host[4:] if host.startswith("www.") else host


def parameters(query: str, wanted: Collection[str]) -> dict[str, str]:
    """Those of the `wanted` parameters (lower case) that `query` holds, decoded; the first value that is not empty.

    Names are compared without regard to case, and `&amp;` from a carelessly escaped link counts as `&`.
    """
    found: dict[str, str] = {}
    for pair in query.split("&", PARAMETERS)[:PARAMETERS]:
        name, _, value = pair.partition("=")
        name = (unquote_plus(name) if "%" in name else name).lower().removeprefix("amp;")
        if value and name in wanted and name not in found:
            text = unquote_plus(value)
            if text and not text.isspace():
                found[name] = text
    return found


def clean(text: str | None, limit: int) -> str:
    """`text` fit for a report: without control and invisible characters, trimmed, at most `limit` characters."""
    if not text:
        return ""
    text = text[: 4 * limit]
    if not text.isprintable():
        text = "".join(c if c.isprintable() else " " if c.isspace() else "" for c in text)
    return text.strip()[:limit].rstrip()
