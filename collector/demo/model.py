"""The journey as a model: the states that a person can be in, and what they may do next in each.

A person is in one State. What they do next (an Act), and after how long, is drawn from the moves of that state, weighed
by the person's taste; the act then says which state it left them in. Nothing here is a funnel: every state leads
forwards and back, journeys begin in several, and giving up is always possible.

This module is data only. What an act does, and which touchpoints it leaves, is said in coming.py, looking.py,
asking.py, buying.py, owning.py and speaking.py; how likely an act is to succeed, in rates.py.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto


class State(Enum):
    """Where a person is in the journey."""

    UNAWARE = auto()
    """Nothing has happened yet, or the last need is over and forgotten."""
    AWARE = auto()
    """Saw or heard of it, has not looked yet."""
    LOOKING = auto()
    """Has had a first look."""
    NEARBY = auto()
    """Searched for something nearby: wants it today, in a shop."""
    WEIGHING = auto()
    """Compares in earnest."""
    HELPED = auto()
    """Got a good answer from an employee."""
    ANNOYED = auto()
    """Waited long, had to repeat themselves or got no answer, before buying."""
    HESITANT = auto()
    """Left the checkout without an order."""
    WAITING = auto()
    """Ordered, not yet received."""
    OWNING = auto()
    """Just got it."""
    TROUBLED = auto()
    """Something is wrong with it, or with its delivery."""
    SETTLED = auto()
    """Uses it; nothing is the matter."""
    FAN = auto()
    """Content enough to speak of it to others."""
    DONE = auto()
    """The journey of this month is over."""


class Act(Enum):
    """What a person does, or what happens to them."""

    # Come to know of it.
    SEE_DISPLAY = auto()
    SEE_SOCIAL = auto()
    WATCH_VIDEO = auto()
    SCAN_FOLDER = auto()
    SCAN_BILLBOARD = auto()
    PASS_WINDOW = auto()
    READ_BLOG = auto()
    MEET_AT_EVENT = auto()
    HEAR_FRIEND = auto()
    SEARCH = auto()
    SEARCH_NEARBY = auto()
    ASK_ASSISTANT = auto()
    # Look around.
    VISIT_SITE = auto()
    OPEN_APP = auto()
    COMPARE = auto()
    READ_ARTICLE = auto()
    FOLLOW_SOCIAL = auto()
    SEE_RETARGETING = auto()
    LOOK_UP_CONTACT = auto()
    VISIT_STORE = auto()
    # Ask somebody, before the purchase or after it.
    CHAT = auto()
    CALL = auto()
    MESSAGE = auto()
    WRITE_MAIL = auto()
    ASK_QUOTE = auto()
    ASK_AT_COUNTER = auto()
    # Buy.
    CHECK_OUT = auto()
    RESERVE = auto()
    ORDER_IN_APP = auto()
    ORDER_BY_PHONE = auto()
    ORDER_IN_CHAT = auto()
    OPEN_CART_MAIL = auto()
    # Own it.
    RECEIVE = auto()
    START_USING = auto()
    ANSWER_SURVEY = auto()
    SEND_BACK = auto()
    HAVE_REPAIRED = auto()
    BUY_ACCESSORY = auto()
    # Speak of it.
    WRITE_REVIEW = auto()
    RECOMMEND = auto()
    SHARE = auto()
    COMPLAIN = auto()
    # Stop.
    GIVE_UP = auto()
    FORGET = auto()


@dataclass(frozen=True, slots=True)
class Move:
    """A possible next act: how likely against the others of its state, and after how many active hours (median)."""

    act: Act
    weight: float
    hours: float


def _moves(*moves: tuple[Act, float, float]) -> tuple[Move, ...]:
    return tuple(Move(*move) for move in moves)


_ASKING = (
    (Act.CHAT, 15, 6.0),
    (Act.CALL, 11, 8.0),
    (Act.MESSAGE, 7, 6.0),
    (Act.WRITE_MAIL, 6, 10.0),
)

MOVES: Mapping[State, tuple[Move, ...]] = {
    # A journey begins anywhere: 54 in 100 by a campaign or somebody else (awareness), the others by an own problem.
    State.UNAWARE: _moves(
        (Act.SEE_DISPLAY, 5, 0.0),
        (Act.SEE_SOCIAL, 14, 0.0),
        (Act.WATCH_VIDEO, 5, 0.0),
        (Act.SCAN_FOLDER, 4, 0.0),
        (Act.SCAN_BILLBOARD, 3, 0.0),
        (Act.PASS_WINDOW, 4, 0.0),
        (Act.READ_BLOG, 6, 0.0),
        (Act.MEET_AT_EVENT, 1.5, 0.0),
        (Act.HEAR_FRIEND, 8, 0.0),
        (Act.SEARCH, 21, 0.0),
        (Act.SEARCH_NEARBY, 7, 0.0),
        (Act.ASK_ASSISTANT, 3, 0.0),
        (Act.VISIT_SITE, 7, 0.0),
        (Act.OPEN_APP, 5, 0.0),
        (Act.VISIT_STORE, 3, 0.0),
        (Act.CALL, 1.5, 0.0),
    ),
    State.AWARE: _moves(
        (Act.VISIT_SITE, 24, 8.0),
        (Act.SEARCH, 26, 12.0),
        (Act.SEARCH_NEARBY, 6, 20.0),
        (Act.SEE_DISPLAY, 5, 20.0),
        (Act.SEE_SOCIAL, 8, 20.0),
        (Act.FOLLOW_SOCIAL, 5, 6.0),
        (Act.OPEN_APP, 6, 10.0),
        (Act.VISIT_STORE, 5, 24.0),
        (Act.HEAR_FRIEND, 4, 24.0),
        (Act.GIVE_UP, 12, 24.0),
    ),
    State.LOOKING: _moves(
        (Act.VISIT_SITE, 15, 20.0),
        (Act.OPEN_APP, 7, 16.0),
        (Act.COMPARE, 16, 16.0),
        (Act.SEARCH, 8, 16.0),
        (Act.READ_ARTICLE, 5, 20.0),
        (Act.SEE_RETARGETING, 15, 12.0),
        (Act.FOLLOW_SOCIAL, 4, 20.0),
        (Act.LOOK_UP_CONTACT, 10, 12.0),
        (Act.HEAR_FRIEND, 3, 24.0),
        *_ASKING,
        (Act.VISIT_STORE, 8, 20.0),
        (Act.GIVE_UP, 21, 30.0),
    ),
    State.NEARBY: _moves(
        (Act.VISIT_STORE, 34, 2.0),
        (Act.RESERVE, 46, 1.0),
        (Act.LOOK_UP_CONTACT, 10, 0.5),
        (Act.VISIT_SITE, 7, 1.0),
        (Act.GIVE_UP, 5, 10.0),
    ),
    State.WEIGHING: _moves(
        (Act.CHECK_OUT, 12, 8.0),
        (Act.ORDER_IN_APP, 4, 8.0),
        (Act.ORDER_BY_PHONE, 1, 10.0),
        (Act.COMPARE, 10, 20.0),
        (Act.VISIT_SITE, 7, 16.0),
        (Act.SEE_RETARGETING, 27, 12.0),
        (Act.LOOK_UP_CONTACT, 11, 8.0),
        (Act.HEAR_FRIEND, 3, 20.0),
        *_ASKING,
        (Act.ASK_QUOTE, 0.5, 12.0),
        (Act.VISIT_STORE, 11, 16.0),
        (Act.GIVE_UP, 19, 40.0),
    ),
    State.HELPED: _moves(
        (Act.CHECK_OUT, 22, 4.0),
        (Act.ORDER_IN_APP, 5, 6.0),
        (Act.ORDER_BY_PHONE, 6, 3.0),
        (Act.ORDER_IN_CHAT, 9, 0.2),
        (Act.VISIT_STORE, 12, 12.0),
        (Act.COMPARE, 10, 16.0),
        (Act.VISIT_SITE, 8, 12.0),
        (Act.SEE_RETARGETING, 20, 12.0),
        (Act.GIVE_UP, 9, 40.0),
    ),
    # "Almost 90 % leave after a long wait": what remains asks once more or looks again.
    State.ANNOYED: _moves(
        (Act.GIVE_UP, 74, 6.0),
        (Act.COMPLAIN, 9, 5.0),
        *((act, 1.5, hours) for act, _, hours in _ASKING),
        (Act.VISIT_SITE, 7, 20.0),
        (Act.VISIT_STORE, 4, 20.0),
    ),
    State.HESITANT: _moves(
        (Act.OPEN_CART_MAIL, 26, 14.0),
        (Act.SEE_RETARGETING, 24, 10.0),
        (Act.CHECK_OUT, 10, 16.0),
        (Act.LOOK_UP_CONTACT, 6, 4.0),
        *_ASKING,
        (Act.VISIT_STORE, 5, 20.0),
        (Act.GIVE_UP, 30, 30.0),
    ),
    State.WAITING: _moves(
        (Act.RECEIVE, 84, 20.0),
        (Act.LOOK_UP_CONTACT, 3, 10.0),
        (Act.CALL, 4, 10.0),
        (Act.CHAT, 5, 10.0),
        (Act.MESSAGE, 3, 10.0),
        (Act.VISIT_SITE, 4, 10.0),
    ),
    State.OWNING: _moves(
        (Act.START_USING, 42, 6.0),
        (Act.ANSWER_SURVEY, 26, 30.0),
        (Act.LOOK_UP_CONTACT, 4, 10.0),
        (Act.CALL, 4, 16.0),
        (Act.CHAT, 4, 16.0),
        (Act.WRITE_MAIL, 3, 16.0),
        (Act.SEND_BACK, 6, 40.0),
        (Act.BUY_ACCESSORY, 4, 30.0),
        (Act.FORGET, 14, 30.0),
    ),
    State.TROUBLED: _moves(
        (Act.CALL, 24, 5.0),
        (Act.CHAT, 18, 4.0),
        (Act.MESSAGE, 12, 4.0),
        (Act.WRITE_MAIL, 12, 8.0),
        (Act.ASK_AT_COUNTER, 9, 12.0),
        (Act.LOOK_UP_CONTACT, 12, 2.0),
        (Act.SEND_BACK, 12, 16.0),
        (Act.HAVE_REPAIRED, 5, 20.0),
        (Act.COMPLAIN, 7, 10.0),
        (Act.FORGET, 8, 40.0),
    ),
    State.SETTLED: _moves(
        (Act.ANSWER_SURVEY, 18, 40.0),
        (Act.WRITE_REVIEW, 9, 60.0),
        (Act.RECOMMEND, 8, 50.0),
        (Act.SHARE, 4, 40.0),
        (Act.BUY_ACCESSORY, 5, 60.0),
        (Act.START_USING, 6, 40.0),
        (Act.CALL, 2, 60.0),
        (Act.VISIT_STORE, 4, 80.0),
        (Act.FORGET, 55, 80.0),
    ),
    State.FAN: _moves(
        (Act.RECOMMEND, 30, 20.0),
        (Act.WRITE_REVIEW, 16, 30.0),
        (Act.SHARE, 12, 30.0),
        (Act.FOLLOW_SOCIAL, 8, 20.0),
        (Act.BUY_ACCESSORY, 5, 40.0),
        (Act.FORGET, 30, 60.0),
    ),
}
