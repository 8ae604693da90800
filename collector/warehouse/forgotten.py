"""The list of the forgotten in the warehouse, and the secret that its hashes are keyed with."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from pathlib import Path

import msgspec

from collector.errors import WarehouseAway
from collector.forgotten import Forgotten, Mark
from collector.warehouse.client import Warehouse

HERE = Path(__file__).parent
SECRET_NAME = "forgotten"  # noqa: S105  # the name of the row
SECRET_BYTES = 64
"""One block of SHA-256: HMAC then uses it as it is, which keeps its SQL short (people/digest.sql)."""

_SECRET_SQL = "SELECT hex(secret) AS secret FROM klantreis.secrets WHERE name = {name:String} ORDER BY made_at LIMIT 1"  # noqa: S105
_SETTINGS = {"async_insert": "0", "insert_deduplicate": "0", "distributed_foreground_insert": "1"}


def ensure_secret(warehouse: Warehouse) -> None:
    """Make the secret if there is none; of two that are made at once the first counts, before anything uses it.

    Raises WarehouseAway when it is gone while somebody is forgotten: with another one nobody would be recognised.
    """
    if warehouse.rows(_SECRET_SQL, {"name": SECRET_NAME}):
        return
    if warehouse.rows("SELECT 1 AS here FROM klantreis.forgotten LIMIT 1"):
        raise WarehouseAway("klantreis.secrets lost its row, without which the forgotten are not known: restore it")
    row = {"name": SECRET_NAME, "secret": secrets.token_hex(SECRET_BYTES)}
    warehouse.insert(_insert_sql("keep_secret.sql"), [msgspec.json.encode(row)], _SETTINGS)


def secret(warehouse: Warehouse) -> bytes:
    """The secret. Raises WarehouseAway when the schema has not been made yet, and other WarehouseErrors."""
    found = warehouse.rows(_SECRET_SQL, {"name": SECRET_NAME})
    if not found:
        raise WarehouseAway("klantreis.secrets is empty: start the loader, which fills it (klantreis serve)")
    return bytes.fromhex(str(found[0]["secret"]))


def read(warehouse: Warehouse) -> Forgotten:
    """Everybody who is forgotten now. Raises WarehouseError."""
    rows = warehouse.rows((HERE / "forgotten.sql").read_text(encoding="utf-8"))
    if not rows:
        return Forgotten()
    marks = [Mark(str(row["site"]), str(row["kind"]), bytes.fromhex(str(row["digest"]))) for row in rows]
    return Forgotten(secret(warehouse), marks, sum(int(row["adds"]) for row in rows) % 2**64)


def remember(warehouse: Warehouse, marks: Iterable[Mark]) -> int:
    """Put identifiers on the list, synced; those that are on it already stay as they are. Gives how many were new.

    From here on no loader can store what carries them: its INSERT is refused unless it knows this list.
    """
    rows = warehouse.rows((HERE / "forgotten.sql").read_text(encoding="utf-8"))
    known = {(str(row["site"]), str(row["kind"]), str(row["digest"])) for row in rows}
    new = [mark for mark in dict.fromkeys(marks) if (mark.site, mark.kind, mark.digest.hex()) not in known]
    if new:
        lines = [msgspec.json.encode({"site": m.site, "kind": m.kind, "hash": m.digest.hex()}) for m in new]
        warehouse.insert(_insert_sql("forget.sql"), lines, _SETTINGS)
    return len(new)


def _insert_sql(name: str) -> str:
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--")) + "\nFORMAT JSONEachRow\n"
