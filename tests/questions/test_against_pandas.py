"""Every view says what an independent computation says, whatever is asked of it."""

from __future__ import annotations

import warnings
from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from collector.errors import SettingsError
from collector.questions.answer import answer
from collector.questions.by_removal import by_removal
from collector.questions.catalogue import question, questions
from tests.questions.conftest import Stored
from tests.questions.reference import ANSWERS, Asked

KEYS = {
    "journey_map": ["phase", "channel"],
    "phase_transitions": ["from_phase", "to_phase"],
    "journey_entries": ["edge", "phase", "channel"],
    "phase_scorecard": ["phase"],
    "channel_position": ["kind", "name"],
    "media_per_phase": ["audience", "phase", "medium"],
    "service_contact": ["moment", "next_phase"],
    "friction": ["kind"],
    "search_to_purchase": ["device", "local"],
    "contact_lookup": ["phase"],
    "order_confirmation": ["customer", "currency"],
    "buyer_vs_customer": ["journey"],
    "ambassadors": ["ambassador", "phase"],
    "experience": ["phase", "moment", "channel"],
    "map_changes": ["phase", "channel"],
    "attribution": ["name", "currency"],
    "attribution_transitions": ["source", "target"],
}
WAYS_OF_ASKING: list[dict[str, str]] = [
    {},
    {"model": "five_phase", "since": "2026-03-25", "until": "2026-04-03", "bots": "1"},
    {"model": "aida", "since": "2026-03-29", "time_zone": "America/New_York", "segment": "device=mobile"},
    {
        "site": "shop",
        "until": "2026-04-05",
        "time_zone": "Asia/Tokyo",
        "segment": "channel=web,channel=store",
    },
]
OWN: dict[str, list[dict[str, str]]] = {
    "friction": [{"long_wait_s": "120"}],
    "order_confirmation": [{"above": "200.5"}],
    "map_changes": [
        {"other_since": "2026-03-22", "other_until": "2026-03-30", "other_rule_set": "old"},
        {"rule_set": "new", "other_rule_set": "old"},
    ],
    "attribution": [
        {"rule": "first", "by": "source"},
        {"rule": "last", "by": "medium", "window_days": "2"},
        {"rule": "last_non_direct"},
        {"rule": "position", "by": "campaign"},
        {"rule": "time_decay", "half_life_days": "1.5"},
    ],
    "attribution_transitions": [{"by": "campaign"}],
}
CASES = [(name, own) for name in KEYS for own in OWN.get(name, [{}])]


def test_every_question_is_computed_once_more() -> None:
    """No view is without its counterpart."""
    assert set(KEYS) == set(ANSWERS) == set(questions())


@pytest.mark.parametrize(("name", "own"), CASES, ids=lambda value: value if isinstance(value, str) else "")
def test_the_view_says_what_pandas_says(stored: Stored, name: str, own: Mapping[str, str]) -> None:
    """The same rows, counts and shares, with the same columns, when asked plainly and in another way with each seed."""
    for way in (WAYS_OF_ASKING[0], WAYS_OF_ASKING[stored.seed]):
        given = {**way, **own}
        told = answer(stored.warehouse, question(name), given)
        with warnings.catch_warnings():
            # Of pandas, about what it will do otherwise one day.
            warnings.simplefilter("ignore", FutureWarning)
            expected = ANSWERS[name](Asked(stored.steps, stored.rules, defaults(given)))
        assert len(expected) > 0 or way, "nothing is compared"
        if len(told.rows) or len(expected):
            assert_same(pd.DataFrame(list(told.rows), columns=list(told.columns)), expected, KEYS[name])


@pytest.mark.parametrize("segment", ["device", "device=mobile,channel", "colour=red", "device=mobile,"])
def test_a_segment_that_means_nothing_is_refused(stored: Stored, segment: str) -> None:
    """A column without a value, or that is none: everything would be counted without a word."""
    with pytest.raises(SettingsError, match="journey_map"):
        answer(stored.warehouse, question("journey_map"), {"segment": segment})


def test_whole_journeys_know_no_window(stored: Stored) -> None:
    """Markov's chain is made of all touches: days before the purchase would be ignored."""
    assert by_removal(stored.warehouse, {"rule": "markov", "window_days": "0"}).rows
    with pytest.raises(SettingsError, match="window_days"):
        by_removal(stored.warehouse, {"rule": "markov", "window_days": "7"})


def defaults(given: Mapping[str, str]) -> dict[str, str]:
    """With the periods to compare with, that are empty unless given."""
    return {**dict.fromkeys(("other_since", "other_until"), ""), **given}


def assert_same(told: pd.DataFrame, expected: pd.DataFrame, keys: list[str]) -> None:
    """Equal but for the order of rows and columns and the last digits of floats."""
    assert set(told.columns) == set(expected.columns)
    told, expected = (table.sort_values(keys).reset_index(drop=True) for table in (told, expected))
    for column in expected.columns:
        found, meant = told[column].to_list(), expected[column].to_list()
        if all(isinstance(one, str) for one in meant):
            assert found == meant, column
        else:
            np.testing.assert_allclose(np.array(found, float), np.array(meant, float), 1e-9, 1e-9, err_msg=column)
