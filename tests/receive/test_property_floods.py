"""Properties: any value becomes text, and neither large ones nor a flood of names gets through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collector.receive.properties import PropertyNames, settle
from tests.receive.receiver import Receiver, receiving, touchpoint, until

TEXTS: list[tuple[Any, str]] = [
    ("red", "red"),
    ("", ""),
    (True, "true"),
    (False, "false"),
    (43, "43"),
    (-0.5, "-0.5"),
    (1e22, "1e22"),
    (10**30, str(10**30)),
    ([1, "a", None, {"b": 2.5}], '[1,"a",null,{"b":2.5}]'),
    ({"straat": "Café", "n": {}}, '{"straat":"Café","n":{}}'),
    ([], "[]"),
    ("zero\u0000byte", "zero\u0000byte"),
]


def test_every_value_becomes_text(receiver: Receiver) -> None:
    """Texts stay, numbers and truths are written as JSON does, objects and lists as compact JSON; null is absent."""
    sent = touchpoint(properties={f"p{n}": value for n, (value, _) in enumerate(TEXTS)} | {"none": None})
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert stored["properties"] == {f"p{n}": text for n, (_, text) in enumerate(TEXTS)}
    assert "problems" not in stored


def test_more_than_64_properties_lose_the_last(receiver: Receiver) -> None:
    """The first 64 are kept and the touchpoint says how many were set aside."""
    sent = touchpoint(properties={f"p{n}": n for n in range(70)})
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert list(stored["properties"]) == [f"p{n}" for n in range(64)]
    assert stored["problems"] == ["$.properties: over 64 names or 16384 bytes; 6 set aside"]


@pytest.mark.parametrize(("letter", "kept"), [("x", 16), ("é", 8), ("€", 5), ("\U0001f600", 4)])
def test_16_kib_of_properties_are_counted_in_bytes(receiver: Receiver, letter: str, kept: int) -> None:
    """What does not fit any more is set aside, in order, whatever the size of a letter."""
    sent = touchpoint(properties={f"p{n:02}": letter * 1000 for n in range(kept + 1)})
    body = json.dumps({"key": receiver.public, "touchpoints": [sent]}, ensure_ascii=False).encode()
    assert receiver.post(body).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert len(stored["properties"]) == kept
    assert stored["problems"] == ["$.properties: over 64 names or 16384 bytes; 1 set aside"]


def test_a_name_of_more_than_128_characters_is_set_aside(receiver: Receiver) -> None:
    """The others stay; an empty name is a name."""
    sent = touchpoint(properties={"n" * 129: 1, "n" * 128: 2, "": 3})
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert stored["properties"] == {"n" * 128: "2", "": "3"}
    assert stored["problems"] == ["$.properties: a name of 129 characters, at most 128"]


def test_a_flood_of_names_goes_to_one(tmp_path: Path) -> None:
    """After so many new names a day the rest rest together as JSON; known names go on as before, at every site."""
    with receiving(tmp_path, property_names_limit=50) as receiver:
        sent = [touchpoint(properties={f"n{n}": n, "size": 43}) for n in range(100)]
        assert receiver.send(*sent).json["accepted"] == 100
        kept = [receiver.stored(one["id"])["properties"] for one in sent]
        names = {name for properties in kept for name in properties}
        assert len(names) == 51 and {"size", "_overflow", "n0"} <= names
        assert kept[0] == {"n0": "0", "size": "43"}
        assert json.loads(kept[99].pop("_overflow")) == {"n99": "99"} and kept[99] == {"size": "43"}
        own = touchpoint(properties={"_overflow": "mine", "new": 1})
        assert receiver.send(own).json["accepted"] == 1
        assert json.loads(receiver.stored(own["id"])["properties"]["_overflow"]) == {"new": "1", "_overflow": "mine"}
        _, other = receiver.keys.add(name="other", site="outlet", kind="public")
        until(lambda: receiver.send(touchpoint(), key=other).status == 202, "the other key is known")
        elsewhere = touchpoint(properties={"n99": 1})
        receiver.send(elsewhere, key=other)
        assert receiver.stored(elsewhere["id"])["properties"] == {"n99": "1"}


def test_the_next_day_begins_anew() -> None:
    """So that the names in memory stay bounded for ever."""
    names = PropertyNames(limit=2)
    for day in (1, 2):
        for number in range(3):
            settle({f"day{day}-{number}": "x"}, names.of("shop", day), names.limit, 16)
    assert names.of("shop", 2) == {"_overflow", "day2-0", "day2-1"}
