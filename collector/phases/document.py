"""One rule file: its YAML as signals, phases and rules, each mistake with its place and its remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable

from collector.phases.conditions import AllOf, Parser
from collector.phases.example import read_examples
from collector.phases.meant import meant
from collector.phases.rules import COUNTS_AS, LANGUAGE, OUTSIDE, RESERVED, Model, Phase, Rule, Signal
from collector.phases.strict_yaml import Faults, Listing, Mapping, Node, Place, Scalar
from collector.phases.vocabulary import Vocabulary

PHASES = (3, 10)
"""A model has so many phases: fewer say nothing, more nobody can tell apart."""
PARTS = ("buyer", "customer")

ID = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
RULE_ID = re.compile(r"[a-z][a-z0-9_]{0,47}(\.[a-z0-9_]{1,48}){1,3}\Z")
LANGUAGE_CODE = re.compile(r"[a-z]{2}\Z")
FILE_KEYS = {
    "signals": ("format", "types", "signals", "rules", "retired"),
    "models": ("format", "model", "default", "title", "source", "phases", "rules", "retired"),
}


class Document:
    """The content of one file of `signals/` or `models/` (its `room`)."""

    def __init__(self, room: str, node: Mapping, faults: Faults) -> None:
        self.room = room
        self.node = node
        self.faults = faults
        self.layer = "signal"
        self.spoiled: set[Place] = set()
        self.without_examples: set[Place] = set()
        self.given: set[str] = set()
        """What the rules give, those too that cannot be used for another reason."""
        self._types: frozenset[str] = frozenset()
        self._phase_titles: dict[str, str] = {}
        self._texts = Parser(Vocabulary(lambda _: None, (), {}, {}), faults)
        self._only(node, FILE_KEYS[room], "this file")
        written = node.get("format")
        if not isinstance(written, Scalar) or written.value != LANGUAGE:
            place = node.place if written is None else written.place
            faults.add(place, f"the format is missing or unknown; write format: {LANGUAGE}")

    def types(self) -> set[str]:
        """The company's own touchpoint types that this file declares."""
        return {word.value for word in self._words("types", ID, "a type is snake_case, such as click_and_collect")}

    def retired(self) -> dict[str, Place]:
        """Ids of rules that were taken out. They never come back with another meaning: rows keep them for ever."""
        return {word.value: word.place for word in self._words("retired", RULE_ID, "a rule id looks like cart.path")}

    def signals(self) -> list[Signal]:
        """The signals that this file declares."""
        found = []
        for node in self._items("signals"):
            self._only(node, ("id", "title", "description", "counts_as"), "a signal")
            identity = self._id(node, "id", ID, "a signal is snake_case, such as cart_viewed")
            title, description = self._title(node), self._prose(node, "description")
            found.append(Signal(identity, title, description, node.place, self._counts_as(node)))
        return [signal for signal in found if signal.id]

    def _counts_as(self, node: Mapping) -> str:
        value = node.get("counts_as")
        if value is None:
            return ""
        if not isinstance(value, Scalar) or value.value not in COUNTS_AS:
            shown = value.value or "nothing" if isinstance(value, Scalar) else "a list or mapping"
            self.faults.add(value.place, f"counts_as cannot be {shown}; {meant(shown, COUNTS_AS)}")
            return ""
        return value.value

    def model(self) -> Model:
        """The model of this file without its rules; its id is empty where it cannot be used."""
        identity = self._id(self.node, "model", ID, "a model is snake_case, such as sap_hybris")
        if identity == "signal":
            self.faults.add(self.node.items["model"][1].place, "signal is taken; choose another name for the model")
            identity = ""
        default = self.node.get("default")
        chosen = isinstance(default, Scalar) and default.value == "true"
        if default is not None and not (
            isinstance(default, Scalar) and default.plain and default.value in ("true", "false")
        ):
            self.faults.add(default.place, "default is true or false; the default model fills the column phase")
        phases = tuple(self._phases())
        self.layer = identity or "models"
        title, source = self._title(self.node), self._prose(self.node, "source")
        return Model(identity, title, source, chosen, phases, (), self.node.place)

    def rules(
        self, outcome: str, outcomes: frozenset[str], words: Vocabulary, journey: Vocabulary | None
    ) -> tuple[Rule, ...]:
        """The rules of this file; `outcome` is the key under which each says its signal or phase."""
        self._types = words.values["type"]
        found = (self._rule(node, outcome, outcomes, words, journey) for node in self._items("rules"))
        return tuple(rule for rule in found if rule is not None)

    # A rule.

    def _rule(
        self, node: Mapping, outcome: str, outcomes: frozenset[str], words: Vocabulary, journey: Vocabulary | None
    ) -> Rule | None:
        identity = self._id(node, "id", RULE_ID, "a rule id is words joined by dots, such as cart.path")
        description = self._prose(node, "description")
        before = len(self.faults)
        result = self._outcome(node, outcome, outcomes)
        self.given.add(result)
        condition = Parser(words, self.faults).mapping(
            node, frozenset({"id", "description", "examples", "journey", outcome})
        )
        facts = self._journey(node, journey)
        between = len(self.faults)
        examples = read_examples(node, identity, self._types, self.faults)
        if not identity:
            return None
        place = node.items["id"][1].place
        if between > before:
            self.spoiled.add(place)
        if len(self.faults) > between:
            self.without_examples.add(place)
        return Rule(identity, result, description, condition, facts, examples, place)

    def _outcome(self, node: Mapping, outcome: str, outcomes: frozenset[str]) -> str:
        allowed = outcomes | ({OUTSIDE} if outcome == "phase" else set())
        found = self._id(node, outcome, ID, f"write the {outcome} that this rule gives")
        if found and found not in allowed:
            where = "phases: of this model" if outcome == "phase" else "signals: of a file in signals/"
            place = node.items[outcome][1].place
            hint = meant(found, allowed, self._phase_titles)
            self.faults.add(place, f"unknown {outcome} {found}; {hint} (declared under {where})")
        return found

    def _journey(self, node: Mapping, words: Vocabulary | None) -> AllOf | None:
        if "journey" not in node.items:
            return None
        key, facts = node.items["journey"]
        if words is None:
            self.faults.add(
                key.place, "a signal says what happened, whatever came before; move journey: to a model's rule"
            )
            return None
        if not isinstance(facts, Mapping) or not facts.items:
            self.faults.add(facts.place, "journey: holds facts of the journey; write journey: {customer: true}")
            return None
        return Parser(words, self.faults).mapping(facts)

    # Phases.

    def _phases(self) -> list[Phase]:
        found: dict[str, Phase] = {}
        nodes = self._items("phases")
        for node in nodes:
            self._only(node, ("id", "title", "part"), "a phase")
            identity = self._id(node, "id", ID, "a phase is snake_case, such as awareness")
            part = node.get("part")
            if not isinstance(part, Scalar) or part.value not in PARTS:
                place = node.place if part is None else part.place
                self.faults.add(
                    place, "part is missing; write part: buyer (up to the first purchase) or part: customer"
                )
            phase = Phase(identity, self._title(node), part.value if isinstance(part, Scalar) else "", node.place)
            if identity in RESERVED:
                self.faults.add(node.place, f"{identity} is no phase of a model; leave it out, rules may say outside")
            elif identity in found:
                self.faults.add(node.place, f"phase {identity} stands twice; leave one out")
            elif identity:
                found[identity] = phase
                self._phase_titles |= {title.lower(): identity for title in phase.title.values()}
        if not PHASES[0] <= len(nodes) <= PHASES[1]:
            place = self.node.items["phases"][0].place if "phases" in self.node.items else self.node.place
            self.faults.add(place, f"a model has {PHASES[0]} to {PHASES[1]} phases; list them under phases:")
        return list(found.values())

    # Single values.

    def _only(self, node: Mapping, keys: Iterable[str], where: str) -> None:
        for key, _ in node:
            if key.value not in keys:
                self.faults.add(key.place, f"unknown key {key.value} in {where}; {meant(key.value, keys)}")

    def _id(self, node: Mapping, name: str, form: re.Pattern[str], remedy: str) -> str:
        """The identifier under `name`; empty, with the mistake noted, where it cannot be used."""
        value = node.get(name)
        if value is None:
            self.faults.add(node.place, f"{name} is missing; {remedy}")
        elif not isinstance(value, Scalar) or not form.match(value.value) or value.kind != "text":
            shown = f"{value.value or 'nothing'}" if isinstance(value, Scalar) else "a list or mapping"
            instead = shown.lower().replace("-", "_").replace(" ", "_")
            if isinstance(value, Scalar) and value.kind == "text" and form.match(instead):
                remedy = f"write {instead} ({remedy})"
            self.faults.add(value.place, f"{name} cannot be {shown}; {remedy}")
        else:
            return value.value
        return ""

    def _prose(self, node: Mapping, name: str) -> str:
        """A description or source: any text, over several lines when need be."""
        value = node.get(name)
        if isinstance(value, Scalar) and value.kind == "text" and value.value.strip():
            return " ".join(value.value.split())
        self.faults.add(node.place if value is None else value.place, f"{name} is missing; say it in a sentence")
        return ""

    def _title(self, node: Mapping) -> dict[str, str]:
        title = node.get("title")
        if not isinstance(title, Mapping) or not title.items:
            place = node.place if title is None else title.place
            self.faults.add(place, "title is missing or no mapping; write title: {en: …, nl: …}")
            return {}
        found = {}
        for key, value in title:
            if not LANGUAGE_CODE.match(key.value):
                self.faults.add(key.place, f"{key.value} is no language; write its two letters, such as en or nl")
            elif not isinstance(value, Scalar):
                self.faults.add(value.place, "a title is a text; write it after the language")
            elif (text := self._texts.text(value)) is not None:
                found[key.value] = text
        return found

    def _items(self, name: str) -> list[Mapping]:
        """The mappings of a list of the file."""
        listing = self.node.get(name)
        if listing is None:
            return []
        if not isinstance(listing, Listing):
            self.faults.add(listing.place, f"{name}: is a list; begin each item with a dash")
            return []
        found = []
        for item in listing.items:
            if isinstance(item, Mapping):
                found.append(item)
            else:
                self.faults.add(item.place, f"an item of {name}: is a mapping; write - id: …")
        return found

    def _words(self, name: str, form: re.Pattern[str], remedy: str) -> list[Scalar]:
        node: Node | None = self.node.get(name)
        if node is None:
            return []
        found = []
        for item in node.items if isinstance(node, Listing) else (node,):
            if isinstance(item, Scalar) and item.kind == "text" and form.match(item.value):
                found.append(item)
            else:
                self.faults.add(item.place, f"{item.value if isinstance(item, Scalar) else 'this'} cannot be; {remedy}")
        return found
