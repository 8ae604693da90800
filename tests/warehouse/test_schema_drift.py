"""Wire format, load statement and tables say the same; what analysts read is explained."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from collector.settings import Settings
from collector.warehouse import migrate as migrating
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate, missing

TABLES = ("touchpoints_stored", "rejected_stored", "migrations", "forgotten", "secrets", "salts")
CLASSIFIED = ("signal", "phase", "phases", "rules", "rule_set")


def test_the_load_fills_every_column(warehouse: Warehouse) -> None:
    """A column that the statement forgets would stay empty in silence."""
    rows = warehouse.rows(
        "SELECT name FROM system.columns WHERE database = 'klantreis' AND table = 'touchpoints_stored'"
    )
    assert {row["name"] for row in rows} == {*statement.normalised_columns(), *CLASSIFIED}


def test_a_rejection_fills_every_column(warehouse: Warehouse) -> None:
    """So does the statement that stores rejected touchpoints."""
    rows = warehouse.rows("SELECT name FROM system.columns WHERE database = 'klantreis' AND table = 'rejected_stored'")
    [named] = re.findall(r"INSERT INTO klantreis.rejected_stored \((.*)\)", statement.reject())
    assert {row["name"] for row in rows} == set(named.split(", "))


def test_the_load_reads_every_field() -> None:
    """Each leaf of the wire format is used by normalise.sql, or is read by the loader for it."""
    text = (Path(statement.__file__).parent / "normalise.sql").read_text(encoding="utf-8").replace("`", "")
    by_the_loader = {"campaign", "context.user_agent", "context.address"}
    leaves = []
    for name, inside in re.findall(r"`(\w+)` (Tuple\((?:[^()]|\([^()]*\))*\)|\w+)", statement.structure()):
        fields = re.findall(r"`(\w+)`", inside)
        leaves += [f"{name}.{field}" for field in fields] if inside.startswith("Tuple") else [name]
    unread = {leaf for leaf in leaves if not re.search(rf"\b{re.escape(leaf)}\b", text)}
    assert {leaf for leaf in unread if leaf not in by_the_loader and leaf.split(".")[0] not in by_the_loader} == set()


@pytest.mark.parametrize("table", TABLES)
def test_every_table_and_column_is_explained(warehouse: Warehouse, table: str) -> None:
    """Analysts find the meaning where they look: in the comment."""
    [found] = warehouse.rows(
        "SELECT comment FROM system.tables WHERE database = 'klantreis' AND name = {table:String}", {"table": table}
    )
    assert found["comment"]
    columns = warehouse.rows(
        "SELECT name, comment FROM system.columns WHERE database = 'klantreis' AND table = {table:String}",
        {"table": table},
    )
    assert [column["name"] for column in columns if not column["comment"]] == []


def test_migrating_twice_changes_nothing(warehouse: Warehouse, clickhouse: Settings) -> None:
    """A start finds the schema in place; so does one after a crash between a statement and its note."""
    assert missing(warehouse) == []
    assert migrate(warehouse, clickhouse) == []
    warehouse.command("TRUNCATE TABLE klantreis.migrations")
    assert len(migrate(warehouse, clickhouse)) == len(list((Path(migrating.__file__).parent / "schema").glob("*.sql")))


def test_the_statements_for_a_cluster_are_valid_sql(warehouse: Warehouse, clickhouse: Settings) -> None:
    """No cluster is at hand: the engine at least parses what one would be sent."""
    names = migrating.names(clickhouse.model_copy(update={"clickhouse_cluster": "main", "keep_touchpoints_days": 400}))
    files = migrating.files(cluster=True)
    assert len(files) > 3
    for file in files:
        for sql in migrating.statements(file, names):
            assert warehouse.command("SELECT formatQuerySingleLine({sql:String})", {"sql": sql})


def test_how_long_rows_are_kept_follows_the_settings(warehouse: Warehouse, clickhouse: Settings) -> None:
    """A changed setting takes effect at the next start, in both directions."""
    for days in (400, 30, 0):
        migrate(warehouse, clickhouse.model_copy(update={"keep_touchpoints_days": days}))
        [found] = warehouse.rows("SELECT engine_full FROM system.tables WHERE name = 'touchpoints_stored'")
        assert (f"toIntervalDay({days})" in found["engine_full"]) == (days > 0)
        assert ("TTL" in found["engine_full"]) == (days > 0)
