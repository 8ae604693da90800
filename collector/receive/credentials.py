"""Which key a request shows, and whether the page that it comes from may use it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qsl, urlsplit

from collector.errors import Reason, Refused
from collector.receive.access import Key, Keys

Headers = Mapping[bytes, bytes]

QUERY_FIELDS = 100
"""Parameters of a query string that are looked at: enough for a pixel, cheap for a hostile one."""


_NAMES = re.compile("[a-z0-9_-]+(?:[.][a-z0-9_-]+)*")


def key_shown(keys: Keys, headers: Headers, query: bytes, body_key: str | None) -> Key:
    """The key that the request names in its body, query or headers.

    Raises Refused when it names none, two different ones, or one that is not active.
    """
    if body_key and not query and b"authorization" not in headers and b"x-write-key" not in headers:
        shown = body_key  # nearly always
    else:
        shown = _the_one([body_key or "", *_in_query(query), *_in_headers(headers)])
    key = keys.find(shown)
    if key is None:
        raise Refused(Reason.KEY_UNKNOWN)
    return key


def check_origin(key: Key, headers: Headers) -> None:
    """Refuses a page of a site that the key is not for.

    Browsers name the page's origin, or at least its address, and a page cannot forge either. Other programs can, and
    apps and servers name none, so what names none passes: this keeps a key that was copied into another site from
    working there, it does not say who sends. Raises Refused.
    """
    if not key.origins:
        return
    origin = headers.get(b"origin", b"").decode("latin-1").lower() or _origin_of(headers.get(b"referer", b""))
    if origin and not any(_matches(origin, allowed) for allowed in key.origins):
        raise Refused(Reason.ORIGIN_NOT_ALLOWED)


def query_fields(query: bytes) -> list[tuple[str, str]]:
    """The parameters of a query string; Refused when there are too many."""
    try:
        return parse_qsl(query.decode("latin-1"), keep_blank_values=True, max_num_fields=QUERY_FIELDS)
    except ValueError:
        raise Refused(Reason.NOT_HTTP, f"send at most {QUERY_FIELDS} parameters in a query") from None


def _the_one(values: Iterable[str]) -> str:
    different = {value for value in values if value}
    if not different:
        raise Refused(Reason.KEY_MISSING)
    if len(different) > 1:
        raise Refused(Reason.KEYS_DIFFER)
    return different.pop()


def _in_query(query: bytes) -> list[str]:
    return [value for name, value in query_fields(query) if name == "key"] if query else []


def _in_headers(headers: Headers) -> list[str]:
    shown = [headers.get(b"x-write-key", b"").decode("latin-1").strip()]
    scheme, _, rest = headers.get(b"authorization", b"").decode("latin-1").strip().partition(" ")
    if scheme.lower() == "bearer":
        shown.append(rest.strip())
    elif scheme.lower() == "basic":
        shown.append(_user_of(rest.strip()))
    return shown


def _user_of(basic: str) -> str:
    """The user name of Basic credentials: there the key stands, as with other collectors."""
    try:
        return base64.b64decode(basic, validate=True).decode("utf-8").partition(":")[0]
    except (binascii.Error, ValueError):
        raise Refused(Reason.KEY_UNKNOWN, "Authorization: Basic holds no readable user:password") from None


def _origin_of(address: bytes) -> str:
    """`https://shop.example` of a page's address; nothing when it has none."""
    try:
        parts = urlsplit(address.decode("latin-1").lower())
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "null"
    return f"{parts.scheme}://{host}" if host else ""


def _matches(origin: str, allowed: str) -> bool:
    scheme, wildcard, rest = allowed.partition("://*.")
    if not wildcard:
        return origin == allowed
    begin, end = f"{scheme}://", f".{rest}"
    if not (origin.startswith(begin) and origin.endswith(end)):
        return False
    # The star is a name or several: `https://evil.example#.shop.example` is no page of shop.example.
    return _NAMES.fullmatch(origin, len(begin), len(origin) - len(end)) is not None
