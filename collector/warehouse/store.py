"""Stores rows in one INSERT, and when ClickHouse refuses them, finds the bad ones without losing their neighbours.

A refused range is halved until the bad rows are alone. `input_format_allow_errors_num` would be shorter, but was
measured to lose good rows beside bad ones.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from collector.errors import WarehouseAway, WarehouseError, WarehouseRefused
from collector.warehouse.client import SERVER_FAULTS, Warehouse
from collector.warehouse.statement import FORGOTTEN_STATE

log = logging.getLogger(__name__)

DOUBTS = 5
"""How often the same unexpected error may come back for a range before its rows are suspected."""

COMPILED_SETTINGS = {
    # A thousand rules make a long statement. 8 MiB is what the embedded ClickHouse allows.
    "max_query_size": str(8 * 1024 * 1024),
    "max_ast_elements": "2000000",
    "max_expanded_ast_elements": "5000000",
    "max_parser_depth": "2000",
}
"""What a statement with compiled rules in it needs."""

INSERT_SETTINGS = COMPILED_SETTINGS | {
    # On by default in 26.x: an answer would come before the rows are stored.
    "async_insert": "0",
    # Its log is written before the part is renamed, so a kill between makes the retry a silent no-op.
    "insert_deduplicate": "0",
    # Replacing within the block as it is inserted costs as much as all the rest (26 against 12 µs a row); reading and
    # merging replace anyway.
    "optimize_on_insert": "0",
    # A hostile sender can spread occurred_at over twenty years.
    "max_partitions_per_insert_block": "0",
    # Cutting the body up for several readers costs a fifth of the INSERT, and the other processor has the next load.
    "input_format_parallel_parsing": "0",
    # One source, one table: there is nothing to optimise, and looking for it is a quarter of the statement's planning.
    "query_plan_enable_optimizations": "0",
    "input_format_skip_unknown_fields": "1",
    "input_format_json_defaults_for_missing_elements_in_named_tuple": "1",
    "input_format_null_as_default": "1",
    # One range is one block, so that it is one part in each month.
    "max_insert_block_size": "1000000",
    "min_insert_block_size_rows": "1000000",
    "min_insert_block_size_bytes": "0",
    # On a cluster the answer waits until the rows are on their shard.
    "distributed_foreground_insert": "1",
}


@dataclass(frozen=True)
class RefusedRow:
    """A row that ClickHouse will never take, with its words."""

    row: bytes
    message: str


class Store:
    """Runs one statement for ranges of rows; remembers what it has begun to doubt."""

    def __init__(self, warehouse: Warehouse, statement: str) -> None:
        self._warehouse = warehouse
        self._template = statement
        self._statement = statement
        self._doubted = 0
        self._code_doubted = 0

    def store(self, rows: list[bytes], forgotten: int = 0) -> list[RefusedRow]:
        """Store the rows; gives those that ClickHouse refuses for their own sake.

        `forgotten` is the state of the list of the forgotten that the rows were composed with; raises
        ForgottenMeanwhile when it is not the warehouse's. Raises WarehouseAway when it is not the rows' fault: nothing
        is given up, the same rows may be stored again.
        """
        if not rows:
            return []
        self._statement = self._template.replace(FORGOTTEN_STATE, str(forgotten))
        try:
            self._insert(rows)
        except WarehouseRefused as error:
            if not self._statement_works():
                what = "the statement itself is refused, rows or none"
                raise WarehouseAway(f"{what}: {error}", error.code, f"{what}: {error.told}") from error
            return self._split(rows, error)
        except WarehouseAway as error:
            if not self._rows_at_fault(error):
                raise
            return self._split(rows, error)
        self._doubted = 0
        return []

    def _insert(self, rows: list[bytes]) -> None:
        written = self._warehouse.insert(self._statement, rows, INSERT_SETTINGS)
        if written != len(rows):
            raise WarehouseAway(f"{len(rows)} rows were sent and {written} written; the range is loaded again")

    def _split(self, rows: list[bytes], error: WarehouseError) -> list[RefusedRow]:
        if len(rows) == 1:
            return [RefusedRow(rows[0], str(error))]
        middle = len(rows) // 2
        return [refused for half in (rows[:middle], rows[middle:]) for refused in self._store_half(half)]

    def _store_half(self, rows: list[bytes]) -> list[RefusedRow]:
        try:
            self._insert(rows)
        except WarehouseRefused as error:
            return self._split(rows, error)
        except WarehouseAway as error:
            if error.code in SERVER_FAULTS:
                raise
            return self._split(rows, error)
        return []

    def _rows_at_fault(self, error: WarehouseAway) -> bool:
        """An error that is neither known to be the server's nor the rows': theirs if an empty insert succeeds."""
        if error.code in SERVER_FAULTS:
            return False
        self._doubted = self._doubted + 1 if error.code == self._code_doubted else 1
        self._code_doubted = error.code
        if self._doubted < DOUBTS:
            return False
        self._doubted = 0
        if not self._statement_works():
            return False
        log.warning("ClickHouse refused a range %d times with code %d: its rows are tried apart", DOUBTS, error.code)
        return True

    def _statement_works(self) -> bool:
        """Whether the statement passes without rows: a fault of the rules must never be blamed on touchpoints."""
        try:
            self._warehouse.insert(self._statement, [], INSERT_SETTINGS)
        except WarehouseError:
            return False
        return True
