"""Receivers that are stopped, killed or orphaned while requests come in: every 202 is in the spool."""

from __future__ import annotations

import http.client
import json
import signal
import threading
import time
from pathlib import Path

from tests.receive.receiver import Receiver, receiving, touchpoint, until

SENDERS = 8


class Sender(threading.Thread):
    """Sends one touchpoint after the other over a connection that stays open, until nobody answers any more."""

    def __init__(self, receiver: Receiver) -> None:
        super().__init__(daemon=True)
        self.receiver = receiver
        self.accepted: list[str] = []
        self.other: list[int] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.receiver.port, timeout=10)
        try:
            while True:
                sent = touchpoint()
                body = json.dumps({"key": self.receiver.public, "touchpoints": [sent]})
                connection.request("POST", "/v1/touchpoints", body)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 202:
                    self.accepted.append(sent["id"])
                else:
                    self.other.append(answer.status)
                if answer.getheader("connection") == "close":
                    return
        except (OSError, http.client.HTTPException):
            return
        finally:
            connection.close()


def under_load(receiver: Receiver, how: int) -> tuple[int, list[Sender]]:
    """Ends the receiver while it is busy; gives its exit code and those who were sending."""
    senders = [Sender(receiver) for _ in range(SENDERS)]
    for sender in senders:
        sender.start()
    until(lambda: sum(len(sender.accepted) for sender in senders) > 200, "load")
    code = receiver.stop(how)
    receiver.listening.close()
    for sender in senders:
        sender.join(20)
        assert not sender.is_alive()
    return code, senders


def stored(receiver: Receiver) -> list[str]:
    """Every id in the spool."""
    return [line["id"] for _, _, lines in receiver.records() for line in lines]


def test_a_graceful_stop_answers_what_is_open(tmp_path: Path) -> None:
    """SIGTERM under load: exit code 0, no error answered, and what was answered 202 is in the spool once."""
    with receiving(tmp_path) as receiver:
        code, senders = under_load(receiver, signal.SIGTERM)
        assert code == 0, receiver.log
        accepted = [one for sender in senders for one in sender.accepted]
        found = stored(receiver)
        assert len(found) == len(set(found)) and set(accepted) <= set(found)
        assert [status for sender in senders for status in sender.other] == []
        assert "Traceback" not in receiver.log


def test_a_kill_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    """kill -9 under load: what was answered 202 is in the spool."""
    with receiving(tmp_path) as receiver:
        code, senders = under_load(receiver, signal.SIGKILL)
        assert code == -signal.SIGKILL
        assert {one for sender in senders for one in sender.accepted} <= set(stored(receiver))


def test_a_request_that_is_half_here_is_answered_before_the_end(tmp_path: Path) -> None:
    """Who was in the middle of a body when the stop came may finish it; the answer says that the connection ends."""
    with receiving(tmp_path) as receiver:
        sent = touchpoint()
        body = json.dumps({"key": receiver.public, "touchpoints": [sent]}).encode()
        with receiver.connect() as connection, receiver.connect() as idle:
            connection.sendall(
                b"POST /v1/touchpoints HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
                % len(body)
            )
            assert connection.recv(65536).startswith(b"HTTP/1.1 100"), "the application does not wait for the body"
            connection.sendall(body[:20])
            assert receiver.process is not None
            receiver.process.send_signal(signal.SIGTERM)
            assert idle.recv(1) == b"", "it stops, so it closes what is idle"
            connection.sendall(body[20:])
            answer = b""
            while part := connection.recv(65536):
                answer += part
        assert answer.startswith(b"HTTP/1.1 202") and b"connection: close" in answer
        assert receiver.process.wait(20) == 0
        assert stored(receiver) == [sent["id"]]


def test_a_stop_does_not_wait_for_ever(tmp_path: Path) -> None:
    """A body that never comes is waited for no longer than stop_timeout_s."""
    with receiving(tmp_path, stop_timeout_s=2, body_timeout_s=60) as receiver, receiver.connect() as connection:
        connection.sendall(b"POST /v1/touchpoints HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
        time.sleep(0.3)
        begun = time.monotonic()
        assert receiver.stop() == 0
        assert time.monotonic() - begun < 30  # of the sixty that the body might take


def test_waiting_connections_outlive_a_killed_worker(tmp_path: Path) -> None:
    """The listening socket is the supervisor's: who connected meanwhile is served by the next worker."""
    with receiving(tmp_path / "a") as first:
        first.stop(signal.SIGKILL)
        with first.connect() as connection:
            sent = touchpoint()
            body = json.dumps({"key": first.public, "touchpoints": [sent]}).encode()
            connection.sendall(
                b"POST /v1/touchpoints HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )
            second = Receiver(tmp_path / "a", listening=first.listening)
            second.public = first.public
            try:
                second.start()
                assert connection.recv(65536).startswith(b"HTTP/1.1 202")
                assert sent["id"] in stored(second)
            finally:
                second.stop()


def test_an_orphan_stops(tmp_path: Path) -> None:
    """When its supervisor is gone, however that ended, the receiver stops as gently as by SIGTERM."""
    with receiving(tmp_path) as receiver:
        assert receiver.process is not None and receiver.process.stdin is not None
        receiver.process.stdin.close()
        assert receiver.process.wait(20) == 0
