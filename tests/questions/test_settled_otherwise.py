"""From touchpoints over settled journeys to answers: what a settlement leaves is what the views count on."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from collector.questions.answer import answer
from collector.questions.catalogue import question
from collector.settings import Settings
from tests.journeys import world
from tests.journeys.settling import Journeys, rule_set
from tests.questions.conftest import Stored, as_table
from tests.questions.reference import ANSWERS, Asked
from tests.questions.test_against_pandas import KEYS, assert_same

SITE = "questions"
WORLDS = 30
LINKS = ["utm_source=google&utm_medium=cpc", "utm_source=facebook&utm_medium=paid_social", "utm_medium=email", ""]
NAMES = [name for name in KEYS if name not in ("ambassadors", "experience", "map_changes", "search_to_purchase")]
MAPS = ("phases", "rules", "previous_phases", "next_phases")
READ = (
    "SELECT * REPLACE ("
    + ", ".join(f"JSONExtract({name}, 'Map(String, String)') AS {name}" for name in MAPS)
    + ") FROM klantreis.journey_steps_stored FINAL WHERE site = {site:String}"
)


@pytest.fixture(scope="module")
def settled(clickhouse: Settings) -> Iterator[Stored]:
    """The people of thirty worlds, who came in one load after the other, settled in between."""
    journeys = Journeys(clickhouse)
    worlds = [world.draw(seed, 2) for seed in range(WORLDS)]
    for load in range(2):
        arriving = [told(seed, one) for seed, drawn in enumerate(worlds) for one in drawn.loads[load]]
        journeys.load([(SITE, arriving)])
        journeys.settle()
    yield Stored(journeys.warehouse, rule_set(), as_table(journeys.warehouse.rows(READ, {"site": SITE})), 0)
    journeys.warehouse.close()


def told(seed: int, touchpoint: dict[str, Any]) -> dict[str, Any]:
    """A touchpoint of a world, with identifiers of its own and more to ask about; the same each time it comes."""
    chance = random.Random(touchpoint["id"])
    one = {**touchpoint}
    for name in ("visitor_id", "customer_id", "session_id"):
        if name in one:
            one[name] = f"{seed}-{one[name]}"
    if "identity" in one:
        one["identity"] = {name: f"{seed:02x}{value[2:]}" for name, value in one["identity"].items()}
    if "order" in one:
        one["order"] = {
            **one["order"],
            "id": f"{seed}-{one['order']['id']}",
            "total": f"{chance.randrange(50, 400)}.00",
        }
    if one["type"] == "page_view":
        path = chance.choice(["", "contact", "winkels/utrecht", "blog/tuin"])
        one["page"] = {"url": f"https://shop.example/{path}?{chance.choice(LINKS)}"}
    if one["type"] == "support_contact":
        one["contact"] = {
            "waited_s": chance.randrange(600),
            "agents": chance.randrange(1, 4),
            "answered": chance.random() < 0.8,
        }
    return one


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("model", ["", "five_phase"])
def test_settled_journeys_answer_the_same_as_pandas(settled: Stored, name: str, model: str) -> None:
    """Real rules, people and journeys: what the views make of them is what their documentation says."""
    given = {"site": SITE, "model": model, "since": "2026-01-03"}
    answered = answer(settled.warehouse, question(name), given)
    told_so = pd.DataFrame(list(answered.rows), columns=list(answered.columns))
    expected = ANSWERS[name](Asked(settled.steps, settled.rules, {key: value for key, value in given.items() if value}))
    assert len(expected) > 0
    assert_same(told_so, expected, KEYS[name])
