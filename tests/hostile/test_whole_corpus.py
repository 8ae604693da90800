"""Thousands of hostile requests at one installation: each gets its documented answer, and nobody else notices."""

from __future__ import annotations

import json
import re
from collections import Counter
from html import escape
from typing import Any

import pytest

from tests.hostile.attack import COLUMNS_AS_SENT, Left, attack
from tests.hostile.attack import SHOWN as TO_BE_SHOWN
from tests.hostile.case import CORPUS, Case, body_of, corpus, id_of
from tests.hostile.families.injections import TEXTS
from tests.hostile.verdict import faults, rejections
from tests.hostile.write import generated

MEMORY_KIB = 64 * 1024
SHOWN = 20
"""Cases that are shown of those that went wrong."""


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """What was left of one attack, for all tests."""
    return attack(tmp_path_factory.mktemp("attacked"))


def test_the_corpus_is_as_its_generator_writes_it() -> None:
    """Cases are changed in the families and written anew (`python -m tests.hostile.write`), or by hand."""
    for name, text in generated().items():
        assert (CORPUS / name).read_text(encoding="utf-8") == text, f"{name}: python -m tests.hostile.write"
    names = [case["name"] for case in corpus()]
    assert len(names) == len(set(names)) > 5_000


def test_every_case_gets_its_documented_answer(left: Left) -> None:
    """Status, reason, place and field, once and in the one form, and never a 5xx."""
    wrong = {case["name"]: found for case, answers in left.answers if (found := list(faults(case, answers)))}
    assert not wrong, f"{len(wrong)} cases: {dict(list(wrong.items())[:SHOWN])}"


def test_what_was_accepted_is_loaded_with_its_problems_and_nothing_else_is(left: Left) -> None:
    """Every accepted touchpoint is in `touchpoints`, with the problems that the contract has with it."""
    expected = {
        id_of(case, name): (case, name) for case, _ in left.answers for name in case["answer"].get("accepted", ())
    }
    assert left.rows.keys() == expected.keys() | {identified for identified, _ in left.honest}
    wrong = {}
    for identified, (case, name) in expected.items():
        told = sorted(problem.partition(":")[0] for problem in left.rows[identified]["problems"])
        promised = case["answer"].get("problems", {}).get(name, [])
        if promised is not None and told != sorted(promised):
            wrong[case["name"], name] = left.rows[identified]["problems"]
    assert not wrong, f"{len(wrong)} cases: {dict(list(wrong.items())[:SHOWN])}"


def test_what_was_rejected_is_kept_with_its_reason(left: Left) -> None:
    """Every rejected touchpoint is in `rejected` once, and no other is."""
    told = sum((rejections(case, answers) for case, answers in left.answers), Counter())
    assert left.rejected == dict(told)


def test_texts_are_stored_as_they_were_sent(left: Left) -> None:
    """Whatever a text would be elsewhere, here it is text: each column and property holds what was sent."""
    wrong = []
    for case, _ in left.answers:
        if case["answer"].get("kept"):
            row = left.rows[id_of(case)]
            wrong += [(case["name"], *what) for what in _altered(_sent(case), row)]
    assert not wrong, f"{len(wrong)} texts: {wrong[:SHOWN]}"


def _sent(case: Case) -> dict[str, Any]:
    touchpoint: dict[str, Any] = json.loads(body_of(case, 0, ""))["touchpoints"][-1]
    return touchpoint


def _altered(sent: dict[str, Any], row: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    found = []
    for name, value in sent.get("properties", {}).items():
        if isinstance(value, str) and row["properties"].get(name) != value:
            found.append((f"properties.{name}", value, row["properties"].get(name)))
    flat = {
        f"{name}_{inner}": text for name, part in sent.items() if isinstance(part, dict) for inner, text in part.items()
    }
    for name, text in (sent | flat).items():
        if name in COLUMNS_AS_SENT and row[name] != text:
            found.append((name, text, row[name]))
    return found


def test_an_honest_sender_notices_nothing(left: Left) -> None:
    """What was sent beside the attack was accepted, all of it."""
    assert len(left.honest) > 50
    assert {status for _, status in left.honest} == {202}


def test_no_process_stopped_and_no_range_was_split(left: Left) -> None:
    """The same processes run as before; ClickHouse refused no row, and no record of the spool was lost."""
    assert left.ended == left.started
    counted = dict(re.findall(r"^(klantreis_\w+(?:\{[^}]*\})?) (\S+)$", left.metrics, re.MULTILINE))
    assert float(counted['klantreis_load_failures_total{why="refused"}']) == 0
    assert float(counted.get("klantreis_spool_lost_records_total", 0)) == 0
    assert "unloadable" not in left.rejected


def test_the_receiver_stays_small(left: Left) -> None:
    """Bombs, millions of values and 100,000 levels take no more than 64 MiB above what it had."""
    assert left.grown_kib <= MEMORY_KIB


def test_the_console_shows_texts_as_text(left: Left) -> None:
    """The page lists touchpoints whose places would be markup, each escaped, and holds no other markup than its own."""
    assert [text for text in TO_BE_SHOWN if escape(text) not in left.console] == []
    assert [text for text in TEXTS.values() if set(text) & set("<>") and text in left.console] == []
    assert not set(re.findall(r"<\s*(\w+)", left.console)) & {"script", "svg", "img", "iframe", "scr"}


def test_the_log_holds_nothing_that_was_sent(left: Left) -> None:
    """Each line is one line of JSON, without identifiers, keys or what an attacker would like to stand there."""
    lines = [json.loads(line) for line in left.log.splitlines()]
    assert all(line["role"] for line in lines)
    said = json.dumps([{**line, "pid": None, "time": None} for line in lines], ensure_ascii=False)
    marks = ("4711", "forged", "PERSON", "Traceback", *left.keys)
    assert not [mark for mark in marks if mark in said]
    assert "\x1b" not in left.log
