"""People who browse, shop, visit stores and call, some of them a locust user: `make loadtest`, or by hand

    LOADTEST_FOLDER=/tmp/ids locust -f loadtest/locustfile.py --host http://127.0.0.1:8080

against `klantreis serve --demo`. Their month passes in a minute: their browsers and apps, the tills they buy at and the
desks they call send what they do, each as its kind of sender would. Nobody gives up: what is not answered 202 is sent
again, and now and then something is sent again although it was, as happens when an answer is lost on its way.

Every id that was accepted is written to `accepted-<process>.txt` in LOADTEST_FOLDER, so that it can be looked for.
"""

from __future__ import annotations

import itertools
import os
import random
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TextIO

import msgspec
from locust import FastHttpUser, between, events, task
from locust.env import Environment
from locust.runners import STATE_CLEANUP, STATE_STOPPED, STATE_STOPPING

from collector.demo.delivery import Delivery
from collector.demo.journeys import journeys
from loadtest.traffic import DAYS, Request

KEYS = {"public": "demo", "secret": "demo-secret"}
SENT_TWICE = 0.05
"""Share of requests that are repeated although they were answered."""
PAUSE_S = 0.2
ANSWER_WITHIN_S = 30.0


class Rejected(msgspec.Struct):
    """A touchpoint that the collector did not take."""

    index: int
    reason: str


class Answer(msgspec.Struct):
    """The body of a 202."""

    accepted: int
    rejected: list[Rejected]


class Notes:
    """What this process was told, in files that run.py reads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._accepted = _open(folder, "accepted")
        self._rejected = _open(folder, "rejected")

    def note(self, request: Request, answer: Answer) -> None:
        """Write down which touchpoints of a request were accepted."""
        reasons = {one.index: one.reason for one in answer.rejected}
        for index, touchpoint in enumerate(request.touchpoints):
            if index in reasons:
                self._rejected.write(f"{touchpoint['id']} {reasons[index]}\n")
            else:
                self._accepted.write(f"{touchpoint['id']}\n")

    def close(self) -> None:
        """Have it all in the files."""
        self._accepted.close()
        self._rejected.close()


def _open(folder: Path, name: str) -> TextIO:
    return (folder / f"{name}-{os.getpid()}.txt").open("w", encoding="ascii")


notes = Notes(Path(os.environ.get("LOADTEST_FOLDER", "data/loadtest")))
seeds = itertools.count(os.getpid() << 20)
"""Of people: other ones in every process."""
NEIGHBOURS = 10
"""People of one locust user, so that what belongs to nobody (door counters, radio spots) keeps its true share."""


def _written(exit_code: int, **_: object) -> None:
    notes.close()


def _begun(environment: Environment, **_: object) -> None:
    environment.stop_timeout = ANSWER_WITHIN_S  # whoever waits for an answer gets it


events.quit.add_listener(_written)  # type: ignore[no-untyped-call]
events.test_start.add_listener(_begun)  # type: ignore[no-untyped-call]


class Neighbours(FastHttpUser):
    """Some people with phones, computers, a shop nearby and, at times, a question."""

    wait_time = between(0.0, 0.04)
    network_timeout = ANSWER_WITHIN_S
    connection_timeout = ANSWER_WITHIN_S

    def on_start(self) -> None:
        """Nobody has lived yet."""
        self.ahead: Iterator[Delivery] = iter(())
        self.chance = random.Random(next(seeds))

    @task
    def live_on(self) -> None:
        """Do the next thing of their month, or let others move in."""
        delivery = next(self.ahead, None)
        if delivery is None:
            now = datetime.now(timezone.utc)
            self.ahead = journeys(next(seeds), NEIGHBOURS, now - timedelta(days=DAYS), now)
            return
        request = Request(delivery, delivery.touchpoints)
        while not self._send(request) and self._is_going_on:
            time.sleep(PAUSE_S)  # locust has made it one that lets the others go on
        if self.chance.random() < SENT_TWICE:
            self._send(request)

    @property
    def _is_going_on(self) -> bool:
        runner = self.environment.runner
        return runner is not None and runner.state not in (STATE_STOPPING, STATE_STOPPED, STATE_CLEANUP)

    def _send(self, request: Request) -> bool:
        """Send it; whether it was answered 202."""
        delivery = request.delivery
        with self.client.post(
            "/v1/touchpoints",
            data=request.body(KEYS[delivery.key.value]).decode(),
            headers={**delivery.headers, "User-Agent": delivery.user_agent, "Content-Type": "text/plain"},
            name=delivery.sdk[0],
            catch_response=True,
        ) as response:
            if response.status_code != 202:
                response.failure(f"answered {response.status_code}")
                return False
            notes.note(request, msgspec.json.decode(response.content, type=Answer))
            return True
