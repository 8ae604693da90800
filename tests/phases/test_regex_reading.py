"""Regular expressions: what both engines read alike is let through, the rest is refused where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_in_process import normalise, run_sql
from rule_folder import write

from collector.phases.check import PROBES, check
from collector.phases.folder import read_folder
from collector.phases.patterns import BadPattern, of_glob, of_regex
from collector.phases.sql import array, literal

READ = {  # as written → as both engines get it
    "cart$": r"cart\z",
    "^/Cart/?$": r"^/cart/?\z",
    "(?i)Cart": "cart",
    r"a\sb": r"a[\t\n\f\r ]b",
    r"[\sA-Z]": r"[\t\n\f\r a-z]",
    "(nl|en)/": "(?:nl|en)/",
    "(?P<taal>nl|en)/": "(?:nl|en)/",
    "[^/]+?": r"[^\/]+",
    "a{2,50}": "a{2,50}",
    "[a-z0-9_.-]": r"[a-z0-9\_\.\-]",
    r"\.html\z": r"\.html\z",
    "(^|/)cart(/|$)": r"(?:^|/)cart(?:/|\z)",
    "é+": "é+",
    "]}": r"\]\}",
}

REFUSED = {  # as written → where, and a word of the reason
    "cart(?=s)": (4, "look-around"),
    "(?<!x)cart": (0, "look-around"),
    r"(a)\1": (3, "back-reference"),
    "a++": (2, "possessive"),
    "(?m)^cart": (0, "flags"),
    r"a\Z": (1, r"write \z"),
    r"\Bcart": (0, "bytes"),
    r"\pL": (0, "characters in"),
    r"\x41": (0, "character itself"),
    r"\v": (0, "differently"),
    "a{51}": (1, "further than 50"),
    "a{5,2}": (1, "backwards"),
    "(a^b)": (2, "begins only once"),
    "x(^a|b)": (2, "begins only once"),
    "(a$)b": (2, "ends only once"),
    "($|/)*": (1, "ends only once"),
    "a{x}": (1, "counts nothing"),
    "[abc": (0, "without its ]"),
    "[]": (0, "empty class"),
    "[[:alpha:]]": (1, r"write \["),
    "[A-z]": (1, "range"),
    "(cart": (5, "without its )"),
    "cart)": (4, "without its ("),
    "*cart": (0, "nothing before"),
    "a|+b": (2, "nothing before"),
    r"\b*": (2, "nothing before"),
    "cart^": (4, "begins only once"),
    "a$b": (1, "ends only once"),
    "cart\\": (4, "backslash at the end"),
    "[a&&b]": (2, "&&"),
}


@pytest.mark.parametrize("regex", READ)
def test_a_sound_regex_is_written_for_both_engines(regex: str) -> None:
    """`$`, white space and case are written as both engines understand them, and then they agree on every probe."""
    assert of_regex(regex) == READ[regex]
    assert run_sql(disagreement(READ[regex])) == []


@pytest.mark.parametrize("regex", REFUSED)
def test_an_unsound_regex_is_refused_where_it_stands(regex: str) -> None:
    """The offset points at the construct, and the reason says what to write instead."""
    at, reason = REFUSED[regex]
    with pytest.raises(BadPattern) as error:
        of_regex(regex)
    assert (error.value.at, reason in str(error.value)) == (at, True), str(error.value)


@pytest.mark.parametrize("glob", ["*", "**", "/nl/*", "/nl/**/cart", "?", "a.b*", "[x]", "{a,b}", "é?", "\\*"])
def test_a_glob_is_read_alike_by_both_engines(glob: str) -> None:
    """Whatever stands in a glob besides its wildcards is only itself."""
    assert run_sql(disagreement(of_glob(glob))) == []


@pytest.mark.parametrize("raw", ["cart$", r"a\sb", r"\v", r"\B"])
def test_the_engines_do_differ_where_this_says_so(raw: str) -> None:
    """Without the rewriting the two engines would disagree: the reason for all this, checked on the engine in use."""
    assert run_sql(disagreement(raw)) != []


def disagreement(pattern: str) -> str:
    """The probes on which the engines differ."""
    return (
        f"SELECT probe FROM (SELECT arrayJoin({array(PROBES)}) AS probe)"
        f" WHERE multiMatchAny(probe, [{literal(pattern)}]) != match(probe, {literal(pattern)})"
    )


def test_check_refuses_what_only_an_engine_can_judge(tmp_path: Path) -> None:
    """A pattern too large for an engine is told at its rule, with the remedy, before it can stop a load."""
    rules = [
        {
            "id": f"made.r{at}",
            "signal": "made",
            "page.path|regex": regex,
            "examples": [
                {"given": {"type": "page_view", "page.path": "/x" * 80}, "expect": f"made.r{at}"},
                {"given": {"type": "page_view"}, "expect": "unclassified"},
            ],
        }
        for at, regex in enumerate([".{1,50}x", "((.{50}){50}){50}", "/x$"])
    ]
    found = [line for line in check(write(tmp_path, rules), run_sql, normalise) if "cannot be used" in line]
    assert ["ClickHouse refuses it" in line for line in found] == [True]
    assert "((.{50}){50}){50} cannot be used" in found[0]
    assert all(line.startswith("signals/10_made.yaml:") for line in found)


def test_the_column_of_a_bad_regex_points_into_it(tmp_path: Path) -> None:
    """An author is shown the very character, quotes counted."""
    write(tmp_path, [{"id": "made.r", "signal": "made"}])
    file = tmp_path / "signals" / "10_made.yaml"
    text = """format: phase-rules/1-0-0
signals: [{id: made, title: {en: Made}, description: Made.}]
rules:
  - {id: made.r, signal: made, description: Made., page.path|regex: ['/ok', '/x(?=y)']}
"""
    file.write_text(text, "utf-8")
    column = text.splitlines()[3].index("(?=") + 1
    assert any(line.startswith(f"signals/10_made.yaml:4:{column}:") for line in read_folder(tmp_path).faults.lines())
