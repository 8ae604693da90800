"""What is written in two rules with different outcomes has no effect in the second: that is told, and nothing more."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from rule_folder import write

from collector.phases.folder import read_folder
from collector.phases.lint import lint
from collector.shipped import rules as shipped_rules

LATE = """format: phase-rules/1-0-0
rules:
  - id: ours.cart
    signal: page_viewed
    description: Our list and our old cart are nothing special.
    type: page_view
    page.path|endswith: [/lijstje, /winkelmand]
    examples:
      - {given: {type: page_view, page.path: /lijstje}, expect: not ours.cart}
      - {given: {type: page_view, page.path: /winkelmand}, expect: page.cart}
"""
OVERLAPS: dict[str, tuple[list[dict[str, Any]], str]] = {
    "a type": ([{"type": "order"}, {"type": ["order", "sale"]}], "type: order"),
    "an end of a path": (
        [{"page.path|endswith": ["/cart", "/basket"]}, {"page.path|endswith": ["/mand", "/basket"]}],
        "page.path|endswith: /basket",
    ),
    "a longer end of a path": (
        [{"page.path|endswith": "/cart"}, {"page.path|endswith": ["/nl/cart", "/kar"]}],
        "page.path|endswith: /nl/cart",
    ),
    "beside the same type": (
        [
            {"type": "page_view", "page.kind": "cart"},
            {"type": "page_view", "page.kind": ["cart", "basket"], "channel": "web"},
        ],
        "page.kind: cart",
    ),
    "one of several groups": (
        [{"type": "order"}, {"any": [{"type": "order", "channel": "web"}, {"type": "sale"}]}],
        "all: [{type: order}, {channel: web}]",
    ),
}
APART: dict[str, list[dict[str, Any]]] = {
    "another condition in the first": [{"type": "order", "channel": "web"}, {"type": ["order", "sale"]}],
    "a shorter end": [{"page.path|endswith": "/nl/cart"}, {"page.path|endswith": ["/cart", "/kar"]}],
    "two lists that share nothing": [{"type": ["order", "sale"]}, {"type": ["payment", "repair"]}],
    "only one value": [{"type": "order", "channel": "web"}, {"type": "order"}],
}


def complaints(folder: Path, rules: list[dict[str, Any]], signals: tuple[str, str]) -> list[str]:
    """What lint says of overlaps between these rules."""
    named = [{"id": f"made.r{at}", "signal": signals[at], **rule} for at, rule in enumerate(rules)]
    return [line for line in lint(read_folder(write(folder, named))).faults.lines() if "without effect" in line]


@pytest.mark.parametrize("case", OVERLAPS)
def test_what_an_earlier_rule_takes_is_told(tmp_path: Path, case: str) -> None:
    """The very value is named, with both rules, where the second stands."""
    rules, value = OVERLAPS[case]
    [line] = complaints(tmp_path, rules, ("first", "second"))
    assert line.startswith("signals/10_made.yaml:")
    assert f": {value} in made.r1 is without effect: made.r0 (signals/10_made.yaml:" in line
    assert line.endswith("comes first and says first, not second; leave it out of one of them")


@pytest.mark.parametrize("case", OVERLAPS)
def test_two_rules_for_one_signal_may_say_it_twice(tmp_path: Path, case: str) -> None:
    """Where both give the same, nobody is misled."""
    assert complaints(tmp_path, OVERLAPS[case][0], ("same", "same")) == []


@pytest.mark.parametrize("case", APART)
def test_what_can_still_decide_is_left_alone(tmp_path: Path, case: str) -> None:
    """A general rule behind a particular one is how rules are meant to be written."""
    assert complaints(tmp_path, APART[case], ("first", "second")) == []


def test_a_signal_in_two_rules_of_a_model_is_told(tmp_path: Path) -> None:
    """In a model too the second phase of a signal is never given; a rule with journey facts takes nothing."""
    model: list[dict[str, Any]] = [
        {"id": "two.customer", "phase": "two", "signal": "a", "journey": {"customer": True}},
        {"id": "one.all", "phase": "one", "signal": ["a", "b"]},
        {"id": "three.all", "phase": "three", "signal": ["b", "c"]},
    ]
    rules = [{"id": f"made.{one}", "signal": one, "channel": one} for one in ("a", "b", "c")]
    lines = lint(read_folder(write(tmp_path, rules, model))).faults.lines()
    [line] = [one for one in lines if "without effect" in one]
    assert "signal: b in three.all is without effect: one.all" in line


def overlaps_between(folder: Path, first: str, second: str) -> list[str]:
    """What lint says where an order is one thing in the file `first` and, beside a sale, another in `second`."""
    write(folder, [{"id": "made.r", "signal": "made", "type": ["payment"]}])
    for name, signal, types in ((first, "ours", ["order"]), (second, "theirs", ["order", "sale"])):
        document = {
            "format": "phase-rules/1-0-0",
            "signals": [{"id": signal, "title": {"en": signal}, "description": signal}],
            "rules": [{"id": f"{signal}.r", "signal": signal, "description": "Made.", "type": types}],
        }
        (folder / "signals" / name).write_text(json.dumps(document), "utf-8")
    return [line for line in lint(read_folder(folder)).faults.lines() if "without effect" in line]


@pytest.mark.parametrize(("first", "second"), [("20_a.yaml", "30_b.yaml"), ("01_a.yaml", "02_b.yaml")])
def test_what_an_earlier_file_takes_is_told_too(tmp_path: Path, first: str, second: str) -> None:
    """Whoever writes the second file does not see the first; both places are named, and how to say that it is meant."""
    [line] = overlaps_between(tmp_path, first, second)
    assert line.startswith(f"signals/{second}:")
    assert f": type: order in theirs.r is without effect: ours.r (signals/{first}:" in line
    assert line.endswith(
        "leave it out of one of them, or move ours.r to a file whose name begins with 0 if it is to overrule theirs.r"
    )


def test_a_file_of_ones_own_may_overrule_what_ships(tmp_path: Path) -> None:
    """A file whose name begins with 0 takes what it likes: so shipped rules are changed without editing them."""
    assert overlaps_between(tmp_path, "05_ours.yaml", "30_b.yaml") == []


def test_a_shipped_rule_that_takes_from_a_file_of_ones_own_is_told(tmp_path: Path) -> None:
    """A file that comes too late to change what ships is the mistake that is made most: the word is known already."""
    folder = Path(shutil.copytree(shipped_rules(), tmp_path / "our_rules"))
    (folder / "signals" / "91_ours.yaml").write_text(LATE, "utf-8")
    [line] = [line for line in lint(read_folder(folder)).faults.lines() if "without effect" in line]
    assert "page.path|endswith: /winkelmand in ours.cart is without effect: page.cart (signals/90_" in line
