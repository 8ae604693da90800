"""The same touchpoints give the same journeys: in any order, in any loads, several times, links before or after."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from collector.journeys import decisions
from collector.journeys.identity import Node
from tests.journeys.reading import Reading, journeys_of
from tests.journeys.settling import Journeys
from tests.journeys.world import World, draw

WORLDS = 250
LOADS = 3


@settings(
    max_examples=2,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # a seed cannot be made smaller; the failure shows its world
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.integers(0, 10_000_000))
def test_journeys_do_not_depend_on_the_order_of_arrival(journeys: Journeys, seed: int) -> None:
    """500 worlds, settled after each load, are row for row what they are when all is settled at once."""
    worlds = [draw(seed * WORLDS + number, LOADS) for number in range(WORLDS)]
    settled = _settled_load_by_load(journeys, worlds)
    journeys.settle_from_nothing()
    at_once = journeys.steps("world-%")
    assert settled.keys() == at_once.keys()
    different = {key: (row, at_once[key]) for key, row in settled.items() if row != at_once[key]}
    assert not different, next(iter(different.values()))
    by_site = defaultdict(list)
    for row in settled.values():
        by_site[row["site"]].append(row)
    for world in worlds:
        _compare(world, by_site[world.site], journeys)
    _empty(journeys)


def _settled_load_by_load(journeys: Journeys, worlds: list[World]) -> dict[Any, dict[str, Any]]:
    for number in range(LOADS):
        journeys.load((world.site, world.loads[number]) for world in worlds)
        for world in worlds:
            for one in world.decisions:
                if one.after_load == number:
                    nodes = (Node(world.site, *one.one), Node(world.site, *one.other))
                    decisions.decide(journeys.warehouse, *nodes, one.word)  # type: ignore[arg-type]
        journeys.settle()
    return journeys.steps("world-%")


def _compare(world: World, rows: list[dict[str, Any]], journeys: Journeys) -> None:
    chosen = journeys.settings
    assert sorted(row["id"] for row in rows) == sorted(one["id"] for one in world.touchpoints)
    limits = chosen.identity_hub_people, chosen.identity_hub_devices
    reading = Reading(world.touchpoints, list(world.decisions), *limits)
    owners = reading.owners()
    found = {row["id"]: row["person"] for row in rows}
    groups: dict[object, set[str]] = defaultdict(set)
    people: dict[object, set[str]] = defaultdict(set)
    for one, owner in owners.items():
        groups[owner].add(one)
        people[found[one] or None].add(one)
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, people.values())), world
    assert people.get(None, set()) == groups.get(None, set()), world
    in_order = [one["id"] for one in reading.touchpoints]
    for person, ids in people.items():
        steps = sorted((row for row in rows if row["id"] in ids), key=lambda row: in_order.index(row["id"]))
        if person is None:
            assert {(row["journey"], row["step"], row["direction"]) for row in steps} <= {(0, 0, "")}
        else:
            _compare_journeys(steps, chosen.journey_silence_days, world)


def _compare_journeys(steps: list[dict[str, Any]], silence_days: float, world: World) -> None:
    told: set[object] = set()
    seen: set[int] = set()
    for number, journey in enumerate(journeys_of(steps, silence_days), 1):
        for at, row in enumerate(journey):
            assert (row["journey_number"], row["step"]) == (number, at + 1), world
            assert row["journey"] == journey[0]["journey"]
            assert row["journey"] not in seen, "two journeys of a person have the same number"
            before = [one["phase"] for one in journey[:at] if one["part"]]
            after = [one["phase"] for one in journey[at + 1 :] if one["part"]]
            assert row["previous_phase"] == (before[-1] if before else ""), world
            assert row["next_phase"] == (after[0] if after else ""), world
            gap = None if at == 0 else (row["occurred_at"] - journey[at - 1]["occurred_at"]).total_seconds()
            assert row["seconds_since_previous"] == gap
            buying = row["signal"] in ("order_placed", "sold_in_store", "ordered_by_phone")
            assert row["purchase"] == (buying and row["order_id"] not in told)
            if buying:
                told.add(row["order_id"])
        seen.add(journey[0]["journey"])


def _empty(journeys: Journeys) -> None:
    for table in (
        "touchpoints_stored",
        "identities_stored",
        "identity_decisions",
        "people_stored",
        "journey_steps_stored",
    ):
        journeys.warehouse.command(f"TRUNCATE TABLE klantreis.{table}")
