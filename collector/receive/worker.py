"""One receiver process: `python -m collector.receive --fd N`.

It serves a listening socket that its supervisor holds, so that connections which wait there outlive a killed worker,
and stops as gently as a load balancer could wish: SIGTERM, `/readyz` says 503, no new connections, open requests are
answered with `Connection: close`, the spool is synced and closed, exit code 0.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import importlib
import logging
import resource
import signal
import socket
import sys
from collections.abc import Generator, Sequence
from functools import partial
from typing import Any

import uvicorn
import uvloop
from starlette.routing import BaseRoute

from collector import lifeline, logs, metrics, scripts, shipped
from collector import settings as all_settings
from collector.errors import KlantreisError, Reason
from collector.receive.access import Keys
from collector.receive.app import Receiver
from collector.receive.connection import Connection, Patience
from collector.receive.intake import Intake
from collector.receive.tally import Tally
from collector.settings import Settings
from collector.spool.writer import SpoolWriter

BACKLOG = 4096
LOOK_AFTER_EVERY_S = 1.0
FILES_FOR_OURSELVES = 128
"""Descriptors that connections must leave: segments, keys, the loop's own."""
LAST_SECOND_S = 1.0
"""Of stop_timeout_s, kept for closing the spool once no request is open any more."""

GC_THRESHOLDS = (20_000, 20, 100)
"""A request leaves no reference cycles, so there is little to collect; with Python's own (700, 10, 10) 10,000 new
connections made pauses of 190 ms, in which nobody is served."""

NOSNIFF = ("x-content-type-options", "nosniff")

_log = logging.getLogger(__name__)


class Server(uvicorn.Server):
    """uvicorn's server, but signals are the worker's: it wants to exit with 0 after a SIGTERM."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def run(settings: Settings, sockets: Sequence[socket.socket]) -> None:
    """Serve the listening sockets until SIGTERM or SIGINT. Raises SettingsError and SpoolFailing at the start."""
    # Each connection is a descriptor, and the usual soft limit of 1,024 is soon reached.
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # it would warn of every bad request
    uvloop.run(_serve(settings, list(sockets), files - FILES_FOR_OURSELVES))


async def _serve(settings: Settings, sockets: list[socket.socket], connections_limit: int) -> None:
    scripts.keep(settings)
    tally = Tally()
    keys = Keys(settings)
    spool = SpoolWriter(
        settings.spool_folder,
        limit_bytes=settings.spool_limit_mib * 2**20,
        segment_bytes=settings.segment_mib * 2**20,
        key_share=settings.spool_key_share,
        on_group=tally.group,
    )
    intake = Intake(settings, keys, spool, tally)
    _look_after_visitors(intake)  # before the first request comes
    patience = Patience(settings, tally, connections_limit)
    server = Server(_config(settings, Receiver(intake, shipped.web_scripts(), _demo(settings)), patience))
    patience.start(server.server_state.connections)

    def stop() -> None:
        intake.stopping = True
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop)
    caretaker = asyncio.create_task(_look_after(server, intake))
    gc.freeze()  # what is there now stays: nothing in it needs to be looked at again
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        await server.serve(sockets)
    finally:
        caretaker.cancel()
        await spool.close()
        _hand_over(server, intake)


def _config(settings: Settings, app: Receiver, patience: Patience) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=partial(Connection, patience=patience),  # type: ignore[arg-type]  # it is only ever called
        interface="asgi3",
        ws="none",
        lifespan="off",
        proxy_headers=False,  # collector.address decides whom to believe
        access_log=False,
        log_config=None,
        server_header=False,
        headers=[NOSNIFF],
        backlog=BACKLOG,
        timeout_graceful_shutdown=max(1, int(settings.stop_timeout_s - LAST_SECOND_S)),
    )


async def _look_after(server: Server, intake: Intake) -> None:
    """What is done once a second, whatever comes in."""
    while True:
        try:
            intake.keys.refresh()
            _look_after_visitors(intake)
            _hand_over(server, intake)
        except Exception:
            _log.exception("the second's work failed; it is tried again")
        await asyncio.sleep(LOOK_AFTER_EVERY_S)


def _look_after_visitors(intake: Intake) -> None:
    try:
        intake.visitors.look_after(wanted=intake.keys.any_counts_visitors)
    except OSError as error:  # touchpoints come in all the same
        _log.error("visitors may not be counted, %s has trouble: %s", intake.settings.salts_folder, error)


def _hand_over(server: Server, intake: Intake) -> None:
    intake.tally.flush()
    unready = intake.unready()
    metrics.connections.set(len(server.server_state.connections))
    metrics.receivers.set(1)
    metrics.receivers_ready.set(unready is None)
    metrics.receivers_failing.set(unready is Reason.SPOOL_FAILING)


def _demo(settings: Settings) -> Sequence[BaseRoute]:
    """The demo shop's routes. By name, for the shop is a site like any other: the receiver does not know it."""
    if not settings.demo:
        return ()
    shop: Any = importlib.import_module("collector.demo.shop.app")
    routes: Sequence[BaseRoute] = shop.routes()
    return routes


def main(arguments: Sequence[str]) -> None:
    """Serve the socket whose descriptor `--fd` names, or one on the public port. Exits with 1 when it cannot."""
    settings = all_settings.load({})
    logs.configure_role("receive", settings.log_level, settings.log_format)
    lifeline.follow_parent()
    try:
        run(settings, [_listening(settings, arguments)])
    except KlantreisError as error:
        _log.error("cannot receive: %s", error)
        sys.exit(1)


def _listening(settings: Settings, arguments: Sequence[str]) -> socket.socket:
    if "--fd" in arguments:
        return socket.socket(fileno=int(arguments[arguments.index("--fd") + 1]))
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    return socket.create_server((settings.host, settings.port), family=family, backlog=BACKLOG)
