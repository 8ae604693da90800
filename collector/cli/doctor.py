"""klantreis doctor: looks at an installation from outside and says what is wrong and how to mend it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import click

from collector.cli.options import WAREHOUSE, with_settings
from collector.cli.plain import plain
from collector.errors import RuleErrors, WarehouseError
from collector.phases.rulefile import load as load_rules
from collector.receive.access import Keys
from collector.rejected.kept import Chosen, Group, overview
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.shipped import web_scripts
from collector.spool.progress import backlog
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import missing

LOW_DISK_MIB = 1024
SLOW_S = 60.0
DAY_S = 86_400


@dataclass(frozen=True)
class Finding:
    """What was looked at and what was found; `remedy` where something should be done."""

    what: str
    found: str
    remedy: str = ""
    broken: bool = False


@click.command()
@with_settings("host", "port", *WAREHOUSE, "rules", "demo")
def doctor(settings: Settings) -> None:
    """Say what is wrong with this installation and how to mend it. Exits with 1 when something is broken."""
    broken = False
    for examine in (_data, _receivers, _scripts, _keys, _rules, _spool, _warehouse):
        for finding in examine(settings):
            broken |= finding.broken
            _print(finding)
    sys.exit(1 if broken else 0)


def _print(finding: Finding) -> None:
    mark, colour = ("✗", "red") if finding.broken else ("!", "yellow") if finding.remedy else ("✓", "green")
    click.secho(f" {mark} ", fg=colour, nl=False)
    click.echo(f"{finding.what}: {finding.found}")
    if finding.remedy:
        click.echo(f"     → {finding.remedy}")


def _data(settings: Settings) -> Iterator[Finding]:
    folder = settings.data.resolve()
    if not folder.is_dir():
        yield Finding(
            "data folder", f"{folder} does not exist", "start the collector once: klantreis serve", broken=True
        )
        return
    if not os.access(folder, os.W_OK):
        yield Finding(
            "data folder", f"{folder} cannot be written", "give it to the user that runs Klantreis", broken=True
        )
    free = shutil.disk_usage(folder).free // 2**20
    low = free < LOW_DISK_MIB
    yield Finding("disk", f"{free:,} MiB free", "make room: below this the spool may fill" if low else "", broken=low)
    mode = folder.stat().st_mode & 0o077
    if mode:
        yield Finding("data folder", f"{folder} can be read by others", f"chmod 700 {folder}")


def _receivers(settings: Settings) -> Iterator[Finding]:
    url = f"http://{settings.host}:{settings.port}/readyz"
    try:
        with urllib.request.urlopen(url, timeout=3):
            yield Finding("receivers", f"{url} says ready")
    except urllib.error.HTTPError as error:
        reason = _reason(error.read())
        yield Finding(
            "receivers", f"{url} answers {error.code} {reason}", "see the spool and the disk below", broken=True
        )
    except OSError as error:
        yield Finding(
            "receivers",
            f"nothing answers at {url} ({error})",
            "start them: klantreis serve, or give --port",
            broken=True,
        )


def _reason(body: bytes) -> str:
    try:
        return str(json.loads(body)["reason"])
    except (ValueError, KeyError, TypeError):
        return ""


def _scripts(settings: Settings) -> Iterator[Finding]:
    script = web_scripts() / "k.js"
    if script.is_file():
        yield Finding("web SDK", f"k.js is built, {script.stat().st_size:,} bytes")
    else:
        yield Finding("web SDK", "k.js is not built, so sites get 404", "make setup")


def _keys(settings: Settings) -> Iterator[Finding]:
    active = [key for key in Keys(settings).list() if key.revoked is None]
    if active:
        yield Finding("keys", f"{len(active)} active")
    else:
        yield Finding("keys", "none is active, so nothing can be sent", "klantreis keys add --site SITE --kind public")


def _rules(settings: Settings) -> Iterator[Finding]:
    folder = settings.rules or shipped_rules()
    try:
        load_rules(folder)
        yield Finding("rules", f"{folder} is valid")
    except RuleErrors as error:
        yield Finding(
            "rules", f"{folder} has {len(error.errors)} mistakes; first: {error.errors[0]}", "klantreis rules check",
            broken=True,
        )  # fmt: skip


def _spool(settings: Settings) -> Iterator[Finding]:
    waiting = backlog(settings.spool_folder)
    found = f"{waiting.bytes:,} bytes wait"
    if waiting.oldest_s is not None:
        found += f", the oldest for {waiting.oldest_s:,.0f} s"
    late = waiting.oldest_s is not None and waiting.oldest_s > SLOW_S
    yield Finding("spool", found, "is the loader running, and does ClickHouse answer?" if late else "", broken=late)


def _warehouse(settings: Settings) -> Iterator[Finding]:
    where = settings.clickhouse or f"http://{settings.clickhouse_host}:{settings.clickhouse_port} (embedded)"
    try:
        with Warehouse(settings, timeout_s=10) as warehouse:
            version = warehouse.command("SELECT version()")
            yield Finding("ClickHouse", f"{where} answers, version {version}")
            yield from _contents(warehouse)
    except WarehouseError as error:
        yield Finding(
            "ClickHouse", f"{where}: {str(error)[:200]}", "start it, or check --clickhouse and its user and password",
            broken=True,
        )  # fmt: skip


def _contents(warehouse: Warehouse) -> Iterator[Finding]:
    lacking = missing(warehouse)
    if lacking:
        yield Finding(
            "schema", f"lacks {', '.join(lacking)}", "start the loader, which migrates: klantreis serve", broken=True
        )
        return
    yield Finding("schema", "up to date")
    [found] = warehouse.rows(
        "SELECT count() AS n FROM klantreis.touchpoints_stored WHERE received_at > now() - 86400",
    )
    yield Finding("touchpoints", f"{found['n']:,} in the last day")
    yield _rejected(overview(warehouse, Chosen(since_us=int(time.time() - DAY_S) * 1_000_000)))


def _rejected(groups: Iterable[Group]) -> Finding:
    """What was turned down in the last day and has not been replayed, by reason."""
    reasons: Counter[str] = Counter()
    for group in groups:
        reasons[group.reason] += group.touchpoints
    told = ", ".join(f"{plain(reason)} {count:,}" for reason, count in reasons.most_common())
    return Finding(
        "rejected",
        f"{reasons.total():,} in the last day" + (f": {told}" if told else ""),
        "klantreis rejected list; after a fix, klantreis rejected replay" if told else "",
    )
