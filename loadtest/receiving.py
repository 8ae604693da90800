"""Figures 1 and 2: how fast one receiver makes touchpoints durable, against servers that keep less or nothing.

All servers of a trial run all the time, each on the same processor, and are loaded in turn: one alone is ever busy. The
loader does not run: figures 3 and 4 are about it.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from collector import settings as all_settings
from collector.receive.access import Keys
from collector.settings import Settings
from loadtest import servers, spools, traffic
from loadtest.figure import Effort, Figure, Measured, Trial
from loadtest.generator import Driven, drive
from loadtest.machine import Processors
from loadtest.pairs import in_turn, ratios, spread
from loadtest.servers import Server

REACH_SINGLE = 0.6
REACH_BATCHED = 150_000
BATCH = 50
CONNECTIONS = (64, 256)

BARE, RECEIVER = "bare Starlette: read, answered", "receiver: checked, on disk, answered"
ANSWERING, LOGGING = "nginx: answered, not read", "nginx: body in a log, never synced"


class NotDurableError(Exception):
    """More requests were answered than lie in the spool: whatever the figure is, it is none."""


def single(effort: Effort) -> Figure:
    """Figure 1: requests of one touchpoint ÷ bare Starlette, on the same processor."""
    trials = []
    for connections, measured, body_bytes in _load(effort, 1, CONNECTIONS):
        conditions = f"{connections} connections, bodies of {body_bytes} bytes"
        trials.append(Trial(conditions, measured, _of(measured, RECEIVER).ratio))
    return Figure(1, "Durable requests of one touchpoint", "÷ bare Starlette", REACH_SINGLE, trials)


def batched(effort: Effort) -> Figure:
    """Figure 2: durable touchpoints a second, many in a request, on one processor."""
    trials = []
    for connections, measured, body_bytes in _load(effort, BATCH, CONNECTIONS[:1]):
        conditions = f"{connections} connections, bodies of {body_bytes} bytes ({body_bytes // BATCH} a touchpoint)"
        trials.append(Trial(conditions, measured, _of(measured, RECEIVER).rate))
    return Figure(2, f"Durable touchpoints, {BATCH} a request, one processor", "touchpoints/s", REACH_BATCHED, trials)


def _load(effort: Effort, a_request: int, connections: Sequence[int]) -> Iterator[tuple[int, list[Measured], int]]:
    """Load every server with the same requests: for each number of connections, what was measured and the mean body.

    Raises GeneratorError when a server does not answer every request with 2xx, NotDurableError when the receiver
    answered what it had not stored.
    """
    chosen = all_settings.load({"data": effort.folder / "data"})
    keys: dict[str, str] = {kind: Keys(chosen).add(name=kind, site="bench", kind=kind)[1] for kind in traffic.KINDS}
    path = effort.folder / "requests"
    prepared = traffic.requests(effort.touchpoints, a_request=a_request, public_only=True)
    body_bytes = traffic.write_http(path, prepared, keys)
    del prepared
    answered = 0
    with _running(chosen, effort.folder, effort.processors) as running:
        for number in connections:
            send = partial(_timed, path, number, effort.processors)
            for seconds, rounds in ((effort.seconds // 2, 1), (effort.seconds, effort.rounds)):
                if seconds:  # first a round to warm up
                    turns = {name: partial(send, server, seconds) for name, server in running.items()}
                    taken = in_turn(rounds, turns)
                    answered += sum(driven.requests for driven, _ in taken[RECEIVER])
            yield number, _measured(taken, a_request), body_bytes
    stored = sum(1 for _ in spools.records(chosen.spool_folder))
    if stored < answered:
        raise NotDurableError(f"{answered} requests were answered and {stored} lie in the spool")


def _timed(
    path: Path, connections: int, processors: Processors, server: Server, seconds: int
) -> tuple[Driven, float | None]:
    """One run, and the processor time that the server used for it."""
    before = servers.processor_s(server.process)
    driven = drive(server.port, path, connections=connections, seconds=seconds, processors=processors)
    after = servers.processor_s(server.process)
    server.tidy()
    return driven, None if before is None or after is None else after - before


@contextlib.contextmanager
def _running(chosen: Settings, folder: Path, processors: Processors) -> Iterator[Mapping[str, Server]]:
    with contextlib.ExitStack() as stack:
        running = {
            BARE: stack.enter_context(servers.bare_starlette(folder, processors)),
            RECEIVER: stack.enter_context(servers.receiver(chosen, processors)),
        }
        if shutil.which("nginx"):
            answering, logging = stack.enter_context(servers.nginx(folder, processors))
            running |= {ANSWERING: answering, LOGGING: logging}
        yield running


def _measured(taken: Mapping[str, Sequence[tuple[Driven, float | None]]], a_request: int) -> list[Measured]:
    bare = [driven.rate for driven, _ in taken[BARE]]
    bare_spent = _spent(taken[BARE], a_request)
    measured = []
    for name, runs in taken.items():
        rates = [driven.rate for driven, _ in runs]
        spent = _spent(runs, a_request)
        measured.append(
            Measured(
                name,
                spread(rate * a_request for rate in rates),
                ratios(rates, bare),
                spread(spent) if spent else None,
                ratios(bare_spent, spent) if spent else None,
                spread(driven.p50_ms for driven, _ in runs).median,
                spread(driven.p99_ms for driven, _ in runs).median,
            )
        )
    return measured


def _of(measured: Sequence[Measured], name: str) -> Measured:
    return next(one for one in measured if one.name == name)


def _spent(runs: Sequence[tuple[Driven, float | None]], a_request: int) -> list[float]:
    """Microseconds of processor time a touchpoint, run by run; nothing where the system does not tell."""
    return [used / driven.requests / a_request * 1e6 for driven, used in runs if used is not None]
