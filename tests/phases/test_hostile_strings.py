"""What an author writes stays within its literal; nothing but rules gets into a compiled expression."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from engine_in_process import flat_rows, run_sql
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_folder import write

from collector.phases.compile import compile_rules
from collector.phases.fields import columns
from collector.phases.folder import read_folder
from collector.phases.sql import FUNCTIONS, UnsafeExpression, array, literal, touchpoint_names, verify

HOSTILE = [
    "'",
    "\\",
    "\\'",
    "''",
    "' OR 1=1 --",
    "'); DROP TABLE klantreis.touchpoints; --",
    "x'] , file('/etc/passwd') AS leak, ['",
    "\\'] , (SELECT 1) AS leak, [\\'",
    '/* */ {p:String} $$ `x` "y"',
    "\\x27 \\u0027 \\N \\0",
    "${classification} $rows %s {select_list}",
    "]}) | * FROM system.users",
    "\u2019\u02bc\uff07",
    "🙂'🙂",
    "\\E\\Q(?i)^.*$",
]


@settings(max_examples=20)
@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), min_size=1, max_size=50))
def test_every_text_comes_back_from_its_literal(texts: list[str]) -> None:
    """Quotes, backslashes, NUL, line ends, anything of Unicode: ClickHouse reads the same text that was written."""
    assert run_sql(f"SELECT {array([*texts, *HOSTILE])} AS texts, {literal(texts[0])} AS first") == [
        {"texts": [*texts, *HOSTILE], "first": texts[0]}
    ]


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("operator", ["", "|startswith", "|endswith", "|contains", "|in_list"])
def test_a_hostile_value_is_compared_and_nothing_else(tmp_path: Path, text: str, operator: str) -> None:
    """A hostile value matches exactly the touchpoint that carries it, and the statement stays one of rules."""
    value = "hostile" if operator == "|in_list" else text
    name = "properties." + text.replace("|", "")  # the one character that a property's name cannot have in a rule
    rule = {"id": "made.hostile", "signal": "made", "page.title" + operator: value, name: text}
    folder = write(tmp_path, [rule], lists={"hostile": [text]})
    reading = read_folder(folder)
    assert not reading.faults
    select_list = compile_rules(reading.rule_set).select_list
    assert_only_rules(select_list)
    drawn = [{"page.title": text, name: text}, {"page.title": "x", name: "x"}]
    rows = run_sql(f"SELECT signal FROM (SELECT *, {select_list} FROM ({flat_rows(drawn)})) ORDER BY _row")
    assert [row["signal"] for row in rows] == ["made", ""]


def assert_only_rules(select_list: str) -> None:
    """The engine's own parser finds only functions and columns of the lists."""
    statement = f"EXPLAIN AST SELECT {select_list}"
    lines = [str(row["explain"]) for row in run_sql(statement)]
    functions = {found[1] for line in lines if (found := re.search(r"Function (\w+)", line))}
    names = {found[1] for line in lines if (found := re.search(r"Identifier (\S+)", line))}
    assert functions <= FUNCTIONS | {"equals", "in", "greater", "minus", "plus", "array", "tuple"}
    assert all(name in columns() | {"signal", "phase"} or re.fullmatch(r"_[fgms]\d+", name) for name in names), names
    assert not [line for line in lines if "Subquery" in line or "TableIdentifier" in line]


@pytest.mark.parametrize(
    "select_list",
    [
        "file('/etc/passwd') AS signal",
        "(SELECT name FROM system.users) AS signal",
        "type AS signal, url('http://x', CSV) AS phase",
        "currentUser() AS signal",
        "`type` AS signal",
        '"type" AS signal',
        "type AS signal; DROP TABLE x",
        "type AS signal -- comment",
        "type /* comment */ AS signal",
        "{p:String} AS signal",
        "$$type$$ AS signal",
        "system.one AS signal",
        "'it''s' 'x' || type AS signal",
        "user_agent AS signal",
        "lower(type) AS leak",
        "'unclosed AS signal",
        "x'27' AS signal",
        "type::String AS signal",
        "* AS signal",
        "dictGet('d', 'a', type) AS signal",
        "LOWER (type) AS signal",
    ],
)
def test_an_expression_that_names_anything_else_is_refused(select_list: str) -> None:
    """The second lock: a compiler gone wrong could still not reach a table, a file, a user or another column."""
    with pytest.raises(UnsafeExpression):
        verify(select_list, touchpoint_names())


@pytest.mark.parametrize("text", ["a\nb", "a\tb", "\x00", "\u2028", "\x9f", "\ufeff", "x" * 513])
def test_a_control_character_or_an_endless_text_is_no_value(tmp_path: Path, text: str) -> None:
    """What nobody can see in a file is refused rather than matched."""
    reading = read_folder(write(tmp_path, [{"id": "made.odd", "signal": "made", "page.title": text}]))
    assert any("10_made.yaml" in line for line in reading.faults.lines())
