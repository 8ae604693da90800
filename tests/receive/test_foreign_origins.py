"""Pages of other sites that use a key which is not theirs, and what browsers are told."""

from __future__ import annotations

import json

import pytest

from collector.errors import Refused
from collector.receive.access import Key
from collector.receive.credentials import check_origin
from tests.receive.receiver import Receiver, touchpoint, until

ALLOWED = ("https://shop.example", "https://*.shop.example", "http://localhost:3000", "capacitor://localhost")
KEY = Key(name="web", site="shop", kind="public", origins=ALLOWED)

PASS: list[dict[bytes, bytes]] = [
    {b"origin": b"https://shop.example"},
    {b"origin": b"https://SHOP.example"},
    {b"origin": b"https://www.shop.example"},
    {b"origin": b"https://a.b.shop.example"},
    {b"origin": b"http://localhost:3000"},
    {b"origin": b"capacitor://localhost"},
    {b"referer": b"https://shop.example/nl/cart?x=1"},
    {},
]
REFUSED: list[dict[bytes, bytes]] = [
    {b"origin": b"https://evil.example"},
    {b"origin": b"https://shop.example.evil.example"},
    {b"origin": b"https://evilshop.example"},
    {b"origin": b"http://shop.example"},
    {b"origin": b"https://shop.example:8443"},
    {b"origin": b"http://www.shop.example"},
    {b"origin": b"http://localhost:3001"},
    {b"origin": b"null"},
    {b"origin": b"https://evil.example", b"referer": b"https://shop.example/"},
    {b"referer": b"https://evil.example/https://shop.example"},
    {b"referer": b"https://shop.example@evil.example/"},
    {b"referer": b"http://[::1"},
]


@pytest.mark.parametrize("headers", PASS)
def test_a_page_of_the_site_may_use_its_key(headers: dict[bytes, bytes]) -> None:
    """By origin or, where there is none, by the page's address; what names neither is no page."""
    check_origin(KEY, headers)


@pytest.mark.parametrize("headers", REFUSED)
def test_a_page_of_another_site_may_not(headers: dict[bytes, bytes]) -> None:
    """However much its name looks like the site's."""
    with pytest.raises(Refused, match="origin"):
        check_origin(KEY, headers)


@pytest.mark.parametrize("headers", [*PASS, *REFUSED])
def test_a_key_without_origins_is_for_any(headers: dict[bytes, bytes]) -> None:
    """Nothing is compared where nothing is listed."""
    check_origin(Key(name="web", site="shop", kind="public"), headers)


def test_the_receiver_refuses_a_foreign_page(receiver: Receiver) -> None:
    """403 with the reason, in the body and by pixel, readable for the developer of that page."""
    _, value = receiver.keys.add(name="bound", site="shop", kind="public", origins=["https://shop.example/"])
    mine, other = {"Origin": "https://shop.example"}, {"Origin": "https://evil.example"}
    until(lambda: receiver.send(touchpoint(), key=value, **mine).status == 202, "the key is known")
    answer = receiver.send(touchpoint(), key=value, **other)
    assert (answer.status, answer.reason, answer.headers["access-control-allow-origin"]) == (
        403, "origin_not_allowed", "*",
    )  # fmt: skip
    assert receiver.get(f"/v1/pixel.gif?key={value}", **other).status == 403
    assert receiver.get(f"/v1/pixel.gif?key={value}", Referer="https://shop.example/mail").status == 200


def test_a_browser_that_asks_first_is_answered(receiver: Receiver) -> None:
    """The preflight allows POST with the headers that an SDK sets, for a day, and no private network."""
    answer = receiver.request(
        "OPTIONS",
        "/v1/touchpoints",
        headers={
            "Origin": "https://shop.example",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "content-type,x-write-key",
            "Access-Control-Request-Private-Network": "true",
        },
    )
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "POST" in answer.headers["access-control-allow-methods"]
    for header in ("content-type", "content-encoding", "authorization", "x-write-key"):
        assert header in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-max-age"] == "86400"
    assert "access-control-allow-private-network" not in answer.headers


def test_any_origin_never_comes_with_credentials(receiver: Receiver) -> None:
    """No answer of any kind allows credentials, since any origin may read it."""
    origin = {"Origin": "https://evil.example"}
    for answer in (
        receiver.send(touchpoint(), **origin),
        receiver.post(b"", **origin),
        receiver.request("OPTIONS", "/v1/touchpoints", headers=origin),
        receiver.get(f"/v1/pixel.gif?key={receiver.public}", **origin),
        receiver.get("/readyz", **origin),
        receiver.get("/nowhere", **origin),
    ):
        assert "access-control-allow-credentials" not in answer.headers
        assert answer.headers.get("access-control-allow-origin", "*") == "*"
        assert "set-cookie" not in answer.headers


def test_the_body_may_say_it_is_anything(receiver: Receiver) -> None:
    """A beacon sends text/plain, a form something else: the type is not looked at."""
    body = json.dumps({"key": receiver.public, "touchpoints": [touchpoint()]}).encode()
    for kind in ("text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "nonsense", "application/json"):
        assert receiver.post(body, Content_Type=kind).status == 202
