"""Why a touchpoint of the warehouse has its signal and phases, by rules at hand: for the command and the live page."""

from __future__ import annotations

from collector.phases.explain import explain
from collector.phases.outdated import compared
from collector.phases.rules import RuleSet
from collector.warehouse import stored
from collector.warehouse.client import Warehouse
from collector.warehouse.store import COMPILED_SETTINGS


def of_stored(warehouse: Warehouse, rule_set: RuleSet, one: stored.Stored, *, every: bool = False) -> list[str]:
    """The lines about one: what it is, why it matches what it does, and whether it is stored so.

    The rules' conditions are tried on the row as it is stored: `explain` gets it in the place of a sender's. Raises
    WarehouseError.
    """
    explanation = explain(
        rule_set, b"", lambda sql: warehouse.rows(sql, one.key, COMPILED_SETTINGS), lambda _: stored.row()
    )
    before = {"signal": one.signal, **one.phases}
    return [
        f"{one.type} of site {one.site}, {one.occurred_at:%Y-%m-%d %H:%M:%S} UTC",
        *explanation.lines(every=every),
        *compared(explanation, rule_set.hash, before, one.rules, one.rule_set).split("\n"),
    ]
