"""The process of the embedded ClickHouse: from its settings to its end.

One engine is one process (chDB), so a crash in it takes nothing else down. A supervisor watches it with
`watch.is_alive`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading

import uvicorn
import uvloop

from collector import logs, settings
from collector.errors import SettingsError
from collector.lifeline import follow_parent
from collector.settings import Settings
from collector.warehouse.embedded.access import Users, is_loopback
from collector.warehouse.embedded.connection import Connection
from collector.warehouse.embedded.engine import Engine
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.folder import Folder
from collector.warehouse.embedded.limits import CONNECTIONS, HEAD_BYTES, KEEP_ALIVE_S
from collector.warehouse.embedded.server import Server

log = logging.getLogger(__name__)

_LAST_MOMENT_S = 5.0
"""Seconds past `stop_timeout_s` after which the process ends whatever the engine still does: everything acknowledged
is on disk by then."""


class _Listener(uvicorn.Server):
    """Uvicorn, stopping in our order: reads are cancelled at once, writes may finish, what is left is cancelled."""

    def __init__(self, config: uvicorn.Config, server: Server, timeout_s: float) -> None:
        super().__init__(config)
        self._server, self._timeout_s = server, timeout_s

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        stopping = asyncio.ensure_future(super().shutdown(sockets))
        await self._server.stop_reading()
        await asyncio.wait((stopping,), timeout=self._timeout_s)
        await self._server.stop_all()
        await stopping

    def install_signal_handlers(self) -> None:
        """Ours are installed already."""


def main() -> int:
    """Serve until SIGTERM, SIGINT, or the end of the supervisor with --die-with-parent. Gives the exit code."""
    try:
        chosen = settings.load({})
        logs.configure_role("clickhouse", chosen.log_level, chosen.log_format)
        if chosen.demo and not is_loopback(chosen.clickhouse_host):
            raise SettingsError(
                f"demo: asks no password and so cannot listen on {chosen.clickhouse_host}; "
                "leave clickhouse_host at 127.0.0.1 or leave out demo"
            )
        listening = _listen(chosen.clickhouse_host, chosen.clickhouse_port)
        users = Users(chosen)  # before the folder is entered: it reads the data folder
        folder = Folder(chosen.clickhouse_folder, chosen.clickhouse_memory_mib)
        os.environ["HOME"] = str(folder.path)  # chDB would take options from ~/.clickhouse-local
        engine = Engine(folder.window)
    except SettingsError as error:
        log.critical("%s", error)
        return 2
    except Fault as fault:
        log.critical("the engine does not open its folder: %s", fault.message)
        return 1
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # broken-off answers are on purpose
    return uvloop.run(_serve(chosen, Server(chosen, engine, users), listening))


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise SettingsError(
            f"clickhouse_port: {host}:{port} cannot be listened on ({error.strerror}); stop what uses it or give "
            "another --clickhouse-port"
        ) from None
    # Connections take it over. Without it the body of an answer waits 40 ms for the client to confirm its head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


async def _serve(chosen: Settings, server: Server, listening: socket.socket) -> int:
    config = uvicorn.Config(
        server,
        http=Connection,  # of h11, which limits the size of a request's head
        h11_max_incomplete_event_size=HEAD_BYTES,
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        ws="none",
        limit_concurrency=CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=int(chosen.stop_timeout_s) + 1,  # then whoever still sends or receives is dropped
    )
    listener = _Listener(config, server, chosen.stop_timeout_s)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, _stop, listener, chosen.stop_timeout_s)
    follow_parent()
    log.info("serving ClickHouse on http://%s:%d", *listening.getsockname()[:2])
    expiring = asyncio.create_task(server.expire_sessions())
    await listener.serve([listening])
    expiring.cancel()
    server.close()
    log.info("stopped; everything is on disk")
    return 0


def _stop(listener: _Listener, timeout_s: float) -> None:
    listener.should_exit = True
    end = threading.Timer(timeout_s + _LAST_MOMENT_S, os._exit, (1,))
    end.daemon = True
    end.start()
