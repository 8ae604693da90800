"""The statements that turn the touchpoints of a batch into steps of journeys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from collector.journeys.sql import statement
from collector.phases.compile import Settled, compile_settled
from collector.phases.engine import statement as of_phases
from collector.phases.fields import columns
from collector.phases.rules import UNCLASSIFIED, Model, RuleSet
from collector.phases.sql import array, literal, tokens
from collector.settings import Settings

NAMING = (
    "customer_id", "identity_linked_visitor_id", "identity_loyalty_card", "identity_email_hash", "identity_phone_hash",
)  # fmt: skip
"""Columns of touchpoints that say whose they are."""
SIGNAL_RULE = "rules['signal'] AS signal_rule"
FOUND = ("_own", "_device", "_shared", "person", "touch", "journey")
"""What is found out of each touchpoint of a batch."""
CARRIED = (
    "site", "occurred_at_sent", "id", "visitor_id", "customer_id", "session_id", "sequence", "occurred_at",
    "type", "channel", "came_by", "source", "medium", "campaign", "device", "is_bot", "company_type", "signal",
    "order_id", "order_total", "order_currency", "order_confirmation", "ambassador_code", "store_id", "search_local",
    "contact_case", "contact_topic", "contact_direction", "contact_waited_s", "contact_agents", "contact_repeated",
    "contact_answered", "contact_resolved", "feedback_kind", "feedback_score", "feedback_scale",
)  # fmt: skip
"""Columns of touchpoints that steps have, or that facts and the order of a journey are made of."""


_SIGNAL_RULE = """'"signal":', toJSONString(signal_rule)"""


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
        self._read = {*CARRIED, *NAMING, *_read(self._settled)}
        self._columns = ", ".join([*sorted(self._read), "signal_rule", *FOUND])

    def scratch(self, on_cluster: str) -> str:
        """Makes the table for the touchpoints of a batch."""
        return statement("scratch", on_cluster=on_cluster, columns=self._columns, owned=self._owned(hubs=False))

    def fill(self, my_turn: str, *, hubs: bool) -> str:
        """Puts the touchpoints of a batch into it; `my_turn` is the condition that it is still this settler's turn.

        `hubs`: whether there are any in the batch. Without them it takes half as long to plan.
        """
        return statement("fill", my_turn=my_turn, columns=self._columns, owned=self._owned(hubs=hubs))

    def _owned(self, *, hubs: bool) -> str:
        columns = ", ".join(sorted({*self._read, SIGNAL_RULE}))
        touchpoints = statement(
            "batch_touchpoints",
            columns=columns,
            but_hubs=statement("but_hubs") if hubs else "",
            of_hubs=statement("of_hubs", columns=columns) if hubs else "",
        )
        known_hub = statement("known_hub") if hubs else ""
        return statement("owned", decided=statement("decided"), touchpoints=touchpoints, known_hub=known_hub)

    def shared(self, my_turn: str) -> str:
        """Says whose those on shared devices are."""
        return statement("shared", my_turn=my_turn, columns=self._columns)

    def steps(self, my_turn: str, version: int, share: Share) -> str:
        """Makes steps of them."""
        models = [_Told(number, model) for number, model in enumerate(self._rule_set.models, 1)]
        default = next(told for told in models if told.model.default)
        parts = statement(
            "parts",
            settled=self._with_phases(share),
            purchase=self._settled.for_facts["purchase"],
            silence_days=str(self._silence_days),
            real=",\n    ".join(told.real for told in models),
            part=default.part,
        )
        numbered = statement("numbered", borders=statement("borders", parts=parts))
        return statement(
            "steps",
            placed=statement("placed", numbered=numbered, placed=",\n    ".join(told.placed for told in models)),
            filled=self._filled(share),
            totals=statement("totals", filled=self._filled(share), purchase=self._settled.for_facts["purchase"]),
            texts=_texts(models, default),
            rule_set=literal(self._rule_set.hash),
            my_turn=my_turn,
            version=str(version),
        )

    def _filled(self, share: Share) -> str:
        return statement("filled", share=str(share.number), shares=str(share.of))

    def _with_phases(self, share: Share) -> str:
        """The touchpoints with their facts, and the phases of all models by all rules."""
        rows = of_phases("facts", steps=self._filled(share), **self._settled.for_facts)
        for level in self._settled.levels:
            rows = f"SELECT *, {level}\nFROM\n(\n{rows}\n)"
        return rows


class _Told:
    """What one model says of a touchpoint: numbers until it meets its journey, texts then.

    `_j1` is the number of the rule that matched in the first model, `_real1` the place of its phase in the model or 0
    for what is no phase, `_before1` and `_after1` that of the nearest touchpoint before and after that has one.
    """

    def __init__(self, number: int, model: Model) -> None:
        self.number = number
        self.model = model
        self.real = f"{self._of_rule([self._place(rule.outcome) for rule in model.rules], 0)} AS _real{number}"
        self.placed = (
            f"_j{number}, _real{number},"
            f" anyLastIf(_real{number}, _real{number} != 0) OVER before AS _before{number},"
            f" anyLastIf(_real{number}, _real{number} != 0) OVER after AS _after{number}"
        )

    @property
    def part(self) -> str:
        """buyer or customer; empty without a phase."""
        return f"arrayElement({array([phase.part for phase in self.model.phases])}, _real{self.number})"

    @property
    def phase(self) -> str:
        """The phase, unclassified or outside."""
        return self._of_rule([rule.outcome for rule in self.model.rules], UNCLASSIFIED)

    def phase_at(self, place: str) -> str:
        """The phase at a place of the model; empty at 0."""
        return f"arrayElement({array(self.model.phase_ids)}, {place})"

    def as_json(self, words: Iterable[str], otherwise: str) -> str:
        """What is said by the rule that matched, as a member of a JSON object."""
        return self._of_rule([self._member(word) for word in words], self._member(otherwise))

    def at_as_json(self, place: str) -> str:
        """The phase at a place as a member of a JSON object, behind a comma; nothing at 0."""
        return f"arrayElement({array([f',{self._member(phase)}' for phase in self.model.phase_ids])}, {place})"

    def _of_rule(self, each: list[str] | list[int], otherwise: str | int) -> str:
        return f"arrayElement({array([*each, otherwise])}, least(_j{self.number}, {len(each) + 1}))"

    def _place(self, outcome: str) -> int:
        phases = self.model.phase_ids
        return phases.index(outcome) + 1 if outcome in phases else 0

    def _member(self, word: str) -> str:
        return f'"{self.model.id}":"{word}"'


def _texts(models: list[_Told], default: _Told) -> str:
    """The columns of a step that say in words what its numbers say. Ids of models, phases and rules are plain words."""
    phases = [told.as_json((rule.outcome for rule in told.model.rules), UNCLASSIFIED) for told in models]
    rules = [told.as_json((rule.id for rule in told.model.rules), "") for told in models]
    number = default.number
    lines = [
        f"_real{number} AS _real, _before{number} AS _before, _after{number} AS _after",
        f"{default.phase} AS phase",
        f"{default.phase_at('_before')} AS previous_phase",
        f"{default.phase_at('_after')} AS next_phase",
        f"{_object(phases)} AS phases",
        f"{_object([_SIGNAL_RULE, *rules])} AS rules",
    ]
    for name, place in (("previous_phases", "_before"), ("next_phases", "_after")):
        members = ", ".join(told.at_as_json(f"{place}{told.number}") for told in models)
        lines.append(f"concat('{{', substring(concat('', {members}), 2), '}}') AS {name}")
    return ",\n        ".join(lines)


def _object(members: Iterable[str]) -> str:
    """A JSON object of members."""
    return "concat('{', " + ", ',', ".join(members) + ", '}')"


def _read(settled: Settled) -> set[str]:
    """The columns of touchpoints that rules with facts read."""
    named = {token for part in (*settled.levels, *settled.for_facts.values()) for token in tokens(part)}
    return named & (columns() | {"phases"})
