"""The traffic that is measured with: requests of one size that a receiver takes in, each touchpoint once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadtest import traffic
from loadtest.hammer import read


@pytest.mark.parametrize("a_request", [1, 20, 50])
def test_every_touchpoint_is_another_one(a_request: int) -> None:
    """Requests are of the size asked for, and no id comes twice."""
    requests = traffic.requests(600, a_request=a_request, public_only=False)
    ids = [touchpoint["id"] for request in requests for touchpoint in request.touchpoints]
    assert {len(request.touchpoints) for request in requests} == {a_request}
    assert len(ids) == len(set(ids)) == 600 // a_request * a_request


def test_public_traffic_holds_nothing_that_needs_a_secret_key() -> None:
    """What is sent with a public key is what such a key may send, or it would be rejected instead of measured."""
    requests = traffic.requests(2000, a_request=1, public_only=True)
    types = {touchpoint["type"] for request in requests for touchpoint in request.touchpoints}
    assert {request.delivery.key.value for request in requests} == {"public"}
    assert types.isdisjoint({"sale", "loyalty_scan"})
    assert len(types) > 10


def test_a_written_request_is_read_back_whole(tmp_path: Path) -> None:
    """What the generators read is HTTP: a head, a true length, and the body with the key of its kind."""
    requests = traffic.requests(300, a_request=3, public_only=False)
    traffic.write_http(tmp_path / "requests", requests, {"public": "p", "secret": "s"})
    written = list(read(tmp_path / "requests"))
    assert len(written) == len(requests)
    for request, whole in zip(requests, written, strict=True):
        head, _, body = whole.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")
        sent = json.loads(body)
        assert sent["key"] == request.delivery.key.value[0]
        assert [one["id"] for one in sent["touchpoints"]] == [one["id"] for one in request.touchpoints]
