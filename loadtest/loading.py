"""Figure 3: how fast the loader empties a spool, against a plain INSERT of rows that need no more work.

The plain loader sends the very rows that the loader stores (read back from ClickHouse, columns with their type's
default left out), ready in memory as JSON, 100,000 an insert, with the same settings but for reading the body in
parallel, which helps it and not the loader, into a table with the same columns, key and syncs. So what it saves is all
that the product does: reading the spool, enriching, normalising, classifying, telling whose journeys change, naming and
acknowledging ranges.
"""

from __future__ import annotations

import math
import os
import secrets
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from string import Template
from typing import Any

import msgspec
from pydantic import SecretStr

from collector import settings as all_settings
from collector.settings import Settings
from collector.spool import segment
from collector.warehouse.client import Warehouse
from collector.warehouse.store import INSERT_SETTINGS
from loadtest import servers
from loadtest.figure import Effort, Figure, Measured, Trial
from loadtest.installed import wait_for_tables
from loadtest.pairs import in_turn, ratios, spread
from loadtest.ports import free_ports
from loadtest.spools import Spool, prepare

REACH = 0.7
EMPTY_WITHIN_S = 120.0
LOOK_EVERY_S = 0.002
PAGE_ROWS = 5_000
"""Read back at a time: a row with all its defaults takes 4 KiB."""
ROWS_A_PLAIN_INSERT = 100_000
PLAIN_SETTINGS = INSERT_SETTINGS | {"input_format_parallel_parsing": "1"}

READY_ROWS = Path(__file__).with_name("ready_rows.sql")

PLAIN = "plain INSERT of ready rows"
STORED, SAME = "klantreis.touchpoints_stored", "bench.plain"


class NotLoadedError(Exception):
    """The loader did not store what was in the spool: whatever the figure is, it is none."""


def against_plain(effort: Effort) -> Figure:
    """Figure 3, for each form of the same touchpoints. Raises NotLoadedError."""
    chosen = _settings(effort.folder)
    spools = prepare(chosen, effort)
    with servers.clickhouse(chosen) as engine, servers.loader(chosen) as loader, Warehouse(chosen) as warehouse:
        wait_for_tables(warehouse)
        load = partial(_load, chosen, warehouse, _Stopwatch(_used(loader), _used(engine.process)), loader)
        load(spools[0])
        bodies, watch = _ready(warehouse, spools[0]), _Stopwatch(time.process_time, _used(engine.process))
        runs = {PLAIN: partial(_insert, warehouse, bodies, watch)}
        runs |= {_name(spool): partial(load, spool) for spool in spools}
        in_turn(1, runs)
        taken = in_turn(effort.rounds, runs)
    return Figure(
        3,
        "Loading, with enrichment and all models",
        "÷ plain INSERT",
        REACH,
        [_trial(spool, taken) for spool in spools],
    )


def _trial(spool: Spool, taken: Mapping[str, Sequence[tuple[float, float]]]) -> Trial:
    """One form of the spool against the plain loader."""
    plain = taken[PLAIN]
    measured = []
    for name in (PLAIN, _name(spool)):
        rates = [spool.touchpoints / took for took, _ in taken[name]]
        spent = [used / spool.touchpoints * 1e6 for _, used in taken[name]]
        measured.append(
            Measured(
                name,
                spread(rates),
                ratios(rates, [spool.touchpoints / took for took, _ in plain]),
                spread(spent) if all(spent) else None,
                ratios([used for _, used in plain], [used for _, used in taken[name]]) if all(spent) else None,
            )
        )
    size = spool.payload_bytes // spool.touchpoints
    conditions = f"{spool.touchpoints:,} touchpoints of {size} bytes in the spool, {spool.a_request} a request"
    return Trial(conditions, measured, measured[-1].ratio)


class _Stopwatch:
    """Seconds, and seconds of processor time by all who take part."""

    def __init__(self, *clocks: Callable[[], float]) -> None:
        self._clocks = (time.perf_counter, *clocks)
        self._begun = [0.0]

    def start(self) -> None:
        self._begun = [clock() for clock in self._clocks]

    def stop(self) -> tuple[float, float]:
        seconds, *used = [clock() - begun for clock, begun in zip(self._clocks, self._begun, strict=True)]
        return seconds, sum(used)


def _used(process: subprocess.Popen[bytes]) -> Callable[[], float]:
    return lambda: servers.processor_s(process) or 0.0


def _name(spool: Spool) -> str:
    return f"loader: {spool.a_request} a request, from spool to table"


def _settings(folder: Path) -> Settings:
    """A data folder of its own; the loader looks often, since waiting for its next look is not loading."""
    return all_settings.load(
        {
            "data": folder / "data",
            "clickhouse_port": free_ports(1)[0],
            "clickhouse_password": SecretStr(secrets.token_hex(16)),
            "trusted_proxies": "127.0.0.1/32",
            "load_interval_ms": 10,
        }
    )


def _load(
    chosen: Settings, warehouse: Warehouse, watch: _Stopwatch, loader: subprocess.Popen[bytes], spool: Spool
) -> tuple[float, float]:
    """Time from when the segments lie in the loader's folder until it has acknowledged and deleted them all."""
    warehouse.command(f"TRUNCATE TABLE {STORED}")
    segments = sorted(spool.folder.glob(f"*{segment.SUFFIX}"))
    until = time.monotonic() + EMPTY_WITHIN_S
    watch.start()
    for path in segments:
        os.link(path, chosen.spool_folder / _new_name(path.name))
    while any(chosen.spool_folder.glob(f"*{segment.SUFFIX}")):
        if time.monotonic() > until or loader.poll() is not None:
            raise NotLoadedError(f"the loader did not empty its spool within {EMPTY_WITHIN_S:.0f} s")
        time.sleep(LOOK_EVERY_S)
    took = watch.stop()
    stored = warehouse.rows("SELECT count() AS n FROM klantreis.touchpoints")[0]["n"]
    if stored != spool.touchpoints:
        raise NotLoadedError(f"{spool.touchpoints} touchpoints were spooled, {stored} are in ClickHouse")
    return took


def _new_name(name: str) -> str:
    """The name that the same segment would have had now: the loader takes no name twice, and the salt is checked."""
    _, _, rest = name.partition("-")
    return f"{segment.now_us():016d}-{rest}"


def _insert(warehouse: Warehouse, bodies: Sequence[bytes], watch: _Stopwatch) -> tuple[float, float]:
    """Time that the plain loader takes."""
    warehouse.command(f"TRUNCATE TABLE {SAME}")
    watch.start()
    for body in bodies:
        warehouse.insert(f"INSERT INTO {SAME} FORMAT JSONEachRow\n", [body], PLAIN_SETTINGS)
    return watch.stop()


def _ready(warehouse: Warehouse, spool: Spool) -> list[bytes]:
    """The rows that are stored now, as the bodies of as many inserts as the loader takes; and a table for them."""
    warehouse.command("CREATE DATABASE bench")
    warehouse.command(f"CREATE TABLE {SAME} AS {STORED}")
    row = _row(warehouse)
    strip = msgspec.json.Decoder(row).decode_lines
    sql = Template(READY_ROWS.read_text(encoding="utf-8")).substitute(columns=", ".join(row.__struct_fields__))
    pages = math.ceil(spool.touchpoints / PAGE_ROWS)
    lines: list[bytes] = []
    for page in range(pages):
        text = warehouse.rows(sql, {"pages": pages, "page": page})[0]["lines"]
        lines += [msgspec.json.encode(one) for one in strip(text)]
    if len(lines) != spool.touchpoints:
        raise NotLoadedError(f"{len(lines)} rows were read back of {spool.touchpoints}")
    size = ROWS_A_PLAIN_INSERT
    return [b"\n".join(lines[at : at + size]) for at in range(0, len(lines), size)]


def _row(warehouse: Warehouse) -> type[msgspec.Struct]:
    """A row of which only the columns are written that do not hold their type's default."""
    columns = warehouse.rows(
        "SELECT name, type FROM system.columns WHERE database = 'klantreis' AND table = 'touchpoints_stored'"
    )
    fields = [(column["name"], Any, _default(column["type"])) for column in columns]
    return msgspec.defstruct("Row", fields, omit_defaults=True)


def _default(type_: str) -> Any:
    if type_.startswith("Array"):
        return msgspec.field(default_factory=list)
    if type_.startswith("Map"):
        return msgspec.field(default_factory=dict)
    if type_.startswith("Nullable"):
        return None
    return False if type_ == "Bool" else "" if "String" in type_ else 0
