"""Connections that say nothing, say it slowly or never stop: they are ended, and a good sender does not notice."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.receive.connection import PIPELINED
from tests.receive.receiver import Receiver, receiving, touchpoint, until

HALF_OPEN = 500
IDLE = 1500

FAST = {
    "first_byte_timeout_s": 0.5,
    "head_timeout_s": 1.0,
    "body_timeout_s": 1.0,
    "keep_alive_s": 1.0,
}


@pytest.fixture(scope="module")
def impatient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A receiver with short limits."""
    with receiving(tmp_path_factory.mktemp("impatient"), **FAST) as running:
        yield running
        assert running.stop() == 0, running.log


def request(receiver: Receiver, *, more: str = "", body: bytes | None = None) -> bytes:
    """A whole request as bytes."""
    if body is None:
        body = json.dumps({"key": receiver.public, "touchpoints": [touchpoint()]}).encode()
    return f"POST /v1/touchpoints HTTP/1.1\r\nHost: x\r\n{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def rest(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def answer(connection: socket.socket) -> bytes:
    """One answer of a connection that stays open."""
    text = b""

    def read_on() -> bytes:
        part = connection.recv(65536)
        assert part, f"closed after {text!r}"
        return text + part

    while b"\r\n\r\n" not in text:
        text = read_on()
    head = text.lower().partition(b"\r\n\r\n")[0]
    length = int(head.partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(text) < len(head) + 4 + length:
        text = read_on()
    return text


def dribble(connection: socket.socket, data: bytes, every_s: float = 0.1, limit: int = 60) -> bytes:
    """Sends byte for byte until the other side has enough, and gives what it said."""
    connection.settimeout(every_s)
    said = b""
    for byte in data[:limit]:
        try:
            connection.sendall(bytes([byte]))
            part = connection.recv(65536)
            if not part:
                return said
            said += part
        except TimeoutError:
            continue
        except (ConnectionResetError, BrokenPipeError):
            return said
    raise AssertionError(f"still open after {limit * every_s} s, said {said!r}")


def test_who_connects_and_says_nothing_is_let_go(impatient: Receiver) -> None:
    """Without a word, since nothing was asked."""
    with impatient.connect() as connection:
        assert rest(connection) == b""


def test_empty_lines_are_nothing_said(impatient: Receiver) -> None:
    """Line ends before a request keep no connection open, before the first as after any."""
    with impatient.connect() as connection:
        assert dribble(connection, b"\r\n" * 30) == b""
    with impatient.connect() as connection:
        connection.sendall(request(impatient))
        assert answer(connection).startswith(b"HTTP/1.1 202")
        assert dribble(connection, b"\r\n" * 30) == b""


def test_a_head_that_dribbles_is_let_go(impatient: Receiver) -> None:
    """A head has its time as a whole: a byte now and then does not extend it."""
    with impatient.connect() as connection:
        assert dribble(connection, request(impatient)) == b""


def test_a_body_that_dribbles_is_answered_408(impatient: Receiver) -> None:
    """In the usual form, and then the connection is closed."""
    whole = request(impatient)
    head_end = whole.index(b"\r\n\r\n") + 4
    with impatient.connect() as connection:
        connection.sendall(whole[:head_end])
        said = dribble(connection, whole[head_end:])
    assert said.startswith(b"HTTP/1.1 408 ")
    assert b'"reason":"body_slow"' in said and b"connection: close" in said


def test_a_chunked_body_without_end_is_answered_408(impatient: Receiver) -> None:
    """A body that announces no length has the same time."""
    with impatient.connect() as connection:
        connection.sendall(b"POST /v1/touchpoints HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        said = dribble(connection, b"1\r\n{\r\n" * 20)
    assert b'"reason":"body_slow"' in said


def test_an_open_connection_is_used_again_and_then_let_go(tmp_path: Path) -> None:
    """Between requests it may be silent for as long as keep_alive_s says."""
    with receiving(tmp_path, **{**FAST, "keep_alive_s": 5.0}) as receiver, receiver.connect() as connection:
        for _ in range(3):
            connection.sendall(request(receiver))
            assert answer(connection).startswith(b"HTTP/1.1 202")
            time.sleep(1.0)  # longer than any other limit
        assert rest(connection) == b""


def test_what_holds_the_receiver_up_is_not_the_senders_time(impatient: Receiver) -> None:
    """What came while it stood still, for longer than a head may take, counts as having come in time."""
    assert impatient.process is not None
    whole = request(impatient)
    with impatient.connect() as begun, impatient.connect() as silent:
        begun.sendall(whole[:20])
        time.sleep(0.1)
        impatient.process.send_signal(signal.SIGSTOP)
        time.sleep(2 * FAST["head_timeout_s"])
        impatient.process.send_signal(signal.SIGCONT)
        time.sleep(0.1)
        for connection, sent in ((begun, whole[20:]), (silent, whole)):
            connection.sendall(sent)
            assert answer(connection).startswith(b"HTTP/1.1 202")


def test_what_is_left_of_a_refused_body_is_not_waited_for_longer(impatient: Receiver) -> None:
    """A body over the limit is answered at once; who goes on sending it slowly is let go like any other."""
    with impatient.connect() as connection:
        connection.sendall(b"POST /v1/touchpoints HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        assert answer(connection).startswith(b"HTTP/1.1 413 ")
        dribble(connection, b"x" * 100)


def test_a_refused_body_can_be_sent_to_its_end(receiver: Receiver) -> None:
    """A client that reads only after it has sent everything gets its 413, and can go on with the next request."""
    with receiver.connect() as connection:
        connection.sendall(request(receiver, body=b" " * (3 << 20)))
        assert b'"reason":"body_too_large"' in answer(connection)
        connection.sendall(request(receiver))
        assert answer(connection).startswith(b"HTTP/1.1 202")


def test_who_asks_before_sending_is_answered_before(receiver: Receiver) -> None:
    """`Expect: 100-continue`: the body is asked for, or refused before it is sent."""
    whole = request(receiver, more="Expect: 100-continue\r\n")
    head_end = whole.index(b"\r\n\r\n") + 4
    with receiver.connect() as connection:
        connection.sendall(whole[:head_end])
        assert connection.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(whole[head_end:])
        assert answer(connection).startswith(b"HTTP/1.1 202")
    with receiver.connect() as connection:
        connection.sendall(request(receiver, more="Expect: 100-continue\r\n", body=b" " * (2 << 20))[:100])
        assert answer(connection).startswith(b"HTTP/1.1 413 ")


def test_a_head_that_never_ends_is_refused(receiver: Receiver) -> None:
    """Over 64 KiB of head is answered 431, in one header or in thousands."""
    for line in (b"a" * 1000, b"X-Filler: " + b"a" * 1000 + b"\r\n"):
        with receiver.connect() as connection:
            connection.sendall(b"POST /v1/touchpoints HTTP/1.1\r\nX-First: ")
            said = b""
            try:
                for _ in range(2000):
                    connection.sendall(line)
                said = rest(connection)
            except (ConnectionResetError, BrokenPipeError):
                continue  # it was closed while we were still sending
            assert b'"reason":"head_too_large"' in said
    assert receiver.send(touchpoint()).status == 202


GARBAGE = {
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 200,
    "words": b"hello there\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "two lengths": b"POST /v1/touchpoints HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
    "length and chunks": (
        b"POST /v1/touchpoints HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"0\r\n\r\nGET / HTTP/1.1\r\n"
    ),
    "negative length": b"POST /v1/touchpoints HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "space in the name": b"POST /v1/touchpoints HTTP/1.1\r\nContent Length: 1\r\n\r\n",
    "path not ASCII": b"GET /\xff\xfe HTTP/1.1\r\nHost: x\r\n\r\n",
    "bad chunk": b"POST /v1/touchpoints HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
}


@pytest.mark.parametrize("garbage", GARBAGE.values(), ids=GARBAGE.keys())
def test_what_is_no_http_is_refused_in_the_usual_form(receiver: Receiver, garbage: bytes) -> None:
    """400 with a reason and an end, never a crash, and nothing of it in the log."""
    with receiver.connect() as connection:
        connection.sendall(garbage)
        said = rest(connection)
    assert said.startswith(b"HTTP/1.1 400 ") and b'"reason":"not_http"' in said
    assert "Invalid HTTP" not in receiver.log and "Traceback" not in receiver.log


def test_requests_that_come_all_at_once_are_answered_in_order(receiver: Receiver) -> None:
    """Pipelining: each has its answer, the good ones as the bad one."""
    with receiver.connect() as connection:
        bad = request(receiver, body=b"[]", more="Connection: close\r\n")
        connection.sendall(request(receiver) + request(receiver) + bad)
        said = rest(connection)
    assert [part[:3] for part in said.split(b"HTTP/1.1 ")[1:]] == [b"202", b"202", b"400"]


def test_thousands_of_requests_at_once_are_not_taken_in(receiver: Receiver) -> None:
    """Nobody is that far ahead of the answers: the connection ends, and what it sent takes no memory."""
    tiny = b"GET /robots.txt HTTP/1.1\r\n\r\n"
    with receiver.connect() as connection:
        connection.sendall(tiny * PIPELINED + tiny.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        assert rest(connection).count(b"HTTP/1.1 200 ") == PIPELINED + 1
    before = resident_mib(receiver)
    crowd = [receiver.connect() for _ in range(20)]
    try:
        for connection in crowd:
            connection.setblocking(False)
            with contextlib.suppress(BlockingIOError, ConnectionError):
                connection.send(tiny * (256 * 1024 // len(tiny)))
        ends = until(lambda: [connection for connection in crowd if ended(connection)] == crowd, "all are ended")
        assert ends and receiver.send(touchpoint()).status == 202
    finally:
        for connection in crowd:
            connection.close()
    assert resident_mib(receiver) - before < 20


def ended(connection: socket.socket) -> bool:
    """Whether the other side has closed it."""
    try:
        return connection.recv(65536) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def resident_mib(receiver: Receiver) -> float:
    """What the receiver has in memory now."""
    assert receiver.process is not None
    pages = int(Path(f"/proc/{receiver.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def test_other_versions_and_upgrades_are_served(receiver: Receiver) -> None:
    """HTTP/1.0 closes after the answer; an offer to upgrade is passed over, with the body of its request."""
    with receiver.connect() as connection:
        connection.sendall(request(receiver).replace(b"HTTP/1.1", b"HTTP/1.0", 1))
        assert rest(connection).startswith(b"HTTP/1.1 202")
    for upgrade in ("h2c", "websocket"):
        with receiver.connect() as connection:
            connection.sendall(request(receiver, more=f"Connection: Upgrade\r\nUpgrade: {upgrade}\r\n"))
            assert answer(connection).startswith(b"HTTP/1.1 202")


def test_who_hangs_up_in_the_middle_leaves_nothing_behind(receiver: Receiver) -> None:
    """A body cut off by its sender is no request; nothing is stored or logged."""
    before, log = len(receiver.records()), receiver.log
    for cut in (5, 60, 150):
        with receiver.connect() as connection:
            connection.sendall(request(receiver)[:cut])
    assert receiver.send(touchpoint()).status == 202
    assert len(receiver.records()) == before + 1 and receiver.log == log


def test_thousands_of_slow_and_idle_ones_hurt_nobody(impatient: Receiver) -> None:
    """While 500 requests stand half-open and 1,500 connections idle, a good sender is served; then they are gone."""
    crowd: list[socket.socket] = []
    try:
        for number in range(HALF_OPEN + IDLE):
            connection = impatient.connect()
            crowd.append(connection)
            if number < HALF_OPEN:
                connection.sendall(request(impatient)[: 20 if number % 2 else -5])
            if number % 100 == 0:
                assert impatient.send(touchpoint()).status == 202
        process = impatient.process
        assert process is not None
        until(lambda: descriptors(process.pid) < 100, "the slow and idle ones are gone", impatient)
        assert impatient.send(touchpoint()).status == 202
    finally:
        for connection in crowd:
            connection.close()


def descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{pid}/fd"))
