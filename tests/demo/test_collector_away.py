"""No collector, the wrong one, or one that refuses: the command says so and what to do, and never claims success."""

from __future__ import annotations

import contextlib
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from collector.cli.demo import QUERIES, demo
from collector.demo import sending
from collector.demo.delivery import Delivery
from collector.demo.line import Collector
from collector.demo.tally import Tally
from collector.errors import SendError
from loadtest.ports import free_ports
from tests.demo.recording_collector import Answer, Recording, Request, recording, refusal
from tests.demo.single import single


def run(url: str, *arguments: str) -> Result:
    """`klantreis demo` with few people."""
    return CliRunner().invoke(demo, ["--url", url, "--people", "15", "--days", "5", *arguments])


def told(result: Result) -> str:
    """The error that the command line prints."""
    assert isinstance(result.exception, SendError)
    return str(result.exception)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No settings of this machine."""
    monkeypatch.chdir(tmp_path)


def test_all_accepted_is_success() -> None:
    """The summary counts what the collector got, channel by channel, and ends with three queries."""
    with recording() as record:
        result = run(record.url)
    assert result.exit_code == 0, result.output
    assert f"{len(record.accepted):,} touchpoints in {len(record.requests):,} requests" in result.output
    assert all(query in result.output for query in QUERIES) and len(QUERIES) == 3
    for channel in {touchpoint["channel"] for touchpoint in record.accepted}:
        assert channel in result.output


def test_no_collector_is_told_at_once() -> None:
    """Nothing listens: the message names the address and `make run`."""
    [port] = free_ports(1)
    result = run(f"http://127.0.0.1:{port}")
    assert result.exit_code != 0
    assert "make run" in told(result) and f"127.0.0.1:{port}" in told(result)


def test_a_collector_that_goes_away_is_told() -> None:
    """It stops in the middle: the run ends with what was accepted until then."""
    tally = Tally()
    with recording() as record:
        collector = Collector(record.url, "demo", "demo-secret")
        sending.send([single(2)], collector, tally, connections=1)
    with pytest.raises(SendError, match=r"no answer \(ConnectionRefusedError.*make run"):
        sending.send([single(2)], collector, tally, connections=1, patience_s=0.2)
    assert tally.sent == 2


@pytest.mark.parametrize(
    ("status", "reason", "remedy"),
    [
        (401, "key_unknown", "--key and --secret-key"),
        (403, "origin_not_allowed", "any origin"),
        (404, "not_found", "--url"),
        (405, "method_not_allowed", "--url"),
    ],
)
def test_a_hopeless_refusal_stops_the_run(status: int, reason: str, remedy: str) -> None:
    """It is told once, with reason and remedy, instead of thousands of times."""
    with recording(lambda request: refusal(status, reason)) as record:
        result = run(record.url)
        assert len(record.requests) <= 8
    assert result.exit_code != 0
    assert f"{status} {reason}" in told(result) and remedy in told(result)


def test_connections_without_work_see_that_another_failed() -> None:
    """A refusal that comes while the others wait for something to send ends them too; nobody waits for ever."""

    def one_and_then_none() -> Iterator[Delivery]:
        yield single()
        while not record.requests:
            time.sleep(0.01)
        time.sleep(0.5)

    def send() -> None:
        with contextlib.suppress(SendError):
            sending.send(one_and_then_none(), Collector(record.url, "demo", "demo-secret"), Tally(), connections=4)

    with recording(lambda request: refusal(401, "key_unknown")) as record:
        sender = threading.Thread(target=send, daemon=True)
        sender.start()
        sender.join(20)
        assert not sender.is_alive()


@pytest.mark.parametrize("body", [b"<html>Welcome to the hotel</html>", b"[]", b'{"ok": true}', b'{"accepted": 10000}'])
def test_another_server_that_answers_200_is_no_success(body: bytes) -> None:
    """A captive portal, a proxy, a wrong address: only the collector's own accounting counts."""
    with recording(lambda request: Answer(200, body)) as record:
        result = run(record.url)
    assert result.exit_code != 0
    assert "collector" in told(result)


def test_rejected_touchpoints_are_counted_and_fail_the_run() -> None:
    """One refused touchpoint of thousands: the summary says which reason, and the exit code is 1."""
    refused: list[str] = []

    def script(request: Request) -> Answer | None:
        touchpoints = request.body["touchpoints"]
        if refused or touchpoints[0]["channel"] != "web":
            return None
        refused.append(touchpoints[0]["id"])
        rejected = [{"index": 0, "id": refused[0], "reason": "time_impossible", "detail": "it is [bold]not[/bold] now"}]
        return Answer(202, orjson.dumps({"accepted": len(touchpoints) - 1, "rejected": rejected}))

    with recording(script) as record:
        result = run(record.url)
    assert result.exit_code == 1, result.output
    assert "1 × time_impossible (web): it is [bold]not[/bold] now" in result.output


def test_a_whole_refused_request_counts_touchpoint_by_touchpoint() -> None:
    """A 400 is not tried again; each of its touchpoints is rejected, and what follows is still sent."""
    lost: list[int] = []

    def script(request: Request) -> Answer | None:
        if lost:
            return None
        lost.append(len(request.body["touchpoints"]))
        return refusal(400, "not_json")

    with recording(script) as record:
        result = run(record.url, "--concurrency", "1")
    assert result.exit_code == 1
    told = re.findall(r"(\d+) × not_json", result.output)  # a line for each channel that was in the request
    assert sum(map(int, told)) == lost[0]
    assert len(record.accepted) > 50


def test_the_same_command_sends_the_same_touchpoints() -> None:
    """Seed and --until fix the touchpoints, so a second run changes nothing in the warehouse."""
    ids: list[list[str]] = []
    for _ in range(2):
        with recording() as record:
            assert run(record.url, "--until", "2026-02-01T12:00", "--seed", "9").exit_code == 0
        ids.append(sorted(touchpoint["id"] for touchpoint in record.accepted))
    assert ids[0] == ids[1]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--until", "2999-01-01"], "lies in the future"),
        (["--until", "yesterday"], "does not match the format"),
        (["--people", "0"], "0 is not in the range"),
        (["--concurrency", "65"], "65 is not in the range"),
    ],
)
def test_a_wrong_option_is_refused(arguments: list[str], complaint: str) -> None:
    """Before anything is sent."""
    with recording() as record:
        result = run(record.url, *arguments)
    assert result.exit_code == 2
    assert complaint in " ".join(result.output.split())
    assert not record.requests


@pytest.mark.parametrize("url", ["127.0.0.1:8080", "ftp://127.0.0.1", "http://"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    """The message shows what an address looks like."""
    assert "http://127.0.0.1:8080" in told(run(url))


def test_the_address_follows_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --url it is where this machine's collector listens."""

    def with_settings(record: Recording) -> Result:
        monkeypatch.setenv("KLANTREIS_PORT", record.url.rpartition(":")[2])
        monkeypatch.setenv("KLANTREIS_HOST", "0.0.0.0")  # noqa: S104  # only read, never bound
        return CliRunner().invoke(demo, ["--people", "5", "--days", "2"])

    with recording() as record:
        assert with_settings(record).exit_code == 0
    assert record.accepted
