"""docs/rules.md explains every message of `rules check`, and every operator with an example that runs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from engine_in_process import normalise, run_sql
from rule_folder import write

from collector import phases
from collector.phases.check import check
from collector.phases.conditions import OPERATORS
from collector.phases.operators import MEANINGS
from collector.phases.strict_yaml import Faults, Mapping, read
from collector.shipped import rules as shipped_rules
from tests.phases.test_rule_mistakes import FOLDER

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
MODULES = sorted(Path(next(iter(phases.__path__))).glob("*.py"))


def documented() -> list[re.Pattern[str]]:
    """The messages of the table, as patterns: … stands for anything."""
    table = PAGE.split("| message | meaning |")[1].split("\n\n")[0]
    cells = [line.split(" | ")[0] for line in table.splitlines()[2:]]
    messages = [text for cell in cells for text in re.findall(r"`([^`]+)`", cell)]
    return [re.compile(".*".join(map(re.escape, text.split("…")))) for text in messages]


def messages() -> list[tuple[str, str]]:
    """Every text that is given to `faults.add` as it stands, with its place; … where something is filled in."""
    found = []
    for file in MODULES:
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add":
                text = node.args[-1] if len(node.args) == 2 else None
                if isinstance(text, ast.Constant):
                    found.append((f"{file.name}:{node.lineno}", str(text.value)))
                elif isinstance(text, ast.JoinedStr):
                    found.append((f"{file.name}:{node.lineno}", "".join(map(_written, text.values))))
    return found


def _written(part: ast.expr) -> str:
    if isinstance(part, ast.Constant):
        return str(part.value)
    assert isinstance(part, ast.FormattedValue)
    return FILLED.get(ast.unparse(part.value), "…")


FILLED = {
    "outcome": "signal",
    "what": "signal",
    "test.field.name": "type",
    "kind": "order",
    "test.operator": "regex",
    "problem": "only texts can be searched",
    "PHASES[0]": "3",
    "PHASES[1]": "10",
}
"""What may stand where something is filled in, when the page names it."""


@pytest.mark.parametrize(("place", "message"), messages(), ids=lambda value: str(value)[:60])
def test_every_message_in_the_code_is_explained(place: str, message: str) -> None:
    """Whoever meets a message finds it on the page."""
    head = message.split("; ")[0]
    assert any(pattern.search(head) for pattern in documented()), f"{place}: {head}"


def test_there_are_as_many_messages_as_there_are() -> None:
    """The search above finds the messages: some eighty stand in the code as they are."""
    assert len(messages()) > 70


def test_every_message_of_the_seeded_mistakes_is_explained() -> None:
    """So do messages that are put together elsewhere than where they are noted."""
    lines = check(FOLDER, run_sql, normalise)
    heads = [line.split(": ", 1)[1] for line in lines]
    unknown = [head for head in heads if not any(pattern.search(head) for pattern in documented())]
    assert not unknown, "\n".join(unknown)


def test_every_explained_message_exists() -> None:
    """The page explains no message that nothing says."""
    code = "\n".join(re.sub(r'"\s*\n\s*f?"', "", file.read_text("utf-8")) for file in MODULES)
    plain = re.sub(r"\{[^{}\n]*(?:\{[^{}\n]*\}[^{}\n]*)*\}", "…", code)
    missing = [one.pattern for one in documented() if not one.search(code) and not one.search(plain)]
    gone = [pattern for pattern in missing if pattern not in PUT_TOGETHER]
    assert not gone, "\n".join(gone)


PUT_TOGETHER = {
    ".*".join(map(re.escape, text.split("…")))
    for text in (
        "unknown signal …",
        "unknown phase …",
        "the regex … cannot be used: ClickHouse refuses it",
        "longer than 512 characters",
        "a model has 3 to 10 phases",
    )
}
"""Messages whose words come from several places: the seeded mistakes and tests of regexes bring them about."""


def operators() -> dict[str, tuple[str, str, str]]:
    """Operator → its example, a value that it holds for and one that it does not hold for."""
    table = PAGE.split("| operator |")[1].split("\n\n")[0]
    rows = [re.split(r" (?<!\\)\| ", line.strip("| ")) for line in table.splitlines()[2:]]
    return {
        row[0].strip("`").replace("(none)", "equals"): tuple(one.strip("`").replace("\\|", "|") for one in row[-3:])
        for row in rows
    }  # type: ignore[return-value]


def test_every_operator_has_its_row_and_its_meaning() -> None:
    """The page, the schemas and the code know the same operators."""
    assert set(operators()) == set(OPERATORS) == set(MEANINGS)


@pytest.mark.parametrize("operator", OPERATORS)
def test_the_example_of_an_operator_runs(tmp_path: Path, operator: str) -> None:
    """Copied into a rule, each example holds for the value that the page says, and not for the other."""
    condition, holds, fails = operators()[operator]
    node = read("page", condition, Faults())
    assert isinstance(node, Mapping)
    [key] = node.items
    field, bar, named = key.partition("|")
    assert named == (operator if bar else "") and (bar or operator == "equals")
    number = bar and operator in ("gte", "gt", "lte", "lt")

    def example(value: str, expect: str) -> str:
        written = "" if value == "(absent)" else f", {field}: {value if number else repr(value)}"
        return f"      - {{given: {{type: own_type{written}}}, expect: {expect}}}\n"

    write(tmp_path, [{"id": "made.r", "signal": "made"}])
    if operator == "in_list":
        topics = (shipped_rules() / "lists" / "after_sales_topics.txt").read_text("utf-8")
        (tmp_path / "lists" / "after_sales_topics.txt").write_text(topics, "utf-8")
    (tmp_path / "signals" / "10_made.yaml").write_text(
        "format: phase-rules/1-0-0\ntypes: [own_type]\nsignals: [{id: made, title: {en: Made}, description: Made.}]\n"
        f"rules:\n  - id: made.r\n    signal: made\n    description: Made.\n    {condition}\n    examples:\n"
        + example(holds, "made.r")
        + example(fails, "unclassified"),
        "utf-8",
    )
    assert [line for line in check(tmp_path, run_sql, normalise) if line.startswith("signals/")] == []
