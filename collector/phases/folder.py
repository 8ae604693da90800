"""Finds and reads the files of a rule folder: `signals/*.yaml`, `models/*.yaml`, `lists/*.txt`.

Files are read in the order of their names, and the first rule that matches wins; the number at the beginning of a
signal file's name is therefore its rank. Everything that can be read is read, however much is wrong: an author sees
all mistakes of all files at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from collector.phases.conditions import Parser
from collector.phases.document import Document
from collector.phases.rules import LANGUAGE, Model, RuleSet
from collector.phases.strict_yaml import Faults, Mapping, Place, Scalar, read
from collector.phases.vocabulary import Vocabulary, journey_vocabulary, touchpoint_vocabulary
from collector.touchpoint import STANDARD_TYPES

FILE_BYTES = 2 * 1024 * 1024
"""Of one file: 2 MiB are some ten thousand rules."""
LIST_VALUES = 20_000
"""Of one list: each is written into the compiled expression."""


@dataclass
class Reading:
    """What could be read of a folder, and every mistake so far."""

    rule_set: RuleSet
    faults: Faults
    spoiled: set[Place] = field(default_factory=set)
    """Rules of whose conditions something had to be left out: what follows from that is no news."""
    without_examples: set[Place] = field(default_factory=set)
    """Rules of whose examples something had to be left out."""
    retired: dict[str, dict[str, Place]] = field(default_factory=dict)
    """Layer → rule ids that may not come back, and where they stand."""
    given: dict[str, set[str]] = field(default_factory=dict)
    """File → the signals or phases that its rules give."""
    unread: bool = False
    """Whether a file of signals could not be read at all: what other files say of its content is then no mistake."""
    unused_lists: dict[str, Place] = field(default_factory=dict)


def read_folder(folder: Path) -> Reading:
    """Read a folder as far as it can be read, and note every mistake that is one of form."""
    files = _Files(folder)
    lists = {path.stem: values for path in files.paths("lists", "txt") if (values := files.listed(path)) is not None}
    signal_files = files.documents("signals")
    model_files = files.documents("models")
    types = frozenset(STANDARD_TYPES).union(*(one.types() for one in signal_files))
    signals = tuple(signal for one in signal_files for signal in one.signals())
    known = frozenset(signal.id for signal in signals)

    words = touchpoint_vocabulary(types, lists)
    rules = tuple(rule for one in signal_files for rule in one.rules("signal", known, words, None))
    model_words = touchpoint_vocabulary(types, lists, known, signals_are_known=not files.unread)
    models = tuple(model for one in model_files if (model := _model(one, model_words)) is not None)

    used = words.lists_used | model_words.lists_used
    reading = Reading(RuleSet(signals, rules, models, lists), files.faults, unread=files.unread)
    reading.unused_lists = {name: Place(f"lists/{name}.txt") for name in lists if name not in used}
    for one in (*signal_files, *model_files):
        reading.spoiled |= one.spoiled
        reading.without_examples |= one.without_examples
        reading.given[one.node.place.file] = one.given
        reading.retired.setdefault(one.layer, {}).update(one.retired())
    return reading


def _model(document: Document, words: Vocabulary) -> Model | None:
    head = document.model()
    phases = frozenset(head.phase_ids)
    rules = document.rules("phase", phases, words, journey_vocabulary(head.id, phases))
    return Model(head.id, head.title, head.source, head.default, head.phases, rules, head.place) if head.id else None


class _Files:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.faults = Faults()
        self.unread = False

    def paths(self, room: str, suffix: str) -> list[Path]:
        """The files of a room in the order of their names."""
        return sorted((self.folder / room).glob(f"*.{suffix}"))

    def documents(self, room: str) -> list[Document]:
        """The rule files of a room."""
        for stray in self.paths(room, "yml"):
            self.faults.add(Place(self._name(stray)), "rule files end in .yaml; rename it, it would not be read")
        paths = self.paths(room, "yaml")
        if not paths:
            self.faults.add(
                Place(f"{room}/"), f"no .yaml file in {self.folder / room}; give the folder that holds rules"
            )
        found = [self._mapping(path) for path in paths]
        self.unread |= room == "signals" and None in found
        return [Document(room, mapping, self.faults) for mapping in found if mapping is not None]

    def listed(self, path: Path) -> tuple[str, ...] | None:
        """The values of a list, one a line; # begins a comment."""
        name, text = self._name(path), self._text(path)
        if text is None:
            return None
        reader = Parser(Vocabulary(lambda _: None, (), {}, {}), self.faults)
        values = []
        for number, line in enumerate(text.split("\n"), 1):
            value = "" if line.startswith("#") else line.split(" #")[0].strip()
            if value and reader.text(Scalar(value, Place(name, number))) is not None:
                values.append(value)
        if not values or len(values) > LIST_VALUES:
            self.faults.add(
                Place(name), f"a list has 1 to {LIST_VALUES} values, one a line; this one has {len(values)}"
            )
        return tuple(dict.fromkeys(values))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()

    def _text(self, path: Path) -> str | None:
        place = Place(self._name(path))
        try:
            if path.stat().st_size > FILE_BYTES:
                self.faults.add(place, f"larger than {FILE_BYTES // 1024} KiB; split it")
                return None
            return path.read_text(encoding="utf-8-sig")
        except OSError as error:
            self.faults.add(place, f"cannot be read: {error.strerror}; check that it is a file that you may read")
        except UnicodeDecodeError:
            self.faults.add(place, "is not UTF-8; save it as UTF-8")
        return None

    def _mapping(self, path: Path) -> Mapping | None:
        name, text = self._name(path), self._text(path)
        before = len(self.faults)
        node = None if text is None else read(name, text, self.faults)
        if isinstance(node, Mapping):
            return node
        if text is None:
            return None
        if len(self.faults) == before:
            self.faults.add(Place(name), f"holds no rules; begin with format: {LANGUAGE}")
        return None
