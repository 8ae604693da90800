"""Random rules against random touchpoints: the compiled SQL means what a plain reading of the rule means.

The reading below knows nothing of the compiler: it takes a rule as it was written, one touchpoint as a dict, and goes
through it word by word.
"""

from __future__ import annotations

import re
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

from engine_in_process import flat_rows, run_sql
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rule_folder import write

from collector.phases.compile import compile_rules
from collector.phases.folder import read_folder
from collector.phases.paths import path_fault

# The plain reading.


def plain(text: str) -> str:
    """A to Z lowered, nothing else."""
    return "".join(one.lower() if "A" <= one <= "Z" else one for one in text)


def field_text(name: str, touchpoint: dict[str, Any]) -> str:
    """A text field as rules see it: absent is empty, a path has no slash at its end."""
    text = plain(touchpoint.get(name, ""))
    return text[:-1] if name == "page.path" and text.endswith("/") and text != "/" else text


def globbed(glob: str, text: str) -> bool:
    """A glob over the whole text, character by character."""
    if not glob:
        return not text
    if glob.startswith("**"):
        return any(globbed(glob[2:], text[at:]) for at in range(len(text) + 1))
    if glob[0] == "*":
        stop = text.find("/") if "/" in text else len(text)
        return any(globbed(glob[1:], text[at:]) for at in range(stop + 1))
    if not text or (glob[0] == "?" and text[0] == "/") or (glob[0] != "?" and glob[0] != text[0]):
        return False
    return globbed(glob[1:], text[1:])


def line_holds(key: str, value: Any, touchpoint: dict[str, Any], lists: dict[str, list[str]]) -> bool:
    """One line of a rule."""
    name, _, operator = key.partition("|")
    there = touchpoint.get(name) not in (None, "")
    if operator == "exists":
        return there is value
    if not there:
        return False
    values = value if isinstance(value, list) else [value]
    held = touchpoint[name]
    if operator in ("gte", "gt", "lte", "lt"):
        try:
            found = Decimal(held)
        except ArithmeticError:
            return False  # a property that is no number
        bound = Decimal(str(value))
        return {"gte": found >= bound, "gt": found > bound, "lte": found <= bound, "lt": found < bound}[operator]
    if isinstance(held, bool):
        return held in values
    if isinstance(held, (int, float)) or name == "order.total":
        return any(Decimal(str(held)) == Decimal(str(one)) for one in values)
    return any(value_holds(name, operator, one, field_text(name, touchpoint), lists) for one in values)


def value_holds(name: str, operator: str, value: str, text: str, lists: dict[str, list[str]]) -> bool:
    """One value of a text test."""
    if operator == "in_list":
        return any(value_holds(name, "", one, text, lists) for one in lists[value])
    if operator == "regex":
        return re.search(REGEXES[value], text, re.DOTALL | re.ASCII) is not None
    wanted = plain(value)
    if operator == "":
        return text == (wanted[:-1] if name == "page.path" and wanted.endswith("/") and wanted != "/" else wanted)
    if operator == "glob":
        return globbed(wanted, text)
    return {"startswith": text.startswith, "endswith": text.endswith, "contains": text.__contains__}[operator](wanted)


def holds(rule: dict[str, Any], touchpoint: dict[str, Any], lists: dict[str, list[str]]) -> bool:
    """All of a mapping."""
    for key, value in rule.items():
        groups = value if isinstance(value, list) else [value]
        if key == "any":
            if not any(holds(group, touchpoint, lists) for group in groups):
                return False
        elif key == "all":
            if not all(holds(group, touchpoint, lists) for group in groups):
                return False
        elif key == "not":
            if any(holds(group, touchpoint, lists) for group in groups):
                return False
        elif not line_holds(key, value, touchpoint, lists):
            return False
    return True


# What is drawn.

WORDS = [
    "cart",
    "Cart",
    "/nl/",
    "/",
    "é",
    "É",
    "a.b",
    "a'b",
    "\\",
    "--",
    "{x}",
    "%",
    "ß",
    "🙂",
    "[",
    "k",
    "\u212a",
    "?",
]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)
field_texts = st.lists(st.sampled_from([*WORDS, "\n", "\x0b", " ", "\0"]), max_size=5).map("".join)

REGEX_PIECES = [  # as an author writes it; as Python reads the same
    ("cart", "cart"), ("CART", "cart"), (".", "."), ("[a-c]", "[a-c]"), ("[^A-C/]", "[^a-c/]"),
    ("/", "/"), (r"\.", r"\."), (r"\d+", r"\d+"), (r"\s", r"[\t\n\f\r ]"), ("(k|é)", "(?:k|é)"), ("x*", "x*"),
    ("(?:ab)?", "(?:ab)?"), (r"\w", r"\w"), ("🙂", "🙂"), (r"[\s'é]", r"[\t\n\f\r 'é]"),
]  # fmt: skip
REGEXES: dict[str, str] = {}


def regex_of(pieces: list[tuple[str, str]]) -> str:
    """The regex as written; its Python reading is kept beside it."""
    written = "".join(one for one, _ in pieces)
    REGEXES[written] = "".join(one for _, one in pieces)
    return written


regexes = st.tuples(
    st.sampled_from([("", ""), ("^", r"\A"), ("(^|/)", r"(?:\A|/)")]),
    st.lists(st.sampled_from(REGEX_PIECES), min_size=1, max_size=4),
    st.sampled_from([("", ""), ("$", r"\Z"), (r"(/|\z)", r"(?:/|\Z)")]),
).map(lambda parts: regex_of([parts[0], *parts[1], parts[2]]))
globs = st.lists(st.sampled_from([*WORDS, "*", "**"]), min_size=1, max_size=4).map("".join)
TEXT_FIELDS = ["page.path", "page.title", "page.host", "came_by", "properties.k", "properties.a'b"]
NUMBER_FIELDS = ["order.total", "order.step", "feedback.score"]
numbers = st.sampled_from([0, 1, 2, 12.5, 12.5001, 99.95, -3])


def several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value, or a list of some."""
    return one | st.lists(one, min_size=1, max_size=3)


def possible(line: tuple[str, Any]) -> bool:
    """Whether `rules check` lets a condition through: what no path can be is refused."""
    name, _, operator = line[0].partition("|")
    values = line[1] if isinstance(line[1], list) else [line[1]]
    return name != "page.path" or all(path_fault(operator, value) is None for value in values)


def lines() -> st.SearchStrategy[tuple[str, Any]]:
    """One condition: its key and its value."""
    text = st.sampled_from(TEXT_FIELDS)
    plainly = text.flatmap(
        lambda name: st.tuples(
            st.sampled_from(["", "|startswith", "|endswith", "|contains"]).map(name.__add__), several(texts)
        )
    )
    return (
        plainly.filter(possible)
        | st.tuples(text.map("{}|regex".format), several(regexes))
        | st.tuples(text.map("{}|glob".format), several(globs)).filter(possible)
        | st.tuples(text.map("{}|in_list".format), several(st.sampled_from(["short", "long"])))
        | st.tuples(st.just("type"), several(st.sampled_from(["page_view", "order", "own_type"])))
        | st.tuples(st.just("channel"), several(st.sampled_from(["web", "store", "phone"])))
        | st.tuples(st.sampled_from(NUMBER_FIELDS), several(numbers))
        | st.tuples(
            st.sampled_from(
                [f"{name}|{sign}" for name in [*NUMBER_FIELDS, "properties.k"] for sign in ("gte", "gt", "lte", "lt")]
            ),
            numbers,
        )
        | st.tuples(st.sampled_from(["search.local", "is_bot", "contact.repeated"]), st.booleans())
        | st.tuples(
            st.sampled_from([f"{name}|exists" for name in [*TEXT_FIELDS, *NUMBER_FIELDS, "search.local"]]),
            st.booleans(),
        )
    )


def conditions() -> st.SearchStrategy[dict[str, Any]]:
    """A mapping of conditions, with groups in it."""
    flat = st.lists(lines(), min_size=1, max_size=3).map(dict)
    return st.recursive(
        flat,
        lambda inner: st.builds(
            lambda base, word, groups: {**base, word: groups if len(groups) > 1 else groups[0]},
            flat | st.just({}),
            st.sampled_from(["any", "all", "not"]),
            st.lists(inner, min_size=1, max_size=3),
        ),
        max_leaves=4,
    )


touchpoints = st.fixed_dictionaries(
    {"type": st.sampled_from(["page_view", "order", "own_type", "other"]), "is_bot": st.booleans()},
    optional={
        "channel": st.sampled_from(["web", "store", "phone"]),
        **dict.fromkeys(TEXT_FIELDS, field_texts),
        "properties.k": field_texts | st.sampled_from(["1", "12.5", "-3", "x1"]),
        "order.total": st.sampled_from(["0", "1", "12.5", "12.5001", "99.95", "-3", "150"]),
        "order.step": st.sampled_from([0, 1, 2, 13]),
        "feedback.score": st.sampled_from([0.0, 1.0, 12.5, -3.0]),
        "search.local": st.booleans(),
        "contact.repeated": st.booleans(),
    },
)
LISTS = {"short": ["cart", "/nl/"], "long": ["É", "a'b", "\\", "🙂", *(f"value {number}" for number in range(80))]}


@settings(max_examples=70, suppress_health_check=list(HealthCheck))
@given(st.lists(conditions(), min_size=1, max_size=14), st.lists(touchpoints, min_size=1, max_size=25))
@example([{"type": "page_view", "any": [{"page.path": "cart"}, {"type": "order"}]}], [{"type": "page_view"}])
def test_the_first_rule_that_a_plain_reading_finds_is_the_one_that_matches(
    rules: list[dict[str, Any]], drawn: list[dict[str, Any]]
) -> None:
    """Whatever the compiler gathers, guards and intersects, the first rule of the file that holds is the winner."""
    compared(rules, drawn)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(st.lists(touchpoints, min_size=1, max_size=25), st.integers(9, 200), st.randoms(use_true_random=False))
def test_many_rules_of_one_shape_are_gathered_without_changing_their_meaning(
    drawn: list[dict[str, Any]], count: int, random: Any
) -> None:
    """Rules that pair two texts each go through the intersection of two searches, and still the first one wins."""
    rules = [
        {
            "type": "page_view",
            f"page.host{random.choice(['', '|contains'])}": random.choice(WORDS),
            f"page.title{random.choice(['|startswith', '|endswith', '|contains'])}": random.choice(WORDS),
            **({"came_by": random.choice(WORDS)} if random.random() < 0.1 else {}),
        }
        for _ in range(count)
    ]
    gathered = compared(rules, drawn)
    assert count < 120 or "arrayIntersect(" in gathered


def compared(rules: list[dict[str, Any]], drawn: list[dict[str, Any]]) -> str:
    """Hold what ClickHouse says against the plain reading, for signals and for a model over them."""
    signal_rules = [{"id": f"r.n{at}", "signal": f"s{at % 5}", **rule} for at, rule in enumerate(rules)]
    signals = sorted({str(rule["signal"]) for rule in signal_rules})
    model_rules: list[dict[str, Any]] = [
        {"id": "one.some", "phase": "one", "signal": signals[0], "type": ["page_view", "order"]},
        {"id": "two.some", "phase": "two", "any": [{"signal": signals[-1]}, {"is_bot": True}]},
        {"id": "three.none", "phase": "three", "not": {"signal": signals}},
    ]
    with tempfile.TemporaryDirectory() as folder:
        reading = read_folder(write(Path(folder), signal_rules, model_rules, LISTS))
    assert not reading.faults, reading.faults.lines()
    select_list = compile_rules(reading.rule_set).select_list
    rows = run_sql(f"SELECT rules, phase FROM (SELECT *, {select_list} FROM ({flat_rows(drawn)})) ORDER BY _row")
    for touchpoint, row in zip(drawn, rows, strict=True):
        won = next((at for at, rule in enumerate(rules) if holds(rule, touchpoint, LISTS)), None)
        signal = "" if won is None else f"s{won % 5}"
        model = next((rule for rule in model_rules if model_holds(rule, {**touchpoint, "signal": signal})), None)
        expected = {
            "signal": "" if won is None else f"r.n{won}",
            "house": str(model["id"]) if model else "",
        }
        assert row["rules"] == expected, (touchpoint, rules)
        assert row["phase"] == (model["phase"] if model else "unclassified")
    return select_list


def model_holds(rule: dict[str, Any], touchpoint: dict[str, Any]) -> bool:
    """A model's rule without its id and phase."""
    return holds({key: value for key, value in rule.items() if key not in ("id", "phase")}, touchpoint, LISTS)
