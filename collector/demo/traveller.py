"""A person on their way: where they are in the journey, what they have in mind, how systems come to hear of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import accumulate
from random import Random
from typing import Any

from collector.demo import catalogue, rates
from collector.demo.catalogue import STORES, Product
from collector.demo.delivery import touchpoint
from collector.demo.model import MOVES, Act, Move, State
from collector.demo.people import Device, Person, Persona
from collector.demo.systems import System
from collector.demo.world import World

AFTER_PURCHASE = frozenset({State.WAITING, State.OWNING, State.TROUBLED, State.SETTLED, State.FAN})

ADVERTISING = frozenset({Act.SEE_DISPLAY, Act.SEE_SOCIAL, Act.WATCH_VIDEO, Act.SCAN_BILLBOARD})
IN_APP = frozenset({Act.OPEN_APP, Act.ORDER_IN_APP})


@dataclass
class Line:
    """A product and how many of it: in the cart, or bought."""

    product: Product
    quantity: int

    @property
    def total(self) -> Decimal:
        """In euro."""
        return self.product.price * self.quantity


@dataclass
class Purchase:
    """An order or sale."""

    id: str
    lines: list[Line]
    total: Decimal
    returning: bool
    collected: bool = False
    """Collected in the shop or taken along, instead of delivered."""
    received: bool = False


@dataclass
class Traveller:
    """A person in the world. `now` is how far they have lived, in seconds since 1970 UTC."""

    world: World
    person: Person
    now: float
    state: State = State.UNAWARE
    interest: Product = field(init=False)
    """What they have in mind."""
    basket: list[Line] = field(default_factory=list)
    purchase: Purchase | None = None
    case: str | None = None
    """The matter that the service desk has not settled yet."""
    checkouts_left: int = 0
    nearby: bool = False
    """Searched for something nearby in the visit that is going on."""

    def __post_init__(self) -> None:
        self.interest = catalogue.wanted(self.rng)

    @property
    def rng(self) -> Random:
        """Their own source of chance."""
        return self.person.rng

    @property
    def bought(self) -> bool:
        """Whether the journey is past a purchase."""
        return self.state in AFTER_PURCHASE

    def chance(self, share: float) -> bool:
        """Whether something happens that happens in this share of cases."""
        return self.rng.random() < share

    def lasts(self, median_s: float, spread: float = 0.6) -> float:
        """Seconds that something takes: log-normal around its median."""
        return self.rng.lognormvariate(math.log(median_s), spread)

    def choose(self) -> Move:
        """The next move of their state, by its weight, their taste and the circumstances."""
        persona, moves = self.person.persona, MOVES[self.state]
        weights = _weights(persona, self.state, self.person.app is not None, self.world.flight(self.now))
        return self.rng.choices(moves, cum_weights=weights)[0]

    def feel(self, change: float) -> None:
        """Become more or less content, between 0 and 1."""
        self.person.contentment = min(1.0, max(0.0, self.person.contentment + change))

    def begin_again(self) -> State:
        """Forget this need; a new one may come, of which nobody knows yet."""
        self.interest = catalogue.wanted(self.rng)
        self.basket, self.purchase, self.case, self.checkouts_left = [], None, None, 0
        return State.UNAWARE

    def known_as(self, *, by: str | None = None) -> dict[str, Any]:
        """What a system of the company knows the person by: the customer number, and what the contact came in by."""
        fields: dict[str, Any] = {"company": self.company()}
        if self.person.customer_id:
            fields["customer_id"] = self.person.customer_id
        if by == "email":
            fields["identity"] = {"email_hash": self.person.email_hash}
        elif by == "phone":
            fields["identity"] = {"phone_hash": self.person.phone_hash}
        return fields

    def company(self) -> dict[str, str]:
        """For whom they buy; a business is named only once it is a customer."""
        business = self.person.business
        if business is None:
            return {"type": "b2c"}
        named = {"name": business.name, "industry": business.industry, "size": business.size}
        return {"type": "b2b", **(named if self.person.customer_id else {})}

    def shop(self) -> dict[str, str]:
        """The shop nearby, as `collector.touchpoint.Store`."""
        store = STORES[self.person.store]
        return {"id": store.id, "name": f"Klantreis {store.city}", "city": store.city, "country": "NL"}

    def tell(self, system: System, type_: str, channel: str, **fields: Any) -> None:
        """Let a system record a touchpoint, now."""
        system.record(self.now, touchpoint(self.rng, type_, self.now, channel, **fields))

    def met(self, system: System, device: Device, type_: str, channel: str, **fields: Any) -> None:
        """Let an advertising network or social site tell of a contact there, and on which device it was.

        It knows the visitor, by the tag in the advertisement, only where the device's owner allowed that.
        """
        if device.known:
            fields["visitor_id"] = device.visitor_id
            fields["context"] = {"user_agent": device.user_agent, "address": device.address}
        self.tell(system, type_, channel, company=self.company(), consent=device.allowed, **fields)

    def case_number(self) -> str:
        """The open case, or a new one."""
        self.case = self.case or f"case-{self.rng.getrandbits(40):010x}"
        return self.case

    def longs_for(self) -> float:
        """Median seconds of one look at a page."""
        return 34.0 if self.person.persona.business else 26.0

    def fan(self) -> bool:
        """Whether they are content enough to speak of it."""
        return self.person.contentment > rates.FAN_ABOVE


@cache
def _weights(persona: Persona, state: State, app_at_hand: bool, flight: bool) -> tuple[float, ...]:
    """Weights of a state's moves, each added to those before it."""
    in_app = rates.APP_AT_HAND if app_at_hand else rates.APP_LACKING
    advertised = rates.CAMPAIGN_LIFT if flight else 1.0
    occasion = {**dict.fromkeys(IN_APP, in_app), **dict.fromkeys(ADVERTISING, advertised)}
    weights = (move.weight * persona.taste.get(move.act, 1.0) * occasion.get(move.act, 1.0) for move in MOVES[state])
    return tuple(accumulate(weights))
