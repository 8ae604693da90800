"""Takes the forgotten out of the tables of the warehouse, and out of the files behind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from string import Template

from collector.errors import PersonRemains
from collector.people import who
from collector.waiting import until_gone
from collector.warehouse.client import Warehouse
from collector.warehouse.running import await_inserts

CONDITIONS = {
    "touchpoints_stored": who.carries,
    "rejected_stored": who.names,
    "journey_steps_stored": who.carries,
    "identities_stored": who.is_either_end,
    "identity_decisions": who.is_either_end,
    "people_stored": who.is_end,
    "changed": who.is_end,
    "settling": who.is_end,
    "settling_batch": who.is_end,
}
"""The tables that hold people, and what finds them there."""
LEFT_OVER = {"identities_stored": "uncarried.sql", "people_stored": "unlinked.sql"}
"""Tables about identifiers, and what finds those that nothing of anybody speaks of any more: the e-mail address of
somebody who was forgotten by their visitor id. In this order: the second follows from the first."""

ROUNDS = 5
"""One is enough, but for statements of others that copy rows while they are deleted."""
DELETE_PATIENCE_S = 3600.0
"""Seconds without one deletion coming to its end: a month of a large table is rewritten in minutes."""
DISK_PATIENCE_S = 900.0
"""Seconds without one replaced part leaving the disk. A server keeps them 480 s unless told otherwise."""

# A replaced part goes after a second instead of 480, which a server allows itself because a new part need not be on
# disk yet; so new parts are synced meanwhile.
_SOON = "old_parts_lifetime = 1, min_rows_to_fsync_after_merge = 1"
_OURS = re.compile(r"\bold_parts_lifetime = 1\b")


class Tables:
    """The tables of people of one warehouse. `names` are those of `collector.warehouse.migrate.names`."""

    def __init__(self, warehouse: Warehouse, names: dict[str, str]) -> None:
        self._warehouse = warehouse
        self._names = names

    def count(self, people: str, parameters: dict[str, object]) -> dict[str, int]:
        """How many touchpoints and rejected ones are of these people, as analysts see them. Raises WarehouseError."""
        return {
            view: self._count(view, condition(people), parameters)
            for view, condition in (("touchpoints", who.carries), ("rejected", who.names))
        }

    def purge(self) -> dict[str, int]:
        """Delete every row of everybody who is forgotten; gives how many rows of which table those were.

        When it returns, no row of them is in an active part, and no running statement can put one there: see erase.py.
        Raises PersonRemains and WarehouseError.
        """
        deleted = dict.fromkeys(CONDITIONS, 0)
        for _ in range(ROUNDS):
            self._await_inserts()
            found = {table: self._count(table, wanted(who.FORGOTTEN), {}) for table, wanted in CONDITIONS.items()}
            if not any(found.values()):
                return deleted
            for table in (table for table, count in found.items() if count):
                self._delete(table, CONDITIONS[table](who.FORGOTTEN))
                deleted[table] += found[table]
        raise PersonRemains(
            f"rows came back {ROUNDS} times while they were deleted; is a program writing klantreis.touchpoints_stored "
            "that is not our loader? Stop it and repeat the command"
        )

    def their_people(self) -> list[int]:
        """The people, as numbers, whose journeys lose steps by the purge. Raises WarehouseError."""
        text = Template(who.sql("their_people.sql")).substitute(carries=who.carries(who.FORGOTTEN))
        return [int(row["person"]) for row in self._warehouse.rows(text)]

    def drop_scratch(self) -> None:
        """Throw away what an interrupted settlement had gathered; the next one makes it anew. Raises WarehouseError."""
        here = self._names
        self._warehouse.command(f"TRUNCATE TABLE klantreis.settling_batch{here['local']} {here['on_cluster']}")
        self._warehouse.command(f"DROP TABLE IF EXISTS klantreis.settling_touchpoints {here['on_cluster']} SYNC")

    def let_change(self, people: list[int]) -> None:
        """Have their journeys settled anew. Raises WarehouseError."""
        if people:
            self._warehouse.command(who.sql("let_change.sql"), {"people": people}, {"async_insert": "0"})

    def purge_left_over(self) -> int:
        """Delete identifiers that nothing speaks of any more; gives how many rows. Raises as `purge`."""
        deleted = 0
        for table, file in LEFT_OVER.items():
            if count := self._count(table, who.sql(file), {}):
                self._delete(table, who.sql(file))
                deleted += count
        return deleted

    @contextmanager
    def replaced_parts_go_soon(self) -> Iterator[None]:
        """Meanwhile, parts that are replaced leave the disk at once, and new ones are synced. Raises WarehouseError."""
        hasty = [table for table in self._stored if self._lifetime_is_free(table)]
        for table in hasty:
            self._alter(table, f"MODIFY SETTING {_SOON}")
        yield
        # Not when something failed: the command is repeated then, and synced parts do no harm until it is.
        for table in hasty:
            self._alter(table, "RESET SETTING old_parts_lifetime, min_rows_to_fsync_after_merge")

    def await_disk(self) -> None:
        """Return when no part that was replaced until now is on the disk. Raises PersonRemains and WarehouseError."""
        before = set(self._parts("replaced.sql"))
        if left := until_gone(lambda: before & set(self._parts("replaced.sql")), DISK_PATIENCE_S):
            raise PersonRemains(
                f"{len(left)} replaced parts are still on ClickHouse's disk, such as {next(iter(left))}; "
                "a query that runs for long holds them (system.processes). Repeat the command later"
            )
        if detached := self._parts("detached.sql"):
            raise PersonRemains(
                f"ClickHouse has put {len(detached)} parts aside, such as {detached[0]}, and none can look into them: "
                "attach them and repeat the command, or drop them (ALTER TABLE … DROP DETACHED PART)"
            )

    @cached_property
    def _stored(self) -> list[str]:
        return [table + self._names["local"] for table in CONDITIONS]

    def _count(self, table: str, condition: str, parameters: dict[str, object]) -> int:
        sql = f"SELECT count() AS n FROM klantreis.{table} WHERE {condition}"  # noqa: S608  # names of ours
        return int(self._warehouse.rows(sql, parameters)[0]["n"])

    def _await_inserts(self) -> None:
        """Return when every INSERT that runs now has ended. Raises PersonRemains and WarehouseError."""
        if left := await_inserts(self._warehouse):
            raise PersonRemains(f"{left} INSERTs do not come to an end (system.processes): repeat the command later")

    def _delete(self, table: str, condition: str) -> None:
        local = table + self._names["local"]
        statement = Template(who.sql("delete.sql")).substitute(
            table=local, on_cluster=self._names["on_cluster"], condition=condition
        )
        self._warehouse.command(statement)
        if until_gone(lambda: self._unfinished(local), DELETE_PATIENCE_S):
            raise PersonRemains(f"deleting from {table} takes long and goes on (system.mutations): repeat the command")

    def _unfinished(self, table: str) -> list[int]:
        [row] = self._warehouse.rows(who.sql("deleting.sql"), {"table": table})
        if row["failure"]:
            raise PersonRemains(
                f"{table}: ClickHouse cannot take rows out and goes on trying: {str(row['failure'])[:500]}; "
                "mend that (system.mutations shows it) and repeat the command"
            )
        return [int(row["unfinished"])] if row["unfinished"] else []

    def _parts(self, file: str) -> list[str]:
        return [str(row["part"]) for row in self._warehouse.rows(who.sql(file), {"tables": self._stored})]

    def _lifetime_is_free(self, table: str) -> bool:
        """Whether nobody but an earlier run of ours has set how long replaced parts are kept."""
        [row] = self._warehouse.rows(
            "SELECT engine_full FROM system.tables WHERE database = 'klantreis' AND name = {table:String}",
            {"table": table},
        )
        engine = str(row["engine_full"])
        return "old_parts_lifetime" not in engine or _OURS.search(engine) is not None

    def _alter(self, table: str, change: str) -> None:
        self._warehouse.command(f"ALTER TABLE klantreis.{table} {self._names['on_cluster']} {change}")
