"""A model in which somebody can get stuck, or that can do what nobody wrote."""

from __future__ import annotations

import math
from datetime import datetime, timezone
from random import Random

import pytest

from collector.demo.acts import ACTS
from collector.demo.hours import DAY, ONLINE
from collector.demo.model import MOVES, Act, State
from collector.demo.people import PERSONAS
from collector.demo.traveller import Traveller
from collector.demo.world import World

MOMENT = datetime(2026, 5, 5, 10, tzinfo=timezone.utc).timestamp()


def test_every_act_is_done_by_something_and_occurs_somewhere() -> None:
    """The table of moves and the table of functions are of the same acts."""
    assert set(ACTS) == set(Act) == {move.act for moves in MOVES.values() for move in moves}


def test_every_state_has_moves() -> None:
    """Only who is done has none; every weight is positive, every wait finite."""
    assert set(MOVES) == set(State) - {State.DONE}
    for moves in MOVES.values():
        assert all(move.weight > 0 and 0 <= move.hours < math.inf for move in moves)


def test_every_state_lets_people_stop() -> None:
    """From every state a person can give up, forget, or go where they can within a few acts."""
    ends = {state for state, moves in MOVES.items() if {Act.GIVE_UP, Act.FORGET} & {move.act for move in moves}}
    assert set(MOVES) - ends == {State.UNAWARE, State.WAITING}


def test_shares_of_personas_add_up() -> None:
    """The personas are everybody, and taste names no act that weighs nothing."""
    assert sum(persona.share for persona in PERSONAS) == pytest.approx(1.0)
    assert all(factor > 0 for persona in PERSONAS for factor in persona.taste.values())


@pytest.mark.parametrize("act", Act, ids=lambda act: act.name.lower())
def test_every_act_leaves_somebody_in_a_state_with_a_way_on(act: Act) -> None:
    """From each state where it can be done: it moves time forward and gives a state that has moves, or the end."""
    world = World(3, 1, MOMENT, MOMENT + 20 * DAY)
    for state in [state for state, moves in MOVES.items() if act in {move.act for move in moves}]:
        for number in range(12):
            traveller = Traveller(world, world.people.draw(number), ONLINE.after(MOMENT, 1.0), state)
            before = traveller.now
            after = ACTS[act](traveller)
            assert after in MOVES or after is State.DONE
            assert traveller.now >= before


def test_lives_are_short_enough_for_a_month() -> None:
    """A chain of moves ends after a few acts, not in an endless loop."""
    world = World(4, 1, MOMENT, MOMENT + 400 * DAY)
    lengths = []
    for number in range(200):
        traveller, acts = Traveller(world, world.people.draw(number), MOMENT), 0
        while traveller.state is not State.DONE and acts < 400:
            traveller.state = ACTS[traveller.choose().act](traveller)
            acts += 1
        lengths.append(acts)
    assert max(lengths) < 400
    assert 3 < sum(lengths) / len(lengths) < 40


def test_contentment_stays_a_share() -> None:
    """However much goes wrong or right, it is between 0 and 1."""
    world = World(5, 1, MOMENT, MOMENT + DAY)
    traveller, dice = Traveller(world, world.people.draw(1), MOMENT), Random(1)
    for _ in range(300):
        traveller.feel(dice.uniform(-1, 1))
        assert 0 <= traveller.person.contentment <= 1
