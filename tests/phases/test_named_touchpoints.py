"""The touchpoints that the sources name: each as a sender sends it, with the signal that is meant."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from engine_in_process import classified, normalise, run_sql

from collector.phases.example import ID, OCCURRED_AT
from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.phases.tried import Tried, as_json, matched
from collector.shipped import rules as shipped_rules
from collector.touchpoint import CHANNELS, STANDARD_TYPES

LINES = [
    line.split("\t")
    for line in (shipped_rules() / "touchpoints.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    """The shipped rule set."""
    return load(shipped_rules())


def as_sent(touchpoint: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    """The touchpoint, and what the collector itself adds: what brought the person, the campaign's columns."""
    stated = {f"campaign.{name}": value for name, value in touchpoint.get("campaign", {}).items()}
    if came_by := touchpoint.pop("came_by", ""):
        stated["came_by"] = came_by
    return as_json({"id": ID, "occurred_at": OCCURRED_AT, **touchpoint}), stated


def test_each_named_touchpoint_has_its_signal(rules: RuleSet) -> None:
    """What a sender sends for a touchpoint of the sources gets the signal of that name."""
    outcomes = {rule.id: rule.outcome for rule in rules.signal_rules}
    touchpoints = [Tried(*as_sent(json.loads(text))) for _, _, text, _ in LINES]
    found = [outcomes[rule["signal"]] for rule in matched(rules, touchpoints, run_sql, normalise)]
    wrong = [(name, got, signal) for (_, name, _, signal), got in zip(LINES, found, strict=True) if got != signal]
    assert wrong == []


def test_named_touchpoints_have_names_of_their_own() -> None:
    """No touchpoint is listed twice under one moment."""
    assert [name for name, times in Counter((line[0], line[1]) for line in LINES).items() if times > 1] == []


def test_the_channel_alone_never_hides_what_happened(rules: RuleSet) -> None:
    """On every channel a type keeps its meaning; only these few say something else by their channel."""
    told_by_channel = {"ad_seen", "payment", "order", "complaint"}
    drawn = [(kind, channel) for kind in STANDARD_TYPES for channel in CHANNELS]
    found = classified(rules, [{"type": kind, "channel": channel} for kind, channel in drawn])
    meanings: dict[str, set[str]] = {}
    for (kind, _), (signal, _) in zip(drawn, found, strict=True):
        meanings.setdefault(kind, set()).add(signal)
    assert {kind for kind, signals in meanings.items() if len(signals) > 1} == told_by_channel
