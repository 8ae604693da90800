"""YAML without its surprises: every node knows its place, and whatever YAML would guess is a mistake.

A file that people write by hand, of rules or of how to import, is read into texts, lists and mappings; nothing is
converted. Whether `no` is a word or a boolean is decided by the field that it is written for, and where YAML itself
would have turned a word into something else, the author is asked to quote it. Anchors, aliases, merge keys, tags,
duplicate keys and tabs are mistakes. All mistakes of a file are collected; only a file that is no YAML at all ends at
its first one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml.resolver import Resolver

from collector.phases.yaml_problems import AT_THE_BEGINNING, in_plain_words

DEPTH = 24
"""Levels of nesting in a file. Hand-written rules need about 8; a hostile file must not exhaust the stack."""

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml reads a thousand rules in 0.2 s, pure Python in 4 s
_RESOLVER = Resolver()
_KINDS = {
    "tag:yaml.org,2002:bool": "boolean",
    "tag:yaml.org,2002:int": "number",
    "tag:yaml.org,2002:float": "number",
    "tag:yaml.org,2002:null": "nothing",
    "tag:yaml.org,2002:timestamp": "date",
    "tag:yaml.org,2002:merge": "merge key",
    "tag:yaml.org,2002:value": "value key",
}


@dataclass(frozen=True)
class FileKind:
    """What a file is, for its mistakes to say."""

    name: str
    """Such as `rule file`, after the word `a`."""
    twice: str
    """What to do with two values of one key."""


RULES = FileKind("rule file", twice="join them: a list is any-of")


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands in a file; line and column count from 1, the column in characters."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Faults:
    """The mistakes found so far."""

    def __init__(self) -> None:
        self._found: set[tuple[Place, str]] = set()

    def add(self, place: Place, text: str) -> None:
        """Note a mistake: `text` says what is wrong and, after a semicolon, the remedy."""
        self._found.add((place, text))

    def lines(self) -> list[str]:
        """Every mistake as `file:line:column: text`, in the order of the files."""
        return [f"{place}: {text}" for place, text in sorted(self._found)]

    def __len__(self) -> int:
        return len(self._found)


@dataclass(frozen=True)
class Scalar:
    """One value as it was written. `plain` is without quotes."""

    value: str
    place: Place
    plain: bool = False

    @property
    def kind(self) -> str:
        """What YAML would make of it: text, boolean, number, nothing, date."""
        if not self.plain:
            return "text"
        tag = _RESOLVER.resolve(yaml.ScalarNode, self.value, (True, False))  # type: ignore[no-untyped-call]
        return _KINDS.get(tag, "text")


@dataclass(frozen=True)
class Listing:
    """A list."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True)
class Mapping:
    """A mapping; keys are unique, in the order of the file."""

    items: dict[str, tuple[Scalar, Node]]
    place: Place

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.items.values())

    def get(self, key: str) -> Node | None:
        """The value under `key`, or None."""
        found = self.items.get(key)
        return found[1] if found else None


Node = Scalar | Listing | Mapping


def read(file: str, text: str, faults: Faults, kind: FileKind = RULES) -> Node | None:
    """The one document of `text`; None when there is none. `file` is the name that mistakes carry."""
    reader = _Reader(file, faults, kind)
    text = reader.without_tabs(text)
    try:
        return reader.document(yaml.parse(text, Loader=_LOADER))
    except yaml.YAMLError as error:
        if not reader.tabs:  # the remedy of a tab is already named; what follows from it is noise
            place, problem = _syntax(file, error)
            faults.add(
                place, f"this is not YAML: {in_plain_words(problem)}; look at indentation, quotes and brackets here"
            )
        return None


def _syntax(file: str, error: yaml.YAMLError) -> tuple[Place, str]:
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read"
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    if context is not None and (mark is None or any(one in problem for one in AT_THE_BEGINNING)):
        mark = context  # an unclosed quote is a fault where it opens, not where the file ends
    return (Place(file, mark.line + 1, mark.column + 1) if mark is not None else Place(file)), str(problem)


class _Reader:
    """Builds nodes from the parser's events; yaml.compose would resolve anchors and hide duplicate keys."""

    def __init__(self, file: str, faults: Faults, kind: FileKind) -> None:
        self.file = file
        self.kind = kind
        self.faults = faults
        self.tabs = False

    def without_tabs(self, text: str) -> str:
        """The text with a tabbed line indented like the line before it, so that it hides no other mistake."""
        lines = text.split("\n")
        indent = ""
        for number, line in enumerate(lines, 1):
            content = line.lstrip(" \t")
            if "\t" in line and content and not content.startswith("#"):
                self.tabs = True
                remedy = "a tab; YAML is indented with spaces, write spaces"
                self.faults.add(Place(self.file, number, line.index("\t") + 1), remedy)
                lines[number - 1] = indent + content.replace("\t", " ")
            elif content:
                indent = line[: len(line) - len(content)]
        return "\n".join(lines)

    def document(self, events: Iterator[Any]) -> Node | None:
        next(events)  # the stream's start
        if isinstance(next(events), yaml.StreamEndEvent):
            return None
        node = self._node(next(events), events, 0)
        next(events)  # the document's end
        second = next(events)
        if isinstance(second, yaml.DocumentStartEvent):
            self.faults.add(self._place(second), f"a second document; a {self.kind.name} is one: leave out the ---")
        return node

    def _place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> Node:
        place = self._place(event)
        if isinstance(event, yaml.AliasEvent):
            self.faults.add(place, f"an alias *{event.anchor}; write the value itself: a {self.kind.name} has none")
            return Scalar(f"*{event.anchor}", place)
        if event.anchor is not None:
            self.faults.add(place, f"an anchor &{event.anchor}; leave it out: a {self.kind.name} has no aliases")
        if event.tag is not None:
            self.faults.add(place, f"a tag {event.tag.replace('tag:yaml.org,2002:', '!!')}; leave it out: quote texts")
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, place, plain=not event.style)
        if depth >= DEPTH:
            raise yaml.MarkedYAMLError(problem=f"nested deeper than {DEPTH} levels", problem_mark=event.start_mark)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._listing(place, events, depth)
        return self._mapping(place, events, depth)

    def _listing(self, place: Place, events: Iterator[Any], depth: int) -> Listing:
        items = []
        while not isinstance(event := next(events), yaml.SequenceEndEvent):
            items.append(self._node(event, events, depth + 1))
        return Listing(tuple(items), place)

    def _mapping(self, place: Place, events: Iterator[Any], depth: int) -> Mapping:
        items: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            if not isinstance(key, Scalar):
                self.faults.add(key.place, "a key that is not a word; write name: value")
            elif key.value in items:
                first = items[key.value][0].place
                where = f"(first in line {first.line})"
                self.faults.add(key.place, f"the key {key.value} stands twice {where}; {self.kind.twice}")
            elif key.kind == "merge key":
                self.faults.add(key.place, "a merge key <<; write the values out")
            else:
                items[key.value] = (key, value)
        return Mapping(items, place)
