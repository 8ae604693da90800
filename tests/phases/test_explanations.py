"""`rules explain`: the winner, and for every rule before it the condition that failed, as ClickHouse sees it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from engine_in_process import normalise, run_sql

from collector.phases.example import ID, OCCURRED_AT
from collector.phases.explain import Explanation, explain
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


def test_the_winner_and_its_conditions_are_told(rules: RuleSet) -> None:
    """Each layer names the rule that matched, where it stands, and what was found in its fields."""
    found = explained(rules, {"type": "page_view", "page": {"path": "/nl/Winkelwagen/"}})
    signal, model = found.layers
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
    waiting = next(rule for rule in found.layers[1].before if rule.id == "use.helped")
    assert waiting.waits and not waiting.failed
    lines = found.lines()
    assert "sap_hybris: consideration, by rule consideration.asked" in "\n".join(lines)
    assert any(
        line.startswith("  use.helped (models/sap_hybris.yaml:") and "waits for the journey" in line for line in lines
    )


def test_nothing_matched_is_said(rules: RuleSet) -> None:
    """A touchpoint that no rule knows is told as unclassified, with the rules that came near."""
    found = explained(rules, {"type": "lights_switched", "properties": {"retargeting": "true"}})
    assert [layer.matched for layer in found.layers] == [None, None]
    lines = found.lines()
    assert lines[0] == "signal: unclassified, no rule matched"
    [near] = [line for line in lines if "ad.again" in line]
    assert near.startswith("  ad.again (signals/10_seen.yaml:")
    assert near.endswith("fails: type: [ad_seen, ad_clicked] (type is 'lights_switched')")
    assert any("did not come near" in line for line in lines)
    assert len(found.lines(every=True)) == 2 + len(found.layers[0].before) + len(found.layers[1].before)


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
    for example in examples[::9]:
        one = example_touchpoint(example)
        for layer in explain(rules, one.raw, run_sql, normalise, one.derived).layers:
            assert layer.matched is not None and not layer.matched.failed and not layer.matched.waits
            assert all(rule.failed or rule.waits for rule in layer.before)
