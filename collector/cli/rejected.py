"""klantreis rejected: what was turned down, why, and taking it in after a fix."""

from __future__ import annotations

import asyncio
import functools
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta, timezone
from typing import Any

import click
from rich.table import Table
from rich.text import Text

from collector.cli.options import WAREHOUSE, with_settings
from collector.cli.plain import plain, plain_json
from collector.cli.printed import console
from collector.errors import KlantreisError, Reason, WarehouseError
from collector.receive.decode import parse
from collector.receive.depth import deeper
from collector.rejected.kept import Chosen, Group, Kept, newest, overview
from collector.rejected.replay import Report, try_out
from collector.rejected.replay import replay as replay_rows
from collector.rejected.verdict import Judge, Refusal
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import missing

REASONS = [reason.word for reason in Reason if reason.status == 202]
REMEDIES = {reason.word: reason.remedy for reason in Reason}
DETAIL_LENGTH = 300
"""Characters of a detail in a table; `show` has all of it."""
SHOWN = 50
PRETTY_LEVELS = 32
"""JSON that nests more deeply is shown as it was sent: set out, its margin would be larger than itself."""
AGES = {"m": "minutes", "h": "hours", "d": "days"}


class Since(click.ParamType[int]):
    """A moment in UTC or an age, as microseconds since 1970."""

    name = "moment"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Reads `2026-01-31`, `2026-01-31T12:00` or `90m`, `24h`, `7d`."""
        if age := re.fullmatch(r"([0-9]{1,5})([mhd])", value):
            moment = datetime.now(timezone.utc) - timedelta(**{AGES[age[2]]: int(age[1])})
        else:
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                self.fail(f"{value!r} is neither a moment in UTC such as 2026-01-31T12:00 nor an age such as 24h")
        moment = moment if moment.tzinfo is not None else moment.replace(tzinfo=timezone.utc)
        return max(0, int(moment.timestamp())) * 1_000_000


def choosing(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that choose rows; it is called with a Chosen as `chosen`."""

    @functools.wraps(command)
    def called(
        settings: Settings,
        reason: str | None,
        key: str | None,
        site: str | None,
        since: int | None,
        ids: tuple[str, ...] = (),
        **given: Any,
    ) -> None:
        command(settings, chosen=Chosen(reason or "", key or "", site or "", since or 0, ids), **given)

    decorated: Callable[..., None] = called
    for option in (
        click.option("--since", type=Since(), help="Received since: 24h, 7d, 2026-01-31, 2026-01-31T12:00 (UTC)."),
        click.option("--site", help="Of this site only."),
        click.option("--key", help="Of the key with this name only."),
        click.option("--reason", type=click.Choice(REASONS), help="Rejected for this reason only.", metavar="REASON"),
    ):
        decorated = option(decorated)
    return decorated


@contextmanager
def _warehouse(settings: Settings) -> Iterator[Warehouse]:
    """The warehouse, with the schema of this version. Raises WarehouseError."""
    with Warehouse(settings) as connected:
        if lacking := missing(connected):
            raise WarehouseError(f"ClickHouse lacks {', '.join(lacking)}: start the loader, which migrates")
        yield connected


@click.group()
def rejected() -> None:
    """See what was rejected and why, and replay it after a fix. docs/operating.md has a section on repair."""


@rejected.command("list")
@click.option("--limit", type=click.IntRange(1, 10_000), default=SHOWN, show_default=True, help="Rows shown at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line: groups, or with a filter rows.")
@with_settings(*WAREHOUSE)
@choosing
def list_(settings: Settings, chosen: Chosen, limit: int, as_json: bool) -> None:
    """List what was rejected, by reason and key; with a filter also the newest rows themselves."""
    with _warehouse(settings) as warehouse:
        groups = overview(warehouse, chosen)
        rows = [] if chosen.all else newest(warehouse, chosen, limit)
    if as_json:
        for one in groups if chosen.all else rows:
            click.echo(plain_json({name: value for name, value in asdict(one).items() if name != "raw_hash"}))
        return
    if not groups:
        click.echo("nothing was rejected" if chosen.all else "nothing of that kind was rejected")
        return
    out = console()
    out.print(_overview(groups))
    if rows:
        out.print(_rows(rows))
        total = sum(group.touchpoints for group in groups)
        click.echo(f"{len(rows)} of {total}, newest first" if len(rows) < total else f"{total}, newest first")


@rejected.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--limit", type=click.IntRange(1, 10_000), default=SHOWN, show_default=True, help="Rows shown at most.")
@with_settings(*WAREHOUSE, "demo")
@choosing
def show(settings: Settings, chosen: Chosen, limit: int) -> None:
    """Show all that is known of rejected touchpoints, the newest first.

    ID is that of a touchpoint, or the name of a row as `list` gives it where there is no id.
    """
    if chosen.all:
        raise click.UsageError("say which: an ID, --reason, --key, --site or --since")
    with _warehouse(settings) as warehouse:
        rows = newest(warehouse, chosen, limit)
    if not rows:
        raise click.ClickException("nothing of that kind was rejected; `klantreis rejected list` shows what was")
    judge = Judge(settings)
    for kept in rows:
        verdict = asyncio.run(judge.judge(kept))
        click.echo("\n".join(_facts(kept, verdict if isinstance(verdict, Refusal) else None)) + "\n")


@rejected.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--dry-run", is_flag=True, help="Say what would be let in and what not, and do nothing.")
@with_settings(*WAREHOUSE, "demo")
@choosing
def replay(settings: Settings, chosen: Chosen, dry_run: bool) -> None:
    """Take rejected touchpoints through the front door's checks again; what is let in leaves the rejected ones.

    All of them, or those of IDs and options. The loader that runs on this data folder loads what is let in. Repeating a
    replay, also one that was broken off, doubles nothing.
    """
    report = Report()
    try:
        with _warehouse(settings) as warehouse:
            (try_out if dry_run else replay_rows)(settings, warehouse, chosen, report)
    except KlantreisError:
        if report.admitted or report.refused:
            click.echo("\n".join(_outcome(report, dry_run)))
        click.echo("broken off; the same command, repeated, does the rest", err=True)
        raise
    click.echo("\n".join(_outcome(report, dry_run)))


def _overview(groups: list[Group]) -> Table:
    table = Table("reason", "key", "touchpoints", "first", "last", "example", header_style="bold")
    table.columns[2].justify = "right"
    for group in groups:
        cells = (group.reason, group.key, f"{group.touchpoints:,}", _time(group.first_us), _time(group.last_us))
        table.add_row(*_texts(*cells, group.example))
    return table


def _rows(rows: list[Kept]) -> Table:
    table = Table("received", "site", "key", "reason", "id, or row", "detail", header_style="bold")
    table.columns[4].overflow = "fold"
    for kept in rows:
        cells = (_time(kept.received_us), kept.site, kept.key, kept.reason, kept.id or kept.row, kept.detail)
        table.add_row(*_texts(*cells))
    return table


def _texts(*cells: str) -> Iterator[Text]:
    """Cells that are shown as they are: no markup, no control characters."""
    return (Text(plain(cell, DETAIL_LENGTH)) for cell in cells)


def _facts(kept: Kept, refusal: Refusal | None) -> Iterator[str]:
    """All that is known of a row, a line each."""
    facts = {
        "row": kept.row,
        "id": kept.id or "none that is one",
        "reason": kept.reason,
        "remedy": REMEDIES.get(kept.reason, ""),
        "detail": kept.detail,
        "received": f"{_time(kept.received_us)} UTC",
        "sent": "not known" if kept.sent_us is None else f"{_time(kept.sent_us)} UTC by the sender's clock",
        "site": kept.site,
        "key": kept.key,
        "sdk": f"{kept.sdk_name} {kept.sdk_version}".strip(),
        "user agent": kept.user_agent,
        "address": kept.address,
        "privacy": "Global Privacy Control" if kept.gpc else "",
        "replay": "would be let in" if refusal is None else f"{refusal.reason}: {refusal.detail}",
    }
    for name, value in facts.items():
        if value:
            yield f"{name:<11} {plain(value)}"
    yield from ("raw", *(f"  {line}" for line in _pretty(kept.raw).split("\n"))) if kept.raw else ()


def _pretty(raw: str) -> str:
    """The JSON set out in lines; as it is where it cannot be read."""
    if deeper(raw.encode(), PRETTY_LEVELS):
        return plain(raw)
    try:
        return plain_json(parse(raw.encode()), indent=2)
    except (ValueError, RecursionError):
        return plain(raw)


def _outcome(report: Report, dry_run: bool) -> Iterator[str]:
    """What a replay did, or would do, a line each."""
    for (reason, key), count in report.admitted.most_common():
        yield f"{count:,} {'would be let in' if dry_run else 'let in'}: {plain(reason)}, key {plain(key)}"
    for (key, refusal), count in report.refused.most_common(SHOWN):
        example = report.examples[key, refusal]
        yield f"{count:,} not: {plain(refusal.reason)}, key {plain(key)}: {plain(refusal.detail)} (such as {example})"
    if len(report.refused) > SHOWN:
        yield f"and {len(report.refused) - SHOWN} more causes"
    admitted, refused = report.admitted.total(), report.refused.total()
    if dry_run:
        yield f"{admitted:,} would be let in, {refused:,} not; nothing was changed"
    else:
        yield f"{admitted:,} let in and on their way to klantreis.touchpoints, {refused:,} stay rejected"


def _time(moment_us: int) -> str:
    """In UTC, to the second; the number where it lies beyond every calendar."""
    try:
        return f"{datetime.fromtimestamp(moment_us / 1e6, timezone.utc):%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):
        return f"{moment_us} µs after 1970"
