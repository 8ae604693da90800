"""kill -9 under load: whatever was answered 202 is in `touchpoints` once, whoever died and when."""

from __future__ import annotations

import random
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest

from collector.spool.waiting import backlog
from tests.installation import Installation, running, touchpoint

SEED = 20_261_122
SENDERS = 4
BATCH = 5
PAUSE_S = (0.3, 1.5)
VICTIMS = [("receive",), ("load",), ("clickhouse",), ("receive", "load", "clickhouse"), ("load", "clickhouse")]


class Sender(threading.Thread):
    """Sends batches until told to stop, the same batch again until it is answered 202, as an SDK does."""

    def __init__(self, installation: Installation, number: int) -> None:
        super().__init__(name=f"sender-{number}", daemon=True)
        self.installation = installation
        self.stopping = threading.Event()
        self.visitor = f"visitor-{number}"
        self.accepted: list[str] = []
        self.repeated = 0
        self.problems: list[Any] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            batch = [touchpoint(visitor_id=self.visitor, properties={"n": n}) for n in range(BATCH)]
            while not self._send(batch):
                self.repeated += 1
                time.sleep(0.05)

    def _send(self, batch: list[dict[str, Any]]) -> bool:
        status, answer = self.installation.send(batch)
        if status == 202:
            if answer["accepted"] != len(batch):
                self.problems.append(answer)
            self.accepted += [one["id"] for one in batch]
            return True
        if status not in (0, 503):
            self.problems.append((status, answer))
        return False


def test_killed_processes_lose_and_double_nothing(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Seeded kills of receiver, loader and ClickHouse, alone and together: accepted and lost 0, doubled 0."""
    kills: int = request.config.getoption("--kills")
    chance = random.Random(SEED)
    with running(tmp_path, workers=2) as installation:
        senders = [Sender(installation, number) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        killed = dict.fromkeys(("receive", "load", "clickhouse"), 0)
        for number in range(kills):
            time.sleep(chance.uniform(*PAUSE_S))
            for role, count in installation.kill(*VICTIMS[number % len(VICTIMS)]).items():
                killed[role] += count
        for sender in senders:
            sender.stopping.set()
        for sender in senders:
            sender.join(60)
            assert not sender.is_alive(), "a sender was never answered again"
        accepted = [one for sender in senders for one in sender.accepted]
        assert [problem for sender in senders for problem in sender.problems] == []
        assert min(killed.values()) >= kills // 5, "a role was hardly ever killed"
        installation.until(lambda: _backlog(installation) == 0, "everything accepted is loaded")

        found = stored(installation)
        lost = set(accepted) - set(found)
        doubled = [one for one, times in found.items() if times > 1]
        repeated = sum(sender.repeated for sender in senders)
        print(
            f"\n{kills} times kill -9, processes killed {killed}: {len(accepted)} accepted, "
            f"{repeated} requests repeated, {len(lost)} lost, {len(doubled)} doubled"
        )
        assert lost == set()
        assert doubled == []


def stored(installation: Installation) -> dict[str, int]:
    """Every id that analysts see → how often they see it."""
    rows = installation.ask("SELECT toString(id) AS id, count() AS times FROM klantreis.touchpoints GROUP BY id")
    assert rows is not None
    return {str(uuid.UUID(row["id"])): int(row["times"]) for row in rows}


def _backlog(installation: Installation) -> int | None:
    return backlog(installation.settings.spool_folder).bytes if installation.ask("SELECT 1 AS one") else None
