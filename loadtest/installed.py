"""The embedded ClickHouse and the loader, running together in a folder of their own."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from collector import settings as all_settings
from collector.errors import WarehouseError
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from loadtest import servers
from loadtest.ports import free_ports

TABLES_WITHIN_S = 60.0


@dataclass(frozen=True)
class Installed:
    """What runs."""

    settings: Settings
    engine: subprocess.Popen[bytes]
    loader: subprocess.Popen[bytes]


class NotReadyError(Exception):
    """The loader did not make its tables."""


@contextlib.contextmanager
def installed(folder: Path, **more: object) -> Iterator[Installed]:
    """Both, with the settings that they are delivered with, from when the tables are there. Raises NotReadyError."""
    chosen = all_settings.load(
        {
            "data": folder / "data",
            "clickhouse_port": free_ports(1)[0],
            "clickhouse_password": SecretStr(secrets.token_hex(16)),
            "trusted_proxies": "127.0.0.1/32",
            **more,
        }
    )
    chosen.data.mkdir(parents=True, exist_ok=True)
    with servers.clickhouse(chosen) as engine, servers.loader(chosen) as loader:
        with Warehouse(chosen) as warehouse:
            wait_for_tables(warehouse)
        yield Installed(chosen, engine.process, loader)


def wait_for_tables(warehouse: Warehouse) -> None:
    """Return when the loader has made them. Raises NotReadyError."""
    until = time.monotonic() + TABLES_WITHIN_S
    while time.monotonic() < until:
        try:
            if warehouse.rows("EXISTS VIEW klantreis.touchpoints")[0]["result"]:
                return
        except WarehouseError:
            pass
        time.sleep(0.1)
    raise NotReadyError(f"the loader made no tables within {TABLES_WITHIN_S:.0f} s")
