"""Facts of the journey: what was known before a touchpoint. Rules name them under `journey:`.

This table is the one definition: name, type, meaning, and what the first touchpoint of a journey has. `facts.sql`
beside it computes each of them as a column, over the examples of rules and over the journeys of people alike. A
journey is all touchpoints of one person, ordered by `occurred_at`, `visitor_id`, `sequence`, `id`.

A *purchase* is a touchpoint whose signal is declared with `counts_as: purchase`; one order that is told twice (by the
page and by the server) is one purchase, and no earlier purchase of itself. A *session* is a `session_id` as sent.
*Own* phases are those that the touchpoints got when they were loaded, so that no rule depends on its own outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from collector.phases.fields import Field, Kind


@dataclass(frozen=True)
class Fact:
    """One fact: `column` of type `sql_type` in what `facts.sql` gives; `first` is what a first touchpoint has.

    Facts on own phases have no column of their own: a condition on one is a window over the own phases of its model,
    which `collector.phases.sql.Expression` asks for. As maps over all models they cost 1.4 µs a touchpoint each,
    a window that a rule needs 0.2.
    """

    name: str
    kind: Kind
    column: str
    sql_type: str
    meaning: str
    first: str

    def field(self, model: str) -> Field:
        """The fact as conditions of this model see it: phases are told for each model apart."""
        column = f"phases['{model}']" if self.kind in ("phase", "phases") else self.column
        return Field(self.name, self.kind, column, nullable=self.sql_type.startswith("Nullable"), folded=False)


FACTS: tuple[Fact, ...] = (
    Fact("customer", "boolean", "customer", "Bool", "made a purchase before", "false"),
    Fact("purchases", "integer", "purchases", "UInt64", "purchases before this touchpoint", "0"),
    Fact("touchpoints", "integer", "touchpoints", "UInt64", "touchpoints before this one, of every kind", "0"),
    Fact("sessions", "integer", "sessions", "UInt64", "other sessions that began before this touchpoint", "0"),
    Fact(
        "days_since_last", "days", "days_since_last", "Nullable(Float64)",
        "days of 24 hours since the touchpoint just before", "NULL: absent",
    ),
    Fact(
        "days_since_purchase", "days", "days_since_purchase", "Nullable(Float64)",
        "days of 24 hours since the latest purchase before", "NULL: absent",
    ),
    Fact(
        "previous_phase", "phase", "phases", "Map(String, String)",
        "own phase, in the rule's model, of the latest touchpoint before that had one: outside and unclassified ones"
        " are passed over",
        "'': absent",
    ),
    Fact(
        "reached", "phases", "phases", "Map(String, String)",
        "own phases, in the rule's model, of all touchpoints before; any one of them is enough", "[]: absent",
    ),
    Fact(
        "arrived_by_ambassador", "boolean", "arrived_by_ambassador", "Bool",
        "before any purchase, this touchpoint or an earlier one carried an ambassador's code or had a signal"
        " declared with counts_as: ambassador",
        "true if it did so itself",
    ),
)  # fmt: skip
"""Every fact, in the order in which people read them."""

FACT_NAMES = frozenset(fact.name for fact in FACTS)
BUYING_FACTS = frozenset({"customer", "purchases", "days_since_purchase"})
"""Facts that never change in a rule set where no signal counts as a purchase."""


def facts_of(model: str) -> Mapping[str, Field]:
    """Name → field, for the rules of one model."""
    return {fact.name: fact.field(model) for fact in FACTS}


def fact_columns() -> frozenset[str]:
    """Every column that a settled expression may read besides those of a touchpoint."""
    return frozenset(fact.column for fact in FACTS)
