"""Random rules with journey facts against random journeys: what ClickHouse settles is what a plain reading finds.

The reading below knows nothing of the compiler nor of facts.sql: it walks through a journey as docs/rules.md tells it.
"""

from __future__ import annotations

import json
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

from engine_in_process import run_sql
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from rule_folder import write

from collector.phases.compile import compile_settled, compile_waiting
from collector.phases.engine import statement
from collector.phases.folder import read_folder
from collector.phases.rules import RuleSet
from collector.phases.sql import literal


def several(one: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value, or a list of some."""
    return one | st.lists(one, min_size=1, max_size=3)


DAY = 86_400_000
PHASES = ("one", "two", "three")
FACT_LINES = (
    st.tuples(st.sampled_from(["customer", "arrived_by_ambassador"]), st.booleans())
    | st.tuples(
        st.sampled_from(["purchases", "touchpoints", "sessions"]).flatmap(
            lambda name: st.sampled_from([name, f"{name}|gte", f"{name}|gt", f"{name}|lte", f"{name}|lt"])
        ),
        st.integers(0, 3),
    )
    | st.tuples(
        st.sampled_from(["days_since_last", "days_since_purchase"]).flatmap(
            lambda name: st.sampled_from([f"{name}|gte", f"{name}|gt", f"{name}|lte", f"{name}|lt"])
        ),
        st.sampled_from([0, 0.5, 1, 2]),
    )
    | st.tuples(
        st.sampled_from(
            ["days_since_last|exists", "days_since_purchase|exists", "previous_phase|exists", "reached|exists"]
        ),
        st.booleans(),
    )
    | st.tuples(st.sampled_from(["previous_phase", "reached"]), several(st.sampled_from(PHASES)))
)


def facts() -> st.SearchStrategy[dict[str, Any]]:
    """What stands under `journey:`, with groups in it."""
    flat = st.lists(FACT_LINES, min_size=1, max_size=2).map(dict)
    return flat | st.builds(
        lambda base, word, groups: {**base, word: groups},
        flat | st.just({}),
        st.sampled_from(["any", "not"]),
        st.lists(flat, min_size=1, max_size=2),
    )


MODEL_RULES = st.lists(
    st.fixed_dictionaries(
        {"phase": st.sampled_from([*PHASES, "outside"])},
        optional={
            "signal": several(st.sampled_from(["looked", "bought", "met"])),
            "channel": st.sampled_from(["web", "store"]),
            "journey": facts(),
        },
    ),
    min_size=2,
    max_size=9,
)
STEPS = st.lists(
    st.fixed_dictionaries(
        {
            "signal": st.sampled_from(["looked", "looked", "bought", "met", "unknown"]),
            "channel": st.sampled_from(["web", "store"]),
            "at": st.sampled_from([0, DAY // 2, DAY, DAY + 1, 2 * DAY, 5 * DAY]),
            "visitor": st.sampled_from(["", "a", "b"]),
            "sequence": st.sampled_from([None, 0, 1, 2]),
            "session": st.sampled_from(["", "s", "t", "u"]),
            "order": st.sampled_from(["", "", "1001", "1002"]),
            "site": st.sampled_from(["one", "one", "two"]),
            "code": st.sampled_from(["", "", "anna"]),
            "journey": st.integers(0, 3),
        }
    ),
    min_size=1,
    max_size=24,
)


def reading_of_facts(before: list[dict[str, Any]], step: dict[str, Any]) -> dict[str, Any]:
    """The facts, word by word as docs/rules.md tells them. `own` is a step's own phase."""

    def purchase(one: dict[str, Any]) -> object:
        return (one["site"], one["order"] or one["id"])

    bought = dict[object, dict[str, Any]]()
    for one in before:
        if one["signal"] == "bought":
            bought.setdefault(purchase(one), one)
    others = set(bought)
    if step["signal"] == "bought":
        others -= {purchase(step)}
    phases = [one["own"] for one in before if one["own"] in PHASES]
    had_bought = False
    arrived = False
    seen: list[dict[str, Any]] = []
    for one in [*before, step]:
        orders = {purchase(other) for other in seen if other["signal"] == "bought"}
        if one["signal"] == "bought":
            orders -= {purchase(one)}
        had_bought = bool(orders)
        arrived = arrived or (not had_bought and (one["signal"] == "met" or bool(one["code"])))
        seen.append(one)
    return {
        "customer": bool(others),
        "purchases": len(others),
        "touchpoints": len(before),
        "sessions": len({one["session"] for one in before if one["session"]} - {step["session"]}),
        "days_since_last": (step["at"] - before[-1]["at"]) / DAY if before else None,
        "days_since_purchase": (step["at"] - max(one["at"] for one in bought.values())) / DAY if others else None,
        "previous_phase": phases[-1] if phases else None,
        "reached": set(phases) or None,
        "arrived_by_ambassador": arrived,
    }


def fact_line_holds(key: str, value: Any, known: dict[str, Any]) -> bool:
    """One line under `journey:`."""
    name, _, operator = key.partition("|")
    held = known[name]
    if operator == "exists":
        return (held is not None) is value
    if held is None:
        return False
    if operator:
        bound = float(value)
        return {"gte": held >= bound, "gt": held > bound, "lte": held <= bound, "lt": held < bound}[operator]
    values = value if isinstance(value, list) else [value]
    return bool(held & set(values)) if isinstance(held, set) else held in values


def facts_hold(journey: dict[str, Any], known: dict[str, Any]) -> bool:
    """All that stands under `journey:`."""
    for key, value in journey.items():
        groups = value if isinstance(value, list) else [value]
        if key == "any":
            if not any(facts_hold(group, known) for group in groups):
                return False
        elif key == "not":
            if any(facts_hold(group, known) for group in groups):
                return False
        elif not fact_line_holds(key, value, known):
            return False
    return True


def touch_holds(rule: dict[str, Any], step: dict[str, Any]) -> bool:
    """What a model's rule asks of the touchpoint itself."""
    signals = rule.get("signal", step["signal"])
    fits = step["signal"] in (signals if isinstance(signals, list) else [signals])
    return fits and rule.get("channel", step["channel"]) == step["channel"]


def own_holds(step: dict[str, Any], rule: dict[str, Any]) -> bool:
    """Whether the rule decides at load."""
    return "journey" not in rule and touch_holds(rule, step)


def whole_holds(step: dict[str, Any], known: dict[str, Any], rule: dict[str, Any]) -> bool:
    """Whether all of the rule holds in the journey."""
    return touch_holds(rule, step) and facts_hold(rule.get("journey", {}), known)


def order(step: dict[str, Any]) -> tuple[Any, ...]:
    """The order of a journey: moment, visitor, sequence, id; without a sequence last."""
    return (step["at"], step["visitor"], step["sequence"] is None, step["sequence"] or 0, step["id"])


def first(rules: list[dict[str, Any]], holding: Any) -> tuple[str, str]:
    """Id and phase of the first rule that holds."""
    return next(((rule["id"], rule["phase"]) for rule in rules if holding(rule)), ("", "unclassified"))


def a_step(signal: str, at: int, **others: Any) -> dict[str, Any]:
    """A step of one journey on one site."""
    plain = {"channel": "web", "visitor": "", "sequence": None, "session": "", "order": "", "site": "one", "code": ""}
    return {"signal": signal, "at": at, **plain, "journey": 0, **others}


TOLD_TWICE = [a_step("bought", at, order="1001") for at in (0, DAY)]
ON_TWO_SITES = [a_step("bought", at, order="1001", site=site) for at, site in ((0, "one"), (DAY, "two"))]
OUTSIDE_BETWEEN = [a_step("looked", 0), a_step("met", DAY), a_step("looked", 2 * DAY, channel="store")]
COUNTING = {"looked": "", "bought": "purchase", "met": "ambassador"}


@settings(max_examples=45, suppress_health_check=list(HealthCheck))
@given(MODEL_RULES, STEPS)
@example([{"phase": "one", "journey": {"customer": False}}, {"phase": "two"}], TOLD_TWICE)
@example([{"phase": "one", "journey": {"purchases|gte": 1}}, {"phase": "two"}], ON_TWO_SITES)
@example(
    [
        {"phase": "two", "channel": "store", "journey": {"previous_phase": "one"}},
        {"phase": "one", "signal": "looked"},
        {"phase": "outside", "signal": "met"},
    ],
    OUTSIDE_BETWEEN,
)
def test_a_settled_journey_means_what_a_plain_reading_finds(
    drawn: list[dict[str, Any]], steps: list[dict[str, Any]]
) -> None:
    """Own phase, facts, phase in the journey, and where a touchpoint waits for it: each as the rules are written."""
    rules = [{"id": f"r.n{at}", **rule} for at, rule in enumerate(drawn)]
    rule_set = made(rules)
    journeys: dict[int, list[dict[str, Any]]] = {}
    for number, step in enumerate(steps):
        step["id"] = f"00000000-0000-7000-8000-{number:012d}"
        step["own"] = first(rules, partial(own_holds, step))[1]
        journeys.setdefault(step["journey"], []).append(step)
    answers = settled(rule_set, steps)
    for journey in journeys.values():
        journey.sort(key=order)
        for position, step in enumerate(journey):
            known = reading_of_facts(journey[:position], step)
            row = answers[step["id"]]
            for name in ("customer", "purchases", "touchpoints", "sessions", "arrived_by_ambassador"):
                assert row[name] == known[name], (name, step, rules)
            rule_id, phase = first(rules, partial(whole_holds, step, known))
            assert (row["settled_rules"]["house"], row["settled_phase"]) == (rule_id, phase), (step, known, rules)
            possible = next((rule for rule in rules if touch_holds(rule, step)), {})
            assert row["waits"] == (["house"] if "journey" in possible else []), (step, rules)


def made(rules: list[dict[str, Any]]) -> RuleSet:
    """The rules as a folder gives them, with a signal that counts as a purchase and one of an ambassador."""
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder), [{"id": f"s.{one}", "signal": one, "type": "order"} for one in COUNTING], rules)
        file = Path(folder) / "signals" / "10_made.yaml"
        document = json.loads(file.read_text("utf-8"))
        for signal in document["signals"]:
            if COUNTING[signal["id"]]:
                signal["counts_as"] = COUNTING[signal["id"]]
        file.write_text(json.dumps(document), "utf-8")
        reading = read_folder(Path(folder))
    assert not reading.faults, reading.faults.lines()
    return reading.rule_set


def settled(rule_set: RuleSet, steps: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The steps with facts and settled phases, by id, as ClickHouse finds them; own phases as the test read them."""
    columns = (
        "id UUID, site String, occurred_at DateTime64(3, 'UTC'), visitor_id String, sequence Nullable(UInt64),"
        " session_id String, order_id String, ambassador_code String, channel String, signal String,"
        " phases Map(String, String), journey UInt64"
    )
    lines = "\n".join(
        json.dumps(
            {
                "id": one["id"],
                "site": one["site"],
                "occurred_at": one["at"] / 1000,
                "visitor_id": one["visitor"],
                "sequence": one["sequence"],
                "session_id": one["session"],
                "order_id": one["order"],
                "ambassador_code": one["code"],
                "channel": one["channel"],
                "signal": one["signal"],
                "phases": {"house": one["own"]},
                "journey": one["journey"],
            }
        )
        for one in steps
    )
    compiled = compile_settled(rule_set)
    facts_of = statement(
        "facts",
        steps=f"SELECT * FROM format(JSONEachRow, {literal(columns)}, {literal(lines)})",
        **compiled.for_facts,
    )
    found = run_sql(f"SELECT *, {compiled.select_list}, {compile_waiting(rule_set)} FROM ({facts_of})")
    return {str(row["id"]): row for row in found}
