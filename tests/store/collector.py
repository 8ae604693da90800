"""A whole collector for the store's tests, and a line to it that can be cut, delayed, or taken over by a portal."""

from __future__ import annotations

import contextlib
import random
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from collector.receive.access import Keys
from tests.installation import Installation, running

PORTAL = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<!doctype html><title>Hotel</title>"


@contextlib.contextmanager
def collecting(folder: Path) -> Iterator[tuple[Installation, str]]:
    """A running installation with a secret key of the site `shop`, and with a ClickHouse of its own: it settles."""
    installation = Installation(folder)
    _, key = Keys(installation.settings).add(name="till", site="shop", kind="secret")
    with running(folder, installation):
        yield installation, key


class Line:
    """TCP between tills and the collector on `target`. `state` may be changed at any time.

    `up` passes on; `away` refuses; `portal` answers 200 to everything; `cut` passes requests on and loses the answers;
    `stuck` takes everything and says nothing.
    """

    def __init__(self, target: int) -> None:
        self.state = "up"
        self._target = target
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listening.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self.taken = 0
        self._open: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No more."""
        self._listening.close()
        self.drop()

    def drop(self) -> None:
        """Breaks every connection that is open now."""
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def be(self, state: str) -> None:
        """From now on, for open connections too."""
        self.state = state
        self.drop()

    def misbehave(self, seed: int, stop: threading.Event, *, least_s: float = 0.05, most_s: float = 0.6) -> None:
        """Changes its state by chance until told to stop; half of the time it is up."""
        chance = random.Random(f"{seed} line")
        while not stop.wait(chance.uniform(least_s, most_s)):
            self.be(chance.choice(["up", "up", "up", "away", "cut", "portal"]))
        self.be("up")

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            self.taken += 1
            threading.Thread(target=self._serve, args=(client, self.state), daemon=True).start()

    def _serve(self, client: socket.socket, state: str) -> None:
        self._open.add(client)
        try:
            with client:
                if state in ("up", "cut"):
                    self._pass_on(client, state)
                elif state == "portal":
                    client.recv(1 << 16)
                    client.sendall(PORTAL)
                    time.sleep(0.01)
                elif state == "stuck":
                    while client.recv(1 << 16):
                        pass
        except OSError:
            pass
        finally:
            self._open.discard(client)

    def _pass_on(self, client: socket.socket, state: str) -> None:
        with socket.create_connection(("127.0.0.1", self._target), timeout=30) as server:
            self._open.add(server)
            back = threading.Thread(target=self._pump, args=(server, client, state == "cut"), daemon=True)
            back.start()
            self._pump(client, server, False)
            back.join(30)
            self._open.discard(server)

    def _pump(self, here: socket.socket, there: socket.socket, lose: bool) -> None:
        try:
            while piece := here.recv(1 << 16):
                if lose:
                    break
                there.sendall(piece)
        except OSError:
            pass
        with contextlib.suppress(OSError):
            there.shutdown(socket.SHUT_RDWR if lose else socket.SHUT_WR)
