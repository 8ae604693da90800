"""An ASGI application on a port of its own, that can go away and come back on the same one."""

from __future__ import annotations

import socket
import threading
import time
from typing import Any

import uvicorn

from loadtest.ports import free_ports

START_WITHIN_S = 60.0
STOP_WITHIN_S = 60.0


class Served:
    """Serves `app` on 127.0.0.1 from `start` to `stop`, in a thread."""

    def __init__(self, app: Any) -> None:
        self._app = app
        [self._port] = free_ports(1)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it is, while it runs."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen, each time at the same port."""
        listening = socket.create_server(("127.0.0.1", self._port))
        config = uvicorn.Config(
            self._app, log_level="error", lifespan="off", ws="none", timeout_graceful_shutdown=1, access_log=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listening]}, daemon=True)
        self._thread.start()
        until = time.monotonic() + START_WITHIN_S
        while not self._server.started:
            assert time.monotonic() < until, "the test's server does not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """Refuse connections from now on."""
        thread = self._thread
        self.leave()
        if thread is not None:
            thread.join(STOP_WITHIN_S)
            assert not thread.is_alive(), "the test's server does not stop"

    def leave(self) -> None:
        """Stop at leisure: the test is over."""
        if self._server is not None:
            self._server.should_exit = True
        self._server = self._thread = None
