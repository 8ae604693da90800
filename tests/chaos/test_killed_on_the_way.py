"""kill -9 at each point of the way: whatever was answered 202 is in `touchpoints` once, whoever died and where.

A minute of what `make chaos` does at length, with starts, stops, hangs, and deaths at random moments and together.
"""

from __future__ import annotations

from pathlib import Path

from tests.chaos.campaign import Blow, Campaign
from tests.chaos.run import chaos, report

SEED = 20_261_124
OF_OTHERS = {"storing", "stored, not answered", "starting, some children run"}
NOT_AT_WORK = ("starting", "stopping")


def the_way(campaign: Campaign) -> list[Blow]:
    """Every point that a touchpoint passes in receiver and loader, and some of the others."""
    own = [blow for blow in campaign.points("receive", "load") if not blow.name.startswith(NOT_AT_WORK)]
    return own + [blow for blow in campaign.points("clickhouse", "supervisor") if blow.name in OF_OTHERS]


def test_killed_at_each_point_of_the_way_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    """Each point is passed and died at once; accepted and lost 0, doubled 0, by key and by segment."""
    outcome = chaos(tmp_path, seed=SEED, blows=the_way)
    print(report(outcome))
    assert [blow.times for blow in outcome.blows] == [1] * len(outcome.blows)
    assert [problem for sender in outcome.senders for problem in sender.problems] == []
    assert outcome.told.clean, report(outcome)
