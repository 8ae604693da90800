"""Metrics: what is counted, over all processes, living and dead."""

from __future__ import annotations

import contextlib
import signal
from pathlib import Path

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from collector import metrics
from collector.envelope import Kind
from collector.settings import Settings
from tests.receive.receiver import Receiver, receiving, touchpoint, until


def counted(settings: Settings) -> dict[str, float]:
    """Samples of the exposition by name and labels."""
    found = {}
    for family in text_string_to_metric_families(metrics.exposition(settings).decode()):
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            found[f"{sample.name}{{{labels}}}"] = sample.value
    return found


def send_some(receiver: Receiver) -> None:
    """One of each: accepted, rejected, stripped, set aside, unknown, refused."""
    receiver.send(touchpoint(visitor_id="v", consent={"state": "denied"}), touchpoint(), touchpoint(occurred_at=0))
    receiver.send(touchpoint(channel="moon", mood="x", humour="y"))
    receiver.send(touchpoint(), key="nobody")
    receiver.post(b"[]")


def test_everything_is_counted_once_and_nothing_is_lost_by_a_kill(tmp_path: Path) -> None:
    """Within about a second; a killed worker's counts stay and the next one's are added, its connections do not."""
    with receiving(tmp_path) as receiver:
        send_some(receiver)
        settings = receiver.settings

        expected = {
            "klantreis_touchpoints_accepted_total{key=web}": 3,
            "klantreis_touchpoints_rejected_total{key=web,reason=time_impossible}": 1,
            "klantreis_touchpoints_stripped_total{key=web}": 1,
            "klantreis_fields_set_aside_total{key=web}": 1,
            "klantreis_fields_unknown_total{key=web}": 2,
            "klantreis_requests_total{answer=accepted}": 2,
            "klantreis_requests_total{answer=key_unknown}": 1,
            "klantreis_requests_total{answer=not_json}": 1,
            "klantreis_request_seconds_count{}": 4,
            "klantreis_spool_records_total{}": 3,
        }
        with contextlib.suppress(AssertionError):  # what is lacking is told below
            until(lambda: expected.items() <= counted(settings).items(), "all is counted", receiver)
        found = counted(settings)
        assert {name: found.get(name) for name in expected} == expected
        assert found["klantreis_spool_sync_seconds_count{}"] >= 2
        lines = [line for kind, _, lines in receiver.records() if kind == Kind.TOUCHPOINTS for line in lines]
        rest = sum(len(msgspec.json.encode(line)) + 1 for line in lines)
        assert found["klantreis_touchpoint_bytes_total{key=web}"] == rest
        assert found["klantreis_spool_sync_seconds_sum{}"] > 0
        assert found["klantreis_request_seconds_bucket{le=+Inf}"] == 4
        with contextlib.ExitStack() as open_:
            for _ in range(3):
                idle = open_.enter_context(receiver.connect())
                idle.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                assert idle.recv(65536)
            until(lambda: counted(settings).get("klantreis_connections{}", 0) >= 3, "connections are counted", receiver)
            receiver.stop(signal.SIGKILL)
        found = counted(settings)
        assert found["klantreis_requests_total{answer=accepted}"] == 2
        assert found.get("klantreis_connections{}", 0) == 0
        receiver.start()
        send_some(receiver)
        name = "klantreis_touchpoints_accepted_total{key=web}"
        until(lambda: counted(settings).get(name) == 6.0, "both are counted", receiver)


def test_what_senders_gave_up_is_counted_once_accepted(tmp_path: Path) -> None:
    """A batch says how many its sender dropped; one that is refused is told again, and not counted twice."""
    with receiving(tmp_path) as receiver:
        receiver.send(touchpoint(), batch={"dropped": 5}, key="nobody")
        receiver.send(touchpoint(), batch={"dropped": 5})
        receiver.send(touchpoint(), batch={"dropped": -7})
        receiver.send(touchpoint(), batch={"dropped": 2})
        name = "klantreis_touchpoints_given_up_total{key=web}"
        until(lambda: counted(receiver.settings).get(name) == 7.0, "both are counted", receiver)


def test_rejected_ones_over_the_limit_are_counted_only(tmp_path: Path) -> None:
    """A sender that does everything wrong cannot fill the disk with its mistakes."""
    with receiving(tmp_path, rejected_per_day=3) as receiver:
        answer = receiver.send(*[touchpoint(occurred_at=0) for _ in range(5)])
        assert len(answer.json["rejected"]) == 5
        assert receiver.send(touchpoint(occurred_at=0), touchpoint()).json["accepted"] == 1
        kept = [line for _, _, lines in receiver.records() for line in lines if "reason" in line]
        assert len(kept) == 3
        until(
            lambda: counted(receiver.settings).get("klantreis_rejected_not_kept_total{key=web}") == 3.0,
            "those not kept are counted",
            receiver,
        )


def test_a_process_alone_counts_in_its_memory(tmp_path: Path) -> None:
    """Without a folder of metrics the exposition is that of the process."""
    assert b"klantreis_requests_total" in metrics.exposition(Settings(data=tmp_path))
