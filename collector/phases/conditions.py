"""Conditions: what must hold for a rule to match, and how they are written in YAML.

    type: page_view                         the field is this text (case of A to Z never matters)
    page.path|endswith: [/cart, /basket]    an operator after |; a list is any-of
    not: {channel: store}                   what must not hold
    any: [{…}, {…}]   all: [{…}, {…}]       groups

A mapping holds when all of it holds. A test on a field that is absent does not hold, but for `|exists: false`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from collector.phases import patterns
from collector.phases.facts import FACT_NAMES
from collector.phases.fields import Field, why_left_out
from collector.phases.meant import meant
from collector.phases.paths import path_fault
from collector.phases.strict_yaml import Faults, Listing, Mapping, Node, Place, Scalar
from collector.phases.vocabulary import Vocabulary

SEARCHES = ("startswith", "endswith", "contains", "glob", "regex")
COMPARISONS = ("gte", "gt", "lte", "lt")
OPERATORS = ("equals", *SEARCHES, *COMPARISONS, "exists", "in_list")
VALUE_LENGTH = 512
VALUES = 1000
_NUMBER = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,4})?\Z")
_THOUSANDS = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}\Z")
"""How a thousand is written in Dutch; a program reads a fraction."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff]")


_TYPOGRAPHIC = "“”„‘’«»"
NOTHING = "a value is missing; put quotes around one that begins with #, use |exists: false for a field that is absent"


@dataclass(frozen=True)
class Test:
    """One comparison of one field. `values` are any-of; a list named by `in_list` stands in `values` by its content."""

    field: Field
    operator: str
    values: tuple[str, ...]
    place: Place
    list_name: str = ""

    __test__ = False  # not a test case, whatever pytest thinks of the name

    @property
    def is_exact(self) -> bool:
        """Whether whole texts are compared, so that they can be looked up in a hash table."""
        return self.operator in ("equals", "in_list")

    @cached_property
    def compared(self) -> tuple[str, ...]:
        """The values of a text test in the form in which fields are compared: A to Z lowered, a whole path without the
        slash at its end. A regex stays as it is written."""
        if self.operator == "regex":
            return self.values
        values = [patterns.lowered(value) if self.field.folded else value for value in self.values]
        if self.is_exact and self.field.name == "page.path":
            values = [value[:-1] if len(value) > 1 and value.endswith("/") else value for value in values]
        return tuple(dict.fromkeys(values))


@dataclass(frozen=True)
class AllOf:
    """Every part holds; with no parts it always holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Condition


Condition = Test | AllOf | AnyOf | Not


def tests_of(condition: Condition) -> Iterable[Test]:
    """Every comparison within, in the order of the file."""
    if isinstance(condition, Test):
        yield condition
    elif isinstance(condition, Not):
        yield from tests_of(condition.part)
    else:
        for part in condition.parts:
            yield from tests_of(part)


def as_text(condition: Condition) -> str:
    """The condition as it would be written on one line of YAML."""
    if isinstance(condition, Test):
        key = condition.field.name if condition.operator == "equals" else f"{condition.field.name}|{condition.operator}"
        values = (condition.list_name,) if condition.list_name else condition.values
        return f"{key}: {values[0] if len(values) == 1 else '[' + ', '.join(values) + ']'}"
    if isinstance(condition, Not):
        return f"not: {{{as_text(condition.part)}}}"
    inner = ", ".join(f"{{{as_text(part)}}}" for part in condition.parts)
    if isinstance(condition, AnyOf):
        return f"any: [{inner}]"
    return as_text(condition.parts[0]) if len(condition.parts) == 1 else f"all: [{inner}]"


class Parser:
    """Reads conditions of one vocabulary; every mistake goes to `faults`, and what is wrong is left out."""

    def __init__(self, vocabulary: Vocabulary, faults: Faults) -> None:
        self.words = vocabulary
        self.faults = faults

    def mapping(self, node: Mapping, beside: frozenset[str] = frozenset()) -> AllOf:
        """All conditions of a mapping, but for the keys in `beside`, which are the rule's own."""
        parts = [
            part
            for key, value in node
            if key.value not in beside and (part := self._entry(key, value, beside)) is not None
        ]
        return AllOf(tuple(parts))

    def _entry(self, key: Scalar, value: Node, beside: frozenset[str]) -> Condition | None:
        if key.value in ("any", "all"):
            groups = self._groups(key, value)
            return None if groups is None else AnyOf(groups) if key.value == "any" else AllOf(groups)
        if key.value == "not":
            groups = self._groups(key, value)
            return None if groups is None else Not(groups[0] if len(groups) == 1 else AnyOf(groups))
        return self._test(key, value, beside)

    def _groups(self, key: Scalar, value: Node) -> tuple[Condition, ...] | None:
        nodes = value.items if isinstance(value, Listing) else (value,)
        found = []
        for node in nodes:
            if not isinstance(node, Mapping) or not node.items:
                self.faults.add(node.place, f"{key.value}: holds conditions; write {key.value}: [{{field: value}}, …]")
            else:
                found.append(self.mapping(node))
        if isinstance(value, Listing) and not value.items:
            self.faults.add(value.place, f"{key.value}: is empty; write conditions or leave it out")
        return tuple(found) or None

    def _test(self, key: Scalar, value: Node, beside: frozenset[str]) -> Test | None:
        name, bar, operator = key.value.partition("|")
        field = self.words.find(name)
        if field is None:
            self._unknown_field(key, name, beside)
            return None
        operator = operator if bar else "equals"
        if operator not in OPERATORS:
            self.faults.add(key.place, f"unknown operator |{operator}; {meant(operator, OPERATORS)}")
            return None
        if (problem := _unfit(field, operator)) is not None:
            self.faults.add(key.place, f"{name}|{operator}: {problem}")
            return None
        if isinstance(value, Listing) and operator in (*COMPARISONS, "exists"):
            self.faults.add(value.place, f"{key.value} takes one value, not a list; write them as any: [{{…}}, {{…}}]")
            return None
        return self._valued(Test(field, operator, (), key.place), value)

    def _unknown_field(self, key: Scalar, name: str, beside: frozenset[str]) -> None:
        if (why := why_left_out(name)) is not None:
            self.faults.add(key.place, f"rules cannot look at {name}: {why}; use another field")
            return
        if name in FACT_NAMES:
            self.faults.add(key.place, f"{name} is a fact of the journey; write it under journey: of a model's rule")
            return
        if self.words.facts:
            self.faults.add(key.place, f"unknown fact {name}; {meant(name, self.words.names)}")
            return
        hint = meant(name, self.words.names | set(beside) | {"not", "any", "all"})
        self.faults.add(key.place, f"unknown field {name}; {hint} (your own go under properties.…)")

    def _valued(self, test: Test, value: Node) -> Test | None:
        nodes = value.items if isinstance(value, Listing) else (value,)
        if not nodes or len(nodes) > VALUES:
            self.faults.add(value.place, f"a list of 1 to {VALUES} values is needed here; longer ones go to lists/")
            return None
        values = [text for node in nodes if (text := self._value(test, node)) is not None]
        if len(values) < len(nodes):
            return None
        if test.operator == "in_list":
            return self._listed(test, values, nodes)
        return Test(test.field, test.operator, tuple(dict.fromkeys(values)), test.place)

    def _listed(self, test: Test, names: list[str], nodes: tuple[Node, ...]) -> Test | None:
        found: list[str] = []
        for name, node in zip(names, nodes, strict=True):
            if name not in self.words.lists:
                self.faults.add(node.place, f"unknown list {name}; {meant(name, self.words.lists)} (lists/NAME.txt)")
                return None
            self.words.lists_used.add(name)
            found += self.words.lists[name]
        values = tuple(dict.fromkeys(found))
        return Test(test.field, test.operator, values, test.place, list_name=", ".join(names)) if values else None

    def _value(self, test: Test, node: Node) -> str | None:
        """The value in its one written form; None, with the mistake noted, where it cannot be."""
        if not isinstance(node, Scalar):
            self.faults.add(node.place, f"{test.field.name} is compared with a value or a list of values, nothing else")
            return None
        if test.operator == "exists" or test.field.kind == "boolean":
            return self._boolean(test, node)
        if test.operator in COMPARISONS or not test.field.is_text:
            return self._number(test, node)
        text = self.text(node)
        if text is None:
            return None
        if test.operator == "in_list":
            return text
        if test.field.name == "page.path" and (fault := path_fault(test.operator, text)) is not None:
            self.faults.add(node.place, fault)
            return None
        return self._regex(node, text) if test.operator == "regex" else self._closed(test, node, text)

    def text(self, node: Scalar) -> str | None:
        """A text value; what YAML would turn into something else must be quoted."""
        problem = None
        if node.kind != "text":
            problem = f'{node.value or "nothing"} without quotes is a {node.kind} to YAML; write "{node.value}"'
            problem = problem if node.value else NOTHING
        elif node.plain and node.value[0] in _TYPOGRAPHIC:
            problem = f'{node.value[0]} is part of the text here; write "straight quotes", or none'
        elif not node.value:
            problem = "an empty text; use |exists: false for a field that is absent"
        elif len(node.value) > VALUE_LENGTH:
            problem = f"longer than {VALUE_LENGTH} characters; use |startswith or |contains with a part of it"
        elif (found := _CONTROL.search(node.value)) is not None:
            problem = f"a control character U+{ord(found[0]):04X}; leave it out"
        if problem is not None:
            self.faults.add(node.place, problem)
        return node.value if problem is None else None

    def _boolean(self, test: Test, node: Scalar) -> str | None:
        if node.plain and node.value in ("true", "false"):
            return node.value
        key = f"{test.field.name}|exists" if test.operator == "exists" else test.field.name
        self.faults.add(node.place, f"{key} is true or false, without quotes; found {node.value or 'nothing'}")
        return None

    def _number(self, test: Test, node: Scalar) -> str | None:
        if node.kind == "number" and _THOUSANDS.match(node.value):
            thousands, fraction = node.value.replace(".", ""), f"{node.value}0"
            self.faults.add(node.place, f"{node.value} is read as a fraction; write {thousands}, or {fraction} for it")
            return None
        if node.kind == "number" and _NUMBER.match(node.value):
            return node.value
        self.faults.add(
            node.place,
            f"{test.field.name} is compared with a number like 150 or 99.95, without quotes; found {node.value}",
        )
        return None

    def _regex(self, node: Scalar, text: str) -> str | None:
        try:
            patterns.of_regex(text)
        except patterns.BadPattern as error:
            column = node.place.column + error.at + (0 if node.plain else 1)
            at = Place(node.place.file, node.place.line, column)
            self.faults.add(at, f"this regex cannot be used: {error}")
            return None
        return text

    def _closed(self, test: Test, node: Scalar, text: str) -> str | None:
        closed = test.field.name in self.words.values or bool(test.field.values)
        known = self.words.values.get(test.field.name, frozenset(test.field.values))
        if test.operator != "equals" or not closed or patterns.lowered(text) in known:
            return patterns.lowered(text) if closed else text
        remedy = " (your own types are declared under types: in a signals file)" if test.field.name == "type" else ""
        self.faults.add(node.place, f"unknown {test.field.name} {text}; {meant(text, known)}{remedy}")
        return None


def _unfit(field: Field, operator: str) -> str | None:
    """Why an operator cannot be used on a field."""
    if operator == "equals" and field.kind == "days":
        return "days are counted in fractions and never just equal; write |gte, |gt, |lte or |lt"
    if operator in ("equals", "exists"):
        return None
    if field.kind in ("signal", "phase", "phases"):
        return f"a {field.kind.rstrip('s')} is compared as it is; leave |{operator} out"
    if operator in (*SEARCHES, "in_list") and not field.is_text:
        return f"{field.name} is a {'boolean' if field.kind == 'boolean' else 'number'}; only texts can be searched"
    if operator in COMPARISONS and field.kind in ("text", "boolean"):
        return f"{field.name} is a {field.kind}; only numbers can be compared by size"
    return None


def fitting(field: Field) -> tuple[str, ...]:
    """The operators that can be used on a field."""
    return tuple(operator for operator in OPERATORS if _unfit(field, operator) is None)
