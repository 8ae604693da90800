"""The one statement that turns the touchpoints of a batch into steps of journeys."""

from __future__ import annotations

from collections.abc import Callable

from collector.journeys.sql import statement
from collector.phases.compile import compile_settled
from collector.phases.engine import statement as of_phases
from collector.phases.rules import RuleSet
from collector.phases.sql import array, literal
from collector.settings import Settings


def steps_statement(rule_set: RuleSet, settings: Settings) -> Callable[[int, int], str]:
    """The statement for a turn and a version. Nothing in it is from outside but rules, which are compiled."""
    settled = compile_settled(rule_set)
    default = rule_set.default_model
    phases = {"phases": array(default.phase_ids), "parts": array([phase.part for phase in default.phases])}
    decided = statement("decided")
    owned = statement("owned", decided=decided, touchpoints=statement("batch_touchpoints"))
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

    def of(turn: int, version: int) -> str:
        return statement(
            "steps",
            numbered=numbered,
            default=literal(default.id),
            rule_set=literal(rule_set.hash),
            turn=str(turn),
            version=str(version),
            phases=phases["phases"],
        )

    return of
