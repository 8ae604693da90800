"""What follows from a fact of the journey for the others: a customer has bought, so there is a day of purchase.

Used to find rules that can never match. Only what is certain is added.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from collector.phases.conditions import Condition, Not, Test
from collector.phases.facts import FACT_NAMES, facts_of
from collector.phases.strict_yaml import Place

Clause = tuple[Condition, ...]

COUNTS = ("purchases", "touchpoints", "sessions")
_FIELDS = facts_of("")
_NOWHERE = Place("")
_OPPOSITE = {"gte": "lt", "gt": "lte", "lte": "gt", "lt": "gte"}


def with_consequences(clause: Clause) -> Clause:
    """The clause with every statement on facts that follows from its own; the clause itself where it names none."""
    found = dict.fromkeys(clause)
    fresh = [part for part in clause if _fact(part)]
    if not fresh:
        return clause
    fresh += [_test(name, "gte", "0") for name in COUNTS]
    while fresh:
        one = fresh.pop()
        found.setdefault(one)
        fresh += [told for told in _following(one) if told not in found]
    return tuple(found)


def cases(clause: Clause) -> list[Clause]:
    """The clause for first touchpoints and later ones, of customers and of others: several rules may share them out."""
    return [
        (*clause, first, customer)
        for first in (_test("touchpoints", "lte", "0"), _test("touchpoints", "gte", "1"))
        for customer in (_test("customer", "equals", "true"), _test("customer", "equals", "false"))
    ]


def _test(name: str, operator: str, *values: str) -> Test:
    return Test(_FIELDS[name], operator, values, _NOWHERE)


def _fact(part: Condition) -> bool:
    test = part.part if isinstance(part, Not) else part
    return isinstance(test, Test) and test.field.name in FACT_NAMES


def _following(part: Condition) -> Iterator[Test]:
    """What follows in one step."""
    if isinstance(part, Not):
        yield from _of_negated(part.part) if isinstance(part.part, Test) else ()
    elif isinstance(part, Test):
        name = part.field.name
        if name in COUNTS:
            yield from _bounds(part)
            yield from _of_count(part)
        elif name == "customer":
            yield from (_test("purchases", "gte" if one == "true" else "lte", _least(one)) for one in part.values[:1])
        elif name != "arrived_by_ambassador":
            yield from _of_what_may_be_absent(part)


def _least(customer: str) -> str:
    return "1" if customer == "true" else "0"


def _of_negated(test: Test) -> Iterator[Test]:
    """A denied yes is a no, and a count that is not below a number is at least that."""
    if test.operator == "exists" or test.field.kind == "boolean":
        if len(test.values) == 1:
            yield _test(test.field.name, test.operator, "false" if test.values[0] == "true" else "true")
    elif test.field.name in COUNTS and test.operator in _OPPOSITE:
        yield _test(test.field.name, _OPPOSITE[test.operator], *test.values)


def _bounds(test: Test) -> Iterator[Test]:
    """A count as whole numbers that it is at least and at most."""
    if test.operator == "exists":
        return
    numbers = [Decimal(value) for value in test.values]
    lowest = {"equals": min(numbers), "gte": min(numbers), "gt": min(numbers).to_integral_value(ROUND_FLOOR) + 1}
    highest = {"equals": max(numbers), "lte": max(numbers), "lt": max(numbers).to_integral_value(ROUND_CEILING) - 1}
    if test.operator in lowest:
        yield _test(test.field.name, "gte", _whole(lowest[test.operator], ROUND_CEILING))
    if test.operator in highest:
        yield _test(test.field.name, "lte", _whole(highest[test.operator], ROUND_FLOOR))


def _whole(number: Decimal, rounding: str) -> str:
    return str(int(number.to_integral_value(rounding)))


def _of_count(test: Test) -> Iterator[Test]:
    name, some = test.field.name, test.operator == "gte" and Decimal(test.values[0]) > 0
    if some and name != "touchpoints":
        yield _test("touchpoints", "gte", *test.values)
    if name == "purchases" and some:
        yield _test("customer", "equals", "true")
        yield _test("days_since_purchase", "exists", "true")
    if name == "touchpoints" and some:
        yield _test("days_since_last", "exists", "true")
    if test.operator == "lte" and Decimal(test.values[0]) <= 0:
        yield from _of_none(name)


def _of_none(name: str) -> Iterator[Test]:
    if name == "purchases":
        yield _test("customer", "equals", "false")
        yield _test("days_since_purchase", "exists", "false")
    if name == "touchpoints":
        yield from (_test(absent, "exists", "false") for absent in ("days_since_last", "previous_phase", "reached"))
        yield from (_test(other, "lte", "0") for other in ("purchases", "sessions"))


def _of_what_may_be_absent(test: Test) -> Iterator[Test]:
    """Days and phases: whether they are there says how much came before."""
    name = test.field.name
    count = "purchases" if name == "days_since_purchase" else "touchpoints"
    there = test.operator != "exists" or test.values == ("true",)
    if there:
        yield _test(name, "exists", "true")
        yield _test(count, "gte", "1")
    elif test.field.kind == "days":
        yield _test(count, "lte", "0")
    if there and test.field.kind == "days":
        yield _test(name, "gte", "0")
    if name == "previous_phase":
        yield _test("reached", test.operator, *test.values)
    if name == "reached" and test.operator == "exists":
        yield _test("previous_phase", "exists", *test.values)
