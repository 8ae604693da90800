"""The statements that turn the touchpoints of a batch into steps of journeys."""

from __future__ import annotations

from dataclasses import dataclass

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
FOUND = ("person", "touch", "journey")
"""What is found out of each touchpoint of a batch."""


@dataclass(frozen=True)
class Share:
    """One of several statements that do a batch together: each does some of the people."""

    number: int = 0
    of: int = 1


class Statements:
    """The statements for a rule set. Nothing in them is from outside but rules, which are compiled."""

    def __init__(self, rule_set: RuleSet, settings: Settings) -> None:
        self._rule_set = rule_set
        self._silence_days = settings.journey_silence_days
        self._settled = compile_settled(rule_set)
        names = sorted(_columns(self._settled))
        touchpoints = statement("batch_touchpoints", columns=", ".join(names))
        owned = statement("owned", decided=statement("decided"), touchpoints=touchpoints)
        self._whose = {"whose": statement("whose", owned=owned), "columns": ", ".join([*names, *FOUND])}

    def scratch(self, on_cluster: str) -> str:
        """Makes the table for the touchpoints of a batch."""
        return statement("scratch", on_cluster=on_cluster, **self._whose)

    def fill(self, my_turn: str) -> str:
        """Puts the touchpoints of a batch into it; `my_turn` is the condition that it is still this settler's turn."""
        return statement("fill", my_turn=my_turn, **self._whose)

    def steps(self, my_turn: str, version: int, share: Share) -> str:
        """Makes steps of them."""
        default = self._rule_set.default_model
        phases = array(default.phase_ids)
        parts = statement(
            "parts",
            settled=self._with_phases(share),
            purchase=self._settled.purchase,
            silence_days=str(self._silence_days),
            phases=phases,
            parts=array([phase.part for phase in default.phases]),
        )
        return statement(
            "steps",
            numbered=statement("numbered", borders=statement("borders", parts=parts)),
            default=literal(default.id),
            rule_set=literal(self._rule_set.hash),
            my_turn=my_turn,
            version=str(version),
            phases=phases,
        )

    def _with_phases(self, share: Share) -> str:
        """The touchpoints with their facts, and the phases of all models by all rules."""
        rows = of_phases(
            "facts",
            steps=statement("filled", share=str(share.number), shares=str(share.of)),
            purchase=self._settled.purchase,
            ambassador=self._settled.ambassador,
        )
        for level in self._settled.levels:
            rows = f"SELECT *, {level}\nFROM\n(\n{rows}\n)"
        return rows


def _columns(settled: Settled) -> set[str]:
    """The columns of touchpoints that are needed."""
    by_rules = {token for level in settled.levels for token in tokens(level)} & columns()
    return by_rules | set(CARRIED)
