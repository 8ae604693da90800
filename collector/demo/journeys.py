"""A month in the life of a company's customers, as the deliveries that its senders would make.

`journeys` is pure: the same seed, number of people and period give the same deliveries, byte for byte. They come one
by one and in order of time, so memory follows the people who are under way and not the touchpoints.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from collector.demo import crowd, rates
from collector.demo.agenda import Life
from collector.demo.catalogue import STORES
from collector.demo.delivery import Delivery
from collector.demo.life import live
from collector.demo.model import State
from collector.demo.traveller import Traveller
from collector.demo.world import World


def journeys(seed: int, people: int, start: datetime, end: datetime) -> Iterator[Delivery]:
    """Everything that is sent from `start` to `end` (both with a time zone), in order of time.

    So many `people` begin a journey in the period; of others, who began before it, the later part is seen.

    Raises ValueError when the period is empty or there is nobody.
    """
    if people < 1 or end <= start:
        raise ValueError("journeys take at least one person and a period that ends after it begins")
    world = World(seed, people, start.timestamp(), end.timestamp())
    lives = [_newcomers(world), crowd.newsletter(world), crowd.spots(world), *crowd.bots(world)]
    for store in range(len(STORES)):
        lives += [crowd.cash_sales(world, store), crowd.door_counts(world, store)]
    for life in lives:
        world.agenda.follow(life)
    return world.run()


def _newcomers(world: World) -> Life:
    """Let every person begin when their time has come; before that they take no memory."""
    for number, moment in enumerate(_beginnings(world)):
        yield moment
        person = world.people.draw(number)
        if person.subscribed:
            world.subscribers.append(person)
        traveller = Traveller(world, person, moment)
        traveller.state = _first_state(traveller)
        world.agenda.follow(live(traveller))


def _beginnings(world: World) -> list[float]:
    """When each person's journey begins: evenly, but more of them while the campaign runs.

    `size` people begin in the period; those who began before it come on top.
    """
    dice = world.dice
    moments: list[float] = []
    people = round(world.size * (world.end - world.begin) / (world.end - world.start))
    while len(moments) < people:
        moment = world.begin + dice.random() * (world.end - world.begin)
        if world.flight(moment) or dice.random() < 1 / rates.CAMPAIGN_LIFT:
            moments.append(moment)
    return sorted(moments)


def _first_state(traveller: Traveller) -> State:
    """Most begin with nothing; customers may be in the middle of what they bought before the month."""
    if not traveller.person.orders:
        return State.UNAWARE
    left = traveller.rng.random()
    for state, share in (
        (State.OWNING, rates.BEGINS_OWNING),
        (State.TROUBLED, rates.BEGINS_TROUBLED),
        (State.SETTLED, rates.BEGINS_SETTLED),
    ):
        if left < share:
            return state
        left -= share
    return State.UNAWARE
