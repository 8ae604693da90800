"""What rests in `klantreis.rejected`: which rows there are, and taking away those that were replayed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template

from collector.settings import Settings
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import names, statements

HERE = Path(__file__).parent

PAGE = 2_000
"""Rows read at a time: some 64 MiB when each is as large as a touchpoint may be. Measured with 200,000 rows of 1 KiB, a
page of 1,000 took 0.3 s to read and 0.2 s to take away."""


@dataclass(frozen=True)
class Chosen:
    """Which rows a command is about; what is empty chooses all."""

    reason: str = ""
    key: str = ""
    site: str = ""
    since_us: int = 0
    """Received at this moment or later, in microseconds since 1970 UTC."""
    ids: tuple[str, ...] = ()
    """Ids of touchpoints, however they are written, or names of rows."""

    @property
    def all(self) -> bool:
        """Whether nothing is left out."""
        return self == Chosen()

    def parameters(self) -> dict[str, object]:
        """The values that chosen.sql binds."""
        return {
            "reason": self.reason,
            "key": self.key,
            "site": self.site,
            "since_us": self.since_us,
            "ids": [one.strip().lower().replace("-", "") for one in self.ids],
        }


@dataclass(frozen=True)
class Group:
    """How many touchpoints of one key were rejected for one reason; times in microseconds since 1970 UTC."""

    reason: str
    key: str
    touchpoints: int
    first_us: int
    last_us: int
    example: str
    """The detail of one of them."""


@dataclass(frozen=True)
class Kept:
    """One row; times in microseconds since 1970 UTC. See the comments of its columns."""

    row: str
    """Names this row: 16 hex digits. A touchpoint's id may be missing, or be that of several rows."""
    id: str
    reason: str
    detail: str
    raw: str
    received_us: int
    sent_us: int | None
    site: str
    key: str
    sdk_name: str
    sdk_version: str
    user_agent: str
    address: str
    gpc: bool
    loose: bool
    raw_hash: int


FIRST = Kept("", "", "", "", "", 0, None, "", "", "", "", "", "", False, False, 0)
"""Sorts before every row."""


def overview(warehouse: Warehouse, chosen: Chosen) -> list[Group]:
    """The chosen rows by reason and key, the most first. Raises WarehouseError."""
    return [Group(**group) for group in warehouse.rows(_sql("overview"), chosen.parameters())]


def newest(warehouse: Warehouse, chosen: Chosen, most: int) -> list[Kept]:
    """The chosen rows, newest first, at most so many. Raises WarehouseError."""
    return [Kept(**row) for row in warehouse.rows(_sql("newest"), {**chosen.parameters(), "most": most})]


def clock(warehouse: Warehouse) -> int:
    """What time it is for ClickHouse, which says when a row was stored. Raises WarehouseError."""
    return int(warehouse.command("SELECT toUnixTimestamp64Micro(now64(6))"))


def pages(warehouse: Warehouse, chosen: Chosen, stored_us: int) -> Iterator[list[Kept]]:
    """The chosen rows that were there at `stored_us` by ClickHouse's clock, some at a time, each once.

    Rows may be taken away meanwhile. Raises WarehouseError.
    """
    after = FIRST
    while True:
        place = {
            "after_site": after.site,
            "after_us": after.received_us,
            "after_id": after.id,
            "after_reason": after.reason,
            "after_hash": after.raw_hash,
        }
        rows = warehouse.rows(_sql("page"), {**chosen.parameters(), **place, "stored_us": stored_us, "most": PAGE})
        page = [Kept(**row) for row in rows]
        if page:
            yield page
        if len(page) < PAGE:
            return
        after = page[-1]


def remove(warehouse: Warehouse, settings: Settings, rows: Sequence[Kept], stored_us: int) -> None:
    """Take away these rows as far as they were there at `stored_us`. Raises WarehouseError."""
    times = [kept.received_us for kept in rows]
    parameters = {"rows": [int(kept.row, 16) for kept in rows], "first_us": min(times), "last_us": max(times)}
    [sql] = statements(HERE / "remove.sql", names(settings))
    warehouse.command(sql, {**parameters, "stored_us": stored_us})


@cache
def _sql(name: str) -> str:
    chosen = _text("chosen")
    kept = Template(_text("kept")).substitute(chosen=chosen)
    return Template(_text(name)).substitute(chosen=chosen, kept=kept)


def _text(name: str) -> str:
    """A file without its comment: it may become part of another."""
    lines = (HERE / f"{name}.sql").read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith("--"))
