"""Rules of which a part is taken: values that an earlier rule with another outcome has already.

A rule that is dead as a whole is found by lint. Here a rule still matches, but not for all that is written in it: the
same path stands in two signals, of one file or of two, the same signal in two rules of a model. The second mention has
no effect, and whoever reads it believes the opposite.

A file whose name begins with 0 is there to overrule those behind it: `05_ours.yaml` changes what ships without editing
it, and what it takes from others is no mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from collector.phases.conditions import AllOf, Condition, Test, as_text
from collector.phases.consequences import Clause
from collector.phases.rules import Rule


def taken_in_part(rule: Rule, clauses: list[Clause], taker: Callable[[Rule, Clause], Rule | None]) -> list[str]:
    """What of a rule is without effect, each part with the earlier rule that takes it and the remedy."""
    found: dict[str, None] = {}
    for part, case in _cases(clauses):
        earlier = taker(rule, case)
        if earlier is not None and earlier.outcome != rule.outcome and not _overrules(earlier, rule):
            found[
                f"{as_text(part)} in {rule.id} is without effect: {earlier.id} ({earlier.place}) comes first and says"
                f" {earlier.outcome}, not {rule.outcome}; {_remedy(earlier, rule)}"
            ] = None
    return list(found)


def _overrules(earlier: Rule, rule: Rule) -> bool:
    return _overruling(earlier) and not _overruling(rule)


def _overruling(rule: Rule) -> bool:
    return rule.place.file.rpartition("/")[2].startswith("0")


def _remedy(earlier: Rule, rule: Rule) -> str:
    remedy = "leave it out of one of them"
    if earlier.place.file != rule.place.file:
        remedy += f", or move {earlier.id} to a file whose name begins with 0 if it is to overrule {rule.id}"
    return remedy


def _cases(clauses: list[Clause]) -> Iterator[tuple[Condition, Clause]]:
    """Each branch of an any: group, and each value of a list as if it stood alone: what is written, what must hold."""
    for clause in clauses:
        if len(clauses) > 1:
            yield AllOf(clause), clause
        for at, part in enumerate(clause):
            if isinstance(part, Test) and len(part.values) > 1 and not part.list_name:
                for value in part.values:
                    one = replace(part, values=(value,))
                    yield one, (*clause[:at], one, *clause[at + 1 :])
