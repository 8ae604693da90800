"""Portals, redirects, broken and endless answers, refused keys: nothing is deleted, and the key goes nowhere else."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from klantreis_store import SettingsError, Store
from klantreis_store.answers import Reply
from klantreis_store.wire import Key, Wire

from tests.receive.receiver import Receiver, receiving
from tests.store.collector import Line
from tests.store.simulated import SimulatedClock, Till

SECRET = "sk_quokka-never-told"
DAY_MS = 86_400_000


@pytest.fixture(scope="module")
def receiver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A real one."""
    with receiving(tmp_path_factory.mktemp("receiver")) as running:
        yield running


def till_of(folder: Path, receiver: Receiver, url: str, key: Callable[[], str]) -> Till:
    """A till with a real network and simulated time."""
    wire = Wire(url, agent="test")
    return Till(folder, SimulatedClock(_now_ms()), wire.post, key=key)


def _now_ms() -> int:
    return int(time.time() * 1000)


def arrived(receiver: Receiver, ids: list[str]) -> list[str]:
    """Which of them are in the spool, as often as they are."""
    return [line["id"] for _, _, lines in receiver.records() for line in lines if line["id"] in ids]


def test_a_portal_that_answers_200_to_everything(quick_folder: Path, receiver: Receiver) -> None:
    """Nothing is deleted while it is there; all is delivered once when it is gone."""
    line = Line(receiver.port)
    line.be("portal")
    till = till_of(quick_folder, receiver, line.url, lambda: receiver.secret)
    ids = [till.store.sale(f"R-{number}", "1") for number in range(250)]
    till.wait(DAY_MS // 24)
    status = till.store.status()
    assert (status.waiting, status.sent, status.dropped) == (250, 0, 0)
    assert status.trouble and "did not come from a collector" in status.trouble.detail
    line.be("up")
    till.wait(DAY_MS // 24)
    assert sorted(arrived(receiver, ids)) == sorted(ids)
    assert till.store.status().waiting == 0
    till.stop()
    line.close()


def test_a_wrong_key_for_a_day(quick_folder: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    """Nothing is deleted, the fault is told once and not by the minute, and all is delivered when the key is right."""
    file = quick_folder / "key"
    file.write_text("sk_of_another_shop\n")
    till = till_of(quick_folder / "outbox", receiver, f"http://127.0.0.1:{receiver.port}", Key(file=file).value)
    ids = []
    with caplog.at_level(logging.INFO, "klantreis_store"):
        for hour in range(24):
            ids.append(till.store.sale(f"R-{hour}", "1"))
            till.wait(DAY_MS // 24)
        status = till.store.status()
        assert (status.waiting, status.dropped) == (24, 0)
        assert status.trouble and (status.trouble.status, status.trouble.reason) == (401, "key_unknown")
        assert 80 <= status.trouble.attempts <= 180
        told = [record for record in caplog.records if "compare the key" in record.getMessage()]
        assert len(told) == 1
        file.write_text(receiver.secret)
        till.wait(DAY_MS // 48)
        assert "sent again" in caplog.text
    assert sorted(arrived(receiver, ids)) == sorted(ids)
    assert till.store.status().trouble is None
    assert receiver.secret not in caplog.text and "sk_of" not in caplog.text
    till.stop()


def test_a_key_file_that_cannot_be_read(quick_folder: Path, receiver: Receiver) -> None:
    """While the till runs somebody takes it away: nothing is lost, and it goes on when it is back."""
    file = quick_folder / "key"
    file.write_text(receiver.secret)
    till = till_of(quick_folder / "outbox", receiver, f"http://127.0.0.1:{receiver.port}", Key(file=file).value)
    file.unlink()
    identified = till.store.sale("R-1", "1")
    till.wait(DAY_MS // 24)
    status = till.store.status()
    assert status.waiting == 1 and status.trouble and "put the key into it" in status.trouble.detail
    file.write_text(receiver.secret)
    till.wait(DAY_MS // 24)
    assert arrived(receiver, [identified]) == [identified]
    till.stop()


def test_one_bad_touchpoint_costs_none_beside_it(quick_folder: Path, receiver: Receiver) -> None:
    """A request that is refused as a whole is halved until the culprit is alone."""
    wire = Wire(f"http://127.0.0.1:{receiver.port}", agent="test")

    def post(body: bytes) -> Reply:
        if b'"id":"R-13"' in body:
            return Reply(400, {}, b'{"reason": "not_json", "detail": "told to fail"}')
        return wire.post(body)

    till = Till(quick_folder, SimulatedClock(_now_ms()), post, key=lambda: receiver.secret)
    ids = [till.store.sale(f"R-{number}", "1") for number in range(60)]
    till.wait(60_000)
    assert sorted(arrived(receiver, ids)) == sorted(set(ids) - {ids[13]})
    status = till.store.status()
    assert (status.waiting, status.aside, status.dropped) == (0, 1, 1)
    till.stop()


@contextmanager
def server(answer: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[tuple[str, list[str]]]:
    """A web server with one answer; its address, and what it was asked."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(f"{self.command} {self.path} {self.rfile.read(int(self.headers['content-length']))!r}")
            answer(self)

        def do_GET(self) -> None:
            asked.append(f"{self.command} {self.path}")
            self.send_error(404)

        def log_message(self, format: str, *arguments: object) -> None:
            """Quiet."""

    serving = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield f"http://127.0.0.1:{serving.server_port}", asked
    serving.shutdown()
    serving.server_close()


def test_the_key_follows_no_redirect() -> None:
    """Whatever the code: the answer is kept as it is, and the other place is never asked."""
    with server(lambda handler: handler.send_error(404)) as (elsewhere, asked_there):
        for code in (301, 302, 303, 307, 308):

            def answer(handler: BaseHTTPRequestHandler, code: int = code) -> None:
                handler.send_response(code)
                handler.send_header("Location", f"{elsewhere}/v1/touchpoints")
                handler.send_header("Content-Length", "0")
                handler.end_headers()

            with server(answer) as (url, asked):
                assert Wire(url, agent="test").post(b'{"key":"k"}').status == code
                assert len(asked) == 1
        assert asked_there == []


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"garbage\r\n\r\n",
        b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n{\"accepted\": 1, ",
        b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 202 Accepted\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 202 Accepted\r\n" + b"X: y\r\n" * 1000 + b"\r\n",
        b"HTTP/1.1 202 Accepted\r\n\r\n" + b"[" * 200_000,
        b"HTTP/1.1 202 Accepted\r\n\r\n" + b" " * 3_000_000 + b'{"accepted": 1, "rejected": []}',
        b'HTTP/1.1 202 Accepted\r\n\r\n{"accepted": 1, "rejected": [{"index": 7}]}',
        b'HTTP/1.1 202 Accepted\r\n\r\n{"accepted": 2, "rejected": []}',
        b'HTTP/1.1 202 Accepted\r\n\r\n{"accepted": true, "rejected": []}',
        b"HTTP/1.1 999 What\r\nRetry-After: Never\r\nDate: yesterday\r\n\r\n",
    ],
    ids=range(12),
)  # fmt: skip
def test_no_answer_of_a_stranger_deletes_anything(quick_folder: Path, said: bytes) -> None:
    """Broken, endless, or nearly right: the touchpoint waits, and no error leaves the sender."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listening.accept()
        with client:
            client.recv(1 << 16)
            try:
                client.sendall(said)
            except OSError:
                pass  # it has heard enough

    threading.Thread(target=serve, daemon=True).start()
    wire = Wire(f"http://127.0.0.1:{listening.getsockname()[1]}", agent="test")
    till = Till(quick_folder, SimulatedClock(_now_ms()), wire.post)
    till.store.sale("R-1", "1")
    till.wait(900)
    status = till.store.status()
    assert (status.waiting, status.sent, status.dropped) == (1, 0, 0)
    assert status.trouble and status.trouble.attempts == 1
    till.stop()
    listening.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://touch.shop.example", "unencrypted"),
        ("ftp://touch.shop.example", "collector's address"),
        ("touch.shop.example", "collector's address"),
        ("https://user:word@touch.shop.example", "user name or password"),
        ("https://touch.shop.example/?key=1", "collector's address"),
        ("https://touch.shop.example:port", "collector's address"),
    ],
)
def test_addresses_that_will_not_do(tmp_path: Path, url: str, told: str) -> None:
    """Told when the program starts; a key in clear over a foreign network is one of them."""
    with pytest.raises(SettingsError, match=told):
        Store(url, key="k", folder=tmp_path)


def test_the_key_is_told_to_nobody(tmp_path: Path, receiver: Receiver, caplog: pytest.LogCaptureFixture) -> None:
    """Not in what is logged at any level, not in a repr, not in an error, not in the outbox."""
    caplog.set_level(logging.DEBUG)
    store = Store(f"http://127.0.0.1:{receiver.port}", key=SECRET, folder=tmp_path / "outbox")
    store.sale("R-1", "1")
    assert not store.flush(60)
    assert store.status().trouble is not None
    told = f"{store!r} {store._key!r} {store.status()!r} {caplog.text}"
    store.close(0)
    assert SECRET not in told
    assert all(SECRET.encode() not in file.read_bytes() for file in (tmp_path / "outbox").iterdir())
    for bad in ("", "sk_a b", f"{SECRET}\n{SECRET}", "sk_é", "x" * 300):
        with pytest.raises(SettingsError) as raised:
            Store("http://127.0.0.1:9", key=bad, folder=tmp_path)
        assert not bad or bad not in str(raised.value)


def test_the_request_holds_what_the_contract_wants(quick_folder: Path) -> None:
    """Key, program and time beside the touchpoints, and of each its age."""
    bodies: list[bytes] = []

    def post(body: bytes) -> Reply:
        bodies.append(body)
        return Reply(202, {}, b'{"accepted": 1, "rejected": []}')

    till = Till(quick_folder, SimulatedClock(1_800_000_000_000), post)
    till.store.sale("R-1", "1")
    till.wait(1_000)
    [body] = bodies
    sent = json.loads(body)
    assert sent.keys() == {"key", "sdk", "sent_at", "touchpoints"}
    assert sent["touchpoints"][0]["age_ms"] == 500
    till.stop()
