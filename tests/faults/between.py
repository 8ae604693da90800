"""Stands between a collector and its ClickHouse, as a proxy on loopback that behaves as badly as it is told."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from loadtest.ports import free_ports

HOP = {"connection", "content-length", "keep-alive", "transfer-encoding"}
ANSWER_WITHIN_S = 60
SOCKETS_HOLD = 8 << 20
"""Bytes that the buffers of both ends may take on loopback."""


class Between:
    """A proxy for the ClickHouse on `target`. Its faults may be changed at any time."""

    def __init__(self, target: int) -> None:
        self.delay_s = 0.0
        """Each answer comes so much later."""
        self.insert_delay_s = 0.0
        """That of an insert comes later still, when all is stored."""
        self.read_delay_s = 0.0
        """The body of an insert is read so much later: what does not fit into the sockets' buffers waits."""
        self.slow = 0
        """How many bodies waited for that."""
        self.read_only = False
        """Every statement runs with `readonly = 1`, so that ClickHouse itself refuses to write."""
        self.answers_to_lose = 0
        """So many inserts more are done, and their answers lost on the way."""
        self.inserts = 0
        """How many there were."""
        self.refused = 0
        """How many statements ClickHouse has answered with an error."""
        self._target = target
        self._open: set[socket.socket] = set()
        [self.port] = free_ports(1)  # which stays free while the proxy is away
        self._server = self._listen(self.port)
        self.url = f"http://127.0.0.1:{self.port}"

    def go_away(self) -> None:
        """Close the port and every connection."""
        self._server.shutdown()
        self._server.server_close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def come_back(self) -> None:
        """Open the port again."""
        self._server = self._listen(self.port)

    def _listen(self, port: int) -> ThreadingHTTPServer:
        between = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                between._open.add(self.connection)

            def finish(self) -> None:
                between._open.discard(self.connection)
                with contextlib.suppress(OSError):
                    super().finish()

            def handle(self) -> None:
                with contextlib.suppress(OSError):  # the collector or the test has closed it
                    super().handle()

            def do_GET(self) -> None:
                between._pass_on(self)

            do_POST = do_GET

            def log_message(self, format: str, *arguments: Any) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

        server = Server(("127.0.0.1", port), Handler)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return server

    def _pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length", "0"))
        if self.read_delay_s and length > SOCKETS_HOLD:
            self.slow += 1
            time.sleep(self.read_delay_s)
        body = handler.rfile.read(length)
        path = handler.path
        if self.read_only:
            path += ("&" if "?" in path else "?") + "readonly=1"
        is_insert = body.startswith(b"INSERT") or b"INSERT INTO klantreis.touchpoints_stored" in body[:500]
        self.inserts += is_insert
        upstream = http.client.HTTPConnection("127.0.0.1", self._target, timeout=ANSWER_WITHIN_S)
        try:
            headers = {name: value for name, value in handler.headers.items() if name.lower() not in HOP}
            upstream.request(handler.command, path, body, {**headers, "Content-Length": str(len(body))})
            answer = upstream.getresponse()
            given = answer.read()
        finally:
            upstream.close()
        self.refused += answer.status >= 400
        time.sleep(self.delay_s + self.insert_delay_s * is_insert)
        if is_insert and self.answers_to_lose:
            self.answers_to_lose -= 1
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in HOP:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(given)))
        handler.end_headers()
        handler.wfile.write(given)
