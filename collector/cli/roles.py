"""serve, and one command for each role that it runs."""

from __future__ import annotations

import logging
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import click
from pydantic import SecretStr

from collector import supervisor
from collector.cli.options import WAREHOUSE, with_settings
from collector.errors import SettingsError
from collector.phases.rulefile import load as load_rules
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.supervisor import Child
from collector.warehouse.embedded.access import ensure_password
from collector.warehouse.embedded.watch import is_alive

log = logging.getLogger(__name__)

RECEIVING = ("host", "port", "workers", "trusted_proxies", "spool_limit_mib", "demo")
CONSOLE = ("console_host", "console_port")
READY_WITHIN_S = 90.0
BANNER = Path(__file__).with_name("banner.txt")


@click.command()
@with_settings(*RECEIVING, *CONSOLE, "clickhouse_host", *WAREHOUSE, "rules")
def serve(settings: Settings) -> None:
    """Run everything under one supervisor: receivers, loader, console, and ClickHouse unless a URL is given."""
    load_rules(settings.rules or shipped_rules())  # a mistake in a rule file is told now, not in a child's log
    children: list[Child] = []
    if settings.clickhouse is None:
        settings = _with_embedded_password(settings)
        children = [supervisor.clickhouse(settings)]
    # In the order of the data, which is the order of stopping.
    children = [
        *supervisor.receivers(settings),
        supervisor.loader(),
        supervisor.settler(),
        *children,
        supervisor.console(settings),
    ]
    supervisor.run(settings, children, ready=lambda: _announce_when_ready(settings))


@click.command()
@with_settings(*RECEIVING, *CONSOLE)
def receive(settings: Settings) -> None:
    """Run receivers alone: they accept touchpoints into the spool, whatever else is down."""
    supervisor.run(settings, [*supervisor.receivers(settings), supervisor.console(settings)])


@click.command()
@with_settings(*WAREHOUSE, *CONSOLE, "rules")
def load(settings: Settings) -> None:
    """Run the loader alone: it moves the spool of this data folder into ClickHouse.

    A settler of journeys runs beside it, and takes turns with those of other collectors."""
    load_rules(settings.rules or shipped_rules())
    supervisor.run(settings, [supervisor.loader(), supervisor.settler(), supervisor.console(settings)])


@click.command()
@with_settings("clickhouse_host", "clickhouse_port", "clickhouse_user", "clickhouse_memory_mib", *CONSOLE, "demo")
def clickhouse(settings: Settings) -> None:
    """Run the embedded ClickHouse alone. It is for one machine; see docs/embedded-clickhouse.md."""
    settings = _with_embedded_password(settings)
    supervisor.run(settings, [supervisor.clickhouse(settings), supervisor.console(settings)])


def _with_embedded_password(settings: Settings) -> Settings:
    if settings.demo and settings.clickhouse_host not in ("127.0.0.1", "::1", "localhost"):
        raise SettingsError(
            f"demo: asks no password of ClickHouse and so cannot listen on {settings.clickhouse_host}; "
            "leave --clickhouse-host at 127.0.0.1 or leave out --demo"
        )
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return settings.model_copy(update={"clickhouse_password": SecretStr(ensure_password(settings))})


def _announce_when_ready(settings: Settings) -> None:
    """Print where everything is as soon as it answers; from a thread, so that nothing waits for it."""
    threading.Thread(target=_announce, args=(settings,), name="announce", daemon=True).start()


def _announce(settings: Settings) -> None:
    public = f"http://{settings.host}:{settings.port}"
    until = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < until:
        if _answers(f"{public}/readyz") and (settings.clickhouse or _engine_answers(settings)):
            break
        time.sleep(0.2)
    else:
        log.warning("not everything answers yet; `klantreis doctor` says what is wrong")
        return
    if settings.log_format == "json":
        log.info("everything answers", extra={"public": public, "console": _console(settings)})
    else:
        click.echo(_banner(settings, public))


def _banner(settings: Settings, public: str) -> str:
    console = _console(settings)
    login = (
        "no password, on this machine only"
        if settings.demo
        else f"user {settings.clickhouse_user}, password in {settings.data}/clickhouse.password"
    )
    key = "demo   (public; demo-secret for tills and servers)" if settings.demo else "make one: klantreis keys add"
    return BANNER.read_text(encoding="utf-8").format(
        public=public,
        console=console,
        clickhouse=settings.clickhouse_place,
        login="as configured" if settings.clickhouse else login,
        key=key,
        key_value="demo" if settings.demo else "YOUR_KEY",
        shop=f"\n  Demo shop     {public}/demo/" if settings.demo else "",
        program=_program(),
        options="".join(_options(settings)),
    )


def _console(settings: Settings) -> str:
    return f"http://{settings.console_host}:{settings.console_port}"


def _options(settings: Settings) -> Iterator[str]:
    """What a command on this machine must be told to find this installation."""
    for name in ("data", "clickhouse", "clickhouse_port"):
        value = getattr(settings, name)
        if value != Settings.model_fields[name].default:
            yield f" --{name.replace('_', '-')} {value}"


def _program() -> str:
    """How this program was called, so that the examples can be pasted into the same shell."""
    called = Path(sys.argv[0])
    if called.name != "klantreis":
        return "klantreis"
    return str(called.relative_to(Path.cwd())) if called.is_relative_to(Path.cwd()) else str(called)


def _engine_answers(settings: Settings) -> bool:
    return is_alive(f"http://{settings.clickhouse_host}:{settings.clickhouse_port}", 2.0, settings)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310  # our own address
            status: int = answer.status
            return status == 200
    except (urllib.error.URLError, OSError):
        return False
