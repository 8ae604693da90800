"""One person's way through the model: draw a move, wait, do it, and so on."""

from __future__ import annotations

from collector.demo import rates
from collector.demo.acts import ACTS, hours_of
from collector.demo.agenda import Life
from collector.demo.model import State
from collector.demo.traveller import Traveller


def live(traveller: Traveller) -> Life:
    """Live on from the traveller's state until they are done or the period is."""
    while traveller.state is not State.DONE:
        move = traveller.choose()
        spread = traveller.rng.lognormvariate(0.0, rates.WAIT_SPREAD)
        wait = move.hours * spread or traveller.rng.expovariate(1.0)
        moment = hours_of(move.act, traveller.person.persona.week).after(traveller.now, wait)
        if moment >= traveller.world.end:
            return
        yield moment
        traveller.now = moment
        traveller.state = ACTS[move.act](traveller)
