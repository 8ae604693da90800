"""Brings the warehouse to the schema of this version: numbered migrations, then the views.

Each file in `schema/` is applied once, in the order of its number, and may be applied twice without harm (a crash
between a statement and its note in `klantreis.migrations` repeats it). Views hold nothing and are made anew each time.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from collector.errors import WarehouseAway
from collector.settings import Settings
from collector.warehouse.client import Warehouse

HERE = Path(__file__).parent
MINIMUM_VERSION = (25, 3)
"""Oldest ClickHouse whose HTTP interface, FINAL and JSON reading behave as the loader needs."""


def migrate(warehouse: Warehouse, settings: Settings) -> list[str]:
    """Apply what is missing; gives the names of the migrations applied. Raises WarehouseError."""
    _check_version(str(warehouse.command("SELECT version()")))
    names = _names(settings)
    for statement in _statements(HERE / "schema" / "0000_migrations.sql", names):
        warehouse.command(statement)
    done = {str(row["name"]) for row in warehouse.rows("SELECT name FROM klantreis.migrations")}
    applied = []
    for file in sorted((HERE / "schema").glob("*.sql")):
        if file.stem in done:
            continue
        for statement in _statements(file, names):
            warehouse.command(statement)
        warehouse.command(
            "INSERT INTO klantreis.migrations (number, name) VALUES ({number:UInt16}, {name:String})",
            {"number": int(file.stem[:4]), "name": file.stem},
        )
        applied.append(file.stem)
    for file in sorted((HERE / "views").glob("*.sql")):
        for statement in _statements(file, names):
            warehouse.command(statement)
    return applied


def missing(warehouse: Warehouse) -> list[str]:
    """Names of migrations that this version brings and the warehouse lacks. Raises WarehouseError."""
    known = warehouse.rows("SELECT name FROM system.tables WHERE database = 'klantreis' AND name = 'migrations'")
    done = {str(row["name"]) for row in warehouse.rows("SELECT name FROM klantreis.migrations")} if known else set()
    return [file.stem for file in sorted((HERE / "schema").glob("*.sql")) if file.stem not in done]


def _statements(file: Path, names: dict[str, str]) -> list[str]:
    """The statements of a file: separated by a semicolon at a line's end, with the names of this installation."""
    sql = Template(file.read_text(encoding="utf-8")).substitute(names)
    parts = [part.strip() for part in (sql + "\n").split(";\n")]
    return [part for part in parts if any(line and not line.startswith("--") for line in part.splitlines())]


def _names(settings: Settings) -> dict[str, str]:
    """What differs between installations. All of it comes from checked settings, none from outside."""
    days = settings.keep_touchpoints_days
    cluster = settings.clickhouse_cluster
    replicated = "ReplicatedReplacingMergeTree" if cluster else "ReplacingMergeTree"
    return {
        "on_cluster": f"ON CLUSTER `{cluster}`" if cluster else "",
        "local": "_local" if cluster else "",
        "replacing": replicated,
        "keep_touchpoints": f"TTL toDateTime(occurred_at) + INTERVAL {days} DAY" if days else "",
        "keep_rejected_days": str(settings.keep_rejected_days),
    }


def _check_version(version: str) -> None:
    found = tuple(int(part) for part in version.split(".")[:2])
    if found < MINIMUM_VERSION:
        needed = ".".join(str(part) for part in MINIMUM_VERSION)
        raise WarehouseAway(f"ClickHouse is {version}; Klantreis needs {needed} or newer: upgrade the server")
