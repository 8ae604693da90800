"""When does one condition follow from another? For finding rules that can never match.

The answers err on one side: `implies` is true only when it is certain. A regex or glob is compared as it is written;
what it would match is found out by the examples, which run against the whole rule set.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from collector.phases.conditions import COMPARISONS, Condition, Not, Test
from collector.phases.consequences import Clause
from collector.phases.lookup import clauses_of
from collector.phases.rules import Rule, whole

EXPANDED = 256
"""Clauses into which one rule is expanded at most; beyond that it is not examined."""


def rule_clauses(rule: Rule) -> list[Clause]:
    """The conjunctions of a rule, journey facts among them."""
    return clauses_of(whole(rule))


def expanded(clauses: Sequence[Clause]) -> list[Clause]:
    """The same with one value for each whole-text test, so that several earlier rules together can cover a rule."""
    found: list[Clause] = []
    for clause in clauses:
        options = [list(_single_values(part)) for part in clause]
        count = 1
        for option in options:
            count *= len(option)
        found += product(*options) if count <= EXPANDED else [clause]
    return found


def _single_values(part: Condition) -> Iterator[Condition]:
    if isinstance(part, Test) and part.is_exact and len(part.values) > 1:
        for value in part.values:
            yield Test(part.field, "equals", (value,), part.place)
    else:
        yield part


def by_field(clause: Clause) -> dict[str, list[Condition]]:
    """The parts of a clause by the field that they look at."""
    found: dict[str, list[Condition]] = {}
    for part in clause:
        found.setdefault(part_name(part), []).append(part)
    return found


def telling_first(clause: Clause) -> Clause:
    """The parts that most often rule a comparison out, first: of a thousand rules nearly all share their type."""
    return tuple(sorted(clause, key=lambda part: (isinstance(part, Test) and part.is_exact, part_name(part) == "type")))


def part_name(part: Condition) -> str:
    """The field that a part looks at; empty when they are several."""
    test = part.part if isinstance(part, Not) else part
    return test.field.name if isinstance(test, Test) else ""


def covers(wide: Clause, narrow: dict[str, list[Condition]]) -> bool:
    """Whether whatever satisfies the clause `narrow` (by field) satisfies `wide`."""
    return all(any(implies(given, wanted) for given in narrow.get(part_name(wanted), ())) for wanted in wide)


def impossible(clause: Clause) -> bool:
    """Whether nothing can satisfy the clause."""
    return any(
        implies(one, _negated(other)) for one in clause for other in clause if one is not other and _simple(other)
    )


def implies(given: Condition, wanted: Condition) -> bool:
    """Whether `wanted` certainly holds where `given` does."""
    if isinstance(wanted, Not):
        if isinstance(given, Not):
            return implies(wanted.part, given.part)
        return isinstance(given, Test) and isinstance(wanted.part, Test) and _excludes(given, wanted.part)
    if not isinstance(given, Test) or not isinstance(wanted, Test) or given.field.name != wanted.field.name:
        return False
    if wanted.operator == "exists":
        absent = given.operator == "exists" and given.values == ("false",)
        return not absent if wanted.values == ("true",) else absent
    if given.operator == "exists":
        return False
    if wanted.field.is_text and wanted.operator not in COMPARISONS and given.operator not in COMPARISONS:
        return _text_implies(given, wanted)
    return _value_implies(given, wanted)


def _negated(condition: Condition) -> Condition:
    return condition.part if isinstance(condition, Not) else Not(condition)


def _simple(condition: Condition) -> bool:
    return isinstance(condition.part if isinstance(condition, Not) else condition, Test)


def _excludes(given: Test, other: Test) -> bool:
    """Whether `other` certainly does not hold where `given` does."""
    if given.field.name != other.field.name:
        return False
    if "exists" in (given.operator, other.operator):
        absent = [test for test in (given, other) if test.operator == "exists" and test.values == ("false",)]
        return len(absent) == 1
    if given.field.kind == "phases":  # a journey has reached several
        return False
    if given.is_exact and other.is_exact:
        return not set(given.compared) & set(other.compared)
    if given.is_exact and other.operator in ("startswith", "endswith", "contains"):
        return not any(_holds(other.operator, value, part) for value in given.compared for part in other.compared)
    if given.operator in COMPARISONS and other.operator in COMPARISONS:
        return _apart(given, other) or _apart(other, given)
    return False


def _apart(low: Test, high: Test) -> bool:
    """Whether everything that `low` allows lies below everything that `high` allows."""
    if low.operator not in ("lt", "lte") or high.operator not in ("gt", "gte"):
        return False
    top, bottom = Decimal(low.values[0]), Decimal(high.values[0])
    return top < bottom or (top == bottom and not (low.operator == "lte" and high.operator == "gte"))


def _holds(operator: str, text: str, part: str) -> bool:
    return (
        text.startswith(part)
        if operator == "startswith"
        else text.endswith(part)
        if operator == "endswith"
        else part in text
    )


def _text_implies(given: Test, wanted: Test) -> bool:
    if wanted.operator in ("regex", "glob"):
        return given.operator == wanted.operator and set(given.values) <= set(wanted.values)
    if wanted.is_exact:
        return given.is_exact and set(given.compared) <= set(wanted.compared)
    fits = given.operator == wanted.operator or given.is_exact or wanted.operator == "contains"
    if not fits or given.operator in ("regex", "glob"):
        return False
    parts = wanted.compared
    return all(any(_holds(wanted.operator, value, part) for part in parts) for value in given.compared)


def _value_implies(given: Test, wanted: Test) -> bool:
    """Numbers and booleans: every value that `given` allows is one that `wanted` allows."""
    if wanted.field.kind == "boolean":
        return set(given.values) <= set(wanted.values)
    if wanted.field.is_text and not (given.operator in COMPARISONS and wanted.operator in COMPARISONS):
        return False
    if given.is_exact:
        return all(any(_compares(wanted.operator, value, bound) for bound in wanted.values) for value in given.values)
    bound, own = Decimal(wanted.values[0]), Decimal(given.values[0])
    if given.operator in ("gt", "gte") and wanted.operator in ("gt", "gte"):
        return own > bound or (own == bound and not (given.operator == "gte" and wanted.operator == "gt"))
    if given.operator in ("lt", "lte") and wanted.operator in ("lt", "lte"):
        return own < bound or (own == bound and not (given.operator == "lte" and wanted.operator == "lt"))
    return False


def _compares(operator: str, value: str, bound: str) -> bool:
    left, right = Decimal(value), Decimal(bound)
    return {
        "equals": left == right,
        "gte": left >= right,
        "gt": left > right,
        "lte": left <= right,
        "lt": left < right,
    }[operator]
