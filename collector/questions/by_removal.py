"""Attribution by Markov's removal effect, in the form of the view's answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from collector.errors import SettingsError
from collector.questions.answer import Answer, answer
from collector.questions.catalogue import question
from collector.questions.markov import shares
from collector.warehouse.client import Warehouse

COLUMNS = ("name", "currency", "conversions", "share", "revenue")


def by_removal(warehouse: Warehouse, given: Mapping[str, Any]) -> Answer:
    """Purchases and revenue of each currency, shared in proportion to what is lost without each touch.

    The chain is made of journeys that began in the period; what is shared are the purchases of the period. Raises
    SettingsError and WarehouseError.
    """
    if str(given.get("window_days") or "0") != "0":
        raise SettingsError("attribution: rule markov looks at whole journeys: leave window_days out")
    chain, credited = question("attribution_transitions"), question("attribution")
    asked = {name: value for name, value in given.items() if name in chain.parameters}
    transitions = [(str(row[0]), str(row[1]), int(row[2])) for row in answer(warehouse, chain, asked).rows]
    # Whatever the rule, it hands out all that there is.
    whole = answer(warehouse, credited, {**given, "rule": "linear"})
    totals: dict[str, tuple[float, float]] = {}
    for row in whole.rows:
        told = dict(zip(whole.columns, row, strict=True))
        conversions, revenue = totals.get(told["currency"], (0.0, 0.0))
        totals[told["currency"]] = (conversions + float(told["conversions"]), revenue + float(told["revenue"]))
    rows = [
        (name, currency, share * conversions, share, share * revenue)
        for name, share in sorted(shares(transitions).items(), key=lambda pair: (-pair[1], pair[0]))
        for currency, (conversions, revenue) in sorted(totals.items())
    ]
    return Answer(COLUMNS, tuple(rows))
