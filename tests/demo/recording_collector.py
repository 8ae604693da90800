"""A collector that records: real HTTP on a free port, strict about the wire format, its answers scripted by a test."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import Any

import msgspec
import orjson

from collector.touchpoint import Batch

Scripted = Callable[["Request"], "Answer | None"]


@dataclass(frozen=True)
class Answer:
    """What to answer instead of accepting everything."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """What came in, and when by the clock of this machine."""

    headers: dict[str, str]
    body: dict[str, Any]
    moment: float
    connection: int
    """Port of the sender: the same for requests over one kept-alive connection."""


class Recording:
    """What was received; `script` may answer a request otherwise than with 202."""

    def __init__(self, script: Scripted) -> None:
        self.script = script
        self.requests: list[Request] = []
        self.accepted: list[dict[str, Any]] = []
        self.url = ""
        self.lock = threading.Lock()

    def answer(self, request: Request) -> Answer:
        """The answer to a request; accepted touchpoints are kept."""
        with self.lock:
            self.requests.append(request)
            scripted = self.script(request)
            if scripted is not None:
                return scripted
            msgspec.convert(request.body, Batch)
            touchpoints = request.body["touchpoints"]
            self.accepted += touchpoints
        return Answer(202, orjson.dumps({"accepted": len(touchpoints), "rejected": []}))


def refusal(status: int, reason: str, **headers: str) -> Answer:
    """An error as the collector words it."""
    return Answer(status, orjson.dumps({"reason": reason, "detail": f"made up: {reason}"}), headers)


class Server(ThreadingHTTPServer):
    """The library's, which would ask the network for its own name, and turn away more than five callers at once."""

    daemon_threads = True
    request_queue_size = 128

    def server_bind(self) -> None:
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]


@contextlib.contextmanager
def recording(script: Scripted = lambda request: None) -> Iterator[Recording]:
    """A collector on a free port, stopped at the end."""
    record = Recording(script)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # an answer in one piece: in two, the second waits for the client's delayed acknowledgement

        def do_GET(self) -> None:
            self.reply(Answer(200 if self.path == "/healthz" else 404, b"{}"))

        def do_POST(self) -> None:
            assert self.path == "/v1/touchpoints"
            body = orjson.loads(self.rfile.read(int(self.headers["Content-Length"])))
            request = Request(dict(self.headers.items()), body, time.time(), self.client_address[1])
            self.reply(record.answer(request))

        def reply(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the test says what it wants to know."""

    server = Server(("127.0.0.1", 0), Handler)
    record.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield record
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
