"""Loads touchpoints as the loader does, and settles them as the settler does, in a real ClickHouse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

import msgspec

from collector.enrich.rows import compose
from collector.envelope import Envelope, Kind
from collector.journeys.settle import Settlement, everybody
from collector.journeys.turns import Turn
from collector.phases.compile import compile_rules
from collector.phases.rulefile import load as load_rules
from collector.phases.rules import RuleSet
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse import statement
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from collector.warehouse.store import Store
from collector.warehouse.touched import TouchedStore

COMPUTED = ("people_stored", "journey_steps_stored")


@cache
def rule_set() -> RuleSet:
    """The shipped rules."""
    return load_rules(shipped_rules())


class Journeys:
    """A warehouse with a settler of its own that works when it is told to."""

    def __init__(self, chosen: Settings) -> None:
        self.settings = chosen
        self.warehouse = Warehouse(chosen)
        migrate(self.warehouse, chosen)
        levels = compile_rules(rule_set()).levels
        self._touchpoints = Store(self.warehouse, statement.load(*levels, clock_skew_s=60))
        self._touched = TouchedStore(self.warehouse)
        self._received_us = 1_800_000_000_000_000
        self.turn = Turn(self.warehouse)
        self.settlement = Settlement(self.warehouse, chosen, rule_set(), self.turn)

    def load(self, by_site: Iterable[tuple[str, Sequence[dict[str, Any]]]]) -> None:
        """Store touchpoints of several sites in one INSERT."""
        records = []
        for site, touchpoints in by_site:
            if touchpoints:
                self._received_us += 1
                envelope = Envelope(received_us=self._received_us, site=site, key_name="tills", secret=True)
                lines = [json.dumps(one).encode() for one in touchpoints]
                records.append((int(Kind.TOUCHPOINTS), b"\n".join([msgspec.json.encode(envelope), *lines])))
        self.store(records)

    def store(self, records: Iterable[tuple[int, bytes]]) -> None:
        """Store records as a receiver spools them in one INSERT; all of them can be stored."""
        rows = compose(iter(records))
        assert not rows.rejected
        assert not self._touchpoints.store(rows.touchpoints)
        self._touched.store_identities(rows.touched.edges, 0)
        self._touched.store_changed(rows.touched.nodes, 0)

    def settle(self) -> None:
        """Settle whoever changed, until nobody is left: a hub lets others change."""
        self.turn.take(seize=True)  # a settler that an earlier test killed seems alive for half a minute
        self.settlement.begin()
        try:
            while self.settlement.take():
                self.settlement.settle()
        finally:
            self.turn.give_back()

    def settle_from_nothing(self) -> None:
        """Settle everybody, with nothing left of what was computed before."""
        for table in COMPUTED:
            self.warehouse.command(f"TRUNCATE TABLE klantreis.{table}")
        everybody(self.warehouse)
        self.settle()

    def steps(self, like: str = "%") -> dict[tuple[str, str, str, str], dict[str, Any]]:
        """All steps of sites with such a name, by the key of their touchpoint."""
        found = self.warehouse.rows(
            "SELECT * EXCEPT (id), toString(id) AS id FROM klantreis.journey_steps WHERE site LIKE {like:String}",
            {"like": like},
        )
        return {(row["site"], row["visitor_id"], str(row["occurred_at_sent"]), row["id"]): row for row in found}
