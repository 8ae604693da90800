"""Addresses of senders: whose a request is behind proxies, and the truncated form that may be kept.

Everything here is fed by strangers. A text that is no address gives the empty text, and nothing raises.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

HOPS = 50  # entries of X-Forwarded-For looked at: no honest chain of proxies is longer
HEADER_LENGTH = 4096  # characters of it looked at, the last ones: proxies append

Network = IPv4Network | IPv6Network

_MAPPED = b"\x00" * 10 + b"\xff\xff"  # ::ffff:192.0.2.1 (RFC 4291): an IPv4 sender on an IPv6 socket
_6TO4 = b"\x20\x02"  # 2002:c000:0201::/48 (RFC 3056): the /48 is the whole IPv4 address


def truncate(address: str) -> str:
    """`address` without what tells people apart: IPv4 cut to /24 (`192.0.2.0`), IPv6 to /48 (`2001:db8:1::`).

    IPv6 that wraps an IPv4 address (mapped, 6to4) is cut as that IPv4 address. Empty when it is no address.
    """
    packed = _packed(address)
    if len(packed) == 4:
        return inet_ntop(AF_INET, packed[:3] + b"\x00")
    return inet_ntop(AF_INET6, packed[:6] + b"\x00" * 10) if packed else ""


def connection(address: str) -> bytes:
    """What of an address stays the same while somebody is at one place: of IPv4 all, of IPv6 the /64.

    A household has one IPv4 address, and of IPv6 a /64, below which each device takes new addresses day by day. Empty
    when it is no address.
    """
    return _packed(address)[:8]


def client(peer: str, forwarded_for: str | None, trusted: tuple[Network, ...]) -> str:
    """The address of who sent a request: the peer's, or the one that trusted proxies forwarded for.

    `forwarded_for` is the header X-Forwarded-For, joined by commas when it came more than once. Anybody can write it,
    and each proxy appends whom it spoke with; so it is read from the right, and only as long as the one who wrote the
    entry is in `trusted`. An entry that is no address ends the walk. Empty when `peer` itself is no address.
    """
    if not (forwarded_for and trusted):
        return _plain(peer)
    address = _parse(peer)
    if address is None:
        return ""
    for entry in _entries(forwarded_for):
        if not _is_trusted(address, trusted):
            break
        before = _parse(_without_port(entry))
        if before is None:
            break
        address = before
    return str(address)


def within(address: str, networks: tuple[Network, ...]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies in none."""
    parsed = _parse(address)
    return parsed is not None and _is_trusted(parsed, networks)


def _plain(address: str) -> str:
    """`address` in its usual form. Every request comes by here: most are IPv4, for which this takes a tenth of
    what an address object costs."""
    try:
        return inet_ntop(AF_INET, inet_pton(AF_INET, address))
    except (OSError, ValueError):
        return str(_parse(address) or "")


def _packed(address: str) -> bytes:
    """The 4 or 16 bytes of an address, 4 also of one in IPv6's clothes; none when it is no address."""
    try:
        return inet_pton(AF_INET, address)
    except (OSError, ValueError):
        pass
    try:
        packed = inet_pton(AF_INET6, address.partition("%")[0])
    except (OSError, ValueError):
        return b""
    if packed.startswith(_MAPPED):
        return packed[12:]
    return packed[2:6] if packed.startswith(_6TO4) else packed


def _entries(forwarded_for: str) -> list[str]:
    """The header's last entries, nearest proxy first, without one that is cut in two."""
    entries = forwarded_for[-HEADER_LENGTH:].split(",")
    return (entries[1:] if len(forwarded_for) > HEADER_LENGTH else entries)[: -HOPS - 1 : -1]


def _is_trusted(address: IPv4Address | IPv6Address, trusted: tuple[Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in trusted)


def _parse(text: str) -> IPv4Address | IPv6Address | None:
    """The address that `text` is, an IPv4 address where it is one in IPv6's clothes; None for anything else."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _without_port(entry: str) -> str:
    """`192.0.2.1:443`, `[2001:db8::1]:443` and `[2001:db8::1]`, as some proxies write, without port and brackets."""
    entry = entry.strip().strip('"')
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
