"""The one statement that turns the touchpoints of a batch into steps of journeys."""

from __future__ import annotations

from collections.abc import Callable

from collector.journeys.sql import statement
from collector.phases.compile import Settled, compile_settled
from collector.phases.engine import statement as of_phases
from collector.phases.fields import columns
from collector.phases.rules import RuleSet
from collector.phases.sql import array, literal, tokens
from collector.settings import Settings

CARRIED = (
    "site", "occurred_at_sent", "id", "visitor_id", "customer_id", "session_id", "sequence", "occurred_at",
    "identity_linked_visitor_id", "identity_loyalty_card", "identity_email_hash", "identity_phone_hash",
    "type", "channel", "came_by", "source", "medium", "campaign", "device", "is_bot", "company_type",
    "signal", "phase", "phases", "rules", "rule_set", "order_id", "order_total", "order_currency", "order_confirmation",
    "ambassador_code", "store_id", "search_local", "contact_case", "contact_topic", "contact_direction",
    "contact_waited_s", "contact_agents", "contact_repeated", "contact_answered", "contact_resolved",
    "feedback_kind", "feedback_score", "feedback_scale",
)  # fmt: skip
"""Columns of touchpoints that steps have, or that say whose they are and in which order."""


def steps_statement(rule_set: RuleSet, settings: Settings) -> Callable[[str, int], str]:
    """The statement, given the condition that it is this settler's turn, and a version.

    Nothing in it is from outside but rules, which are compiled.
    """
    settled = compile_settled(rule_set)
    default = rule_set.default_model
    phases = {"phases": array(default.phase_ids), "parts": array([phase.part for phase in default.phases])}
    decided = statement("decided")
    touchpoints = statement("batch_touchpoints", columns=", ".join(sorted(_columns(settled))))
    owned = statement("owned", decided=decided, touchpoints=touchpoints)
    rows = of_phases(
        "facts",
        steps=statement("whose", owned=owned),
        purchase=settled.purchase,
        ambassador=settled.ambassador,
    )
    for level in settled.levels:
        rows = f"SELECT *, {level}\nFROM\n(\n{rows}\n)"
    parts = statement(
        "parts", settled=rows, purchase=settled.purchase, silence_days=str(settings.journey_silence_days), **phases
    )
    numbered = statement("numbered", borders=statement("borders", parts=parts))

    def of(my_turn: str, version: int) -> str:
        return statement(
            "steps",
            numbered=numbered,
            default=literal(default.id),
            rule_set=literal(rule_set.hash),
            my_turn=my_turn,
            version=str(version),
            phases=phases["phases"],
        )

    return of


def _columns(settled: Settled) -> set[str]:
    """The columns of touchpoints that are needed: to carry all of them on takes longer to plan."""
    by_rules = {token for level in settled.levels for token in tokens(level)} & columns()
    return by_rules | set(CARRIED)
