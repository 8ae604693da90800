"""A seeded series of deaths: at every named point, at random moments, of one role or several, and hangs."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from collector.supervisor import HEARTBEAT_S, HEARTBEAT_TIMEOUT_S
from collector.warehouse.embedded.watch import is_alive
from tests.chaos.inside.points import DEATH, POINTS, START, STOP, Point
from tests.chaos.orders import Orders
from tests.installation import Installation

ROLES = ("receive", "load", "settle", "clickhouse")
TOGETHER: tuple[tuple[str, ...], ...] = (
    ("receive",),
    ("load",),
    ("clickhouse",),
    ("settle",),
    ("load", "clickhouse"),
    ROLES,
    ("supervisor",),
    ("supervisor", *ROLES),
)
"""Who dies at the same random moment."""
PAUSE_S = (0.0, 0.6)
HANG_S = (0.2, 2.0)
REACHED_WITHIN_S = 60.0
AGAIN_S = 5.0
ATTEMPTS = 8
WITHIN_INSERT_S = 0.03
ALSO_OTHERS = 0.25
"""Share of the deaths at a point at which another role dies at the same time."""


class NotReachedError(Exception):
    """A process never passed a point, or what died was not started again."""


@dataclass
class Blow:
    """One thing that is done to the installation, and what it cost."""

    role: str
    name: str
    strike: Callable[[], None]
    times: int = 0
    processes: int = 0
    requests_repeated: int = 0
    lost: int = 0


class Campaign:
    """Deals blows to an installation in a seeded order. `repeated` counts the requests that senders had to repeat."""

    def __init__(self, installation: Installation, orders: Orders, seed: int, repeated: Callable[[], int]) -> None:
        self._installation, self._orders = installation, orders
        self._chance = random.Random(f"{seed} campaign")
        self._repeated = repeated
        self.dealt: list[Blow] = []
        """In their order: a moment is a place in this list."""
        self._killed = 0

    def run(self, blows: list[Blow], count: int) -> None:
        """Deal `count` blows, each of `blows` once before any comes again. Raises NotReachedError."""
        deck: list[Blow] = []
        for _ in range(count):
            if not deck:
                deck = self._chance.sample(blows, len(blows))
            self._deal(deck.pop())

    def points(self, *roles: str) -> list[Blow]:
        """A death at each named point."""

        def blow(role: str, point: Point) -> Blow:
            return Blow(role, point.name, lambda: self._die_at(role, point))

        return [blow(role, point) for role in roles for point in POINTS[role]]

    def moments(self) -> list[Blow]:
        """Deaths at random moments."""

        def blow(roles: tuple[str, ...]) -> Blow:
            return Blow(" + ".join(roles), "at a random moment", lambda: self._kill(*roles))

        return [blow(roles) for roles in TOGETHER]

    def hangs(self) -> list[Blow]:
        """A process stands still for a while; the engine also for so long that its supervisor kills it."""

        def blow(role: str) -> Blow:
            return Blow(role, "hangs and goes on", lambda: self._hang(role))

        return [*map(blow, ROLES), Blow("clickhouse", "hangs until it is killed", self._hang_until_killed)]

    def _deal(self, blow: Blow) -> None:
        time.sleep(self._chance.uniform(*PAUSE_S))
        self.dealt.append(blow)
        before, killed = self._repeated(), self._killed
        try:
            blow.strike()
        except NotReachedError as error:
            raise NotReachedError(f"{blow.role}, {blow.name}: {error}\n{self._where_all_are()}") from None
        blow.times += 1
        blow.processes += self._killed - killed
        blow.requests_repeated += self._repeated() - before

    def _where_all_are(self) -> str:
        """What each process does now, by its own account, and the end of the log."""
        for _ in range(2):  # twice, as a hang is what does not change
            for pid in (pid for role in ROLES for pid in self._installation.pids(role)):
                os.kill(pid, signal.SIGUSR1)
            time.sleep(3)
        return self._installation.log.read_text("utf-8", "replace")[-20_000:]

    def _die_at(self, role: str, point: Point) -> None:
        """Have a process die at `point`, some of the time together with another one."""
        self._orders.die(role, point, after_s=self._chance.uniform(0, WITHIN_INSERT_S) if point.when == "during" else 0)
        also = [self._chance.choice(ROLES)] if self._chance.random() < ALSO_OTHERS else []
        self._provoke(role, point)
        again = self._kill_a_child if point.provoked_by == DEATH else None
        self._wait(lambda: self._orders.obeyed(role, point) is not None, "nobody passed there", again)
        self._killed += 1
        if role == "supervisor":
            self._start_again()
        elif also != [role]:
            self._kill(*also)

    def _provoke(self, role: str, point: Point) -> None:
        """See to it that a process comes by."""
        reason = point.provoked_by
        if reason == START and role == "supervisor":
            self._kill_supervisor()
            self._installation.launch()
        elif reason == START:
            self._kill(role)
        elif reason == STOP:
            self._terminate(role, point)
        elif reason and reason != DEATH:
            [first] = [one for one in POINTS[role] if one.name == reason]
            self._orders.die(role, first)
            self._wait(lambda: self._orders.obeyed(role, first) is not None, f"nobody passed {first.name}")
            self._killed += 1

    def _kill_a_child(self) -> None:
        for pid in self._installation.pids("load"):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def _terminate(self, role: str, point: Point) -> None:
        """SIGTERM until one passes the point: who is told before it has quite begun stops by another way."""
        for settled_s in range(ATTEMPTS):
            process = self._installation.process
            pid = self._one(role) if role != "supervisor" or process is None else process.pid
            self._wait(lambda pid=pid: not is_there(pid) or catches(pid, signal.SIGTERM), "it never knew how to stop")
            time.sleep(settled_s)
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
            self._wait(lambda pid=pid: not is_there(pid), "it did not stop")
            if not self._orders.is_open(role, point):
                return

    def _kill(self, *roles: str) -> None:
        """kill -9 of these roles at the same moment; what a supervisor would have started again, we start."""
        children = [role for role in roles if role != "supervisor"]
        found = {role: self._one(role) for role in children}
        pids = [pid for role in found for pid in self._installation.pids(role)]
        if "supervisor" in roles:
            assert self._installation.process is not None
            pids.insert(0, self._installation.process.pid)
        self._killed += len(pids)
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if "supervisor" in roles:
            self._start_again()

    def _kill_supervisor(self) -> None:
        assert self._installation.process is not None
        self._installation.process.kill()
        self._installation.process.wait()
        self._killed += 1

    def _start_again(self) -> None:
        """A service manager's part: the supervisor is gone, so it is started again, and again if it has to be."""
        process = self._installation.process
        assert process is not None
        self._wait(lambda: process.poll() is not None, "it lives on")
        self._installation.start()

    def _hang(self, role: str) -> None:
        with self._stopped(role):
            time.sleep(self._chance.uniform(*HANG_S))

    def _hang_until_killed(self) -> None:
        # One that never answered its supervisor may be opening a large folder, and is given minutes for that.
        engine = f"http://127.0.0.1:{self._installation.clickhouse_port}"
        self._wait(lambda: is_alive(engine, HEARTBEAT_TIMEOUT_S), "ClickHouse does not answer")
        time.sleep(2 * HEARTBEAT_S)
        with self._stopped("clickhouse") as pid:
            self._wait(lambda: pid not in self._installation.pids("clickhouse"), "its supervisor did not notice")
        self._killed += 1

    @contextlib.contextmanager
    def _stopped(self, role: str) -> Iterator[int]:
        pid = self._one(role)
        os.kill(pid, signal.SIGSTOP)
        try:
            yield pid
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def _one(self, role: str) -> int:
        """A process of the role, as soon as there is one."""
        self._wait(lambda: self._installation.pids(role), f"no {role} is started again")
        return self._chance.choice(sorted(self._installation.pids(role)) or [self._one(role)])

    def _wait(self, holds: Callable[[], object], otherwise: str, again: Callable[[], None] | None = None) -> None:
        """Wait until it holds; `again` is done at once and every few seconds."""
        begun = asked = time.monotonic()
        if again:
            again()
        while not holds():
            now = time.monotonic()
            if now > begun + REACHED_WITHIN_S:
                raise NotReachedError(otherwise)
            if again and now > asked + AGAIN_S:
                again()
                asked = now
            time.sleep(0.01)


def is_there(pid: int) -> bool:
    """Whether it has not ended, collected by its parent or not."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text("utf-8")
    except OSError:
        return False


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler for a signal by now."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("utf-8").splitlines()
    except OSError:
        return False
    [caught] = [line.split()[1] for line in lines if line.startswith("SigCgt:")]
    return bool(int(caught, 16) >> (number - 1) & 1)
