"""The spool is full or its disk fails: 503 with Retry-After, never a 202, and recovery without a restart."""

from __future__ import annotations

import resource
from pathlib import Path

from collector.spool.segment import keys_file, names
from tests.receive.receiver import Receiver, receiving, touchpoint, until


def fill(receiver: Receiver) -> list[str]:
    """Sends until it is refused; gives the ids that were accepted."""
    accepted: list[str] = []
    for _ in range(500):
        sent = touchpoint(properties={"padding": "x" * 8000})
        answer = receiver.send(sent)
        if answer.status != 202:
            assert (answer.status, answer.reason) == (503, "spool_full")
            assert int(answer.headers["retry-after"]) == 5
            assert "spool" not in answer.json["detail"].replace("spool_full", ""), "folders are nothing for the public"
            return accepted
        accepted.append(sent["id"])
    raise AssertionError("the spool never filled")


def test_a_full_spool_says_so_and_drains(tmp_path: Path) -> None:
    """What was accepted is there, what was refused is not; when the loader has made room it goes on."""
    with receiving(tmp_path, spool_limit_mib=1, spool_key_share=1.0) as receiver:
        accepted = fill(receiver)
        stored = [line["id"] for _, _, lines in receiver.records() for line in lines]
        assert stored == accepted
        assert (receiver.get("/readyz").status, receiver.get("/readyz").reason) == (503, "spool_full")
        assert receiver.get("/healthz").status == 200
        for name in names(receiver.folder / "spool")[:-1]:
            keys_file(receiver.folder / "spool", name).unlink()
            (receiver.folder / "spool" / name).unlink()
        large = {"padding": "x" * 8000}
        until(lambda: receiver.send(touchpoint(properties=large)).status == 202, "it accepts again", receiver)
        assert receiver.get("/readyz").status == 200
        assert receiver.stop() == 0


def test_one_key_cannot_fill_the_spool_for_the_others(tmp_path: Path) -> None:
    """A key that has used its share is refused while another key still gets in."""
    with receiving(tmp_path, spool_limit_mib=2, spool_key_share=0.5) as receiver:
        fill(receiver)
        assert receiver.send(touchpoint(), key=receiver.secret).status == 202
        assert receiver.get("/readyz").status == 200


def test_a_disk_that_refuses_is_told_and_recovered_from(tmp_path: Path) -> None:
    """While a write fails nothing is acknowledged, also nothing rejected; when it works again all goes on."""
    with receiving(tmp_path) as receiver:
        assert receiver.process is not None
        pid = receiver.process.pid
        assert receiver.send(touchpoint()).status == 202
        allowed = resource.prlimit(pid, resource.RLIMIT_FSIZE)
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (10, allowed[1]))  # every write to a file fails from now on
        refused = touchpoint()
        answer = receiver.send(refused)
        assert (answer.status, answer.reason, answer.headers["retry-after"]) == (503, "spool_failing", "5")
        assert receiver.send(touchpoint(occurred_at=0)).status == 503
        assert receiver.get(f"/v1/pixel.gif?key={receiver.public}").status == 503
        until(lambda: receiver.get("/readyz").status == 503, "it is not ready")
        resource.prlimit(pid, resource.RLIMIT_FSIZE, allowed)
        until(lambda: receiver.get("/readyz").status == 200, "it is ready again", receiver)
        accepted = touchpoint()
        assert receiver.send(accepted).status == 202
        stored = {line["id"] for _, _, lines in receiver.records() for line in lines}
        assert accepted["id"] in stored and refused["id"] not in stored
        assert receiver.stop() == 0
