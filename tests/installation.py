"""A whole Klantreis of its own for a test: the real processes, on free ports, in a folder of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from collector import settings as settings_module
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from loadtest.ports import free_ports

READY_WITHIN_S = 90.0
ROLE_MODULES = {
    "receive": "collector.receive",
    "load": "collector.loader",
    "settle": "collector.settler",
    "clickhouse": "collector.warehouse.embedded",
    "console": "collector.console",
}


_ENVIRONMENT = threading.Lock()
"""Senders of several installations ask for settings at once: one that kept another's variables would put them back for
every test that follows."""


def settings_of(environment: Mapping[str, str]) -> Settings:
    """The settings that a process with this environment runs with."""
    with _ENVIRONMENT:
        before = dict(os.environ)
        try:
            os.environ.update(environment)
            return settings_module.load({})
        finally:
            os.environ.clear()
            os.environ.update(before)


class Installation:
    """`klantreis serve --demo` under test."""

    def __init__(
        self, folder: Path, *, workers: int = 1, variables: Mapping[str, str] | None = None, **more: str
    ) -> None:
        """`more` are settings, `variables` are of the environment as they stand."""
        self.folder = folder
        self.port, self.console_port, self.clickhouse_port = free_ports(3)
        with _ENVIRONMENT:
            outside = {name: value for name, value in os.environ.items() if not name.startswith("KLANTREIS_")}
        self.environment = {
            **outside,
            "KLANTREIS_CONFIG": os.devnull,
            "KLANTREIS_DATA": str(folder / "data"),
            "KLANTREIS_PORT": str(self.port),
            "KLANTREIS_CONSOLE_PORT": str(self.console_port),
            "KLANTREIS_CLICKHOUSE_PORT": str(self.clickhouse_port),
            "KLANTREIS_WORKERS": str(workers),
            "KLANTREIS_DEMO": "true",
            **{f"KLANTREIS_{name.upper()}": value for name, value in more.items()},
            **(variables or {}),
        }
        self.url = f"http://127.0.0.1:{self.port}"
        self.console_url = f"http://127.0.0.1:{self.console_port}"
        self.log = folder / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> Settings:
        """The settings that its processes run with."""
        return settings_of(self.environment)

    def start(self) -> None:
        """Start the supervisor and wait until it can receive and be asked."""
        self.launch()
        self.wait_ready()

    def launch(self) -> None:
        """Start the supervisor without waiting for anything."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "collector", "serve"],
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Wait until touchpoints are accepted and ClickHouse has its tables."""
        self.until(lambda: self.get("/readyz")[0] == 200, "the receivers are ready")
        self.until(
            lambda: self.ask("SELECT count() AS n FROM klantreis.touchpoints") is not None, "ClickHouse is ready"
        )

    def stop(self) -> int:
        """Stop as an operator would, with SIGTERM; gives the exit code."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill_all()
            raise AssertionError(f"serve did not stop within 60 s\n{self.tail()}") from None

    def kill_all(self) -> None:
        """kill -9 of the supervisor and every child."""
        for pid in [
            *(pid for role in ROLE_MODULES for pid in self.pids(role)),
            *([self.process.pid] if self.process else []),
        ]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self.process is not None:
            self.process.wait(30)

    def kill(self, *roles: str) -> dict[str, int]:
        """kill -9 of every process of these roles at once, as soon as each has one; gives how many each had."""
        found = {role: self.until(lambda role=role: self.pids(role), f"{role} runs", 20) for role in roles}
        for pid in (pid for pids in found.values() for pid in pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return {role: len(pids) for role, pids in found.items()}

    def pids(self, role: str) -> list[int]:
        """The processes of a role that the supervisor runs now."""
        assert self.process is not None
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                words = (entry / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if parent == self.process.pid and ROLE_MODULES[role] in words:
                found.append(int(entry.name))
        return found

    def get(self, path: str, base: str | None = None) -> tuple[int, bytes]:
        """GET of the public port (or `base`): status and body; status 0 when nothing answers."""
        try:
            with urllib.request.urlopen((base or self.url) + path, timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def send(
        self, touchpoints: list[dict[str, Any]], key: str = "demo", sent_at: int | None = None, **headers: str
    ) -> tuple[int, dict[str, Any]]:
        """POST touchpoints: status and answer; status 0 when there was no answer."""
        own_time = {} if sent_at is None else {"sent_at": sent_at}
        body = json.dumps({"key": key, **own_time, "touchpoints": touchpoints}).encode()
        request = urllib.request.Request(self.url + "/v1/touchpoints", body, headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")
        except OSError:
            return 0, {}

    def ask(self, sql: str, parameters: dict[str, Any] | None = None) -> list[dict[str, Any]] | None:
        """Rows of a query; None while ClickHouse does not answer."""
        from collector.errors import WarehouseError

        try:
            with Warehouse(self.settings) as warehouse:
                return warehouse.rows(sql, parameters)
        except WarehouseError:
            return None

    def until(self, holds: Any, what: str, within_s: float = READY_WITHIN_S) -> Any:
        """Wait until `holds()` is truthy and give it; fails with the log otherwise."""
        end = time.monotonic() + within_s
        while time.monotonic() < end:
            if value := holds():
                return value
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"serve ended with {self.process.returncode}\n{self.tail()}")
            time.sleep(0.1)
        raise AssertionError(f"not within {within_s:.0f} s: {what}\n{self.tail()}")

    def tail(self) -> str:
        """The end of its log."""
        return self.log.read_text("utf-8", "replace")[-4000:] if self.log.exists() else ""


@contextlib.contextmanager
def running(folder: Path, installation: Installation | None = None, **options: Any) -> Iterator[Installation]:
    """An installation (one with these options, unless given) that is stopped, or killed if need be, at the end."""
    installation = installation or Installation(folder, **options)
    try:
        installation.start()
        yield installation
        if installation.process is not None and installation.process.poll() is None:
            assert installation.stop() == 0, installation.tail()
    finally:
        if installation.process is not None and installation.process.poll() is None:
            installation.kill_all()


def touchpoint(type_: str = "page_view", **fields: Any) -> dict[str, Any]:
    """A touchpoint of now."""
    return {"id": str(uuid.uuid4()), "type": type_, "occurred_at": int(time.time() * 1000), **fields}
