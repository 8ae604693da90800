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
from collector.phases.rulefile import load
from collector.shipped import rules as shipped_rules

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
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
    before, complaint = blocks("A worked change", "")
    lines = explain(load(folder), PLANNER, run_sql, normalise).lines()
    assert set(before.splitlines()) - set(lines) == {"…"}

    new_file, signals = blocks("A worked change", "yaml")
    (folder / "signals" / "05_ours.yaml").write_text(new_file, "utf-8")
    assert check(folder, run_sql, normalise) == [complaint.strip()]

    model = folder / "models" / "sap_hybris.yaml"
    old = signals.strip().replace(", planner_used", "")
    assert model.read_text("utf-8").count(old) == 1
    model.write_text(model.read_text("utf-8").replace(old, signals.strip()), "utf-8")
    assert check(folder, run_sql, normalise) == []
    found = {layer.layer: layer.outcome for layer in explain(load(folder), PLANNER, run_sql, normalise).layers}
    assert found["sap_hybris"] == "consideration"
    assert found["see_think_do_care"] == "", "the page says that it is unclassified there"


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
