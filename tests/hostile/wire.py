"""One hostile request over a bare socket, and everything that comes back."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from typing import Any, NamedTuple

PATIENCE_S = 60.0


class Answer(NamedTuple):
    """One answer; `status` 0 when the connection ended without one."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def exchange(port: int, parts: list[bytes], answers: int = 1, *, bodiless: bool = False) -> list[Answer]:
    """What a collector says to these bytes: `answers` answers, then the end of the connection.

    Whatever else it says before it closes is an answer too: a request must not be answered twice.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(ConnectionError):  # it may answer and close before it has read everything
            for number, part in enumerate(parts):
                if number:
                    time.sleep(0.05)
                connection.sendall(part)
        received, found = b"", []
        while len(found) < answers and not (found and found[-1].headers.get("connection") == "close"):
            answer, received = _first(received, bodiless)
            if answer is not None:
                found += [answer] if answer.status >= 200 else []
                continue
            more = _more(connection)
            if not more:
                break
            received += more
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_WR)
        while more := _more(connection):
            received += more
    while received:
        answer, received = _first(received, bodiless)
        assert answer is not None, received[:200]
        found.append(answer)
    return found


def _more(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 16)
    except ConnectionError:
        return b""


def _first(received: bytes, bodiless: bool) -> tuple[Answer | None, bytes]:
    """The first whole answer in these bytes, and what follows it."""
    head, end, rest = received.partition(b"\r\n\r\n")
    if not end:
        return None, received
    first, *lines = head.decode("latin-1").split("\r\n")
    version, status, _ = first.split(" ", 2)
    assert version == "HTTP/1.1", first
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    length = 0 if bodiless or int(status) < 200 or int(status) in (204, 304) else int(headers["content-length"])
    if len(rest) < length:
        return None, received
    return Answer(int(status), headers, rest[:length]), rest[length:]
