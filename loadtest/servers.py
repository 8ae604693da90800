"""The servers that are measured, each a process of its own on a free port of 127.0.0.1, gone when its block ends."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from string import Template

from collector import lifeline
from collector.settings import Settings, as_environment
from loadtest.machine import Processors
from loadtest.ports import free_ports

READY_WITHIN_S = 30.0
STOP_WITHIN_S = 20.0
BACKLOG = 4096
NGINX = Path(__file__).with_name("nginx.conf")


class ServerError(Exception):
    """A server did not start or ended by itself; the message holds what it said."""


class Server:
    """A running server."""

    def __init__(self, port: int, process: subprocess.Popen[bytes], log: Path, waste: Path | None = None) -> None:
        self.port = port
        self.process = process
        self._log = log
        self._waste = waste

    def wait_ready(self, path: str) -> None:
        """Return when it takes connections and answers. Raises ServerError."""
        request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nConnection: close\r\n\r\n"
        until = time.monotonic() + READY_WITHIN_S
        while time.monotonic() < until:
            if self.process.poll() is not None:
                raise ServerError(f"it ended with {self.process.returncode}: {self.said()}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(request.encode())
                if connection.recv(12).startswith(b"HTTP/1.1 "):
                    return
            time.sleep(0.05)
        raise ServerError(f"it did not answer within {READY_WITHIN_S:.0f} s: {self.said()}")

    def tidy(self) -> None:
        """Drop what it wrote and nobody needs, before the system writes it out while others are measured."""
        if self._waste is not None:
            os.truncate(self._waste, 0)

    def said(self) -> str:
        """The end of what it wrote."""
        return self._log.read_text("utf-8", "replace")[-2000:]


def processor_s(process: subprocess.Popen[bytes]) -> float | None:
    """Seconds of processor time that it has used, the kernel's for it included; None where the system does not tell."""
    try:
        words = Path(f"/proc/{process.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def receiver(settings: Settings, processors: Processors) -> Iterator[Server]:
    """One receiver with its spool in `settings.data`, started as its supervisor starts it."""
    with _serving("collector.receive", settings.data, _as_child(settings), processors) as server:
        yield server


@contextlib.contextmanager
def bare_starlette(folder: Path, processors: Processors) -> Iterator[Server]:
    """One process of bare.py."""
    with _serving("loadtest.bare", folder, {}, processors) as server:
        yield server


@contextlib.contextmanager
def clickhouse(settings: Settings) -> Iterator[Server]:
    """The embedded ClickHouse on `settings.clickhouse_port`, as its supervisor starts it."""
    with _python("collector.warehouse.embedded", [], settings.data, _as_child(settings)) as (process, log):
        server = Server(settings.clickhouse_port, process, log)
        server.wait_ready("/ping")
        yield server


@contextlib.contextmanager
def loader(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """The loader of the spool in `settings.data`, as its supervisor starts it."""
    with _python("collector.loader", [], settings.data, _as_child(settings)) as (process, _):
        yield process


@contextlib.contextmanager
def nginx(folder: Path, processors: Processors) -> Iterator[tuple[Server, Server]]:
    """nginx, one worker: a port that answers without reading, and one that logs each body."""
    program = shutil.which("nginx")
    if program is None:
        raise ServerError("nginx is not installed")
    ports = free_ports(2)
    configuration = folder.resolve() / "nginx.conf"
    text = Template(NGINX.read_text(encoding="utf-8"))
    text_here = text.substitute(folder=folder.resolve(), answering_port=ports[0], logging_port=ports[1])
    configuration.write_text(text_here, encoding="utf-8")
    log = folder / "nginx.log"
    with log.open("wb") as out:
        command = [program, "-p", str(folder), "-c", str(configuration)]
        process = subprocess.Popen(command, stdout=out, stderr=out, preexec_fn=processors.of_server)
    with _stopped(process):
        servers = Server(ports[0], process, log), Server(ports[1], process, log, folder / "bodies.log")
        for server in servers:
            server.wait_ready("/")
        yield servers


def _as_child(settings: Settings) -> dict[str, str]:
    """What a supervisor tells a child process."""
    settings.metrics_folder.mkdir(parents=True, exist_ok=True)
    return {
        **as_environment(settings),
        "KLANTREIS_CONFIG": os.devnull,
        "PROMETHEUS_MULTIPROC_DIR": str(settings.metrics_folder.resolve()),
    }


@contextlib.contextmanager
def _serving(module: str, folder: Path, variables: Mapping[str, str], processors: Processors) -> Iterator[Server]:
    """A module that serves an inherited socket, bound to the server's processor."""
    with _listen() as listening:
        handle, port = listening.fileno(), int(listening.getsockname()[1])
        with _python(module, ["--fd", str(handle)], folder, variables, handle, processors.of_server) as (process, log):
            listening.close()  # or connections would wait for a server that has died
            server = Server(port, process, log)
            server.wait_ready("/healthz")
            yield server


@contextlib.contextmanager
def _python(
    module: str,
    arguments: Sequence[str],
    folder: Path,
    variables: Mapping[str, str],
    handle: int | None = None,
    begin: Callable[[], None] | None = None,
) -> Iterator[tuple[subprocess.Popen[bytes], Path]]:
    """A module that runs until the block ends, or this process does; and its log."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("KLANTREIS_")}
    log = folder / f"{module}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments, lifeline.FLAG],
            env={**environment, **variables},
            stdin=subprocess.PIPE,
            stdout=out,
            stderr=out,
            pass_fds=[] if handle is None else [handle],
            preexec_fn=begin,
        )
    with _stopped(process):
        yield process, log


@contextlib.contextmanager
def _stopped(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Stop the process when the block ends, however it ends."""
    try:
        yield
    finally:
        if process.stdin is not None:
            process.stdin.close()
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _listen() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=BACKLOG)
