"""The shared cases of the wire format, as every SDK knows them, against a real receiver."""

from __future__ import annotations

import gzip
import json
import time
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from collector.envelope import Kind
from tests.cases.reading import FILES, FOLDER, cases
from tests.receive.receiver import Receiver

UNKNOWN = "pk_nobody"


def made(value: Any, now_ms: int) -> Any:
    """What is sent: moments, long texts and long lists written out."""
    if isinstance(value, list):
        return [made(one, now_ms) for one in value]
    if not isinstance(value, dict):
        return value
    if "$ago_ms" in value:
        return now_ms - value["$ago_ms"]
    if "$text" in value:
        return value["$text"] * value["$length"]
    if "$times" in value:
        return [made(value["$of"], now_ms)] * value["$times"]
    return {key: made(one, now_ms) for key, one in value.items()}


def match(expected: Any, found: Any, path: str = "$") -> None:
    """Fails unless `found` is what is expected: an object may have more fields, a list must have as many items."""
    if isinstance(expected, dict) and "$absent" in expected:
        assert found is None, path
    elif isinstance(expected, dict):
        assert not [name for name in expected if name.startswith("$")], f"{path}: an unknown matcher"
        assert isinstance(found, dict), f"{path}: {found!r}"
        for name, one in expected.items():
            match(one, found.get(name), f"{path}.{name}")
    elif isinstance(expected, list):
        assert isinstance(found, list), f"{path}: {found!r}"
        assert len(found) == len(expected), f"{path}: {found!r}"
        for place, one in enumerate(expected):
            match(one, found[place], f"{path}[{place}]")
    else:
        assert found == expected, path


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_files_have_the_form_that_they_say(file: Path) -> None:
    """Each file fits the schema and is named after its topic, and no two cases of it share a name."""
    schema = json.loads((FOLDER / "cases.schema.json").read_text(encoding="utf-8"))
    content = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(content)
    assert content["topic"] == file.stem
    names = [case["name"] for case in content["cases"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("case", [pytest.param(one.content, id=one.title) for one in cases("collector")])
def test_case(receiver: Receiver, case: dict[str, Any]) -> None:
    """The answer and what rests in the spool are as the case says."""
    key = {"public": receiver.public, "secret": receiver.secret, "unknown": UNKNOWN}[case["request"]["key"]]
    body = json.dumps({"key": key, **made(case["request"]["body"], time.time_ns() // 1_000_000)}).encode()
    before = len(resting(receiver))
    packed = gzip.compress(body) if case["request"].get("gzip") else body
    answer = receiver.request("POST", "/v1/touchpoints", packed, case["request"].get("headers"))
    match({"status": case["answer"]["status"]}, {"status": answer.status})
    match({name: one for name, one in case["answer"].items() if name != "status"}, answer.json)
    if "rests" in case:
        match(case["rests"], resting(receiver)[before:])


def resting(receiver: Receiver) -> list[dict[str, Any]]:
    """The accepted touchpoints in the spool."""
    return [line for kind, _, lines in receiver.records() if kind == Kind.TOUCHPOINTS for line in lines]
