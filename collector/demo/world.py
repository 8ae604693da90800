"""What all people of the demo share: the clock, the company's systems, the ambassadors, where deliveries gather."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from random import Random

from collector.demo import rates
from collector.demo.agenda import Agenda
from collector.demo.catalogue import STORES
from collector.demo.delivery import Delivery
from collector.demo.hours import DAY, HOUR, MINUTE
from collector.demo.people import People, Person
from collector.demo.systems import LATEST, Habit, System

TILL = Habit("KlantreisStore/0.1.0 (till)", "store", every_s=HOUR, at_most=50)
DOOR = Habit("KlantreisStore/0.1.0 (door counter)", "store", every_s=2 * HOUR)
SERVICE = Habit("ServiceDesk/4.1 (klantreis)", "service-desk", every_s=30 * MINUTE, at_most=50)
MAILER = Habit("MailStream/2.8 (klantreis)", "mail", every_s=HOUR, at_most=200)
BACK_OFFICE = Habit("OrderFlow/7.0 (klantreis)", "back-office", every_s=HOUR)
LISTENER = Habit("SocialEar/1.3 (klantreis)", "social", every_s=HOUR)
MEDIA = Habit("AdReport/1.0 (klantreis)", "media", every_s=2 * HOUR)

AMBASSADORS_AT_MOST = 500


class World:
    """One run of the demo, from `start` to `end` in seconds since 1970 UTC."""

    def __init__(self, seed: int, people: int, start: float, end: float) -> None:
        self.start, self.end, self.size = start, end, people
        self.begin = start - min(rates.WARM_UP_DAYS * DAY, (end - start) / 2)
        """When people begin to live; nothing is sent of what they do before `start`."""
        self.agenda = Agenda(self.begin)
        self.people = People(seed, [store.weight for store in STORES])
        self.dice: Random = self.people.dice("world")
        self.subscribers: list[Person] = []
        self.ambassadors: list[str] = [f"AMB-{self.dice.randrange(36**5):07d}" for _ in range(8)]
        self._ready: deque[Delivery] = deque()
        self.service, self.mailer, self.back_office = (
            self._system(SERVICE),
            self._system(MAILER),
            self._system(BACK_OFFICE),
        )
        self.listener, self.media = self._system(LISTENER), self._system(MEDIA)
        self.doors = [self._system(DOOR) for _ in STORES]
        self.tills = [[self._till(number) for _ in range(store.tills)] for number, store in enumerate(STORES)]

    def post(self, delivery: Delivery) -> None:
        """Hand in what a sender sends; it comes out in its turn, at the latest as the period ends."""
        self.agenda.at(min(delivery.moment, self.end - LATEST), lambda: self._ready.append(delivery))

    def run(self) -> Iterator[Delivery]:
        """Let time pass; deliveries in order of their moments."""
        for _ in self.agenda.run(self.end):
            while self._ready:
                yield self._ready.popleft()

    def join_ambassadors(self, code: str) -> None:
        """Somebody recommends from now on; of very many, a random one makes room."""
        if len(self.ambassadors) < AMBASSADORS_AT_MOST:
            self.ambassadors.append(code)
        else:
            self.ambassadors[self.dice.randrange(AMBASSADORS_AT_MOST)] = code

    def is_seen(self, moment: float) -> bool:
        """Whether what occurs at this moment is part of the period."""
        return self.start <= moment < self.end - LATEST

    def flight(self, moment: float) -> bool:
        """Whether the campaign runs on all media."""
        begins, ends = rates.CAMPAIGN_FLIGHT
        return begins <= (moment - self.start) / (self.end - self.start) < ends

    def _system(self, habit: Habit, offline: tuple[float, float] = (0.0, 0.0)) -> System:
        return System(habit, self, offline)

    def _till(self, store: int) -> System:
        """A till; those of one shop lose their line in the middle of the period."""
        middle = (self.start + self.end) / 2
        lost = min(rates.TILL_OFFLINE_H * HOUR, (self.end - self.start) / 4)
        return self._system(TILL, (middle, middle + lost) if store == rates.OFFLINE_STORE else (0.0, 0.0))
