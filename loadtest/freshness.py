"""Figure 4: how long after its 202 a touchpoint is visible to analysts, at the highest rate that can be kept up.

A receiver, the loader and the embedded ClickHouse run as they are delivered, and people's touchpoints come in at a
fixed rate. Beside them a probe sends single touchpoints, and asks ClickHouse through the analysts' own view, again and
again, which of them are there. A rate is kept up when at its end nothing in the spool is older than BEHIND_S.
"""

from __future__ import annotations

import http.client
import json
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass
from pathlib import Path

import msgspec

from collector.receive.access import Keys
from collector.settings import Settings
from collector.spool.waiting import backlog
from collector.warehouse.client import Warehouse
from loadtest import servers, traffic
from loadtest.figure import Effort, Figure, Measured, Trial
from loadtest.generator import Driven, GeneratorError
from loadtest.installed import installed
from loadtest.machine import Processors
from loadtest.pairs import spread

REACH_S = 2.0
BEHIND_S = 2.0
A_REQUEST = 10
"""Touchpoints in a request: between a page that sends one and an SDK that gathers."""
CONNECTIONS = 64
FIRST_RATE = 2_000
"""Touchpoints a second with which the search begins; it doubles until a rate cannot be kept up."""
HALVINGS = 2
"""Of the distance between the last rate that could be kept up and the first that could not."""
KEPT = 0.95
"""Share of the rate that must have been sent for it to count."""
PROBE_EVERY_S = 0.02
LOOK_EVERY_S = 0.02
LAST_LOOK_S = 30.0

VISIBLE = Path(__file__).with_name("visible.sql")


@dataclass(frozen=True)
class Kept:
    """What came of a rate."""

    rate: float
    """Touchpoints a second that were accepted."""
    behind_s: float
    """Age of the oldest touchpoint in the spool at the end."""
    waits_s: list[float]
    """From answer to visible, of each probe, from the shortest on."""
    answer_p99_ms: float

    def wait(self, share: float) -> float:
        """The wait below which this share of the probes stayed, in seconds."""
        return self.waits_s[min(len(self.waits_s) - 1, int(len(self.waits_s) * share))]


def visible(effort: Effort) -> Figure:
    """Figure 4. Raises GeneratorError when a request is refused or a probe never becomes visible."""
    with installed(effort.folder) as running:
        chosen = running.settings
        keys: dict[str, str] = {kind: Keys(chosen).add(name=kind, site="bench", kind=kind)[1] for kind in traffic.KINDS}
        path = effort.folder / "requests"
        traffic.write_http(path, traffic.requests(effort.touchpoints, a_request=A_REQUEST, public_only=True), keys)
        with servers.receiver(chosen, Processors(frozenset(), frozenset())) as receiver:
            at = _At(chosen, receiver.port, path, keys["public"])
            best, tried = _highest(at, effort.seconds)
            rounds = [at.keep(best, effort.seconds) for _ in range(effort.rounds)]
    measured = [_measured(f"{rate:,.0f} a second: {_verdict(kept, rate)}", [kept]) for rate, kept in tried]
    measured.append(_measured(f"{best:,.0f} a second, the highest kept up", rounds))
    conditions = f"{effort.seconds} s at each rate, {A_REQUEST} a request; p50 and p99 are from answer to visible"
    trial = Trial(conditions, measured, spread(kept.wait(0.99) for kept in rounds))
    return Figure(4, "From answer to visible in ClickHouse, p99", "s", REACH_S, [trial], at_most=True)


def _highest(at: _At, seconds: int) -> tuple[float, list[tuple[float, Kept]]]:
    """The highest rate that is kept up, and every rate that was tried."""
    tried: list[tuple[float, Kept]] = []

    def holds(rate: float) -> bool:
        tried.append((rate, at.keep(rate, seconds)))
        return _is_kept_up(tried[-1][1], rate)

    good, bad = 0.0, float(FIRST_RATE)
    while holds(bad):
        good, bad = bad, bad * 2
    for _ in range(HALVINGS):
        middle = (good + bad) / 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    if not good:
        raise GeneratorError(f"not even {bad:.0f} touchpoints a second are kept up here")
    return good, tried


def _is_kept_up(kept: Kept, rate: float) -> bool:
    return kept.behind_s < BEHIND_S and kept.rate >= KEPT * rate


def _verdict(kept: Kept, rate: float) -> str:
    if _is_kept_up(kept, rate):
        return "kept up"
    return f"{kept.behind_s:.1f} s behind" if kept.behind_s >= BEHIND_S else f"only {kept.rate:,.0f} taken in"


def _measured(name: str, kept: list[Kept]) -> Measured:
    return Measured(
        name,
        spread(one.rate for one in kept),
        p50_ms=spread(one.wait(0.5) * 1e3 for one in kept).median,
        p99_ms=spread(one.wait(0.99) * 1e3 for one in kept).median,
    )


class _At:
    """The installation under load."""

    def __init__(self, chosen: Settings, port: int, requests: Path, key: str) -> None:
        self._chosen = chosen
        self._port = port
        self._requests = requests
        self._key = key

    def keep(self, rate: float, seconds: int) -> Kept:
        """Send touchpoints at this rate, with probes among them, then wait until all is loaded."""
        with Probe(self._chosen, self._port, self._key) as probe:
            driven = self._drive(rate / A_REQUEST, seconds)
            behind = backlog(self._chosen.spool_folder).oldest_s or 0.0
        if driven.refused or driven.broken:
            raise GeneratorError(f"{driven}")
        until = time.monotonic() + servers.STOP_WITHIN_S * 6
        while backlog(self._chosen.spool_folder).bytes and time.monotonic() < until:
            time.sleep(0.1)
        return Kept(driven.rate * A_REQUEST, behind, sorted(probe.waits_s), driven.p99_ms)

    def _drive(self, rate: float, seconds: int) -> Driven:
        numbers = [str(self._port), str(CONNECTIONS), str(seconds), str(rate)]
        command = [sys.executable, "-m", "loadtest.paced", *numbers, str(self._requests)]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 90, check=False)
        result = next((line for line in ended.stdout.splitlines() if line.startswith("RESULT ")), None)
        if result is None:
            raise GeneratorError(f"loadtest.paced ended with {ended.returncode}: {ended.stderr[-500:]}")
        return msgspec.json.decode(result.removeprefix("RESULT "), type=Driven)


class Probe:
    """Sends a touchpoint now and then and looks until each is visible, in two threads, for as long as its block."""

    def __init__(self, chosen: Settings, port: int, key: str) -> None:
        self.waits_s: list[float] = []
        self._chosen = chosen
        self._port = port
        self._key = key
        self._awaited: dict[str, float] = {}
        self._over = threading.Event()
        self._failed: list[BaseException] = []
        self._threads = [threading.Thread(target=self._noting, args=(work,)) for work in (self._send, self._look)]

    def __enter__(self) -> Probe:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until the last one is visible. Raises GeneratorError when one never is."""
        self._over.set()
        for thread in self._threads:
            thread.join()
        if self._failed:
            raise GeneratorError(f"the probe failed: {self._failed[0]!r}")
        if self._awaited or not self.waits_s:
            raise GeneratorError(f"{len(self._awaited)} probes were accepted and are not visible after {LAST_LOOK_S} s")

    def _noting(self, work: object) -> None:
        try:
            assert callable(work)
            work()
        except BaseException as error:  # told in __exit__
            self._failed.append(error)
            self._over.set()

    def _send(self) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=30)
        while not self._over.wait(PROBE_EVERY_S):
            sent = {"id": str(uuid.uuid4()), "type": "page_view", "occurred_at": int(time.time() * 1000)}
            body = {"key": self._key, "touchpoints": [{**sent, "visitor_id": "probe"}]}
            connection.request("POST", "/v1/touchpoints", json.dumps(body))
            answer = connection.getresponse()
            if (answer.status, answer.read()) != (202, b'{"accepted":1,"rejected":[]}'):
                raise GeneratorError(f"a probe was answered {answer.status}")
            self._awaited[sent["id"]] = time.perf_counter()
        connection.close()

    def _look(self) -> None:
        sql = VISIBLE.read_text(encoding="utf-8")
        until = float("inf")
        with Warehouse(self._chosen) as warehouse:
            while (self._awaited or not self._over.is_set()) and time.monotonic() < until:
                if self._over.is_set() and until == float("inf"):
                    until = time.monotonic() + LAST_LOOK_S
                for row in warehouse.rows(sql, {"ids": list(self._awaited)}):
                    self.waits_s.append(time.perf_counter() - self._awaited.pop(row["seen"]))
                time.sleep(LOOK_EVERY_S)
