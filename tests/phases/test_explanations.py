"""`rules explain`: the winner, and for every rule before it the condition that failed, as ClickHouse sees it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from engine_in_process import normalise, run_sql

from collector.cli import klantreis
from collector.phases import asked
from collector.phases.example import ID, OCCURRED_AT
from collector.phases.explain import Explanation, LayerFound, explain
from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.phases.tried import example_touchpoint
from collector.shipped import rules as shipped_rules


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    """The shipped rule set."""
    return load(shipped_rules())


def explained(rules: RuleSet, touchpoint: dict[str, Any], **derived: str) -> Explanation:
    """The explanation of one touchpoint."""
    raw = json.dumps({"id": ID, "occurred_at": OCCURRED_AT, **touchpoint}).encode()
    return explain(rules, raw, run_sql, normalise, derived)


def layer_of(found: Explanation, name: str) -> LayerFound:
    """What one model made of the touchpoint."""
    return next(layer for layer in found.layers if layer.layer == name)


def test_the_winner_and_its_conditions_are_told(rules: RuleSet) -> None:
    """Each layer names the rule that matched, where it stands, and what was found in its fields."""
    found = explained(rules, {"type": "page_view", "page": {"path": "/nl/Winkelwagen/"}})
    signal = found.layers[0]
    model = layer_of(found, "sap_hybris")
    assert signal.matched is not None
    assert (signal.layer, signal.outcome, signal.matched.id) == ("signal", "cart_viewed", "page.cart")
    assert signal.matched.place.file == "signals/90_pages_guessed.yaml"
    assert signal.matched.failed == ()
    assert {"page.path": "/nl/Winkelwagen/"} in [one.found for one in signal.matched.conditions]
    assert model.matched is not None
    assert (model.layer, model.outcome, model.matched.id) == ("sap_hybris", "action", "action.cart")
    assert model.matched.conditions[0].found == {"signal": "cart_viewed"}


def test_every_rule_before_the_winner_says_what_failed(rules: RuleSet) -> None:
    """A rule that stands before the winner without waiting for a journey has at least one failed condition."""
    found = explained(rules, {"type": "page_view", "page": {"path": "/over-ons"}}, came_by="Email")
    for layer in found.layers:
        assert all(rule.failed or rule.waits for rule in layer.before)
    assert found.layers[0].matched is not None
    assert found.layers[0].matched.id == "arrived.by_message"
    campaign = next(rule for rule in found.layers[0].before if rule.id == "arrived.by_campaign")
    [failed] = campaign.failed
    assert failed.text.startswith("came_by: [Display")
    assert failed.found == {"came_by": "Email"}


def test_a_rule_with_journey_facts_is_shown_as_waiting(rules: RuleSet) -> None:
    """Support by phone may be use, once the journey is settled: the explanation says so."""
    found = explained(rules, {"type": "support_contact", "channel": "phone"})
    waiting = next(rule for rule in layer_of(found, "sap_hybris").before if rule.id == "use.helped")
    assert waiting.waits and not waiting.failed
    lines = found.lines()
    assert "sap_hybris: consideration, by rule consideration.asked" in "\n".join(lines)
    assert any(
        line.startswith("  use.helped (models/sap_hybris.yaml:")
        and line.endswith("waits for the journey, for customer: true")
        for line in lines
    )


def test_a_misspelt_address_shows_the_rules_that_it_was_meant_for(rules: RuleSet) -> None:
    """Every guess at an address looks at the same field; of all of them only those with such a word are near."""

    def near(path: str) -> list[str]:
        lines = explained(rules, {"type": "page_view", "page": {"path": path}}).lines()
        signals = lines[: next(at for at, line in enumerate(lines) if line.startswith("aida: "))]
        return [line.split()[0] for line in signals if " fails: " in line]

    assert near("/tuinhuisplanner") == ["page.home"]
    assert near("/nl/verlanglijts") == ["ending.wishlist", "page.wishlist", "page.home"]


def test_a_rule_of_ones_own_is_always_near(tmp_path: Path) -> None:
    """Whoever asks why their own rule did not match sees it, whatever it looks for."""
    folder = Path(shutil.copytree(shipped_rules(), tmp_path / "our_rules"))
    rule = "{id: ours.tail, signal: page_viewed, description: Ours., type: page_view, page.path|regex: '-[0-9]{4}$'"
    hit = "{given: {type: page_view, page.path: /a-1234}, expect: ours.tail}"
    miss = "{given: {type: order}, expect: not ours.tail}"
    text = f"format: phase-rules/1-0-0\nrules:\n  - {rule}, examples: [{hit}, {miss}]}}\n"
    (folder / "signals" / "05_ours.yaml").write_text(text, "utf-8")
    lines = explained(load(folder), {"type": "page_view", "page": {"path": "/gieter-99"}}).lines()
    assert any(line.startswith("  ours.tail (signals/05_ours.yaml:") and "is '/gieter-99'" in line for line in lines)


def test_nothing_matched_is_said(rules: RuleSet) -> None:
    """A touchpoint that no rule knows is told as unclassified, with the rules that came near."""
    found = explained(rules, {"type": "lights_switched", "properties": {"retargeting": "true"}})
    assert [layer.matched for layer in found.layers] == [None] * 6
    lines = found.lines()
    assert lines[0] == "signal: unclassified, no rule matched"
    [near] = [line for line in lines if "ad.again" in line]
    assert near.startswith("  ad.again (signals/10_seen.yaml:")
    assert near.endswith("fails: type: [ad_seen, ad_clicked] (type is 'lights_switched')")
    assert any("did not come near" in line for line in lines)
    assert len(found.lines(every=True)) == sum(1 + len(layer.before) for layer in found.layers)


def test_explanations_agree_with_the_compiled_rules_on_every_example(rules: RuleSet) -> None:
    """What a load would store and what an explanation says of each condition never contradict each other."""
    examples = [
        example
        for _, layer in rules.layers()
        for rule in layer
        for example in rule.examples[:1]
        if example.after is None
    ]
    assert len(examples) > 100
    for example in examples[::30]:
        one = example_touchpoint(example)
        for layer in explain(rules, one.raw, run_sql, normalise, one.derived).layers:
            assert layer.matched is not None and not layer.matched.failed and not layer.matched.waits
            assert all(rule.failed or rule.waits for rule in layer.before)


def in_a_journey(rules: RuleSet, touchpoint: dict[str, Any], after: list[dict[str, Any]]) -> Explanation:
    """The explanation of a touchpoint after others, as the command reads them."""
    raw, before = asked.read(json.dumps({**touchpoint, "after": after}).encode())
    assert before is not None
    return explain(rules, raw, run_sql, normalise, None, [(one, {}) for one in before])


def test_in_a_journey_facts_are_conditions_like_all_others(rules: RuleSet) -> None:
    """An owner's look at a product is use, and until the journey was settled it was consideration; an old owner's is
    not, and the fact that failed is told with what the journey had."""
    product = {"type": "product_view", "channel": "web"}
    soon = layer_of(in_a_journey(rules, product, [{"type": "order", "days_ago": 5}]), "sap_hybris")
    assert soon.matched is not None
    assert (soon.matched.id, soon.outcome, soon.own) == ("use.accessory", "use", "consideration")
    assert {"days_since_purchase": "5"} in [one.found for one in soon.matched.conditions]
    late = layer_of(in_a_journey(rules, product, [{"type": "order", "days_ago": 61}]), "sap_hybris")
    assert (late.outcome, late.own) == ("consideration", "")
    [failed] = next(rule for rule in late.before if rule.id == "use.accessory").failed
    assert (failed.text, failed.found) == ("days_since_purchase|lte: 60", {"days_since_purchase": "61"})


def test_each_model_speaks_of_its_own_phases(rules: RuleSet) -> None:
    """The same fact is found under the same name in two models, each with the phases of that model."""
    found = in_a_journey(rules, {"type": "article_read"}, [{"type": "search", "search": {"term": "my tap is broken"}}])
    read_up = layer_of(found, "five_phase").matched
    assert read_up is not None and read_up.id == "trigger.read_up"
    assert {"previous_phase": "trigger"} in [one.found for one in read_up.conditions]
    assert layer_of(found, "sap_hybris").outcome == "awareness"


@pytest.mark.parametrize(
    ("after", "problem"),
    [
        ({}, "after is a list"),
        (["order"], "after is a list"),
        ([{"type": "order", "days_ago": "5"}], "number of days"),
        ([{"type": "order", "days_ago": -1}], "number of days"),
        ([{"type": "order", "days_ago": 2}, {"type": "order", "days_ago": 3}], "begins with the oldest"),
    ],
)
def test_what_is_no_journey_is_told(after: object, problem: str) -> None:
    """A mistake under `after` is named with what to write."""
    with pytest.raises(asked.NoJourney, match=problem):
        asked.read(json.dumps({"type": "order", "after": after}).encode())


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("", "not JSON"),
        ('{"type": "page_view"', "not JSON"),
        ("[]", "is an object"),
        ('{"page": {"path": "/cart"}}', "type is missing"),
        ('{"type": 5}', r"got `int` - at `\$.type`"),
        ('{"type": "order", "order": {"total": []}}', r"at `\$.order.total`"),
        ('{"type": "order", "after": [{"days_ago": 1}]}', "type is missing"),
        ('{"type": "order", "after": [{"type": "order", "page": 1}]}', r"at `\$.page`"),
    ],
)
def test_what_is_no_touchpoint_is_told(given: str, problem: str) -> None:
    """Whoever asks about something that nobody could send learns what is wrong with it, and gets no traceback."""
    with pytest.raises(asked.NoTouchpoint, match=problem):
        asked.read(given.encode())
    answer = CliRunner().invoke(klantreis, ["rules", "explain", "-"], input=given)
    assert (answer.exit_code, answer.output[:7]) == (1, "Error: ")


def test_a_question_may_be_written_as_in_rules() -> None:
    """Fields copied from an example, `page.path`, are those of the page, beside what is nested already."""
    dotted = {"type": "page_view", "page.path": "/cart", "page": {"kind": "cart"}, "page.title": "Cart", "a.b": 1}
    raw, before = asked.read(json.dumps({**dotted, "after": [{"type": "order", "order.id": "7"}]}).encode())
    found = json.loads(raw)
    assert (found["page"], found["a.b"]) == ({"path": "/cart", "kind": "cart", "title": "Cart"}, 1)
    assert before is not None and json.loads(before[0])["order"] == {"id": "7"}
