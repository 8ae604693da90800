"""Conditions as ClickHouse SQL, and the guard that nothing else gets into a statement.

Whatever an author wrote enters SQL through `literal` alone. `verify` reads a finished expression with a small lexer of
its own and refuses every column, function or operator that is not on its lists: a second lock, so that no mistake in
the compiler can let a rule file reach another table, a file or a URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from collector.errors import KlantreisError
from collector.phases import patterns
from collector.phases.conditions import AnyOf, Condition, Not, Test
from collector.phases.fields import Field, columns

FUNCTIONS = frozenset({
    "and", "anyLastIf", "arrayElement", "arrayFilter", "arrayIntersect", "arrayMin", "emptyArrayString", "endsWith",
    "if", "ifNull", "isNotNull", "least", "length", "lower", "map", "max", "multiIf", "multiMatchAllIndices",
    "multiMatchAny", "not", "or", "substring", "toDecimal64", "toFloat64OrNull", "toUInt16", "transform",
})  # fmt: skip
"""Every function that a compiled expression may call: each looks at its arguments and at nothing else."""

_WORDS = frozenset({"AS", "IN", "NOT", "OVER", "before", "true", "false"})
_ALIAS = re.compile(r"_[fghjkmosw][0-9]{1,6}\Z")
_TOKEN = re.compile(
    r"\s+|'(?:[^'\\]|\\.)*'|[A-Za-z_][A-Za-z0-9_]*|[0-9]+(?:\.[0-9]+)?|[()\[\],=<>!+-]", re.DOTALL
)  # a literal first: what is written in one is never read as anything else
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\0": "\\0", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_NO_PHASE = "'', 'outside', 'unclassified'"
_COMPARE = {"equals": "=", "gte": ">=", "gt": ">", "lte": "<=", "lt": "<"}


class UnsafeExpression(KlantreisError):
    """A compiled expression names something that rules have no business with. A defect of the compiler, never used."""


def literal(text: str) -> str:
    """`text` as a ClickHouse string literal: the only way for a rule's words into a statement."""
    return "'" + "".join(_ESCAPES.get(one, one) for one in text) + "'"


def array(values: Iterable[str | int]) -> str:
    """An array literal of texts or whole numbers."""
    return "[" + ",".join(literal(value) if isinstance(value, str) else str(int(value)) for value in values) + "]"


class Expression:
    """SQL under construction: conditions refer to fields by short aliases, which are defined once in front."""

    def __init__(self, prefix: str = "_f") -> None:
        self._prefix = prefix
        self._aliases: dict[str, str] = {}
        self._windows: dict[str, str] = {}

    def definitions(self) -> list[str]:
        """`… AS _f1` for every field in use."""
        return [f"{sql} AS {alias}" for sql, alias in self._aliases.items()]

    def windows(self) -> list[str]:
        """`… OVER before AS _o1` for every fact on own phases: what `facts.sql` has to find out for conditions."""
        return [f"{sql} OVER before AS {alias}" for sql, alias in self._windows.items()]

    def _before(self, sql: str) -> str:
        return self._windows.setdefault(sql, f"_o{len(self._windows) + 1}")

    def reached(self, field: Field) -> str:
        """All own phases before: only to be shown, no condition compares it."""
        return self._before(f"groupUniqArrayIf({field.column}, {field.column} NOT IN ({_NO_PHASE}))")

    def text(self, field: Field) -> str:
        """The text of a field as rules compare it: lowered, a path without its final slash."""
        if field.kind == "phase":
            return self._before(f"anyLastIf({field.column}, {field.column} NOT IN ({_NO_PHASE}))")
        raw = f"properties[{literal(field.column)}]" if field.kind == "property" else field.column
        if not field.folded:
            return raw
        if field.name == "page.path":
            raw = f"if(length({raw}) > 1 and endsWith({raw}, '/'), substring({raw}, 1, length({raw}) - 1), {raw})"
        return self._aliases.setdefault(f"lower({raw})", f"{self._prefix}{len(self._aliases) + 1}")

    def condition(self, condition: Condition) -> str:
        """A condition that is true or false for every row, never NULL."""
        if isinstance(condition, Test):
            return self._test(condition)
        if isinstance(condition, Not):
            return f"not({self.condition(condition.part)})"
        parts = [self.condition(part) for part in condition.parts]
        if len(parts) == 1:
            return parts[0]
        word = "or" if isinstance(condition, AnyOf) else "and"
        return f"{word}({', '.join(parts)})" if parts else "true"

    def _test(self, test: Test) -> str:
        if test.operator == "exists":
            return self._exists(test)
        if test.field.kind == "phases":
            return self._before(f"max({test.field.column} IN ({', '.join(map(literal, test.compared))}))")
        if test.field.kind == "boolean":
            return _any([f"ifNull({test.field.column} = {value}, false)" for value in test.values])
        if test.field.is_text and test.operator not in ("gte", "gt", "lte", "lt"):
            found = self.text(test.field)
            if test.is_exact:
                values = [literal(value) for value in test.compared]
                return f"{found} = {values[0]}" if len(values) == 1 else f"{found} IN ({', '.join(values)})"
            return f"and(not({found} = ''), multiMatchAny({found}, {array(pattern_of(test))}))"
        return _any([f"ifNull({self._number(test.field, value, test.operator)}, false)" for value in test.values])

    def _exists(self, test: Test) -> str:
        if test.field.kind == "phases":
            there = self._before(f"max({test.field.column} NOT IN ({_NO_PHASE}))")
        elif test.field.is_text:
            there = f"not({self.text(test.field)} = '')"
        else:
            there = f"isNotNull({test.field.column})" if test.field.nullable else "true"
        return there if test.values == ("true",) else f"not({there})"

    def _number(self, field: Field, value: str, operator: str) -> str:
        """A comparison that cannot overflow: an error in one row would cost the load of all."""
        sign = _COMPARE[operator]
        if field.kind == "decimal":
            return f"{field.column} {sign} toDecimal64({literal(value)}, 4)"
        if field.kind == "property":
            return f"toFloat64OrNull(properties[{literal(field.column)}]) {sign} {value}"
        return f"{field.column} {sign} {value}"


def pattern_of(test: Test) -> list[str]:
    """One pattern for each value of a text test, the same for both engines."""
    if test.is_exact:
        return [rf"\A{patterns.escaped(value)}\z" for value in test.compared]
    if test.operator == "regex":
        return [patterns.of_regex(value) for value in test.values]
    if test.operator == "glob":
        return [patterns.of_glob(value) for value in test.compared]
    before, after = {"startswith": (r"\A", ""), "endswith": ("", r"\z"), "contains": ("", "")}[test.operator]
    return [f"{before}{patterns.escaped(value)}{after}" for value in test.compared]


def touchpoint_names() -> frozenset[str]:
    """What an expression over touchpoints may read and define."""
    return columns() | {"signal", "phase", "phases", "rules", "rule_set"}


def tokens(select_list: str) -> Iterator[str]:
    """Everything that a compiled expression is made of, in order; a literal is one token. Raises UnsafeExpression."""
    at = 0
    while at < len(select_list):
        found = _TOKEN.match(select_list, at)
        if found is None:
            raise UnsafeExpression(f"unexpected character at {at} of the compiled rules: {select_list[at : at + 20]!r}")
        yield found[0]
        at = found.end()


def verify(select_list: str, names: frozenset[str]) -> None:
    """Refuse a select list that names a column, function or symbol beyond the lists. Raises UnsafeExpression."""
    known = names | FUNCTIONS | _WORDS
    at = 0
    for token in tokens(select_list):
        at += len(token)
        if token[0].isalpha() or token[0] == "_":
            _verify_name(token, select_list[at : at + 1] == "(", known)


def _verify_name(name: str, called: bool, known: frozenset[str]) -> None:
    allowed = name in FUNCTIONS or name == "IN" if called else name in known or _ALIAS.match(name)
    if not allowed:
        raise UnsafeExpression(f"{name} may not be part of compiled rules")


def _any(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"or({', '.join(parts)})"
