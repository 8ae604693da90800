"""The cases that all SDKs share, for a store: on a real disk, with the time and the network of the case."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from klantreis_store.answers import Reply
from klantreis_store.batch import Limits

from tests.cases.reading import cases
from tests.store.simulated import SimulatedClock, Till

KIND = "store"
VISITOR = "v-1"
"""A store has no visitors of its own: its program says who it is."""


class World:
    """A till and its network, as a case tells of them."""

    def __init__(self, folder: Path, start: dict[str, Any]) -> None:
        settings = {"queue_touchpoints": 10_000, "batch_touchpoints": 100, "batch_bytes": 60_000} | start.get(
            "settings", {}
        )
        assert set(start) <= {"clock", "settings"}, start
        self.clock = SimulatedClock(ms(start.get("clock", "2030-05-31T12:00:00Z")))
        self.network: Any = "accepts"
        self.requests: list[dict[str, Any]] = []
        self.at: list[int] = []
        self.wall_at: list[int] = []
        self.sizes: list[int] = []
        self.looked_at = 0
        self.taken: dict[str, dict[str, Any]] = {}
        self.repeats = self.told_dropped = 0
        self.till = Till(
            folder, self.clock, self.post, settings["queue_touchpoints"],
            Limits(settings["batch_touchpoints"], settings["batch_bytes"]),
        )  # fmt: skip
        self.dropped_before = 0
        self.names: dict[str, Any] = {}

    def post(self, body: bytes) -> Reply:
        """One request, answered as the network is now."""
        sent = json.loads(body)
        self.requests.append(sent)
        self.at.append(self.clock.uptime_ms)
        self.wall_at.append(self.clock.wall_ms)
        self.sizes.append(len(body))
        network = self.network
        if isinstance(network, dict) and len(sent["touchpoints"]) <= network.get("above_touchpoints", -1):
            network = "accepts"
        if network == "away":
            return Reply(0, {}, b"", "no connection")
        if isinstance(network, dict):
            assert set(network) <= {"status", "headers", "body", "above_touchpoints"}
            given = network.get("body", {})
            text = given if isinstance(given, str) else json.dumps(given)
            headers = {name.lower(): value for name, value in network.get("headers", {}).items()}
            return Reply(network["status"], headers, text.encode())
        assert network in ("accepts", "answer_lost")
        for one in sent["touchpoints"]:
            self.repeats += one["id"] in self.taken
            self.taken.setdefault(one["id"], one)
        if network == "answer_lost":
            return Reply(0, {}, b"", "the connection broke")
        self.told_dropped += sent.get("dropped", 0)
        answer = {"accepted": len(sent["touchpoints"]), "rejected": []}
        return Reply(202, {}, json.dumps(answer).encode())

    def step(self, step: dict[str, Any]) -> None:
        """One step of a case; one that is not understood fails."""
        if "track" in step:
            assert set(step) <= {"track", "fields", "times"}
            for number in range(step.get("times", 1)):
                fields = spelled_out(step.get("fields", {}), number)
                self.till.store.track(step["track"], more={"visitor_id": VISITOR, **fields})
            return
        [(what, value)] = step.items()
        if what == "wait_ms":
            self.till.wait(value)
        elif what == "set_clock":
            self.clock.wall_ms = ms(value)
        elif what == "network":
            self.network = value
        elif what == "restart":
            assert value in ("program", "killed", "device")
            self.till.stop()
            if value == "device":
                self.clock.reboot()
            self.till.start()
            self.dropped_before = self.till.store.status().dropped
        elif what == "expect":
            for name, expected in value.items():
                self.expect(name, expected)
        else:
            raise AssertionError(f"a step that this runner does not know: {step}")

    def expect(self, name: str, expected: Any) -> None:
        """One expectation; one that is not understood fails."""
        status = self.till.store.status()
        if name == "accepted":
            found = sorted(self.taken.values(), key=lambda one: one["sequence"])
            self.match(len(found) if not isinstance(expected, list) else found, expected, name)
        elif name == "requests":
            new, self.looked_at = self.requests[self.looked_at :], len(self.requests)
            if not isinstance(expected, list):
                self.match(len(new), expected, name)
                return
            assert len(new) == len(expected), (len(new), expected)
            for request, wanted in zip(new, expected, strict=True):
                seen = {**request, "touchpoints": len(request["touchpoints"]), "first": request["touchpoints"][0]}
                self.match(seen, wanted, name)
        elif name == "last_request":
            self.match(self.requests[-1], expected, name)
        elif name == "request_bytes":
            assert all(
                size <= expected or len(one["touchpoints"]) == 1
                for size, one in zip(self.sizes, self.requests, strict=True)
            )
        elif name == "spacing_ms":
            self.match(self.at[1] - self.at[0], expected["first"], name)
            self.match(self.at[-1] - self.at[-2], expected["last"], name)
        elif name == "sent_at":
            assert expected == "each_at_its_own_moment"
            assert [one["sent_at"] for one in self.requests] == self.wall_at
        elif name in ("repeats", "told_dropped"):
            self.match(getattr(self, name), expected, name)
        elif name == "dropped":
            self.match(status.dropped - self.dropped_before, expected, name)
        elif name == "waiting":
            self.match(status.waiting, expected, name)
        else:
            raise AssertionError(f"an expectation that this runner does not know: {name}")

    def match(self, found: Any, wanted: Any, place: str) -> None:
        """Holds a value against what a case says of it."""
        if isinstance(wanted, dict) and any(key.startswith("$") for key in wanted):
            self.match_by(found, dict(wanted), place)
        elif isinstance(wanted, dict):
            assert isinstance(found, dict), (place, found)
            for key, one in wanted.items():
                self.match(found.get(key), one, f"{place}.{key}")
        elif isinstance(wanted, list):
            assert isinstance(found, list) and len(found) == len(wanted), (place, found)
            for number, (one, other) in enumerate(zip(found, wanted, strict=True)):
                self.match(one, other, f"{place}[{number}]")
        else:
            assert found == wanted, (place, found, wanted)

    def match_by(self, found: Any, wanted: dict[str, Any], place: str) -> None:
        """One or several matchers of one value."""
        told = (place, found, dict(wanted))
        if "$moment" in wanted:
            within = wanted.pop("$within_ms", 0)
            assert abs(found - ms(wanted.pop("$moment"))) <= within, told
        if "$as" in wanted:
            assert found is not None and self.names.setdefault(wanted.pop("$as"), found) == found, told
        for name, holds in {
            "$any": lambda _: found is not None,
            "$absent": lambda _: found is None,
            "$not_as": lambda other: found is not None and found != self.names[other],
            "$unlike": lambda other: found is not None and found != other,
            "$more_than": lambda other: found > self.names[other],
            "$from": lambda least: found is not None and found >= least,
            "$to": lambda most: found is not None and found <= most,
            "$uuid": lambda version: found[14] == str(version),
        }.items():
            if name in wanted:
                assert holds(wanted.pop(name)), told
        assert not wanted, f"matchers that this runner does not know: {wanted}"


def spelled_out(part: Any, number: int) -> Any:
    """Fields with their counting numbers and long texts."""
    if isinstance(part, dict):
        if "$text" in part:
            return part["$text"] * part["$length"]
        return {key: spelled_out(one, number) for key, one in part.items()}
    if isinstance(part, list):
        return [spelled_out(one, number) for one in part]
    return number if part == "$number" else part


def ms(moment: str) -> int:
    """RFC 3339 → milliseconds since 1970."""
    return int(datetime.fromisoformat(moment.replace("Z", "+00:00")).timestamp() * 1000)


@pytest.mark.parametrize("case", [pytest.param(one.content, id=one.title) for one in cases(KIND)])
def test_a_store_does_what_every_sdk_does(case: dict[str, Any], quick_folder: Path) -> None:
    """The case as it stands in the contract."""
    world = World(quick_folder, case.get("start", {}))
    for step in case["steps"]:
        world.step(step)
    world.till.stop()
