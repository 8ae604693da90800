"""Figure 5: what a thousand rules cost: loading with them ÷ loading with ten, five models each.

The same composed rows are stored by the loader's own statement with either set, in turn.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Mapping, Sequence
from functools import partial

from collector.enrich.rows import compose
from collector.phases.compile import compile_rules
from collector.phases.folder import read_folder
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.store import Store
from loadtest import rule_sets, servers, spools
from loadtest.figure import Effort, Figure, Measured, Trial
from loadtest.installed import installed
from loadtest.pairs import in_turn, ratios, spread

REACH = 0.9
FEW, MANY = 10, 1_000
STORED = "klantreis.touchpoints_stored"


class NotStoredError(Exception):
    """ClickHouse refused rows: whatever the figure is, it is none."""


def against_few(effort: Effort) -> Figure:
    """Figure 5. Raises NotStoredError."""
    with installed(effort.folder) as running:
        chosen = running.settings
        spool, _ = spools.prepare(chosen, effort)
        rows = compose(spools.records(spool.folder)).touchpoints
        with Warehouse(chosen) as warehouse:
            runs = {}
            for rules in (FEW, MANY):
                folder = rule_sets.write(effort.folder / f"rules-{rules}", rules)
                levels = compile_rules(read_folder(folder).rule_set).levels  # examples are not measured
                store = Store(warehouse, statement.load(*levels, clock_skew_s=chosen.clock_skew_s))
                runs[f"{rules:,} rules, five models"] = partial(_store, warehouse, store, rows, running.engine)
            in_turn(1, runs)
            taken = in_turn(effort.rounds, runs)
    measured = _measured(taken, len(rows))
    value = measured[-1].ratio
    assert value is not None
    conditions = f"{len(rows):,} rows an INSERT, none of which any rule matches; processor time is ClickHouse's"
    return Figure(5, f"Loading with {MANY:,} rules", f"÷ with {FEW}", REACH, [Trial(conditions, measured, value)])


def _measured(taken: Mapping[str, Sequence[tuple[float, float]]], rows: int) -> list[Measured]:
    few = next(iter(taken.values()))
    return [
        Measured(
            name,
            spread(rows / seconds for seconds, _ in runs),
            ratios([seconds for seconds, _ in few], [seconds for seconds, _ in runs]),
            spread(used / rows * 1e6 for _, used in runs),
            ratios([used for _, used in few], [used for _, used in runs]),
        )
        for name, runs in taken.items()
    ]


def _store(
    warehouse: Warehouse, store: Store, rows: Sequence[bytes], engine: subprocess.Popen[bytes]
) -> tuple[float, float]:
    """Seconds that the INSERT takes, and seconds of the engine's processor time."""
    warehouse.command(f"TRUNCATE TABLE {STORED}")
    before, begun = servers.processor_s(engine) or 0.0, time.perf_counter()
    refused = store.store(list(rows))
    took, used = time.perf_counter() - begun, (servers.processor_s(engine) or 0.0) - before
    if refused:
        raise NotStoredError(f"{len(refused)} rows were refused: {refused[0].message}")
    return took, used
