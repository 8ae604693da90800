"""The words that conditions may use, fields of the touchpoint or facts of the journey, and what their values may be."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from collector.phases.facts import facts_of
from collector.phases.fields import ALIASES, FIELDS, SIGNAL, Field, field_named


class Vocabulary:
    """The words that conditions may use in one place: fields, and what their values may be."""

    def __init__(
        self,
        find: Callable[[str], Field | None],
        names: Iterable[str],
        values: dict[str, frozenset[str]],
        lists: dict[str, tuple[str, ...]],
        *,
        facts: bool = False,
    ) -> None:
        self.facts = facts
        """Whether these are the words under `journey:`, which has no fields of the touchpoint."""
        self.find = find
        self.names = frozenset(names)
        self.values = values
        """Closed sets of values by field name: types, signals, phases."""
        self.lists = lists
        self.lists_used: set[str] = set()


def touchpoint_vocabulary(
    types: frozenset[str],
    lists: dict[str, tuple[str, ...]],
    signals: frozenset[str] | None = None,
    *,
    signals_are_known: bool = True,
) -> Vocabulary:
    """The words of rules that look at a touchpoint; with `signals`, those of a model's rules.

    Where a file of signals could not be read, not all `signals` are known, and any may be meant.
    """

    def find(name: str) -> Field | None:
        return SIGNAL if signals is not None and name == "signal" else field_named(name)

    names = [*FIELDS, *ALIASES, *(["signal"] if signals is not None else [])]
    values = {"type": types} | ({"signal": signals} if signals is not None and signals_are_known else {})
    return Vocabulary(find, names, values, lists)


def journey_vocabulary(model: str, phases: frozenset[str]) -> Vocabulary:
    """The words under `journey:` of a model; `phases` are its own."""
    facts = facts_of(model)
    values = {"previous_phase": phases, "reached": phases}
    return Vocabulary(facts.get, facts, values, {}, facts=True)
