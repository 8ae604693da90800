"""`make outage`, `python -m loadtest.outage`: ClickHouse is away for minutes under a steady load, and then the count.

Starts an embedded ClickHouse of its own and `klantreis serve` beside it, sends touchpoints at a fixed rate, stops
ClickHouse, starts it again, waits until the spool is empty, and compares every id that was accepted with what is in
ClickHouse. A sender sends again what is not answered 202. Fails on any touchpoint that is lost or doubled.
"""

from __future__ import annotations

import contextlib
import http.client
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import click
import msgspec
from pydantic import SecretStr

from collector import settings as all_settings
from collector.settings import Settings
from collector.spool.waiting import Backlog, backlog
from collector.warehouse.client import Warehouse
from loadtest import servers
from loadtest.audit import Audit, audit
from loadtest.ports import free_ports
from tests.installation import Installation, running, touchpoint

BATCH = 50
SENDERS = 4
BEFORE_S = AFTER_S = 10.0
DRAINED_WITHIN_S = 3600.0
ANSWER_WITHIN_S = 30.0
FILLER = "x" * 300


@dataclass
class Stage:
    """What senders saw before, during or after the outage."""

    name: str
    statuses: Counter[int] = field(default_factory=Counter)
    """0: no answer."""
    took_s: list[float] = field(default_factory=list)
    """From the moment at which a request was due, so that a collector that stalls is not flattered."""


class Sender(threading.Thread):
    """Sends a request each time one is due, until told to stop."""

    def __init__(self, installation: Installation, notes: Path, every_s: float, stages: list[Stage]) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()
        self._port, self._every_s, self._stages = installation.port, every_s, stages
        self._notes = notes.open("w", encoding="ascii")

    def run(self) -> None:
        """The last of `stages` is the one that goes on."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=ANSWER_WITHIN_S)
        due = time.monotonic()
        while not self.stopping.is_set():
            batch = [touchpoint(visitor_id="v", properties={"filler": FILLER}) for _ in range(BATCH)]
            body = msgspec.json.encode({"key": "demo", "touchpoints": batch})
            while (status := _post(connection, body)) != 202:
                self._stages[-1].statuses[status] += 1
                time.sleep(0.1)
            stage = self._stages[-1]
            stage.statuses[status] += 1
            stage.took_s.append(time.monotonic() - due)
            self._notes.writelines(f"{one['id']}\n" for one in batch)
            due += self._every_s
            time.sleep(max(0.0, due - time.monotonic()))
        self._notes.close()


def _post(connection: http.client.HTTPConnection, body: bytes) -> int:
    try:
        connection.request("POST", "/v1/touchpoints", body)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return 0
    return answer.status


class Engine:
    """A ClickHouse that can be stopped and started again."""

    def __init__(self, folder: Path) -> None:
        given = {
            "data": folder / "engine",
            "clickhouse_port": free_ports(1)[0],
            "clickhouse_password": SecretStr(secrets.token_hex(16)),
        }
        self.settings: Settings = all_settings.load(given)
        self._running = contextlib.ExitStack()

    def start(self) -> None:
        """Returns when it answers. Raises ServerError."""
        self._running.enter_context(servers.clickhouse(self.settings))

    def stop(self) -> None:
        """As an operator would."""
        self._running.close()


@click.command()
@click.option("--minutes", default=20.0, show_default=True, type=click.FloatRange(0.1, 240), help="ClickHouse is away.")
@click.option("--rate", default=2000, show_default=True, type=click.IntRange(50, 100_000), help="Touchpoints a second.")
@click.option("--workers", default=2, show_default=True, type=click.IntRange(1, 64), help="Receivers.")
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), default=Path("data"), show_default=True,
    help="Folder on the disk to use; a new one below it is used.",
)  # fmt: skip
def main(minutes: float, rate: int, workers: int, data: Path) -> None:
    """Take ClickHouse away under load, and fail on any touchpoint that is lost or doubled."""
    data.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="outage-", dir=data)).resolve()
    engine = Engine(folder)
    engine.start()
    try:
        clean = _outage(folder, engine, minutes * 60, rate, workers)
    finally:
        engine.stop()
    if not clean:
        click.echo(f"FAILED: {folder} holds what is left")
        sys.exit(1)
    shutil.rmtree(folder)


def _outage(folder: Path, engine: Engine, away_s: float, rate: int, workers: int) -> bool:
    """The whole course; whether nothing was lost or doubled."""
    of_engine = engine.settings
    where = {
        "clickhouse": f"http://127.0.0.1:{of_engine.clickhouse_port}",
        "clickhouse_password": of_engine.clickhouse_password.get_secret_value(),
    }
    with running(folder, workers=workers, **where) as installation:
        stages = [Stage("before")]
        every_s = BATCH * SENDERS / rate
        notes = [folder / f"accepted-{number}.txt" for number in range(SENDERS)]
        senders = [Sender(installation, path, every_s, stages) for path in notes]
        for sender in senders:
            sender.start()
        time.sleep(BEFORE_S)
        stages.append(Stage("away"))
        engine.stop()
        time.sleep(away_s)
        waiting = backlog(installation.settings.spool_folder)
        stages.append(Stage("after"))
        engine.start()
        back = time.monotonic()
        time.sleep(AFTER_S)
        for sender in senders:
            sender.stopping.set()
        for sender in senders:
            sender.join()
        spool = installation.settings.spool_folder
        installation.until(lambda: backlog(spool).bytes == 0, "everything is loaded", DRAINED_WITHIN_S)
        drained_s = time.monotonic() - back
        with Warehouse(installation.settings) as warehouse:
            told = audit(folder, warehouse)
    _report(stages, waiting, drained_s, told)
    return told.clean and set(stages[1].statuses) == {202}


def _report(stages: list[Stage], waiting: Backlog, drained_s: float, told: Audit) -> None:
    for stage in stages:
        took = sorted(stage.took_s)
        statuses = ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(stage.statuses.items()))
        middle, late = (1e3 * took[len(took) * share // 100] for share in (50, 99))
        click.echo(
            f"{stage.name:<7} {statuses}; {BATCH * len(took)} touchpoints; answered in {middle:.1f} ms (p50), "
            f"{late:.1f} ms (p99), {1e3 * took[-1]:.0f} ms (longest)"
        )
    click.echo(
        f"backlog {waiting.bytes / 2**20:.0f} MiB in {waiting.segments} segments when ClickHouse came back, "
        f"{waiting.oldest_s or 0:.0f} s old; empty {drained_s:.1f} s later\n"
        f"{told.accepted} touchpoints accepted, {len(told.lost)} lost, {len(told.doubled)} doubled"
    )


if __name__ == "__main__":
    main()
