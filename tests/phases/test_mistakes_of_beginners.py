"""What somebody who never wrote a rule gets wrong: one mistake is one message, with its place and what to write."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_in_process import normalise, run_sql
from rule_folder import write

from collector.phases.check import check

RULE = """format: phase-rules/1-0-0

rules:
  - id: ours.planner
    signal: made
    description: Any step of the planner.
    type: page_view
    page.path|endswith: /planner
    examples:
      - {given: {type: page_view, page.path: /nl/planner}, expect: ours.planner}
      - {given: {type: page_view, page.path: /nl}, expect: not ours.planner}
"""
TYPE, PATH, WORDS = "    type: page_view\n", "page.path|endswith: /planner", "description: Any step of the planner."
KANAAL = f"{TYPE}    kanaal: winkel\n"

MISTAKES: dict[str, tuple[str, str, str]] = {  # what is replaced by what → the one message
    "a Dutch key": ("    examples:", "    voorbeelden:", "9:5: unknown field voorbeelden; did you mean examples?"),
    "a Dutch field": (TYPE, KANAAL, "8:5: unknown field kanaal; did you mean channel?"),
    "a Dutch channel": (TYPE, f"{TYPE}    channel: winkel\n", "8:14: unknown channel winkel; did you mean store?"),
    "a Dutch type": (
        "type: page_view\n",
        "type: paginabezoek\n",
        "7:11: unknown type paginabezoek; did you mean page_v",
    ),
    "a Dutch operator": ("|endswith", "|eindigt_op", "8:5: unknown operator |eindigt_op; did you mean endswith?"),
    "a Dutch no": (TYPE, f"{TYPE}    is_bot: nee\n", "8:13: is_bot is true or false, without quotes; found nee"),
    "a tab": (TYPE, "\ttype: page_view\n", "7:1: a tab; YAML is indented with spaces, write spaces"),
    "a space too few": (TYPE, "   type: page_view\n", "7:4: this is not YAML: this line is indented otherwise"),
    "a space too many": (
        TYPE,
        "     type: page_view\n",
        "7:10: this is not YAML: a second colon and space in one line",
    ),
    "Norway": (TYPE, f"{TYPE}    store.country: no\n", '8:20: no without quotes is a boolean to YAML; write "no"'),
    "a colon": (WORDS, "description: Any step: all", "6:26: this is not YAML: a second colon and space in one line"),
    "a star": (
        PATH,
        "page.path|glob: */planner",
        "8:22: this is not YAML: a text that begins with * or & needs quotes",
    ),
    "a percent sign": (
        PATH,
        "page.title|contains: %korting",
        "8:26: this is not YAML: a text that begins with %, @ or",
    ),
    "a hash": (
        PATH,
        "page.url|contains: #planner",
        "8:23: a value is missing; put quotes around one that begins with #",
    ),
    "an open quote": (WORDS, 'description: "Any step', "6:18: this is not YAML: a quote that begins here and does not"),
    "an apostrophe": (
        "page.path: /nl/p",
        "page.title: 'foto's', page.path: /nl/p",
        "10:53: this is not YAML: a text within",
    ),
    "curly quotes": (
        PATH,
        "page.path|endswith: “/planner”",
        '8:25: “ is part of the text here; write "straight quotes"',
    ),
    "no space": (PATH, "page.path|endswith:/planner", "8:5: this is not YAML: a key without a colon and a space after"),
    "half a field": ("    page.path|", "    url|", "8:5: unknown field url; did you mean page.url?"),
    "a misspelt field": ("    page.path|", "    page.pad|", "8:5: unknown field page.pad; did you mean page.path?"),
    "a host": (PATH, "page.path|startswith: https://a.example/planner", "8:27: page.path has no host; leave out what"),
    "a query": (PATH, "page.path|contains: /planner?stap=", "8:25: page.path has no query and no #; ask page.url for"),
    "a last slash": (PATH, f"{PATH}/", "8:25: page.path is compared without a slash at its end; write /planner"),
    "commas": (
        PATH,
        f"{PATH}, /plan",
        "8:25: page.path has no space; write %20 for one, and several values as a list: [/",
    ),
    "the word or": (PATH, f"{PATH} OF /plan", "8:25: page.path has no space; write %20 for one, and several values as"),
    "a thousand": (PATH, "order.total|gte: 1.500", "8:22: 1.500 is read as a fraction; write 1500, or 1.5000 for it"),
    "a comma": (PATH, "order.total|gte: 99,95", "8:22: order.total is compared with a number like 150 or 99.95"),
    "a capital": (
        "  - id: ours.planner",
        "  - id: Ours.Planner",
        "4:9: id cannot be Ours.Planner; write ours.planner (a",
    ),
    "a dash": ("signal: made", "signal: ma-de", "5:13: signal cannot be ma-de; write ma_de (write the signal that"),
    "look-ahead": (
        PATH,
        "page.path|regex: '/planner(?!s)'",
        "8:31: this regex cannot be used: look-around is not poss",
    ),
}


def told(folder: Path, text: str) -> list[str]:
    """What is said of a folder with this file beside a sound one, by reading alone."""
    write(folder, [{"id": "made.r", "signal": "made", "type": "own_type"}])
    (folder / "signals" / "05_ours.yaml").write_text(text, "utf-8")
    return [line for line in check(folder) if " made.r has no " not in line and "one.rest" not in line]


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_one_message_that_helps(tmp_path: Path, mistake: str) -> None:
    """Place, fault and remedy; and nothing is said of what only follows from it."""
    before, after, message = MISTAKES[mistake]
    assert RULE.count(before) == 1
    lines = told(tmp_path, RULE.replace(before, after))
    lines = [line for line in lines if "no example that hits" not in line and "no near miss" not in line]
    lines = [line for line in lines if not line.startswith("models/") or "unknown" in line]
    assert len(lines) == 1, lines
    assert lines[0].startswith(f"signals/05_ours.yaml:{message}"), lines[0]


def test_the_rule_without_a_mistake_is_sound(tmp_path: Path) -> None:
    """What is broken above is broken by the mistake alone."""
    assert [line for line in told(tmp_path, RULE) if line.startswith("signals/05_ours")] == []


def test_the_title_of_a_phase_leads_to_its_name(tmp_path: Path) -> None:
    """Who knows a phase by its Dutch title is told what rules call it."""
    write(tmp_path, [{"id": "made.r", "signal": "made"}])
    file = tmp_path / "models" / "house.yaml"
    text = file.read_text("utf-8").replace("{en: Two}", "{en: Two, nl: Overweging}")
    file.write_text(text.replace('"phase": "three"', '"phase": "overweging"'), "utf-8")
    assert any("unknown phase overweging; did you mean two?" in line for line in check(tmp_path))


def test_a_file_that_cannot_be_read_brings_no_other_mistakes(tmp_path: Path) -> None:
    """Its signals are unknown to the models and its rules to the examples: neither is anybody's mistake."""
    rules = [
        {
            "id": "made.r",
            "signal": "made",
            "type": "page_view",
            "examples": [
                {"given": {"type": "page_view"}, "expect": "made.r"},
                {"given": {"type": "order"}, "expect": "not made.r"},
            ],
        }
    ]
    model = [
        {
            "id": f"{phase}.r",
            "phase": phase,
            "signal": signals,
            "examples": [
                {"given": {"type": "page_view"}, "expect": "one.r" if phase == "one" else f"not {phase}.r"},
                {"given": {"type": "order"}, "expect": f"not {phase}.r" if phase == "one" else f"{phase}.r"},
            ],
        }
        for phase, signals in (("one", ["made"]), ("two", ["theirs"]), ("three", ["theirs", "made"]))
    ]
    write(tmp_path, rules, model)
    (tmp_path / "signals" / "20_theirs.yaml").write_text("format: 'phase-rules/1-0-0\nsignals:\n", "utf-8")
    lines = [line for line in check(tmp_path, run_sql, normalise) if "can never match" not in line]
    assert [line.split(": ")[0] for line in lines] == ["signals/20_theirs.yaml:1:9"]


def test_a_rule_that_is_left_out_spoils_no_journey(tmp_path: Path) -> None:
    """Its phase is missing from the journeys of examples; what `reached` makes of that is nobody's mistake."""

    def shown(phase: str, after: list[str], expect: str) -> dict[str, object]:
        return {"given": {"type": phase}, "after": [{"type": one} for one in after], "expect": expect}

    rules = [{"id": f"made.{one}", "signal": one, "type": kind} for one, kind in (("a", "order"), ("b", "sale"))]
    model = [
        {
            "id": "two.before",
            "phase": "two",
            "signal": "b",
            "journey": {"reached": ["one"]},
            "examples": [shown("sale", ["order"], "two.before"), {"given": {"type": "sale"}, "expect": "three.rest"}],
        },
        {"id": "one.rest", "phase": "one", "signal": "a", "chanel": "web"},
        {"id": "three.rest", "phase": "three", "signal": ["a", "b"]},
    ]
    lines = check(write(tmp_path, rules, model), run_sql, normalise)
    assert any("unknown field chanel; did you mean channel?" in line for line in lines)
    assert [line for line in lines if "this example" in line] == []
