"""Addresses: whose a request is, that headers cannot forge it, and that no full one ever rests on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.receive.receiver import Receiver, receiving, touchpoint

FORGED = "198.51.100.201"


def test_nobody_is_believed_unless_trusted(receiver: Receiver) -> None:
    """X-Forwarded-For and its relatives can be written by anybody."""
    sent = touchpoint()
    headers = {"X_Forwarded_For": FORGED, "X_Real_IP": FORGED, "Forwarded": f"for={FORGED}", "True_Client_IP": FORGED}
    assert receiver.send(sent, **headers).status == 202
    assert receiver.stored(sent["id"])["_envelope"]["address"] == "127.0.0.0"
    assert FORGED.encode() not in receiver.spool_bytes()


def test_a_trusted_proxy_is_believed_as_far_as_it_saw(tmp_path: Path) -> None:
    """The right-most address that is no proxy of ours counts; what stands before it may be forged."""
    with receiving(tmp_path, trusted_proxies="127.0.0.0/8,10.0.0.0/8") as receiver:
        cases = {
            "203.0.113.77": "203.0.113.0",
            f"{FORGED}, 203.0.113.77": "203.0.113.0",
            f"{FORGED}, 203.0.113.77, 10.1.2.3": "203.0.113.0",
            "2001:db8:1234:5678::9": "2001:db8:1234::",
            "203.0.113.77:4711": "203.0.113.0",
            "unknown": "127.0.0.0",
            "": "127.0.0.0",
            "," * 3000: "127.0.0.0",
        }
        for header, expected in cases.items():
            sent = touchpoint()
            assert receiver.send(sent, X_Forwarded_For=header).status == 202
            assert receiver.stored(sent["id"])["_envelope"]["address"] == expected, header
        # In two lines, as some proxies write it.
        with receiver.connect() as connection:
            sent = touchpoint()
            body = f'{{"key":"{receiver.public}","touchpoints":[{{"id":"{sent["id"]}","type":"page_view",'
            body += f'"occurred_at":{sent["occurred_at"]}}}]}}'
            connection.sendall(
                f"POST /v1/touchpoints HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: {FORGED}\r\n"
                f"X-Forwarded-For: 203.0.113.99\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            assert connection.recv(65536).startswith(b"HTTP/1.1 202")
        assert receiver.stored(sent["id"])["_envelope"]["address"] == "203.0.113.0"
        assert not any(full in receiver.spool_bytes() for full in (b"203.0.113.77", b"203.0.113.99", FORGED.encode()))
        assert "203.0.113.77" not in receiver.log


ADDRESSES = {
    "203.0.113.77": "203.0.113.0",
    "2001:db8:1:2:3:4:5:6": "2001:db8:1::",
    "::ffff:203.0.113.77": "203.0.113.0",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_that_a_server_passes_on_is_truncated(receiver: Receiver, address: str) -> None:
    """A secret key may say whose visit it reports, and only the truncated address is kept."""
    sent = touchpoint(context={"address": address})
    assert receiver.send(sent, key=receiver.secret).status == 202
    assert receiver.stored(sent["id"])["context"] == {"address": ADDRESSES[address]}
    assert address.encode() not in receiver.spool_bytes()


def test_what_is_no_address_is_not_kept(receiver: Receiver) -> None:
    """It could be anything, so it is set aside without being repeated."""
    sent = touchpoint(context={"address": "203.0.113.300"})
    assert receiver.send(sent, key=receiver.secret).status == 202
    stored = receiver.stored(sent["id"])
    assert stored["problems"] == ["$.context.address: not an IPv4 or IPv6 address"]
    assert b"203.0.113.300" not in receiver.spool_bytes()


@pytest.mark.parametrize("key", ["public", "secret"])
def test_a_rejected_touchpoint_keeps_no_address_either(receiver: Receiver, key: str) -> None:
    """Its raw bytes are kept for a replay, with the address in them truncated."""
    sent = touchpoint(occurred_at=0, context={"address": "203.0.113.88", "language": "nl"})
    assert receiver.send(sent, key=getattr(receiver, key)).json["rejected"][0]["reason"] == "time_impossible"
    raw = receiver.stored(sent["id"])["raw"]
    assert '"language":"nl"' in raw and '"address":"203.0.113.0"' in raw
    assert b"203.0.113.88" not in receiver.spool_bytes()


@pytest.mark.parametrize(
    "context",
    [
        '"context":{"address":"203.0.113.90","address":"203.0.113.91","language":"nl"}',
        '"context":{"address":"203.0.113.90"},"context":{"language":"nl"}',
        r""""context":{"addres\u0073":"203.0.113.90","language":"nl"}""",
        '"context":[{"address":"203.0.113.90"}],"properties":{"language":"nl"}',
    ],
)
def test_a_name_said_twice_or_otherwise_hides_no_address(receiver: Receiver, context: str) -> None:
    """JSON may say a name twice, and write it with escapes; only what was read of a rejected touchpoint is kept."""
    sent = touchpoint(occurred_at=0)
    raw = f'{{"id":"{sent["id"]}","type":"page_view","occurred_at":0,{context}}}'
    answer = receiver.post(f'{{"key":"{receiver.secret}","touchpoints":[{raw}]}}'.encode())
    assert answer.json["rejected"][0]["reason"] == "time_impossible"
    assert '"language":"nl"' in receiver.stored(sent["id"])["raw"]
    assert b"203.0.113.9" not in receiver.spool_bytes()


def test_a_bad_address_is_not_repeated_in_the_problem(receiver: Receiver) -> None:
    """The problem of a field that did not fit says nothing of its value where that is personal."""
    sent = touchpoint(context={"address": ["203.0.113.89"]}, visitor_id=["PERSON-4711"], identity="PERSON-4712")
    assert receiver.send(sent, key=receiver.secret).json["accepted"] == 1
    assert len(receiver.stored(sent["id"])["problems"]) == 3
    assert not any(text in receiver.spool_bytes() for text in (b"203.0.113.89", b"PERSON-4711", b"PERSON-4712"))
