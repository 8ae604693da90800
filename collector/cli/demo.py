"""klantreis demo: a month of journeys, sent through the collector's own HTTP interface."""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta, timezone

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from collector.cli.options import with_settings
from collector.demo import sending
from collector.demo.delivery import Delivery
from collector.demo.journeys import journeys
from collector.demo.line import Collector
from collector.demo.tally import Tally
from collector.errors import SendError
from collector.settings import Settings

QUERIES = (
    "SELECT phase, channel, count() AS touchpoints, uniqExact(visitor_id) AS visitors FROM klantreis.touchpoints "
    "WHERE NOT is_bot GROUP BY phase, channel ORDER BY touchpoints DESC LIMIT 20",
    "SELECT brought_by, count() AS visits, countIf(ordered) AS with_order FROM (SELECT argMinIf(came_by, occurred_at, "
    "came_by != '') AS brought_by, max(type = 'order') AS ordered FROM klantreis.touchpoints WHERE session_id != '' "
    "GROUP BY session_id) GROUP BY brought_by ORDER BY visits DESC",
    "SELECT toDate(occurred_at) AS day, countIf(type = 'order') AS online, countIf(type = 'sale') AS tills, "
    "sumIf(order_total, type IN ('order', 'sale')) AS euro FROM klantreis.touchpoints GROUP BY day ORDER BY day",
)


@click.command()
@click.option(
    "--people", type=click.IntRange(1, 1_000_000), default=3000, show_default=True, help="People who begin a journey."
)
@click.option(
    "--days", type=click.IntRange(1, 3650), default=30, show_default=True, help="Length of the period, in days."
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]),
    help="End of the period, in UTC. [default: the last whole hour]",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed and period give the same touchpoints."
)
@click.option("--url", help="Address of the collector. [default: http://HOST:PORT]")
@click.option("--key", default="demo", show_default=True, help="Public key, for the browsers and apps.")
@click.option("--secret-key", default="demo-secret", show_default=True, help="Secret key, for tills and other systems.")
@click.option("--concurrency", type=click.IntRange(1, 64), default=8, show_default=True, help="Connections at once.")
@with_settings("host", "port")
def demo(
    settings: Settings,
    people: int,
    days: int,
    until: datetime | None,
    seed: int,
    url: str | None,
    key: str,
    secret_key: str,
    concurrency: int,
) -> None:
    """Send a realistic month of journeys: a garden shop's customers on the web, in its app, shops, chats and mails.

    Everything goes through the collector's HTTP interface, as its real senders would send it. The same command within
    the same hour sends the same touchpoints again, and changes nothing. Exits with 1 when any was not accepted.
    """
    end = _end(until)
    start = end - timedelta(days=days)
    collector = Collector(url or f"http://{_reachable(settings.host)}:{settings.port}", key, secret_key)
    sending.reach(collector)
    tally, began = Tally(), time.monotonic()
    click.echo(f"{people} people, {start:%Y-%m-%d %H:%M} to {end:%Y-%m-%d %H:%M} UTC, seed {seed} → {collector.url}")
    with _Bar(start, end, tally) as bar:
        try:
            sending.send(
                journeys(seed, people, start, end), collector, tally, connections=concurrency, progress=bar.advance
            )
        except SendError:
            _print(tally, time.monotonic() - began)
            raise
    _print(tally, time.monotonic() - began)
    click.echo("\nNow ask, for instance:\n")
    for query in QUERIES:
        click.echo(f'  klantreis query "{query}"\n')
    if tally.rejected:
        sys.exit(1)


class _Bar:
    """A bar that follows the time that the demo tells of; on a terminal only."""

    SOMETIMES_S = 0.1

    def __init__(self, start: datetime, end: datetime, tally: Tally) -> None:
        self._start, self._length, self._tally = start.timestamp(), end.timestamp() - start.timestamp(), tally
        self._progress = Progress(
            TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn(),
            TextColumn("{task.fields[sent]:,} touchpoints"), console=Console(stderr=True), transient=True,
        )  # fmt: skip
        self._task = self._progress.add_task("", total=self._length, sent=0)
        self._next = 0.0

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def advance(self, delivery: Delivery) -> None:
        """Show how far the demo's time has come."""
        now = time.monotonic()
        if now < self._next:
            return
        self._next = now + self.SOMETIMES_S
        day = datetime.fromtimestamp(delivery.moment, timezone.utc).strftime("%a %d %b")
        self._progress.update(
            self._task, completed=delivery.moment - self._start, description=day, sent=self._tally.sent
        )


def _end(until: datetime | None) -> datetime:
    """The end of the period; by default the last whole hour, so that a second run soon after sends the same."""
    now = datetime.now(timezone.utc)
    if until is None:
        return now.replace(minute=0, second=0, microsecond=0)
    end = until.replace(tzinfo=timezone.utc)
    if end > now:
        raise click.BadParameter("lies in the future; nothing has occurred there yet", param_hint="--until")
    return end


def _reachable(host: str) -> str:
    """An address to send to, for the one that the collector listens on."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # compared with, not bound to
    return f"[{host}]" if ":" in host else host


def _print(tally: Tally, seconds: float) -> None:
    """What was sent by channel, what was rejected and why, how long it took."""
    console = Console()
    table = Table(header_style="bold")
    for name, justify in (("channel", "left"), ("accepted", "right"), ("rejected", "right")):
        table.add_column(name, justify="right" if justify == "right" else "left")
    rejected: dict[str, int] = {}
    for (channel, _, _), count in tally.rejected.items():
        rejected[channel] = rejected.get(channel, 0) + count
    for channel in sorted({*tally.accepted, *rejected}, key=lambda name: -tally.accepted[name]):
        table.add_row(escape(channel), f"{tally.accepted[channel]:,}", f"{rejected.get(channel, 0):,}")
    table.add_section()
    table.add_row("all", f"{tally.accepted.total():,}", f"{tally.rejected.total():,}")
    console.print(table)
    for (channel, reason, detail), count in tally.rejected.most_common(10):
        click.secho(f"  {count:,} × {reason} ({channel}): {detail}", fg="red")
    click.echo(
        f"{tally.sent:,} touchpoints in {tally.requests:,} requests, {seconds:.1f} seconds: {tally.sent / seconds:,.0f}"
        f" a second; {tally.retries:,} attempts had to be repeated."
    )
