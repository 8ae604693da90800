"""The shared cases as the files of `sdk/contract/cases` have them: each once for each of its values."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

FOLDER = Path(__file__).parents[2] / "sdk" / "contract" / "cases"
FILES = sorted(file for file in FOLDER.glob("*.json") if file.name != "cases.schema.json")


class Case(NamedTuple):
    """One case with one of its values."""

    topic: str
    title: str
    content: dict[str, Any]


def cases(kind: str) -> Iterator[Case]:
    """Every case of a kind: `web`, `mobile`, `store`, `collector`."""
    for file in FILES:
        read = json.loads(file.read_text("utf-8"))
        for case in read["cases"]:
            if kind in case["kinds"]:
                [(name, values)] = case.get("each", {"": [None]}).items()
                for value in values:
                    title = case["name"] if not name else f"{case['name']} [{json.dumps(value)[:60]}]"
                    yield Case(read["topic"], f"{read['topic']}: {title}", filled(case, name, value))


def counts(kind: str) -> Counter[str]:
    """How many cases of a kind there are, by topic."""
    return Counter(case.topic for case in cases(kind))


def filled(part: Any, name: str, value: Any) -> Any:
    """A part of a case with the value wherever `$name` stands, and its member wherever `$name.member` does."""
    if isinstance(part, dict):
        return {key: filled(one, name, value) for key, one in part.items() if key != "each"}
    if isinstance(part, list):
        return [filled(one, name, value) for one in part]
    if name and part == f"${name}":
        return value
    if name and isinstance(part, str) and part.startswith(f"${name}."):
        return value[part.partition(".")[2]]
    return part
