"""The engine that rule commands run on: the ClickHouse engine in this very process, or the configured warehouse.

A rule file becomes one SQL expression, and trying it out runs that same expression; so checking rules needs an engine,
but no server and no data.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence

import msgspec
import orjson

from collector.enrich.rows import compose
from collector.envelope import Envelope, Kind
from collector.phases.compile import SETTINGS
from collector.settings import Settings
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import INSERT_SETTINGS

EXAMPLE = Envelope(received_us=1_767_225_600_000_000, site="example", key_name="example", secret=True)
"""The request that examples are thought to come with: nothing is known of its sender."""

READING = {name: value for name, value in INSERT_SETTINGS.items() if name.startswith(("input_format", "max_"))}

LONG = {name: INSERT_SETTINGS[name] for name in SETTINGS}
"""What a server lets through of a long statement; the engine in this process takes more."""


def run_sql(settings: Settings) -> Callable[[str], list[dict[str, object]]]:
    """What runs a query and gives its rows by name."""
    return _in_process() if importlib.util.find_spec("chdb") and settings.clickhouse is None else _on_server(settings)


def normalise(settings: Settings) -> Callable[[Sequence[bytes]], str]:
    """What turns touchpoints (JSON) into a subquery of columns, in order, numbered by `_row`."""

    def query(touchpoints: Sequence[bytes]) -> str:
        payload = b"\n".join([msgspec.json.encode(EXAMPLE), *touchpoints])
        rows = compose(iter([(Kind.TOUCHPOINTS, payload)])).touchpoints
        data = b"\n".join(rows).decode()
        columns = statement.normalised(statement.literal_rows(data), clock_skew_s=settings.clock_skew_s)
        return f"SELECT rowNumberInAllBlocks() AS _row, * FROM ({columns})"  # noqa: S608  # escaped in literal_rows

    return query


def _in_process() -> Callable[[str], list[dict[str, object]]]:
    import chdb  # half a gigabyte: only for the commands that need it

    connection = chdb.connect(":memory:")
    for name, value in READING.items():
        connection.query(f"SET {name} = {value}")

    def run(sql: str) -> list[dict[str, object]]:
        answer = str(connection.query(sql, "JSONEachRow")).strip()
        return [orjson.loads(line) for line in answer.split("\n") if line]

    return run


def _on_server(settings: Settings) -> Callable[[str], list[dict[str, object]]]:
    warehouse = Warehouse(settings)
    return lambda sql: warehouse.rows(sql, settings=LONG)
