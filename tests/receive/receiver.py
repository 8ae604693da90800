"""A real receiver process of its own for a test, the way its supervisor starts it, and a look into its spool."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from collector.receive.access import Keys
from collector.settings import Settings
from collector.spool.reader import SpoolReader
from collector.spool.segment import names
from tests.installation import settings_of

PUBLIC = "web"
SECRET = "till"
READY_WITHIN_S = 90.0


class Answer:
    """One answer: status, headers with lower-case names, body."""

    def __init__(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)

    @property
    def reason(self) -> str:
        """The reason of an error."""
        return str(self.json["reason"])

    def __repr__(self) -> str:
        return f"{self.status} {self.body[:300]!r}"


class Receiver:
    """One worker on a free port, with a public and a secret key."""

    def __init__(self, folder: Path, listening: socket.socket | None = None, **options: Any) -> None:
        self.folder = folder
        self.listening = listening or socket.create_server(("127.0.0.1", 0), backlog=4096)
        self.port = int(self.listening.getsockname()[1])
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KLANTREIS_")},
            "KLANTREIS_CONFIG": os.devnull,
            "KLANTREIS_DATA": str(folder),
            "PROMETHEUS_MULTIPROC_DIR": str(folder / "metrics"),
            **{f"KLANTREIS_{name.upper()}": str(value) for name, value in options.items()},
        }
        (folder / "metrics").mkdir(parents=True, exist_ok=True)
        self.keys = Keys(self.settings)
        self.public = self._key(PUBLIC, "public")
        self.secret = self._key(SECRET, "secret")
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        """The settings that it runs with."""
        return settings_of(self.environment)

    def _key(self, name: str, kind: Any) -> str:
        for key in self.keys.list():
            if key.name == name and key.value is not None:
                return key.value
        if any(key.name == name for key in self.keys.list()):
            self.keys.revoke(name)
        return self.keys.add(name=name, site="shop", kind=kind)[1]

    def start(self) -> Receiver:
        """Start the process and wait until it is ready."""
        with (self.folder / "receive.log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "collector.receive",
                    "--fd",
                    str(self.listening.fileno()),
                    "--die-with-parent",
                ],
                env=self.environment,
                stdin=subprocess.PIPE,
                stderr=log,
                pass_fds=(self.listening.fileno(),),
            )
        until(lambda: self.get("/readyz").status == 200, "the receiver is ready", self)
        return self

    def stop(self, how: int = signal.SIGTERM) -> int:
        """End it by a signal and give its exit code."""
        assert self.process is not None and self.process.stdin is not None
        self.process.send_signal(how)
        code = self.process.wait(30)
        self.process.stdin.close()
        return code

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self.folder / "receive.log").read_text("utf-8", "replace")

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        """One request over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        """GET."""
        return self.request("GET", path, headers=named(headers))

    def post(self, body: bytes, **headers: str) -> Answer:
        """POST of a body as it is; names of headers with underscores for dashes."""
        return self.request("POST", "/v1/touchpoints", body, named(headers))

    def send(
        self, *touchpoints: Any, key: str | None = None, batch: dict[str, Any] | None = None, **headers: str
    ) -> Answer:
        """POST of touchpoints with the public key, or another."""
        content = {"key": key or self.public, "touchpoints": list(touchpoints), **(batch or {})}
        return self.post(json.dumps(content).encode(), **headers)

    def connect(self) -> socket.socket:
        """A bare connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=15)

    def records(self) -> list[tuple[int, dict[str, Any], list[dict[str, Any]]]]:
        """Every record in the spool: kind, envelope, lines."""
        reader = SpoolReader(self.folder / "spool")
        found = []
        for name in names(self.folder / "spool"):
            for record in reader.read(name, 0, 1 << 40).records:
                lines = [json.loads(line) for line in record.payload.splitlines()]
                found.append((record.kind, lines[0], lines[1:]))
        return found

    def stored(self, identified: str) -> dict[str, Any]:
        """The touchpoint in the spool that has this id; with `_envelope`, and `_kind`."""
        for kind, envelope, lines in self.records():
            for line in lines:
                if line.get("id") == identified:
                    return {**line, "_envelope": envelope, "_kind": kind}
        raise AssertionError(f"{identified} is not in the spool")

    def spool_bytes(self) -> bytes:
        """All bytes of the spool's folder."""
        while True:
            with contextlib.suppress(FileNotFoundError):  # renamed or removed since it was listed
                return b"".join(file.read_bytes() for file in sorted((self.folder / "spool").iterdir()))


def named(headers: dict[str, str]) -> dict[str, str]:
    """Headers from keyword arguments."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


@contextlib.contextmanager
def receiving(folder: Path, **options: Any) -> Iterator[Receiver]:
    """A running receiver that is ended in any case."""
    receiver = Receiver(folder, **options)
    try:
        yield receiver.start()
    finally:
        if receiver.process is not None and receiver.process.poll() is None:
            receiver.process.kill()
            receiver.process.wait(30)
        if receiver.process is not None and receiver.process.stdin is not None:
            receiver.process.stdin.close()
        receiver.listening.close()


def until(
    holds: Callable[[], Any], what: str, receiver: Receiver | None = None, within_s: float = READY_WITHIN_S
) -> Any:
    """Wait until `holds()` is truthy and give it."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            if value := holds():
                return value
        if receiver is not None and receiver.process is not None and receiver.process.poll() is not None:
            raise AssertionError(f"the receiver ended with {receiver.process.returncode}\n{receiver.log}")
        time.sleep(0.02)
    raise AssertionError(f"not within {within_s:.0f} s: {what}\n{receiver.log if receiver else ''}")


def now_ms() -> int:
    """Milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def touchpoint(type_: str = "page_view", **fields: Any) -> dict[str, Any]:
    """A touchpoint of now."""
    return {"id": str(uuid.uuid4()), "type": type_, "occurred_at": now_ms(), **fields}
