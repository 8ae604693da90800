"""Regular expressions: what both engines read alike is let through, the rest is refused where it stands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from engine_in_process import normalise, run_sql
from hypothesis import given, settings
from hypothesis import strategies as st
from rule_folder import write

from collector.phases.check import PROBES, check
from collector.phases.folder import read_folder
from collector.phases.patterns import BadPattern, of_glob, of_regex
from collector.phases.sql import array, literal

HIGH = "\ud7ff\ue000-\U0010ffff"
"""The end of a class that goes on to the last character: surrogates are none."""
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
    "é+": "(?:é)+",
    "café?$": r"caf(?:é)?\z",
    "[^/]": r"[^\/]",
    "[^a-cb-e]": "[^a-cb-e]",
    "[^ac]": f"[\\x00-\\x60\\x62\\x64-{HIGH}]",
    "[^A-Z0-9é]": f"[\\x00-\\x2f\\x3a-\\x60\\x7b-èê-{HIGH}]",
    r"\W": f"[\\x00-\\x2f\\x3a-\\x40\\x5b-\\x5e\\x60\\x7b-{HIGH}]",
    r"\S": f"[\\x00-\\x08\\x0b\\x0e-\\x1f\\x21-{HIGH}]",
    "^/tuin/.*$": "^/tuin/",
    "^.*$": r"^.*\z",
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
    "a{0}": (1, "repeats nothing"),
    "a{0,0}": (1, "repeats nothing"),
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


@pytest.mark.parametrize("raw", ["cart$", r"a\sb", r"\v", r"\B", "[^ac]", r"\W", "[^/?]", "café?", r"[^é].*\z"])
def test_the_engines_do_differ_where_this_says_so(raw: str) -> None:
    """Without the rewriting the two engines would disagree: the reason for all this, checked on the engine in use."""
    assert run_sql(disagreement(raw)) != []


def test_a_class_of_what_must_not_be_there_holds_all_the_others() -> None:
    """`[^/?#]` is each character but these three, in the engine that loads, alone and within a text."""
    characters = [
        *(chr(code) for code in range(1, 0x80) if code != 0x0B),  # white space to Python alone
        "é",
        "\ud7ff",
        "\ue000",
        "🙂",
        "\U0010ffff",
    ]
    texts = [f"{before}{one}{after}" for one in characters for before, after in (("", ""), ("/x", "y"))]
    for written in ("[^/?#]", "[^a-z0-9]", r"[^\w-]", r"\W", r"\S", "[^ab é]"):
        anchored = of_regex(f"^(/x)?{written}y?$")
        found = run_sql(f"SELECT probe FROM ({probing(texts)}) WHERE multiMatchAny(probe, [{literal(anchored)}])")
        wanted = [text for text in texts if re.search(rf"\A(/x)?{written}y?\Z", text, re.ASCII)]
        assert [row["probe"] for row in found] == wanted, written


ATOMS = st.sampled_from(
    [*"abks-/_%=", "é", "🙂", " ", ".", ".*", r"\.", r"\d", r"\D", r"\w", r"\W", r"\b", r"\s", r"\S", "[a-z]",
     "[^a]", "[^/]", "[é-ü]", "[^é]", r"[\w-]", r"[^\w]", r"[^\s]", r"[\d_]", "[^ac]", "[^/?#]", "[^a-z0-9]",
     r"[^\w.-]", "[^aé🙂]"]
)  # fmt: skip
COUNTED = st.sampled_from(["[a-c]", "b", "/", "[^/]", r"\W", "[^a9]", "(?:é)", "(a|/b)", "(nl|en)"])
PIECES = st.one_of(
    ATOMS, st.tuples(COUNTED, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}", "*?"])).map("".join)
)
REGEXES = st.tuples(
    st.sampled_from(["", "", "^", "(^|/)"]),
    st.lists(st.one_of(PIECES, st.tuples(PIECES, PIECES).map("({0[0]}|{0[1]})".format)), min_size=1, max_size=5),
    st.sampled_from(["", "", "$", "(/|$)", ".*$"]),
).map(lambda parts: parts[0] + "".join(parts[1]) + parts[2])
TEXTS = st.text(
    st.sampled_from([*"abks09-/_.%=? \n\r\t\x0b\x7f", "é", "ü", "🙂", "\u212a", "\u2028", "\u0301"]),
    min_size=1,
    max_size=8,
)


@settings(max_examples=25, derandomize=True)
@given(st.lists(REGEXES, min_size=10, max_size=15, unique=True), st.lists(TEXTS, min_size=20, max_size=30))
def test_no_regex_that_is_let_through_is_read_differently(regexes: list[str], texts: list[str]) -> None:
    """Whatever is written of what the page allows: both engines find it in the same texts, and so does RE2 as it was
    written. One that an engine refuses is refused by `rules check` as well."""
    for written in regexes:
        pattern = literal(of_regex(written))
        sql = (
            f"SELECT probe, multiMatchAny(probe, [{pattern}]) AS loaded, match(probe, {pattern}) AS checked,"
            f" match(probe, {literal(written)}) AS meant FROM ({probing([*PROBES[1:], *texts])})"
        )
        try:
            rows = run_sql(f"SELECT * FROM ({sql}) WHERE loaded != checked OR loaded != meant")
        except Exception as error:
            assert "never match" in str(error) or "too slow" in str(error), written
            continue
        assert rows == [], written


def probing(texts: Sequence[str]) -> str:
    """A SELECT of these texts; arrayJoin keeps them from being constants."""
    return f"SELECT arrayJoin({array(texts)}) AS probe"


def disagreement(pattern: str) -> str:
    """The probes on which the engines differ."""
    return (
        f"SELECT probe FROM ({probing([*PROBES, 'caf'])})"
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
