"""`make crowd`, `python -m loadtest.crowd`: what a good sender notices of thousands who only hold connections open.

One receiver with its usual limits. The crowd, in a process of its own, keeps connections that are idle after an answer
and others that send a request byte by byte; whoever is let go comes back at once. A good sender sends at a steady pace
before and meanwhile; its times count from the moment at which a request was due.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import multiprocessing
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

import click
import msgspec

from collector import settings as all_settings
from collector.receive.access import Keys
from loadtest import machine, servers
from tests.installation import touchpoint

ROOT = Path(__file__).parents[1]
REACH_MS = 250.0
EVERY_S = 0.02
DRIBBLE_S = 2.0
GATHERED_WITHIN_S = 60.0
GATHERING_S = 15.0
"""Over which the crowd comes, so that it does not come back all at once either."""
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: shop.example\r\n\r\n"
BEGUN = b"POST /v1/touchpoints HTTP/1.1\r\nHost: shop.example\r\nContent-Length: 500\r\n\r\n"
DESCRIPTORS_BESIDE = 500
"""That a process needs for anything else."""


@click.command()
@click.option("--slow", default=2_000, show_default=True, type=click.IntRange(1, 20_000), help="Half-open requests.")
@click.option("--idle", default=10_000, show_default=True, type=click.IntRange(1, 50_000), help="Idle connections.")
@click.option("--seconds", default=30, show_default=True, type=click.IntRange(1, 600), help="Before, and meanwhile.")
def main(slow: int, idle: int, seconds: int) -> None:
    """Measure; exit code 1 when a request of the good sender was not answered 202."""
    _may_open(slow + idle + DESCRIPTORS_BESIDE)
    (ROOT / "data").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="crowd-", dir=ROOT / "data") as folder:
        chosen = all_settings.load({"data": Path(folder)})
        key = Keys(chosen).add(name="good", site="shop", kind="public")[1]
        with servers.receiver(chosen, machine.processors()) as receiver:
            alone = _good_sender(receiver.port, key, seconds)
            click.echo(f"alone:     {_told(*alone)}")
            with _crowd(receiver.port, slow, idle) as holding:
                least, statuses, took = holding.value, Counter[int](), list[float]()
                for _ in range(seconds):
                    more = _good_sender(receiver.port, key, 1)
                    statuses.update(more[0])
                    took += more[1]
                    least = min(least, holding.value)
                click.echo(f"meanwhile: {_told(statuses, took)}; {least} connections of the crowd open at least")
    p99 = _percentile(took, 99) * 1000
    click.echo(f"p99 {p99:.1f} ms: {'reached' if p99 < REACH_MS else 'not reached'} (under {REACH_MS:.0f} ms asked)")
    sys.exit(statuses.keys() != {202})


def _may_open(files: int) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most != resource.RLIM_INFINITY and most < files:
        raise click.ClickException(f"this needs {files} open files, the system allows {most}: ulimit -n {files}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, most))  # the receiver inherits it


def _good_sender(port: int, key: str, seconds: int) -> tuple[Counter[int], list[float]]:
    """Statuses, 0 for none, and seconds from due to answered."""
    statuses, took = Counter[int](), list[float]()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    due, end = time.monotonic(), time.monotonic() + seconds
    while due < end:
        body = msgspec.json.encode({"key": key, "touchpoints": [touchpoint(visitor_id="v")]})
        try:
            connection.request("POST", "/v1/touchpoints", body)
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
        except (OSError, http.client.HTTPException):
            connection.close()
            statuses[0] += 1
        took.append(time.monotonic() - due)
        due += EVERY_S
        time.sleep(max(0.0, due - time.monotonic()))
    connection.close()
    return statuses, took


def _told(statuses: Counter[int], took: list[float]) -> str:
    answers = ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(statuses.items()))
    return (
        f"{answers} in {statistics.median(took) * 1000:.1f} ms (p50), {_percentile(took, 99) * 1000:.1f} ms (p99), "
        f"{max(took) * 1000:.1f} ms (longest)"
    )


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


@contextlib.contextmanager
def _crowd(port: int, slow: int, idle: int) -> Iterator[Synchronized[int]]:
    """The crowd, gathered; the value is how many connections it has open."""
    context = multiprocessing.get_context("spawn")
    holding = context.Value("i", 0)
    process = context.Process(target=_hold, args=(port, slow, idle, holding), daemon=True)
    process.start()
    try:
        end = time.monotonic() + GATHERED_WITHIN_S
        while holding.value < 0.95 * (slow + idle):
            if not process.is_alive() or time.monotonic() > end:
                raise click.ClickException(f"only {holding.value} of the crowd could connect")
            time.sleep(0.1)
        yield holding
    finally:
        process.terminate()
        process.join()


def _hold(port: int, slow: int, idle: int, holding: Synchronized[int]) -> None:
    asyncio.run(_hold_all(port, slow, idle, holding))


async def _hold_all(port: int, slow: int, idle: int, holding: Synchronized[int]) -> None:
    await asyncio.gather(
        *(_stay(port, BEGUN, holding, place / slow) for place in range(slow)),
        *(_stay(port, WHOLE, holding, place / idle) for place in range(idle)),
    )


async def _stay(port: int, says: bytes, holding: Synchronized[int], place: float) -> None:
    """Connect, say this, stay, and come back when let go."""
    await asyncio.sleep(GATHERING_S * place)
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(1)
            continue
        holding.value += 1
        try:
            await _until_let_go(reader, writer, says)
        except OSError:
            pass
        finally:
            holding.value -= 1
            writer.close()


async def _until_let_go(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, says: bytes) -> None:
    writer.write(says)
    while True:
        try:
            if not await asyncio.wait_for(reader.read(4096), DRIBBLE_S if says is BEGUN else None):
                return
        except asyncio.TimeoutError:
            writer.write(b" ")


if __name__ == "__main__":
    main()
