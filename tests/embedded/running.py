"""An embedded ClickHouse under test: the real process, on a free port, in a folder of its own."""

from __future__ import annotations

import base64
import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

import clickhouse_connect
from clickhouse_connect.driver.client import Client

from collector.warehouse.embedded.access import PASSWORD_FILE
from collector.warehouse.embedded.watch import is_alive
from loadtest.ports import free_ports

READY_WITHIN_S = 60.0
READER = ("ana", "lees-maar")


@dataclass(frozen=True)
class Reply:
    """An HTTP answer, read to its end."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def code(self) -> int:
        """ClickHouse's number of the error, 0 for none."""
        return int(self.headers.get("x-clickhouse-exception-code", "0"))


class Running:
    """One server process."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        [self.port] = free_ports(1)
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KLANTREIS_")},
            "KLANTREIS_CONFIG": os.devnull,
            "KLANTREIS_DATA": str(self.data),
            "KLANTREIS_CLICKHOUSE_PORT": str(self.port),
            "KLANTREIS_CLICKHOUSE_READERS": ":".join(READER),
            "KLANTREIS_CLICKHOUSE_MEMORY_MIB": "2048",
            "KLANTREIS_STOP_TIMEOUT_S": "10",
            **{f"KLANTREIS_{name.upper()}": value for name, value in settings.items()},
        }
        self.log = folder / "server.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Running:
        """Start the process and wait until its engine answers."""
        self.launch()
        until = time.monotonic() + READY_WITHIN_S
        while not self.is_alive(5):
            assert self.process is not None
            assert self.process.poll() is None, f"the server ended\n{self.said()}"
            assert time.monotonic() < until, f"the server does not answer\n{self.said()}"
            time.sleep(0.1)
        return self

    def launch(self) -> subprocess.Popen[bytes]:
        """Start the process without waiting for it. It ends with this one, however this one ends."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "collector.warehouse.embedded", "--die-with-parent"],
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self.process

    def is_alive(self, within_s: float = 60) -> bool:
        """Whether the engine answers, asked as the full user."""
        try:
            reply = self.send("GET", "/alive", timeout_s=within_s)
        except (OSError, http.client.HTTPException):
            return False
        return reply.status == 200

    def said(self) -> str:
        """Its log."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self) -> int:
        """Stop with SIGTERM; gives the exit code."""
        assert self.process is not None
        self.process.terminate()
        return self.wait(40)

    def wait(self, seconds: float) -> int:
        """Wait for the process to end; gives the exit code."""
        assert self.process is not None
        assert self.process.stdin is not None
        try:
            code = self.process.wait(seconds)
            self.process.stdin.close()
            return code
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop\n{self.said()}") from None

    def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait(30)
        if self.process.stdin is not None:
            self.process.stdin.close()

    @property
    def password(self) -> str:
        """That of the full user."""
        return (self.data / PASSWORD_FILE).read_text().strip()

    def login(self, user: str = "default", password: str | None = None) -> dict[str, str]:
        """The header that logs in."""
        pair = f"{user}:{self.password if password is None else password}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}

    def send(
        self,
        method: str,
        path: str,
        body: bytes | str | Iterator[bytes] | None = None,
        headers: dict[str, str] | None = None,
        timeout_s: float = 60,
        anonymous: bool = False,
    ) -> Reply:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout_s)
        try:
            connection.request(method, path, body, {**({} if anonymous else self.login()), **(headers or {})})
            answer = connection.getresponse()
            return Reply(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def ask(self, sql: str | bytes, reader: bool = False, **parameters: str) -> Reply:
        """POST a statement with URL parameters."""
        body = sql if isinstance(sql, bytes) else sql.encode()
        headers = self.login(*READER) if reader else None
        return self.send("POST", f"/?{urlencode(parameters)}", body, headers)

    def get(self, sql: str, reader: bool = False, **parameters: str) -> Reply:
        """GET a statement."""
        headers = self.login(*READER) if reader else None
        return self.send("GET", f"/?{urlencode({'query': sql, **parameters}, quote_via=quote)}", None, headers)

    def value(self, sql: str, **parameters: str) -> str:
        """The text that a statement gives, which must succeed."""
        reply = self.ask(sql, **parameters)
        assert reply.status == 200, reply.text
        return reply.text.rstrip("\n")

    def client(self, **options: object) -> Client:
        """An unchanged clickhouse-connect."""
        given: dict[str, object] = {"username": "default", "password": self.password, **options}
        return clickhouse_connect.get_client(host="127.0.0.1", port=self.port, **given)  # type: ignore[arg-type]

    def resident_mib(self) -> float:
        """Memory of the process."""
        assert self.process is not None
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    def eventually(self, sql: str, expected: str, seconds: float = 15) -> None:
        """Wait until a statement gives a value."""
        until = time.monotonic() + seconds
        while (found := self.value(sql)) != expected:
            assert time.monotonic() < until, f"{sql} gives {found!r}, not {expected!r}"
            time.sleep(0.05)


@contextlib.contextmanager
def running(folder: Path, **settings: str) -> Iterator[Running]:
    """A server for as long as this lasts."""
    server = Running(folder, **settings)
    try:
        yield server.start()
        assert is_alive(server.url, 10) is False, "it must not answer without a login"
    finally:
        if server.process is not None and server.process.poll() is None:
            server.kill()
