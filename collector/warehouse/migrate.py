"""Brings the warehouse to the schema of this version: numbered migrations, the views, how long rows are kept.

Each file in `schema/` is applied once, in the order of its number, and may be applied twice without harm (a crash
between a statement and its note in `klantreis.migrations` repeats it). On a cluster its companion in `schema/cluster/`
follows it. Views hold nothing and are made anew each time.
"""

from __future__ import annotations

from pathlib import Path
from string import Template

from collector.errors import WarehouseAway
from collector.settings import Settings
from collector.warehouse import asked
from collector.warehouse.client import Warehouse
from collector.warehouse.forgotten import ensure_secret
from collector.warehouse.shown import AS_STORED, shown

HERE = Path(__file__).parent
MINIMUM_VERSION = (25, 3)
"""Oldest ClickHouse whose HTTP interface, FINAL and JSON reading behave as the loader needs."""


def migrate(warehouse: Warehouse, settings: Settings) -> list[str]:
    """Apply what is missing; gives the names of the migrations applied. Raises WarehouseError."""
    _check_version(str(warehouse.command("SELECT version()")))
    here = names(settings)
    _run(warehouse, HERE / "schema" / "0000_migrations.sql", here)
    done = {str(row["name"]) for row in warehouse.rows("SELECT name FROM klantreis.migrations")}
    applied = [name for name in _known() if name not in done]
    for name in applied:
        for file in files(cluster=bool(settings.clickhouse_cluster)):
            if file.stem == name:
                _run(warehouse, file, here)
        warehouse.command(
            "INSERT INTO klantreis.migrations (number, name) VALUES ({number:UInt16}, {name:String})",
            {"number": int(name[:4]), "name": name},
        )
    ensure_secret(warehouse)
    make_views(warehouse, here)
    for table in ("touchpoints_stored", "journey_steps_stored"):
        _keep_for(warehouse, table, "occurred_at", settings.keep_touchpoints_days, here)
    _keep_for(warehouse, "rejected_stored", "received_at", settings.keep_rejected_days, here)
    return applied


def make_views(warehouse: Warehouse, here: dict[str, str]) -> None:
    """Make the views anew, as they have to be now. Raises WarehouseError.

    A re-classification notes that its result is shown and then makes the views. Whoever looked before the note and
    makes the old view after it looks again, and makes the new one.
    """
    made = ""
    while made != (wanted := shown(warehouse)):
        for file in views():
            _run(warehouse, file, {**here, **asked.pieces(), "shown": wanted})
        made = wanted


def missing(warehouse: Warehouse) -> list[str]:
    """Names of migrations that this version brings and the warehouse lacks. Raises WarehouseError."""
    known = warehouse.rows("SELECT name FROM system.tables WHERE database = 'klantreis' AND name = 'migrations'")
    done = {str(row["name"]) for row in warehouse.rows("SELECT name FROM klantreis.migrations")} if known else set()
    return [name for name in _known() if name not in done]


def files(*, cluster: bool) -> list[Path]:
    """The files of the schema, in the order in which they are applied."""
    found = sorted((HERE / "schema").glob("*.sql"))
    companions = {file.stem: file for file in (HERE / "schema" / "cluster").glob("*.sql")} if cluster else {}
    return [one for file in found for one in (file, companions.get(file.stem)) if one is not None]


def views() -> list[Path]:
    """The files of the views; those of questions read the others and come after them."""
    return sorted((HERE / "views").glob("*.sql")) + sorted((HERE / "views" / "questions").glob("*.sql"))


def statements(file: Path, here: dict[str, str]) -> list[str]:
    """The statements of a file: separated by a semicolon at a line's end, with the names of this installation."""
    sql = Template(file.read_text(encoding="utf-8")).substitute(here)
    parts = [part.strip() for part in (sql + "\n").split(";\n")]
    return [part for part in parts if any(line and not line.startswith("--") for line in part.splitlines())]


def names(settings: Settings) -> dict[str, str]:
    """What differs between installations. All of it comes from checked settings, none from outside."""
    cluster = settings.clickhouse_cluster
    return {
        "cluster": cluster,
        "on_cluster": f"ON CLUSTER `{cluster}`" if cluster else "",
        "local": "_local" if cluster else "",
        "replacing": "ReplicatedReplacingMergeTree" if cluster else "ReplacingMergeTree",
        "merging": "ReplicatedMergeTree" if cluster else "MergeTree",
        "aggregating": "ReplicatedAggregatingMergeTree" if cluster else "AggregatingMergeTree",
        "shown": AS_STORED,
    }


def _known() -> list[str]:
    return [file.stem for file in files(cluster=False)]


def _run(warehouse: Warehouse, file: Path, here: dict[str, str]) -> None:
    for statement in statements(file, here):
        warehouse.command(statement)


def _keep_for(warehouse: Warehouse, table: str, column: str, days: int, here: dict[str, str]) -> None:
    """Let rows end so many days after `column`, 0 for never; a change costs one ALTER, no change costs none."""
    table += here["local"]
    [found] = warehouse.rows(
        "SELECT engine_full FROM system.tables WHERE database = 'klantreis' AND name = {table:String}", {"table": table}
    )
    wanted, engine = f"TTL toDateTime({column}) + toIntervalDay({days})", str(found["engine_full"])
    if (days and wanted in engine) or (not days and "TTL" not in engine):
        return
    change = f"MODIFY {wanted}" if days else "REMOVE TTL"
    warehouse.command(f"ALTER TABLE klantreis.{table} {here['on_cluster']} {change}")


def _check_version(version: str) -> None:
    found = tuple(int(part) for part in version.split(".")[:2])
    if found < MINIMUM_VERSION:
        needed = ".".join(str(part) for part in MINIMUM_VERSION)
        raise WarehouseAway(f"ClickHouse is {version}; Klantreis needs {needed} or newer: upgrade the server")
