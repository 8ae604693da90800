"""Google Analytics' channel rules: each with what it catches and what it only just does not."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest

from collector.enrich.arrival import ArrivalInput, classify
from collector.enrich.channel_group import CHANNEL_GROUPS, RULES, UNASSIGNED, channel_group

CASES = json.loads(Path(__file__).with_name("channel_rules.json").read_text("utf-8"))["rules"]
HITS = [(case["rule"], *hit) for case in CASES for hit in case["hits"]]
MISSES = [(case["rule"], *miss) for case in CASES for miss in case["misses"]]

DOCUMENT = Path(__file__).parents[2] / "docs" / "came-by.md"


@pytest.mark.parametrize(("rule", "source", "medium", "campaign"), HITS)
def test_a_rule_catches_what_it_describes(rule: str, source: str, medium: str, campaign: str) -> None:
    """What a rule describes gets its group, in whatever case it is written."""
    assert channel_group(source, medium, campaign) == rule
    assert channel_group(source.upper(), medium.title(), campaign.upper()) == rule


@pytest.mark.parametrize(("rule", "source", "medium", "campaign", "instead"), MISSES)
def test_a_near_miss_goes_elsewhere(rule: str, source: str, medium: str, campaign: str, instead: str) -> None:
    """What only looks like a rule's case gets the group of a later rule, or of none."""
    assert channel_group(source, medium, campaign) == instead != rule


@pytest.mark.parametrize(("rule", "source", "medium", "campaign"), HITS)
def test_a_tagged_link_gets_the_same_group(rule: str, source: str, medium: str, campaign: str) -> None:
    """The same source, medium and campaign as utm parameters of the page's link give the same group."""
    query = urlencode({"utm_source": source, "utm_medium": medium, "utm_campaign": campaign})
    assert classify(ArrivalInput(page_url=f"https://www.example.nl/?{query}")).came_by == rule


def test_every_rule_has_a_hit_and_a_near_miss() -> None:
    """No rule can be added, renamed or moved without its cases."""
    assert [case["rule"] for case in CASES] == [name for name, _ in RULES]
    assert all(case["hits"] and case["misses"] for case in CASES)


def test_the_first_rule_that_matches_wins() -> None:
    """A source and medium that several rules would take go to the earliest of them."""
    assert channel_group("google", "cpm", "") == "Paid Search"
    assert channel_group("nu.nl", "cpm", "") == "Display"
    assert channel_group("facebook", "cpc", "shopping cross-network") == "Cross-network"
    assert channel_group("facebook", "cpc", "shopping") == "Paid Shopping"
    assert channel_group("youtube", "social", "") == "Organic Social"
    assert channel_group("sms", "email", "") == "Email"


def test_a_campaign_that_no_rule_knows_stands_out() -> None:
    """A mistyped medium is neither Direct nor Referral."""
    assert channel_group("newsletter", "nieuwsbrief", "") == UNASSIGNED


def test_the_document_has_the_same_rules_in_the_same_order() -> None:
    """The table that analysts read is the table that is applied."""
    rows = re.findall(r"^\| \d+ \| ([^|]+?) \|", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert tuple(rows) == CHANNEL_GROUPS
