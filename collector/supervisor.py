"""Runs the roles as child processes, restarts what dies or hangs, and stops them in the order of the data.

The supervisor does no work of its own, so nothing that a sender or an analyst does can bring it down. It binds the
public port once and hands the listening socket to every receiver: a killed receiver loses no waiting connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import fcntl
import logging
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from collector import logs, supervised
from collector.errors import SettingsError
from collector.lifeline import FLAG
from collector.settings import Settings, as_environment
from collector.spool.progress import take_room
from collector.supervised import PROCESS_VARIABLE, Supervised
from collector.warehouse.embedded.folder import is_served
from collector.warehouse.embedded.watch import is_alive

log = logging.getLogger(__name__)

RESTART_AFTER_S = 0.2
"""First pause before a restart; doubles with each death soon after a start, up to RESTART_AT_MOST_S."""
RESTART_AT_MOST_S = 5.0
STEADY_AFTER_S = 5.0
"""A process that ran this long had no trouble starting: the pause begins anew."""
PORT_WITHIN_S = 5.0
"""Receivers of a supervisor that was killed notice it and free the port within this time."""
PORT_PAUSE_S = 0.1
"""Between tries of a port that is taken."""
ENGINE_GONE_WITHIN_S = 30.0
"""An engine whose supervisor was killed ends within this time: it brings its tables to the disk first."""
HEARTBEAT_S = 2.0
HEARTBEAT_TIMEOUT_S = 5.0
HEARTBEATS_MISSED = 3
"""A crash inside the engine can hang it for minutes: after so many missed answers it is killed and restarted."""


@dataclass
class Child:
    """One role's process, with what it takes to start it again."""

    name: str
    module: str
    arguments: list[str] = field(default_factory=list)
    sockets: tuple[int, ...] = ()
    alive: Callable[[], bool] | None = None
    """Asked regularly where a living process may still hang."""
    process: asyncio.subprocess.Process | None = None

    @property
    def role(self) -> str:
        """`receive` of `receive-0`."""
        return self.name.partition("-")[0]

    async def start(self, environment: dict[str, str]) -> None:
        """Start the process in a session of its own, so that Ctrl-C reaches only the supervisor."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self.module,
            *self.arguments,
            FLAG,
            stdin=subprocess.PIPE,
            env=environment,
            pass_fds=self.sockets,
            start_new_session=True,
        )

    async def stop(self, timeout_s: float) -> None:
        """Ask the process to stop; kill it when it has not within the time."""
        if self.process is None or self.process.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), timeout_s)
        except asyncio.TimeoutError:
            log.warning("%s did not stop within %.0f s and is killed", self.name, timeout_s)
            self.kill()
            await self.process.wait()

    def kill(self) -> None:
        if self.process is not None and self.process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.kill()


class Supervisor:
    """Keeps a list of children running until SIGTERM or SIGINT, then stops them first to last."""

    def __init__(self, settings: Settings, children: list[Child]) -> None:
        self._settings = settings
        self._children = children
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("KLANTREIS_")},
            **as_environment(settings),
            "KLANTREIS_CONFIG": os.devnull,  # all is said above; a child must not read the file again
            "PROMETHEUS_MULTIPROC_DIR": str(settings.metrics_folder.resolve()),
            # Else `-m` looks in the working folder first, and runs a msgspec.py that lies there (Python 3.11 on).
            "PYTHONSAFEPATH": "1",
        }
        self._stopping = asyncio.Event()
        self._restarts = dict.fromkeys((child.role for child in children), 0)

    async def run(self, ready: Callable[[], None] | None = None) -> None:
        """Start everything, call `ready`, and return when everything has stopped after a signal."""
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, self._stopping.set)
        alone = _fresh_folder(self._settings)
        keepers = [asyncio.create_task(self._keep(child)) for child in self._children]
        watchers = [asyncio.create_task(self._watch(child)) for child in self._children if child.alive]
        if ready is not None:
            ready()
        await self._stopping.wait()
        log.info("stopping: open requests are answered, what was accepted is on disk")
        for task in watchers:
            task.cancel()
        # In the order of the data: no new touchpoints, then the last load, then what it loads into.
        for role in dict.fromkeys(child.role for child in self._children):
            stage = [child for child in self._children if child.role == role]
            await asyncio.gather(*(child.stop(self._settings.stop_timeout_s + 2) for child in stage))
        await asyncio.gather(*keepers, *watchers, return_exceptions=True)
        os.close(alone)

    async def _keep(self, child: Child) -> None:
        """Start a child again whenever it ends, with growing pauses while it cannot stay up."""
        pause = RESTART_AFTER_S
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                ending = await self._life(child)
            except OSError as error:  # no memory or no process is left for it, which may pass
                ending = f"no start ({error.strerror or error})"
            if self._stopping.is_set():
                return
            pause = RESTART_AFTER_S if time.monotonic() - started > STEADY_AFTER_S else pause
            self._restarts[child.role] += 1
            log.warning(
                "%s ended with %s; started again in %.1f s",
                child.name,
                ending,
                pause,
                extra={"child": child.name, "ending": ending, "restarts": self._restarts[child.role]},
            )
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, RESTART_AT_MOST_S)

    async def _life(self, child: Child) -> str:
        """From a child's start to its end, and how it ended. Raises OSError when it cannot be started."""
        await child.start({**self._environment, PROCESS_VARIABLE: self._counted_as(child)})
        assert child.process is not None  # noqa: S101  # narrows the type
        self._note()
        code = await child.process.wait()
        self._forget_gauges(child)
        return _ending(code)

    def _counted_as(self, child: Child) -> str:
        """The name of a child's counters, which the next process in its place goes on with."""
        return f"{os.getpid()}-{child.name}"

    def _forget_gauges(self, child: Child) -> None:
        """What a process that ended said of its own state is not true any more."""
        for file in self._settings.metrics_folder.glob(f"gauge_live*_{self._counted_as(child)}.db"):
            file.unlink(missing_ok=True)

    def _note(self) -> None:
        """Tells the metrics which processes there are; they are not worth stopping for."""
        pids: dict[str, list[int]] = {child.role: [] for child in self._children}
        for child in self._children:
            if child.process is not None and child.process.returncode is None:
                pids[child.role].append(child.process.pid)
        try:
            supervised.write(self._settings.metrics_folder, Supervised(pids, self._restarts))
        except OSError as error:
            log.warning("the metrics do not know the processes: %s", error)

    async def _watch(self, child: Child) -> None:
        """Kill a child that lives but does not answer; `_keep` starts it again."""
        assert child.alive is not None  # noqa: S101  # narrows the type
        watched, answered, missed = None, False, 0
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            if child.process is not watched:
                watched, answered, missed = child.process, False, 0
            alive = await asyncio.to_thread(child.alive)
            answered = answered or alive
            missed = 0 if alive or child.process is not watched else missed + 1
            # Opening a large data folder takes time: a process that never answered gets longer.
            if missed >= HEARTBEATS_MISSED * (1 if answered else 20):
                log.error("%s has not answered %d times and is killed", child.name, missed)
                child.kill()
                missed = 0


def clickhouse(settings: Settings) -> Child:
    """The embedded ClickHouse. Raises SettingsError where its port is taken.

    A stranger there would be taken for ours: with the same password, or none, it would be given what was accepted.
    """
    within_s = ENGINE_GONE_WITHIN_S if is_served(settings.clickhouse_folder) else PORT_WITHIN_S
    os.close(_listen("clickhouse-port", settings.clickhouse_host, settings.clickhouse_port, within_s))
    url = f"http://{settings.clickhouse_host}:{settings.clickhouse_port}"
    return Child(
        "clickhouse", "collector.warehouse.embedded", alive=lambda: is_alive(url, HEARTBEAT_TIMEOUT_S, settings)
    )


def receivers(settings: Settings) -> list[Child]:
    """The receivers of the public port, which is bound here, and their spool. Raises SettingsError when it cannot."""
    listening = _listen("port", settings.host, settings.port)
    take_room(settings.spool_folder)  # the loader may start later than they fill the disk
    return [
        Child(f"receive-{index}", "collector.receive", ["--fd", str(listening)], sockets=(listening,))
        for index in range(settings.worker_count)
    ]


def loader() -> Child:
    """The loader; one for each spool."""
    return Child("load", "collector.loader")


def settler() -> Child:
    """The settler; of several for one warehouse one is at work and the others wait for its end."""
    return Child("settle", "collector.settler")


def console(settings: Settings) -> Child:
    """The operations and console port, bound here like the public one. Raises SettingsError when it cannot be."""
    listening = _listen("console-port", settings.console_host, settings.console_port)
    return Child("console", "collector.console", ["--fd", str(listening)], sockets=(listening,))


def run(settings: Settings, children: list[Child], ready: Callable[[], None] | None = None) -> None:
    """Run the children until SIGTERM or SIGINT."""
    logs.configure_role("supervisor", settings.log_level, settings.log_format)
    asyncio.run(_run(settings, children, ready))


async def _run(settings: Settings, children: list[Child], ready: Callable[[], None] | None) -> None:
    await Supervisor(settings, children).run(ready)


def _listen(option: str, host: str, port: int, within_s: float = PORT_WITHIN_S) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    # Counted and not timed: while a machine stands still, nobody can let go of a port.
    tries = 1 + round(within_s / PORT_PAUSE_S)
    while True:
        tries -= 1
        try:
            listening.bind((host, port))
            break
        except OSError as error:
            if error.errno != errno.EADDRINUSE or tries == 0:
                listening.close()
                raise SettingsError(
                    f"{option.replace('-', '_')}: {host}:{port} cannot be listened on ({error.strerror}); "
                    f"stop what uses it or give another --{option}"
                ) from None
            time.sleep(PORT_PAUSE_S)
    listening.listen(4096)
    listening.setblocking(False)
    return listening.detach()


def _fresh_folder(settings: Settings) -> int:
    """The data folder, for its owner alone, with the counters of the last run removed; gives a lock to keep.

    Receivers and loader of one data folder may have a supervisor each: the second one leaves the first one's counters.
    """
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    lock = os.open(settings.data / "supervisors.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(settings.metrics_folder, ignore_errors=True)
    except BlockingIOError:
        pass
    settings.metrics_folder.mkdir(mode=0o700, exist_ok=True)
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def _ending(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    named = -code in {one.value for one in signal.Signals}  # not all real-time signals have a name
    return f"signal {signal.Signals(-code).name if named else -code}"
