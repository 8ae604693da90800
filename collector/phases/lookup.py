"""A layer of rules as one ClickHouse expression that costs nearly the same for ten rules as for a thousand.

A condition per rule, tried one after the other, would load at a quarter of the speed with a thousand rules. Instead
each rule is broken into clauses (conjunctions), and of each clause one text test is taken out as its *pivot*. Clauses
with the same field as pivot and the same conditions beside it (their *guard*: mostly `type = 'page_view'`) form a
group. A group is looked up at once, whole texts in a hash table (`transform`), patterns by Vectorscan
(`multiMatchAllIndices`), and answers with the lowest number of its rules that match. The lowest number of all groups
is the first rule that matches.

    least(transform(type, ['order', …], [1, …], 65535),
          if(type = 'page_view', arrayElement([65535, 7, …], arrayMin(multiMatchAllIndices(_f1, ['/cart\\z', …])) + 1),
             65535), …)

Where every clause has a guard of its own (another host for each path), two pivots are taken out and the numbers that
both fields find are intersected. Clauses without any text test stand in a `multiIf`, one after the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from collector.phases.conditions import SEARCHES, AllOf, AnyOf, Condition, Not, Test, tests_of
from collector.phases.rules import Rule
from collector.phases.sql import Expression, array, pattern_of

NONE = 65_535
"""The number for no rule: above every rule's number, so that `least` passes it over."""
MOST_RULES = 65_000
"""Rules that one layer may have, so that every number stays below NONE."""
CLAUSES = 64
"""A rule with more clauses than this (nested any-of groups multiply) is not broken up but tried as a whole."""
FEW = 64
"""Below so many clauses a group is small enough to look for a better pair of pivots."""
FAR_MORE = 8
"""A pair of pivots must gather so many times more: a group costs some 25 ns a row, a pair 100 to 500."""
ALTERNATIVES = 50
ALTERNATIVES_LENGTH = 2_000
"""Values, and characters, that are joined to one pattern. Fewer patterns are planned faster (7 µs each, for every
statement), but Vectorscan refuses one that is too large: 50,000 characters were."""

Reading = Callable[[Rule], Condition | None]
"""What of a rule has to hold; None passes the rule over."""


@dataclass(frozen=True)
class _Clause:
    """A conjunction that, when it holds, makes the rule of this number match."""

    number: int
    parts: tuple[Condition, ...]


def first_match(rules: Sequence[Rule], sql: Expression, reading: Reading) -> str:
    """The number of the first rule that matches, from 1; NONE when none does."""
    clauses = [
        _Clause(number, parts)
        for number, rule in enumerate(rules, 1)
        if (condition := reading(rule)) is not None
        for parts in clauses_of(condition)
    ]
    groups = _Groups(clauses, sql).expressions()
    return f"toUInt16({groups[0] if len(groups) == 1 else 'least(' + ', '.join(groups) + ')'})" if groups else str(NONE)


def clauses_of(condition: Condition) -> list[tuple[Condition, ...]]:
    """The condition as any-of conjunctions of tests and negated tests; as one whole where those would be too many."""
    found = _clauses(condition, negated=False)
    return [(condition,)] if found is None else [tuple(dict.fromkeys(clause)) for clause in found]


def _clauses(condition: Condition, *, negated: bool) -> list[tuple[Condition, ...]] | None:
    if isinstance(condition, Test):
        return [(Not(condition) if negated else condition,)]
    if isinstance(condition, Not):
        return _clauses(condition.part, negated=not negated)
    parts = [_clauses(part, negated=negated) for part in condition.parts]
    if isinstance(condition, AnyOf) != negated:
        together: list[tuple[Condition, ...]] | None = []
        for part in parts:
            together = None if part is None or together is None else [*together, *part]
    else:
        together = [()]
        for part in parts:
            if part is None or together is None or len(part) * len(together) > CLAUSES:
                return None
            together = [(*left, *right) for left in together for right in part]
    return None if together is None or len(together) > CLAUSES else together


_Pivot = tuple[Test, ...]
_Key = tuple[tuple[str, ...], frozenset[str]]
"""The fields of the pivots, and the SQL of every condition of the guard."""


class _Groups:
    """Gathers the clauses of one layer into as few look-ups as possible."""

    def __init__(self, clauses: Sequence[_Clause], sql: Expression) -> None:
        self.clauses = clauses
        self.sql = sql
        self.searching: set[str] = set()
        """Conditions of guards that search a text: dear, so they are tried on the rows that all else left over."""

    def expressions(self) -> list[str]:
        """One expression for each group, each the lowest number of a rule of it that matches, or NONE."""
        options = [self._options(clause) for clause in self.clauses]
        sizes = Counter(key for option in options for key in option)
        groups: dict[_Key, list[tuple[int, _Pivot]]] = {}
        alone: dict[str, list[_Clause]] = {}
        for clause, option in zip(self.clauses, options, strict=True):
            key = self._best(option, sizes) if option else None
            if key is None or sizes[key] == 1:
                kind = next((part for part in clause.parts if _is_type(part)), None)
                alone.setdefault("" if kind is None else self.sql.condition(kind), []).append(clause)
            else:
                groups.setdefault(key, []).append((clause.number, option[key]))
        found = [self._group(key, members) for key, members in groups.items()]
        return [*found, *(self._one_by_one(kind, clauses) for kind, clauses in alone.items())]

    def _options(self, clause: _Clause) -> dict[_Key, _Pivot]:
        """Every way to take one or two pivots out of a clause."""
        tests = [part for part in clause.parts if isinstance(part, Test) and _can_pivot(part)]
        pairs = [pair for pair in combinations(tests, 2) if _can_pair(*pair)]
        found: dict[_Key, _Pivot] = {}
        for pivot in [*((test,) for test in tests), *pairs]:
            beside = {self.sql.condition(part): part for part in clause.parts if part not in pivot}
            self.searching |= {sql for sql, part in beside.items() if _searches(part)}
            guard = frozenset(beside)
            found.setdefault((tuple(self.sql.text(test.field) for test in pivot), guard), pivot)
        return found

    def _best(self, option: dict[_Key, _Pivot], sizes: Counter[_Key]) -> _Key:
        """The largest group of one pivot; of two only where that gathers far more, since it costs more a row."""
        single = max((key for key in option if len(key[0]) == 1), key=lambda key: (sizes[key], sorted(key[1])))
        pairs = [key for key in option if len(key[0]) == 2]
        if sizes[single] < FEW and pairs:
            pair = max(pairs, key=lambda key: (sizes[key], key[0], sorted(key[1])))
            if sizes[pair] >= FAR_MORE * sizes[single]:
                return pair
        return single

    def _group(self, key: _Key, members: list[tuple[int, _Pivot]]) -> str:
        fields, conditions = key
        cheap, dear = sorted(conditions - self.searching), sorted(conditions & self.searching)
        if len(fields) == 2:
            lookup = self._pair(fields, members)
        else:
            tests = [(number, pivot[0]) for number, pivot in members]
            exact = [(number, test) for number, test in tests if test.is_exact]
            searched = [(number, test) for number, test in tests if not test.is_exact]
            found = [self._exact(fields[0], exact)] if exact else []
            found += [self._searched(fields[0], searched)] if searched else []
            lookup = found[0] if len(found) == 1 else f"least({', '.join(found)})"
        if dear:
            refusals = "".join(f"not({condition}), {NONE}, " for condition in dear)
            lookup = f"multiIf({lookup} = {NONE}, {NONE}, {refusals}{lookup})"
        return _guarded(cheap, lookup)

    def _exact(self, field: str, tests: list[tuple[int, Test]]) -> str:
        numbers: dict[str, int] = {}
        for number, test in tests:
            for value in test.compared:
                numbers.setdefault(value, number)  # clauses come in the order of the rules: the lowest stays
        return f"transform({field}, {array(numbers)}, {array(numbers.values())}, {NONE})"

    def _searched(self, field: str, tests: list[tuple[int, Test]]) -> str:
        """Few patterns for each rule. An absent field is the empty text, which some patterns match: not searched.

        Literal texts of a rule are joined; a regex stands alone, as `rules check` has tried it.
        """
        literals: dict[int, dict[str, None]] = {}
        each: list[tuple[int, str]] = []
        for number, test in tests:
            if test.operator == "regex":
                each += [(number, pattern) for pattern in pattern_of(test)]
            else:
                literals.setdefault(number, {}).update(dict.fromkeys(pattern_of(test)))
        each += [(number, _alternation(some)) for number, found in literals.items() for some in _portions(found)]
        each.sort(key=lambda pair: pair[0])  # arrayMin finds the first rule only in the order of the rules
        lowest = f"arrayMin(multiMatchAllIndices({field}, {array([pattern for _, pattern in each])}))"
        return f"if({field} = '', {NONE}, {_chosen([number for number, _ in each], lowest)})"

    def _pair(self, fields: tuple[str, ...], members: list[tuple[int, _Pivot]]) -> str:
        """Both arrays of patterns are in the order of the clauses, so that their indices can be intersected."""
        found = []
        for position, field in enumerate(fields):
            each = [_alternation(pattern_of(pivot[position])) for _, pivot in members]
            found.append(f"multiMatchAllIndices({field}, {array(each)})")
        lowest = f"arrayMin(arrayIntersect({', '.join(found)}))"
        absent = ", ".join(f"{field} = ''" for field in fields)
        return f"if(or({absent}), {NONE}, {_chosen([number for number, _ in members], lowest)})"

    def _one_by_one(self, kind: str, clauses: list[_Clause]) -> str:
        """A branch for each clause, behind the type that they have in common; one without conditions ends it."""
        branches: list[str] = []
        for clause in clauses:
            rest = tuple(sorted((part for part in clause.parts if self.sql.condition(part) != kind), key=_searches))
            if not rest:
                return _guarded([kind] if kind else [], _first([*branches, str(clause.number)]))
            branches.append(f"{self.sql.condition(AllOf(rest))}, {clause.number}")
        return _guarded([kind] if kind else [], _first([*branches, str(NONE)]))


def _alternation(patterns: Sequence[str]) -> str:
    return patterns[0] if len(patterns) == 1 else "|".join(f"(?:{one})" for one in patterns)


def _portions(patterns: Iterable[str]) -> Iterator[list[str]]:
    some: list[str] = []
    for pattern in patterns:
        if some and (len(some) == ALTERNATIVES or sum(map(len, some)) + len(pattern) > ALTERNATIVES_LENGTH):
            yield some
            some = []
        some.append(pattern)
    yield some


def _chosen(numbers: Sequence[int], index: str) -> str:
    """The rule's number for the index of a pattern; 0, which is no index, gives NONE."""
    return f"arrayElement({array([NONE, *numbers])}, {index} + 1)"


def _first(branches: list[str]) -> str:
    return f"multiIf({', '.join(branches)})" if len(branches) > 1 else branches[0]


def _guarded(guard: list[str], found: str) -> str:
    if not guard:
        return found
    return f"if({guard[0] if len(guard) == 1 else 'and(' + ', '.join(guard) + ')'}, {found}, {NONE})"


def _searches(part: Condition) -> bool:
    return any(test.operator in SEARCHES for test in tests_of(part))


def _is_type(part: Condition) -> bool:
    return isinstance(part, Test) and part.field.name == "type" and part.is_exact


def _can_pivot(test: Test) -> bool:
    return test.field.is_text and test.field.kind != "phases" and (test.is_exact or test.operator in SEARCHES)


def _can_pair(left: Test, right: Test) -> bool:
    return left.field != right.field and all(len(test.values) == 1 or _joins(test) for test in (left, right))


def _joins(test: Test) -> bool:
    """Whether the values of a test may become one pattern."""
    small = len(test.values) <= ALTERNATIVES and sum(map(len, test.values)) <= ALTERNATIVES_LENGTH // 4
    return small and test.operator != "regex"
