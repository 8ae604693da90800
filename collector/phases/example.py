"""Examples of a rule as they are written: `{given: {type: order, channel: phone}, expect: action.order}`.

`given` is a touchpoint: nested as senders send it (`page: {path: /cart}`), or with the names that rules use
(`page.path: /cart`). What the collector adds (`came_by`, `is_bot`, `page.host` …) may be stated as well. Values are
held against the touchpoint's own types, so that an example cannot show what could never arrive.

`after` lists what the person did before, oldest first, each a touchpoint like `given`. `days_ago: 5` says how long
before `given` it was; without it, it came a minute before the one that follows it in the list. `after: []` is a journey
that begins here.
"""

from __future__ import annotations

from typing import Any

import msgspec

from collector.misfit import sentence
from collector.phases.conditions import Parser
from collector.phases.fields import ALIASES, FIELDS, Field, field_named
from collector.phases.meant import meant
from collector.phases.rules import UNCLASSIFIED, Earlier, Example
from collector.phases.strict_yaml import Faults, Listing, Mapping, Node, Scalar
from collector.phases.vocabulary import Vocabulary
from collector.touchpoint import Touchpoint

ID = "00000000-0000-7000-8000-000000000000"
OCCURRED_AT = 1_760_000_000_000
"""Examples need some id and moment; neither plays a part in a rule."""
MINUTE_MS = 60_000
DAY_MS = 24 * 60 * MINUTE_MS
MOST_DAYS = 20 * 365
"""Days that an example may look back: no touchpoint is accepted from longer ago than 20 years."""
OBJECTS = frozenset(name.split(".")[0] for name in FIELDS if "." in name) | {"properties"}
"""What may hold fields of its own: page, order, properties …"""
_KEYS = ("given", "expect", "after")


def read_examples(rule: Mapping, rule_id: str, types: frozenset[str], faults: Faults) -> tuple[Example, ...]:
    """The examples of a rule; mistakes go to `faults`."""
    listing = rule.get("examples")
    if listing is None:
        return ()
    if not isinstance(listing, Listing):
        faults.add(listing.place, "examples: is a list; write - {given: {…}, expect: …}")
        return ()
    reader = _Examples(types, faults)
    return tuple(example for item in listing.items if (example := reader.example(item, rule_id)) is not None)


class _Examples:
    def __init__(self, types: frozenset[str], faults: Faults) -> None:
        self.types = types
        self.faults = faults
        self.texts = Parser(Vocabulary(lambda _: None, (), {}, {}), faults)

    def example(self, node: Node, rule_id: str) -> Example | None:
        if not isinstance(node, Mapping):
            self.faults.add(node.place, "an example is a mapping; write - {given: {type: …}, expect: …}")
            return None
        for key, _ in node:
            if key.value not in _KEYS:
                self.faults.add(key.place, f"unknown key {key.value} in an example; {meant(key.value, _KEYS)}")
        touchpoint = self._touchpoint(node, node.get("given"), "given", after=False)
        expected = self._expect(node, rule_id)
        before = self._after(node)
        if touchpoint is None or expected is None:
            return None
        given, derived = touchpoint
        return Example(given, derived, *expected, before, node.place)

    def _expect(self, node: Mapping, rule_id: str) -> tuple[str, bool] | None:
        value = node.get("expect")
        if not isinstance(value, Scalar) or not value.value:
            place = node.place if value is None else value.place
            self.faults.add(place, f"expect is missing; write a rule id, not {rule_id} or {UNCLASSIFIED}")
            return None
        negation, _, named = value.value.rpartition(" ")
        if negation not in ("", "not") or (negation and rule_id and named != rule_id):
            self.faults.add(value.place, f"expect cannot be {value.value}; write a rule id, or not {rule_id}")
            return None
        return named, bool(negation)

    def _after(self, node: Mapping) -> tuple[Earlier, ...] | None:
        value = node.get("after")
        if value is None:
            return None
        if not isinstance(value, Listing):
            self.faults.add(value.place, "after: is a list of touchpoints; write after: [{type: order}]")
            return None
        found: list[Earlier] = []
        next_at = OCCURRED_AT
        for item in reversed(value.items):
            next_at = self._moment(item, next_at)
            if (one := self._touchpoint(node, item, "after", after=True)) is not None:
                found.append(Earlier({**one[0], "id": numbered(len(found) + 1), "occurred_at": next_at}, one[1]))
        return tuple(reversed(found))

    def _moment(self, node: Node, next_at: int) -> int:
        """When an earlier touchpoint occurred, before the one that follows it at `next_at`."""
        value = node.get("days_ago") if isinstance(node, Mapping) else None
        if value is None:
            return next_at - MINUTE_MS
        days = value.value if isinstance(value, Scalar) and value.kind == "number" else ""
        if not days.replace(".", "", 1).isdigit() or float(days) > MOST_DAYS:
            self.faults.add(value.place, f"days_ago is a number of days from 0 to {MOST_DAYS}, such as 30 or 0.5")
            return next_at - MINUTE_MS
        at = OCCURRED_AT - round(float(days) * DAY_MS)
        if at > next_at:
            self.faults.add(
                value.place, f"days_ago: {days} is later than what follows it; after: begins with the oldest"
            )
        return min(at, next_at - 1)

    def _touchpoint(
        self, example: Mapping, node: Node | None, name: str, *, after: bool
    ) -> tuple[dict[str, Any], dict[str, str]] | None:
        """The touchpoint, and what the example states of the collector's own work."""
        if not isinstance(node, Mapping) or node.get("type") is None:
            place = example.place if node is None else node.place
            self.faults.add(place, f"{name} is a touchpoint with at least its type; write {name}: {{type: …}}")
            return None
        count = len(self.faults)
        given: dict[str, Any] = {"id": ID, "occurred_at": OCCURRED_AT}
        derived: dict[str, str] = {}
        for key, value in node:
            if not (after and key.value == "days_ago"):
                self._place(key, value, key.value, given, derived)
        self._check_against_type(node, given)
        return (given, derived) if len(self.faults) == count else None

    def _place(self, key: Scalar, value: Node, name: str, given: dict[str, Any], derived: dict[str, str]) -> None:
        """Put one value where it belongs, descending into objects."""
        if isinstance(value, Mapping) and name in OBJECTS:
            for inner, inner_value in value:
                self._place(inner, inner_value, f"{name}.{inner.value}", given, derived)
            return
        name = ALIASES.get(name, name)
        field = field_named(name)
        if field is None:
            self.faults.add(key.place, f"unknown field {name} in an example; {meant(name, FIELDS)}")
            return
        written = self._value(field, value)
        if written is None:
            return
        if field.derived:
            derived[field.name] = str(written).lower() if isinstance(written, bool) else str(written)
        if not field.derived or name.startswith("campaign."):
            outer, dot, inner_name = name.partition(".")
            if dot:
                given.setdefault(outer, {})[inner_name] = written
            else:
                given[outer] = written

    def _value(self, field: Field, node: Node) -> Any:
        if not isinstance(node, Scalar):
            self.faults.add(node.place, f"{field.name} is one value; write {field.name}: value")
            return None
        if field.kind == "boolean":
            return self._read(
                node, node.value == "true", node.plain and node.value in ("true", "false"), "true or false"
            )
        if field.kind in ("integer", "float", "decimal"):
            fits = node.kind == "number" and node.value.lstrip("-").replace(".", "", 1).isdigit()
            number: Any = node.value
            if fits and field.kind != "decimal":
                number = float(node.value) if "." in node.value else int(node.value)
            return self._read(node, number, fits, "a number without quotes")
        return self.texts.text(node)

    def _read(self, node: Scalar, value: Any, fits: bool, form: str) -> Any:
        if not fits:
            self.faults.add(node.place, f"{node.value or 'nothing'} does not fit here; write {form}")
        return value if fits else None

    def _check_against_type(self, node: Mapping, given: dict[str, Any]) -> None:
        kind = given.get("type")
        if kind is not None and kind not in self.types:
            value = node.get("type")
            place = value.place if value is not None else node.place
            remedy = "(your own types are declared under types: in a signals file)"
            self.faults.add(place, f"unknown type {kind}; {meant(str(kind), self.types)} {remedy}")
        try:
            msgspec.convert(given, Touchpoint)
        except msgspec.ValidationError as error:
            self.faults.add(node.place, f"no sender could send this: {sentence(error)}; correct it")


def numbered(number: int) -> str:
    """The id of an earlier touchpoint, counted backwards from the one in question."""
    return f"{ID[:-4]}{number:04d}"
