"""Figure 7: giving stored touchpoints other phases ÷ a plain INSERT … SELECT of the same rows into an empty table.

Both in turn on the same server. What is counted is the whole command, from its first note to its last; ClickHouse then
still clears the column from the disk in the background; that is waited for before the next round and not counted.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from collector.enrich.rows import compose
from collector.phases.compile import compile_rules
from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.reclassify.course import Steps, reclassify
from collector.reclassify.task import Task
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import Store
from loadtest import servers, spools
from loadtest.figure import Effort, Figure, Measured, Trial
from loadtest.installed import installed
from loadtest.pairs import in_turn, ratios, spread

REACH = 0.7
DOUBLED = 4
"""How often the rows are doubled under other ids: 62,500 become a million."""
STORED, PLAIN = "klantreis.touchpoints_stored", "bench.plain"
# A block of a million rows of all columns does not fit in a query's memory.
IN_BLOCKS = "SETTINGS min_insert_block_size_rows = 100000, min_insert_block_size_bytes = 0, max_insert_threads = 1"
SIGNAL = """format: phase-rules/1-0-0
rules:
  - {id: bench.dutch, signal: ad_seen, description: Made for the bench., type: page_view, page.language: nl, examples: [
      {given: {type: page_view, page.language: nl}, expect: bench.dutch},
      {given: {type: order}, expect: not bench.dutch}]}
"""
Taken = tuple[float, float]
"""Seconds, and seconds of the engine's processor time."""


def against_insert(effort: Effort) -> Figure:
    """Figure 7."""
    with installed(effort.folder) as running, Warehouse(running.settings, timeout_s=600) as warehouse:
        chosen, engine = running.settings, running.engine
        spool, _ = spools.prepare(chosen, effort)
        first, second = load(shipped_rules()), load(_changed(effort.folder / "changed"))
        rows = _fill(warehouse, chosen, spool, first)
        turns = [second, first] * (effort.rounds + 1)
        runs = {
            "plain INSERT … SELECT": partial(_insert, warehouse, engine),
            "klantreis reclassify": lambda: _reclassify(warehouse, chosen, engine, turns.pop(0)),
        }
        in_turn(1, runs)
        taken = in_turn(effort.rounds, runs)
    measured = _measured(taken, rows)
    value = measured[-1].ratio
    assert value is not None
    conditions = f"{rows:,} stored touchpoints, of which those of Dutch pages get another signal and phase each time"
    return Figure(7, "Re-classifying history", "÷ INSERT … SELECT", REACH, [Trial(conditions, measured, value)])


def _changed(folder: Path) -> Path:
    shutil.copytree(shipped_rules(), folder)
    (folder / "signals" / "05_bench.yaml").write_text(SIGNAL, encoding="utf-8")
    return folder


def _fill(warehouse: Warehouse, chosen: Settings, spool: spools.Spool, rules: RuleSet) -> int:
    """Store them, doubled and merged, and make a table for the plain rows; gives how many there are."""
    store = Store(warehouse, statement.load(*compile_rules(rules).levels, clock_skew_s=chosen.clock_skew_s))
    store.store(compose(spools.records(spool.folder)).touchpoints)
    columns = _columns(warehouse)
    others = ", ".join("generateUUIDv4() AS id" if column == "id" else column for column in columns)
    for _ in range(DOUBLED):
        warehouse.command(f"INSERT INTO {STORED} ({', '.join(columns)}) SELECT {others} FROM {STORED} {IN_BLOCKS}")
    warehouse.command(f"OPTIMIZE TABLE {STORED} FINAL")
    warehouse.command("CREATE DATABASE bench")
    warehouse.command(f"CREATE TABLE {PLAIN} AS {STORED}")
    return int(warehouse.rows(f"SELECT count() AS n FROM {STORED}")[0]["n"])


def _columns(warehouse: Warehouse) -> list[str]:
    rows = warehouse.rows(
        "SELECT name FROM system.columns WHERE database = 'klantreis' AND table = 'touchpoints_stored'"
    )
    return [str(row["name"]) for row in rows]


def _insert(warehouse: Warehouse, engine: subprocess.Popen[bytes]) -> Taken:
    warehouse.command(f"TRUNCATE TABLE {PLAIN}")
    columns = ", ".join(_columns(warehouse))
    before, begun = servers.processor_s(engine) or 0.0, time.perf_counter()
    warehouse.command(f"INSERT INTO {PLAIN} ({columns}) SELECT {columns} FROM {STORED} {IN_BLOCKS}")
    return time.perf_counter() - begun, (servers.processor_s(engine) or 0.0) - before


def _reclassify(warehouse: Warehouse, chosen: Settings, engine: subprocess.Popen[bytes], rules: RuleSet) -> Taken:
    before, begun = servers.processor_s(engine) or 0.0, time.perf_counter()
    reclassify(chosen, Task(rules), Steps(lambda what: None, lambda what: lambda rows: None))
    took, used = time.perf_counter() - begun, (servers.processor_s(engine) or 0.0) - before
    while warehouse.rows("SELECT 1 AS left FROM system.mutations WHERE NOT is_done LIMIT 1"):
        time.sleep(0.1)
    return took, used


def _measured(taken: Mapping[str, Sequence[Taken]], rows: int) -> list[Measured]:
    plain = next(iter(taken.values()))
    return [
        Measured(
            name,
            spread(rows / seconds for seconds, _ in runs),
            ratios([seconds for seconds, _ in plain], [seconds for seconds, _ in runs]),
            spread(used / rows * 1e6 for _, used in runs),
            ratios([used for _, used in plain], [used for _, used in runs]),
        )
        for name, runs in taken.items()
    ]
