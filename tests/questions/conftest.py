"""A warehouse with generated steps of journeys, once for each seed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import msgspec
import pandas as pd
import pytest

from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from tests.questions import generated

STEPS, PHASES = "klantreis.journey_steps_stored", "klantreis.phases_stored"


@dataclass(frozen=True)
class Stored:
    """What lies in the warehouse, and the same as a table of pandas."""

    warehouse: Warehouse
    rules: RuleSet
    steps: pd.DataFrame
    seed: int


@pytest.fixture(scope="session")
def rules() -> RuleSet:
    """The rules that ship: their models, phases and order."""
    return load(shipped_rules())


@pytest.fixture(scope="session")
def connected(clickhouse: Settings, rules: RuleSet) -> Iterator[Warehouse]:
    """A warehouse that knows the phases and holds no steps."""
    with Warehouse(clickhouse, timeout_s=120) as warehouse:
        migrate(warehouse, clickhouse)
        yield warehouse


Fill = Callable[[list[generated.Row]], Warehouse]


@pytest.fixture
def fill(connected: Warehouse, rules: RuleSet) -> Fill:
    """Puts steps in the place of what lies there; later rows in parts of their own."""
    return lambda rows: _filled(connected, rules, [rows])


@pytest.fixture(scope="module", params=[1, 2, 3], ids="seed {}".format)
def stored(request: pytest.FixtureRequest, connected: Warehouse, rules: RuleSet) -> Stored:
    """Generated steps, those of earlier settlements beside them."""
    rows = generated.steps(rules, request.param)
    _filled(connected, rules, [generated.replaced(rows, request.param), rows[::2], rows[1::2]])
    return Stored(connected, rules, as_table(rows), request.param)


def _filled(warehouse: Warehouse, rules: RuleSet, parts: list[list[generated.Row]]) -> Warehouse:
    for table in (STEPS, PHASES):
        warehouse.command(f"TRUNCATE TABLE {table}")
    for rows in parts:
        if rows:
            _insert(warehouse, STEPS, rows[0], [generated.as_json(row) for row in rows])
    phases = [
        {
            "rule_set": rules.hash,
            "model": model.id,
            "is_default": model.default,
            "phase": phase.id,
            "position": position,
            "part": phase.part,
        }
        for model in rules.models
        for position, phase in enumerate(model.phases, 1)
    ]
    _insert(warehouse, PHASES, phases[0], [msgspec.json.encode(phase) for phase in phases])
    return warehouse


def _insert(warehouse: Warehouse, table: str, columns: generated.Row, lines: list[bytes]) -> None:
    statement = f"INSERT INTO {table} ({', '.join(columns)}) FORMAT JSONEachRow\n"
    assert warehouse.insert(statement, lines, {"async_insert": "0"}) == len(lines)


def as_table(rows: list[generated.Row]) -> pd.DataFrame:
    """Steps as pandas counts them."""
    table = pd.DataFrame(rows)
    for name in ("person", "journey", "touch"):
        table[name] = table[name].astype("uint64")
    for name in ("contact_waited_s", "contact_agents", "feedback_score", "feedback_scale", "seconds_since_previous"):
        table[name] = table[name].astype("float64")
    for name in ("occurred_at", "occurred_at_sent"):
        table[name] = pd.to_datetime(table[name], utc=True)
    # Three-valued: true, false, not told.
    for name in ("search_local", "contact_repeated", "contact_answered"):
        table[name] = table[name].astype("boolean")
    return table
