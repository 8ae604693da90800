"""Who the people of the demo are: persona, devices, what the company knows of them. Drawn from the seed, one by one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from random import Random
from typing import Any, Literal, TypeVar
from uuid import UUID

from collector.demo import browsers, rates
from collector.demo.hours import HOUR, OFFICE, ONLINE, Week
from collector.demo.model import Act

Language = Literal["nl", "en"]
ConsentState = Literal["granted", "denied", "required"]
Chosen = TypeVar("Chosen")


@dataclass(frozen=True, eq=False)
class Persona:
    """A kind of person. `taste` multiplies the weight of an act in every state; what is not named counts once."""

    name: str
    share: float
    app: float
    """Share that has the shop's app."""
    computer: float
    """Share of visits on a computer, of those who have one."""
    taste: Mapping[Act, float]
    known: float = rates.KNOWN_CUSTOMER
    business: bool = False
    week: Week = ONLINE


_BY_PHONE = {Act.CALL: 2.2, Act.ORDER_BY_PHONE: 3.0, Act.LOOK_UP_CONTACT: 1.5, Act.CHAT: 0.4, Act.OPEN_APP: 0.1}

PERSONAS = (
    Persona(
        "orienter", 0.27, app=0.22, computer=0.65,
        taste={Act.COMPARE: 1.7, Act.READ_BLOG: 1.6, Act.READ_ARTICLE: 2.0, Act.ORDER_BY_PHONE: 0.4},
    ),
    Persona(
        "mobile", 0.22, app=0.55, computer=0.08,
        taste={Act.OPEN_APP: 2.5, Act.ORDER_IN_APP: 3.0, Act.SEE_SOCIAL: 1.8, Act.MESSAGE: 2.0, Act.WRITE_MAIL: 0.3,
               Act.SEARCH_NEARBY: 1.4},
    ),
    Persona(
        "shopgoer", 0.17, app=0.10, computer=0.40,
        taste={Act.VISIT_STORE: 2.6, Act.ASK_AT_COUNTER: 3.0, Act.PASS_WINDOW: 2.0, Act.SCAN_FOLDER: 2.2,
               Act.SEARCH_NEARBY: 1.6, Act.CHECK_OUT: 0.6},
    ),
    Persona(
        "bargain_hunter", 0.13, app=0.30, computer=0.35,
        taste={Act.SEE_DISPLAY: 1.6, Act.SEE_RETARGETING: 1.6, Act.OPEN_CART_MAIL: 1.7, Act.SEND_BACK: 1.8},
    ),
    Persona("caller", 0.09, app=0.03, computer=0.60, taste=_BY_PHONE),
    Persona(
        "regular", 0.05, app=0.70, computer=0.25, known=1.0,
        taste={Act.RECOMMEND: 2.0, Act.WRITE_REVIEW: 1.8, Act.OPEN_APP: 1.6, Act.GIVE_UP: 0.6, Act.BUY_ACCESSORY: 1.5},
    ),
    Persona(
        "business", 0.07, app=0.02, computer=0.90, business=True, week=OFFICE,
        taste={Act.SEE_SOCIAL: 7.0, Act.FOLLOW_SOCIAL: 8.0, Act.MEET_AT_EVENT: 8.0, Act.READ_ARTICLE: 2.0,
               Act.CALL: 1.4, Act.WRITE_MAIL: 2.0, Act.ASK_QUOTE: 14.0, Act.SCAN_FOLDER: 0.2, Act.SEE_DISPLAY: 0.6,
               Act.SEARCH_NEARBY: 0.2, Act.VISIT_STORE: 0.3},
    ),
)  # fmt: skip

INDUSTRIES = ("construction", "hospitality", "education", "healthcare", "property", "retail")
COMPANY_SIZES = ("1-9", "10-49", "50-249", "250+")


@dataclass(slots=True)
class Device:
    """A browser or an app on one machine, which the SDK knows by its visitor id."""

    kind: Literal["phone", "computer", "tablet", "app"]
    visitor_id: str
    user_agent: str
    address: str
    width: int
    height: int
    consent: ConsentState = "granted"
    privacy_control: bool = False
    clock_ms: int = 0
    """How far its clock is ahead."""
    handset: browsers.Handset | None = None
    app_version: str = ""
    customer_id: str | None = None
    """Who is logged in on it."""
    session_id: str = ""
    sequence: int = 0
    greeted: bool = False
    """Whether its first visit was: consent is asked then, an app is installed then."""
    busy_until: float = 0.0

    @property
    def known(self) -> bool:
        """Whether touchpoints of it may carry identifiers."""
        return self.consent == "granted" and not self.privacy_control

    @property
    def allowed(self) -> dict[str, Any]:
        """What the SDK tells of consent, as `collector.touchpoint.Consent`."""
        return {"state": self.consent, "gpc": True} if self.privacy_control else {"state": self.consent}

    @property
    def headers(self) -> dict[str, str]:
        """What a request of it carries, whatever page sends it."""
        signal = {"Sec-GPC": "1"} if self.privacy_control else {}
        return {"X-Forwarded-For": self.address, **signal}

    def told(self, campaign: Mapping[str, Any] | None) -> dict[str, Any] | None:
        """What the SDK tells of a campaign: without consent not the click, by which ad networks know the person."""
        if campaign is None or self.known:
            return dict(campaign) if campaign else None
        return {name: value for name, value in campaign.items() if name != "click_id"}


@dataclass(slots=True)
class Business:
    """The company that somebody buys for."""

    name: str
    industry: str
    size: str


@dataclass
class Person:
    """Somebody, and what the company knows of them."""

    number: int
    rng: Random
    persona: Persona
    language: Language
    store: int
    """Number of the shop nearby."""
    business: Business | None
    customer_id: str | None
    loyalty_card: str | None
    subscribed: bool
    contentment: float
    orders: int = 0
    reached_by: str | None = None
    """Code of the ambassador who pointed the way."""
    devices: list[Device] = field(default_factory=list)
    favourite: Device = field(init=False)
    shares: bool = False
    """Whether somebody else of the house uses their computer."""

    @cached_property
    def email_hash(self) -> str:
        """SHA-256 of an address at a domain that nobody can own (RFC 2606)."""
        return sha256(f"person.{self.number}@mail.example".encode()).hexdigest()

    @cached_property
    def phone_hash(self) -> str:
        """SHA-256 of a made-up number."""
        return sha256(f"+31-demo-{self.number:09d}".encode()).hexdigest()

    @property
    def app(self) -> Device | None:
        """The shop's app, where they have it."""
        return next((device for device in self.devices if device.kind == "app"), None)

    @property
    def phone(self) -> Device:
        """The browser of their telephone; everybody has one."""
        return self.devices[0]

    def browser(self) -> Device:
        """The browser that they use this time: their favourite, or another."""
        if self.rng.random() < rates.USES_FAVOURITE:
            return self.favourite
        return self.rng.choice([device for device in self.devices if device.kind != "app"])

    def become_customer(self) -> str:
        """The customer number; given at the first account or order that has a name."""
        if self.customer_id is None:
            self.customer_id = f"c-{self.number:06d}"
        return self.customer_id


class People:
    """Draws people by number: the same seed and number give the same person, whoever was drawn before."""

    def __init__(self, seed: int, store_weights: list[float]) -> None:
        self._seed = seed
        self._stores = store_weights
        self._computers: dict[int, Device] = {}

    def draw(self, number: int) -> Person:
        """Person `number`, as they are when the month begins."""
        rng = self.dice(f"person {number}")
        persona = pick(rng, PERSONAS, [persona.share for persona in PERSONAS])
        known = rng.random() < persona.known
        person = Person(
            number=number,
            rng=rng,
            persona=persona,
            language="en" if rng.random() < 0.14 else "nl",
            store=rng.choices(range(len(self._stores)), self._stores)[0],
            business=_business(rng, number) if persona.business else None,
            customer_id=f"c-{number:06d}" if known else None,
            loyalty_card=f"2600{number:09d}" if known and rng.random() < rates.LOYALTY_CARD else None,
            subscribed=known and rng.random() < rates.NEWSLETTER_READER,
            contentment=min(1.0, max(0.0, rng.gauss(rates.CONTENT, rates.CONTENT_SPREAD))),
            orders=rng.randint(1, 6) if known else 0,
        )
        person.shares = self._is_second(number) or self._is_second(number + 1)
        person.devices = self._devices(person)
        browsers_used = [device for device in person.devices if device.kind != "app"]
        at_computer = len(browsers_used) > 1 and (person.shares or rng.random() < persona.computer)
        person.favourite = browsers_used[1] if at_computer else browsers_used[0]
        if known:
            _log_in_everywhere(person)
        return person

    def dice(self, name: str) -> Random:
        """A source of chance of its own for everything that acts, so that one never shifts another."""
        return Random(f"{self._seed} {name}")  # noqa: S311  # reproducible people, not secrets

    def _devices(self, person: Person) -> list[Device]:
        rng, home = person.rng, address(person.rng)
        devices = [browser_device(rng, "phone", browsers.PHONES, home)]
        if person.business or person.shares or rng.random() < rates.HAS_COMPUTER:
            devices.append(self._computer(person.number - self._is_second(person.number)))
        if rng.random() < rates.HAS_TABLET:
            devices.append(browser_device(rng, "tablet", browsers.TABLETS, home))
        if rng.random() < person.persona.app:
            devices.append(_app(rng, home))
        return devices

    def _is_second(self, number: int) -> bool:
        """Whether somebody lives in the house of the one before them in the list, and uses the computer there."""
        return number % 2 == 1 and self.dice(f"house {number}").random() < 2 * rates.SHARED_COMPUTER

    def _computer(self, house: int) -> Device:
        """The computer of a house, made once: who shares it shares its visitor id and its count of touchpoints."""
        if house not in self._computers:
            rng = self.dice(f"computer {house}")
            self._computers[house] = browser_device(rng, "computer", browsers.COMPUTERS, address(rng))
        return self._computers[house]


def _log_in_everywhere(person: Person) -> None:
    """A known customer was here before: consent was asked then, and some devices still know who it is."""
    for device in person.devices:
        device.greeted = True
        if device.customer_id is None and (device.kind == "app" or person.rng.random() < rates.LOGGED_IN):
            device.customer_id = person.customer_id


def pick(rng: Random, choices: tuple[Chosen, ...], weights: list[float]) -> Chosen:
    """One of the choices, by weight."""
    return rng.choices(choices, weights)[0]


def address(rng: Random) -> str:
    """An address that nobody has on the internet: 198.18.0.0/15 is for measurements (RFC 2544)."""
    return f"198.{rng.randint(18, 19)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def browser_device(
    rng: Random, kind: Literal["phone", "computer", "tablet"], choices: tuple[browsers.Browser, ...], home: str
) -> Device:
    """A browser of this kind, with what its owner answered to the question about consent."""
    browser = pick(rng, choices, [choice.weight for choice in choices])
    return Device(
        kind, str(UUID(int=rng.getrandbits(128), version=4)), browser.user_agent, home, browser.width, browser.height,
        consent=_consent(rng), privacy_control=rng.random() < rates.PRIVACY_CONTROL, clock_ms=_clock(rng),
    )  # fmt: skip


def _app(rng: Random, home: str) -> Device:
    handset, version = rng.choice(browsers.HANDSETS), rng.choice(browsers.APP_VERSIONS)
    return Device(
        "app", str(UUID(int=rng.getrandbits(128), version=4)), handset.user_agent(version), home,
        handset.width, handset.height, clock_ms=_clock(rng), handset=handset, app_version=version,
        greeted=rng.random() < 0.6,
    )  # fmt: skip


def _consent(rng: Random) -> ConsentState:
    asked = rng.random()
    if asked < rates.CONSENT_DENIED:
        return "denied"
    return "required" if asked < rates.CONSENT_DENIED + rates.CONSENT_UNANSWERED else "granted"


def _clock(rng: Random) -> int:
    """Milliseconds ahead: nearly always right, else minutes to hours off, either way."""
    if rng.random() >= rates.CLOCK_OFF:
        return 0
    hours = rng.choice((-1, 1)) * rng.uniform(0.05, 1.0) ** 2 * rates.CLOCK_OFF_AT_MOST_H
    return round(hours * HOUR * 1000)


def _business(rng: Random, number: int) -> Business:
    industry = rng.choice(INDUSTRIES)
    return Business(f"{industry.capitalize()} {number} BV", industry, rng.choice(COMPANY_SIZES))
