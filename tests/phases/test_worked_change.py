"""docs/rules.md keeps its word: the worked change, its examples and its list of messages are those of the program."""

from __future__ import annotations

import json
import re
import shutil
import textwrap
from pathlib import Path

import pytest
from engine_in_process import normalise, run_sql

from collector.phases.check import check
from collector.phases.conditions import OPERATORS
from collector.phases.example import ID, OCCURRED_AT
from collector.phases.explain import explain
from collector.phases.facts import FACT_NAMES
from collector.phases.fields import field_named
from collector.phases.folder import read_folder
from collector.phases.rulefile import load
from collector.phases.unclassified import remarks
from collector.shipped import rules as shipped_rules

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
MODELS = ["aida", "discover_to_talk", "five_phase", "sap_hybris", "see_think_do_care"]
PLANNER = json.dumps(
    {"id": ID, "occurred_at": OCCURRED_AT, "type": "page_view", "page": {"path": "/tuinhuisplanner"}}
).encode()


def blocks(section: str, language: str) -> list[str]:
    """The fenced blocks of a section."""
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0]
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.DOTALL | re.MULTILINE)
    return [textwrap.dedent(content) for written, content in found if written == language]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the rules, as the page tells to make one."""
    return Path(shutil.copytree(shipped_rules(), tmp_path / "our_rules"))


def test_the_worked_change_goes_as_written(folder: Path) -> None:
    """Every step of the page gives what the page says."""
    before, complaint, _ = blocks("A worked change", "")
    lines = explain(load(folder), PLANNER, run_sql, normalise).lines()
    assert set(before.splitlines()) - set(lines) == {"…"}

    new_file, signals = blocks("A worked change", "yaml")
    (folder / "signals" / "05_ours.yaml").write_text(new_file, "utf-8")
    assert check(folder, run_sql, normalise) == [complaint.strip()]

    old, added = (f"product_demonstrated{end}]" for end in ("", ", planner_used"))
    assert signals.strip().endswith(added)
    for name in MODELS:
        model = folder / "models" / f"{name}.yaml"
        [_] = [line for line in model.read_text("utf-8").splitlines() if line.strip().endswith(old)]
        model.write_text(model.read_text("utf-8").replace(old, added), "utf-8")
        forgotten = MODELS[MODELS.index(name) + 1 :]
        assert [line.split(":")[0] for line in remarks(read_folder(folder).rule_set)] == [
            f"models/{one}.yaml" for one in forgotten
        ]
    assert check(folder, run_sql, normalise) == []
    assert signals.strip() in (folder / "models" / "sap_hybris.yaml").read_text("utf-8")
    found = {layer.layer: layer.outcome for layer in explain(load(folder), PLANNER, run_sql, normalise).layers}
    assert found == {
        "signal": "planner_used",
        "aida": "desire",
        "discover_to_talk": "research",
        "five_phase": "consideration",
        "sap_hybris": "consideration",
        "see_think_do_care": "think",
    }


def test_what_a_model_does_not_know_is_told_with_its_name(folder: Path) -> None:
    """A signal in one model only is no mistake; the others are named, with what to do."""
    rules = "  - {id: ours.r, signal: ours, description: Ours., type: balie, examples: []}\n"
    signal = "  - {id: ours, title: {en: Ours}, description: Ours.}\n"
    head = f"format: phase-rules/1-0-0\ntypes: [balie]\nsignals:\n{signal}rules:\n{rules}"
    (folder / "signals" / "05_ours.yaml").write_text(head, "utf-8")
    told = remarks(read_folder(folder).rule_set)
    assert len(told) == 5
    assert told[0].startswith("models/aida.yaml: aida leaves unclassified: ours; add them to a rule of it")
    assert remarks(load(shipped_rules())) == []


def test_the_dutch_examples_are_valid_rules(folder: Path) -> None:
    """Rules copied from the page pass every check beside those that ship."""
    [rules] = blocks("Examples from Dutch shops", "yaml")
    head = "format: phase-rules/1-0-0\ntypes: [balie]\nrules:\n"
    (folder / "signals" / "05_ours.yaml").write_text(head + rules, "utf-8")
    assert check(folder, run_sql, normalise) == []


def test_every_operator_and_fact_is_explained() -> None:
    """No operator or journey fact exists that the page does not teach, and none is taught that does not exist."""
    table = PAGE.split("| operator |")[1].split("\n\n")[0]
    taught = {word for line in table.splitlines()[2:] for word in re.findall(r"`(\w+)`", line.split("|")[1])}
    assert taught | {"equals"} == set(OPERATORS)
    facts = PAGE.split("| fact |")[1].split("\n\n")[0]
    assert {word for line in facts.splitlines()[2:] for word in re.findall(r"`(\w+)`", line.split("|")[1])} == set(
        FACT_NAMES
    )


def test_every_field_on_the_page_exists() -> None:
    """The page names no field that a rule could not use."""
    section = PAGE.split("\n## Fields\n")[1].split("Model rules also have")[0]
    named = [word for word in re.findall(r"`([a-z_]+(?:\.[a-z_]+)?)`", section) if word not in ("properties.",)]
    assert [name for name in named if field_named(name) is None] == []
