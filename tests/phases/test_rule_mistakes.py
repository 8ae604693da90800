"""A rule folder with many mistakes: all of them are named at once, each with its place and its remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from engine_in_process import normalise, run_sql

from collector.errors import RuleErrors
from collector.phases.check import check
from collector.phases.rulefile import load

FOLDER = Path(__file__).parent / "seeded_mistakes"

# Place → what is said of it: what is wrong, and the remedy.
SEEDED = {
    "lists/own_shops.txt:1:1": ("no rule uses the list own_shops", "delete the file"),
    "models/broken.yaml:3:13": ("not YAML", "look at indentation, quotes and brackets"),
    "models/house.yaml:1:1": ("no model is the default", "write default: true"),
    "models/house.yaml:1:9": ("format is missing or unknown", "write format: phase-rules/1-0-0"),
    "models/house.yaml:3:24": ("nederlands is no language", "such as en or nl"),
    "models/house.yaml:5:1": ("unknown key defualt", "did you mean default?"),
    "models/house.yaml:8:5": ("no rule of house gives the phase look", "leave the phase out"),
    "models/house.yaml:9:39": ("part is missing", "part: buyer"),
    "models/house.yaml:10:5": ("no rule of house gives the phase keep", "leave the phase out"),
    "models/house.yaml:14:12": ("unknown phase looks", "did you mean look?"),
    "models/house.yaml:16:13": ("unknown signal cart_viewd", "did you mean cart_viewed?"),
    "models/house.yaml:25:15": ("unknown fact custommer", "did you mean customer?"),
    "models/house.yaml:25:48": ("unknown previous_phase lok", "did you mean look?"),
    "models/house.yaml:27:47": ("unknown type cart_veiw", "did you mean cart_view?"),
    "signals/10_types.yaml:6:5": ("no rule gives the signal order_placed", "write one"),
    "signals/10_types.yaml:7:5": ("no rule gives the signal never_given", "write one"),
    "signals/10_types.yaml:19:13": ("unknown signal order_plcaed", "did you mean order_placed?"),
    "signals/10_types.yaml:26:9": ("rule cart.typed stands twice (first at", "another id"),
    "signals/10_types.yaml:37:5": ("unknown field page.pth", "did you mean page.path?"),
    "signals/10_types.yaml:38:5": ("unknown operator |startwith", "did you mean startswith?"),
    "signals/10_types.yaml:39:14": ("unknown channel wbe", "did you mean web?"),
    "signals/10_types.yaml:47:20": ("no without quotes is a boolean", 'write "no"'),
    "signals/10_types.yaml:48:25": ("1.10 without quotes is a number", 'write "1.10"'),
    "signals/10_types.yaml:49:11": ("an anchor &page", "leave it out"),
    "signals/10_types.yaml:51:5": ("the key channel stands twice (first in line 50)", "join them"),
    "signals/10_types.yaml:52:16": ("an alias *page", "write the value itself"),
    "signals/10_types.yaml:53:17": ("a tag !!str", "leave it out"),
    "signals/10_types.yaml:54:1": ("a tab", "write spaces"),
    "signals/10_types.yaml:62:29": ("look-around is not possible", "use a second condition"),
    "signals/10_types.yaml:70:5": ("ClickHouse refuses it", "write it more simply"),
    "signals/10_types.yaml:79:5": ("a signal says what happened", "move journey: to a model's rule"),
    "signals/10_types.yaml:84:9": ("cart.narrow can never match: cart.typed", "move cart.narrow before it"),
    "signals/10_types.yaml:92:9": ("cart.never can never match: its conditions contradict", "mend them"),
    "signals/10_types.yaml:101:9": ("rule cart.old was retired", "choose an id that was never used"),
    "signals/10_types.yaml:105:24": ("unknown list own_shop", "did you mean own_shops?"),
    "signals/10_types.yaml:106:22": ("order.total is compared with a number", "without quotes"),
    "signals/10_types.yaml:109:24": ("unknown type cart_ad", "did you mean cart_add?"),
    "signals/10_types.yaml:118:9": ("expects not cart.example, but cart.example", "correct the rule"),
    "signals/10_types.yaml:119:50": ("screen.kind is one value", "write screen.kind: value"),
    "models/more.yaml:1:1": ("model house stands twice (first at models/house.yaml:1:1)", "choose another id"),
    "models/more.yaml:3:8": ("title is missing or no mapping", "write title: {en: …, nl: …}"),
    "models/more.yaml:4:9": ("source is missing", "say it in a sentence"),
    "models/more.yaml:8:5": ("phase look stands twice", "leave one out"),
    "models/more.yaml:9:5": ("unclassified is no phase of a model", "leave it out, rules may say outside"),
    "models/more.yaml:10:5": ("an item of phases: is a mapping", "write - id: …"),
    "models/more.yaml:19:9": ("no rule look.nowhere in model house", "did you mean look.journey?"),
    "models/more.yaml:21:9": (
        "signal: paid in outside.partly is without effect: look.twice",
        "leave it out of one of them",
    ),
    "models/more.yaml:33:15": ("customer: no signal counts as a purchase", "write counts_as: purchase in one"),
    "models/more.yaml:33:31": (
        "days_since_last|equals: days are counted in fractions and never just equal",
        "write |gte, |gt, |lte or |lt",
    ),
    "models/more.yaml:36:64": (
        "days_ago is a number of days from 0 to 7300, such as 30 or 0.5",
        "days_ago is a number of days from 0 to 7300, such as 30 or 0.5",
    ),
    "models/more.yaml:41:11": (
        "unknown type returns",
        "did you mean return_made? (your own types are declared under types: in a signals file)",
    ),
    "models/more.yaml:42:14": ("journey: holds facts of the journey", "write journey: {customer: true}"),
    "models/more.yaml:43:15": ("examples: is a list", "write - {given: {…}, expect: …}"),
    "signals/30_more.yaml:4:5": (
        "signal cart_viewed stands twice (first at signals/10_types.yaml:5:5)",
        "choose another id",
    ),
    "signals/30_more.yaml:5:27": ("counts_as cannot be sale", "known are: ambassador, purchase"),
    "signals/30_more.yaml:8:9": (
        "type: cart_view in more.partly is without effect: cart.typed (signals/10_types.yaml:10:9)",
        "leave it out of one of them, or move cart.typed to a file whose name begins with 0",
    ),
    "signals/30_more.yaml:16:9": (
        "rule more.no_hit has no example that hits",
        "add - {given: {…}, expect: more.no_hit}",
    ),
    "signals/30_more.yaml:23:9": (
        "rule more.no_near_miss has no near miss",
        "add an example that looks alike and expects another rule, unclassified, or not more.no_near_miss",
    ),
    "signals/30_more.yaml:33:5": ("order.total|contains: order.total is a number", "only texts can be searched"),
    "signals/30_more.yaml:34:5": ("page.path|gte: page.path is a text", "only numbers can be compared by size"),
    "signals/30_more.yaml:35:21": ("order.total|lt takes one value, not a list", "write them as any: [{…}, {…}]"),
    "signals/30_more.yaml:36:23": ("page.path|exists is true or false, without quotes", "found yes"),
    "signals/30_more.yaml:37:19": ("search.local is true or false, without quotes", "found 1"),
    "signals/30_more.yaml:38:14": ("a list of 1 to 1000 values is needed here", "longer ones go to lists/"),
    "signals/30_more.yaml:39:17": (
        "page.title is compared with a value or a list of values, nothing else",
        "page.title is compared with a value or a list of values, nothing else",
    ),
    "signals/30_more.yaml:40:24": ("this regex cannot be used: \\B counts bytes in one engine", "leave it out"),
    "signals/30_more.yaml:40:35": (
        "this regex cannot be used: it counts further than 50, which would be too slow",
        "write + or *",
    ),
    "signals/30_more.yaml:41:10": ("any: is empty", "write conditions or leave it out"),
    "signals/30_more.yaml:42:10": ("not: holds conditions", "write not: [{field: value}, …]"),
    "signals/30_more.yaml:43:5": ("rules cannot look at context.address: it points at one", "use another field"),
    "signals/30_more.yaml:44:5": ("customer is a fact of the journey", "write it under journey: of a model's rule"),
    "signals/30_more.yaml:46:17": (
        "no sender could send this: Invalid enum value 'wbe' - at `$.channel`",
        "correct it",
    ),
    "signals/30_more.yaml:47:17": ("given is a touchpoint with at least its type", "write given: {type: …}"),
    "signals/30_more.yaml:48:42": ("expect cannot be not more.partly", "write a rule id, or not more.unfit"),
    "signals/30_more.yaml:49:9": ("expect is missing", "write a rule id, not more.unfit or unclassified"),
    "signals/30_more.yaml:49:46": ("15 does not fit here", "write a number without quotes"),
    "signals/30_more.yaml:50:9": ("an example is a mapping", "write - {given: {type: …}, expect: …}"),
    "signals/30_more.yaml:51:5": ("unknown field exampels", "did you mean examples? (your own go under properties.…)"),
    "signals/20_forgotten.yml:1:1": ("rule files end in .yaml", "rename it"),
}
NEEDS_ENGINE = {"signals/10_types.yaml:70:5", "signals/10_types.yaml:118:9"}


@pytest.fixture(scope="module")
def found() -> list[str]:
    """Every line that `rules check` says of the folder."""
    return check(FOLDER, run_sql, normalise)


@pytest.mark.parametrize("place", SEEDED)
def test_each_mistake_is_named_with_its_place_and_remedy(found: list[str], place: str) -> None:
    """Every seeded mistake is told at its line and column, with what is wrong and what to do."""
    lines = [line for line in found if line.startswith(f"{place}: ")]
    assert any(all(part in line for part in SEEDED[place]) for line in lines), lines


def test_nothing_else_is_named(found: list[str]) -> None:
    """One mistake does not bring a row of others after it."""
    assert {line.split(": ")[0] for line in found} == set(SEEDED)


def test_loading_refuses_the_folder_with_every_mistake_that_reading_can_find() -> None:
    """A loader gets one exception with the whole list; only what needs ClickHouse is missing from it."""
    with pytest.raises(RuleErrors) as error:
        load(FOLDER)
    assert {line.split(": ")[0] for line in error.value.errors} == set(SEEDED) - NEEDS_ENGINE


def test_a_folder_that_is_not_there_says_so(tmp_path: Path) -> None:
    """A wrong --rules folder is a mistake with a remedy, not an empty rule set."""
    with pytest.raises(RuleErrors) as error:
        load(tmp_path / "nowhere")
    assert [line.split(":")[0] for line in error.value.errors] == ["models/", "signals/"]
    assert all("give the folder that holds rules" in line for line in error.value.errors)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "is not UTF-8"),
        (b"", "holds no rules"),
        (b"- a\n- b\n", "holds no rules"),
        (b"format: phase-rules/1-0-0\n---\nformat: phase-rules/1-0-0\n", "a second document"),
        (b"a: " + b"[" * 500, "nested deeper than"),
        (b"a: " + b"[" * 5000, "nest"),  # from 0.2.6 on, libyaml has a limit of its own
        (b"a: &a [x, x]\nb: &b [*a, *a]\n", "an alias *a"),
        (b"<<: {format: x}\n", "a merge key"),
        (b"format: phase-rules/1-0-0\nrules: \x07\n", "not YAML"),
        (b"#" * (2 * 1024 * 1024 + 1), "larger than 2048 KiB"),
    ],
)
def test_a_file_that_is_no_rule_file_is_told(tmp_path: Path, content: bytes, said: str) -> None:
    """Whatever lies in the folder gives a message with a place, never a traceback."""
    (tmp_path / "signals").mkdir()
    (tmp_path / "models").mkdir()
    (tmp_path / "signals" / "10_x.yaml").write_bytes(content)
    with pytest.raises(RuleErrors) as error:
        load(tmp_path)
    assert any(line.startswith("signals/10_x.yaml:") and said in line for line in error.value.errors), (
        error.value.errors
    )
