"""Addresses that strangers write: forged chains, ports, garbage; and what may be kept of an address."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.address import HEADER_LENGTH, HOPS, Network, client, truncate

PROXIES: tuple[Network, ...] = (ip_network("10.0.0.0/8"), ip_network("2001:db8:ffff::/48"))

v4 = st.ip_addresses(v=4)
v6 = st.ip_addresses(v=6)
garbage = st.one_of(
    st.text(max_size=40), st.sampled_from(["", "unknown", "_hidden", "1.2.3", "1.2.3.4.5", "[", "[::1", ":"])
)


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("192.0.2.201", "192.0.2.0"),
        ("255.255.255.255", "255.255.255.0"),
        ("2001:db8:85a3:8d3:1319:8a2e:370:7348", "2001:db8:85a3::"),
        ("2001:DB8:85A3::1", "2001:db8:85a3::"),
        ("::1", "::"),
        ("::ffff:192.0.2.201", "192.0.2.0"),
        ("::ffff:c000:2c9", "192.0.2.0"),
        ("2002:c000:2c9:1::1", "192.0.2.0"),
        ("fe80::1%eth0", "fe80::"),
    ],
)
def test_an_address_is_cut(address: str, kept: str) -> None:
    """IPv4 loses its last eight bits, IPv6 all but 48, and IPv4 within IPv6 is cut as IPv4."""
    assert truncate(address) == kept


@pytest.mark.parametrize(
    "text",
    ["", " ", "localhost", "192.0.2", "192.0.2.1.1", "192.0.2.256", "192.0.2.01", "1", "0x7f.1", " 192.0.2.1",
     "192.0.2.1\n", "192.0.2.1:80", "[::1]", ":::", "1::2::3", "192.0.2.1\x00", "１９２.0.2.1", "%",
     "%eth0", "a" * 100_000],
)  # fmt: skip
def test_what_is_no_address_is_not_kept(text: str) -> None:
    """Anything that is not exactly an address leaves nothing behind."""
    assert truncate(text) == ""
    assert client(text, "192.0.2.7", PROXIES) == client(text, None, ()) == ""


@given(v4)
def test_every_ipv4_address_is_cut_to_its_network(address: IPv4Address) -> None:
    """The standard library's /24 and ours agree, also for the address in IPv6's clothes."""
    network = str(ip_network((address, 24), strict=False).network_address)
    assert truncate(str(address)) == network
    assert truncate(f"::ffff:{address}") == network
    assert truncate(str(IPv6Address(0x2002 << 112 | int(address) << 80 | 1))) == network
    assert truncate(network) == network


@given(v6)
def test_every_other_ipv6_address_is_cut_to_its_network(address: IPv6Address) -> None:
    """The standard library's /48 and ours agree, and cutting twice changes nothing."""
    if address.ipv4_mapped or address.sixtofour:
        return
    kept = truncate(str(address))
    assert ip_address(kept) == ip_network((address, 48), strict=False).network_address
    assert truncate(kept) == kept


@given(st.text())
def test_no_text_raises(text: str) -> None:
    """Whatever is truncated or forwarded, an address or nothing comes out."""
    for kept in (truncate(text), client(text, text, PROXIES), client("10.0.0.1", text, PROXIES)):
        assert kept == "" or ip_address(kept)


@pytest.mark.parametrize(
    ("peer", "header", "sender"),
    [
        ("198.51.100.1", None, "198.51.100.1"),
        ("198.51.100.1", "192.0.2.1", "198.51.100.1"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "203.0.113.9, 192.0.2.1, 10.9.9.9", "192.0.2.1"),
        ("10.0.0.1", "10.1.1.1, 10.2.2.2", "10.1.1.1"),
        ("10.0.0.1", "192.0.2.1:4711", "192.0.2.1"),
        ("10.0.0.1", "[2001:db8::7]:4711", "2001:db8::7"),
        ("10.0.0.1", "[2001:db8::7]", "2001:db8::7"),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7"),
        ("10.0.0.1", '"[2001:db8::7]:4711"', "2001:db8::7"),
        ("10.0.0.1", "::ffff:192.0.2.1", "192.0.2.1"),
        ("::ffff:10.0.0.1", "192.0.2.1", "192.0.2.1"),
        ("2001:db8:ffff::1", "192.0.2.1", "192.0.2.1"),
        ("10.0.0.1", "192.0.2.1, unknown", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1, garbage, 10.2.2.2", "10.2.2.2"),
        ("10.0.0.1", "192.0.2.1,", "10.0.0.1"),
        ("10.0.0.1", "192.0.2.1, 10.2.2.2:99999:x", "10.0.0.1"),
        ("10.0.0.1", " 192.0.2.1 ", "192.0.2.1"),
        ("::1", "192.0.2.1", "::1"),
    ],
)
def test_only_what_trusted_proxies_wrote_is_believed(peer: str, header: str | None, sender: str) -> None:
    """The chain is read from the right, as long as the writers are trusted and what they wrote is an address."""
    assert client(peer, header, PROXIES) == sender


def test_nobody_is_trusted_by_default() -> None:
    """Without trusted proxies the header counts for nothing."""
    assert client("10.0.0.1", "192.0.2.1", ()) == "10.0.0.1"


@given(forged=st.lists(st.one_of(v4.map(str), v6.map(str), garbage), max_size=60), real=v4, proxies=st.integers(1, 20))
def test_a_sender_cannot_forge_its_address(forged: list[str], real: IPv4Address, proxies: int) -> None:
    """Whatever a sender puts in front, the address that the outermost trusted proxy saw is the one that counts."""
    if real in PROXIES[0]:
        return
    chain = [*forged, str(real), *(f"10.0.0.{number}" for number in range(1, proxies))]
    assert client("10.0.0.250", ", ".join(chain), PROXIES) == str(real)


def test_endless_chains_end() -> None:
    """Of a chain longer than any honest one, the furthest entry that is looked at counts."""
    hops = [f"10.0.{number // 250}.{number % 250}" for number in range(5000)]
    assert client("10.0.0.250", ",".join(hops), PROXIES) == hops[-HOPS]
    assert client("10.0.0.250", "," * 1_000_000, PROXIES) == "10.0.0.250"


def test_an_entry_that_the_limit_cuts_in_two_is_left_out() -> None:
    """Half an address is another address: it must not be taken for the sender's."""
    entry = "10.0.0.1"
    tail = (" " * (HEADER_LENGTH - len(entry) - 8)) + entry
    assert client("10.0.0.250", f"192.0.2.177,{tail}", PROXIES) == "10.0.0.1"
    assert client("10.0.0.250", f"192.0.2.177,{tail.strip()}", PROXIES) == "192.0.2.177"
