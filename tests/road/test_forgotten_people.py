"""Somebody who is forgotten is gone from every table and file, whatever happens meanwhile, and never comes back."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from collector.cli import klantreis
from collector.errors import SettingsError
from collector.receive.access import Keys
from collector.spool.waiting import backlog
from tests.installation import Installation, running, touchpoint
from tests.road.searching import files_with

SENDERS = 3
COMMAND_WITHIN_S = 120.0
FORGOTTEN = "0198c5e0-4f1e-7b0a-9c55-3f0c6f0e1a42"
OTHERS = "0198c5e0-4f1e-7b0a-9c55-3f0c6f0e1a4"
"""What the identifiers of those begin with who are not forgotten: nearly the same bytes."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for all of these. The test that searches its files stops it."""
    with running(tmp_path_factory.mktemp("forgetting"), workers=2) as started:
        yield started


def command(installation: Installation, *words: str) -> subprocess.CompletedProcess[str]:
    """`klantreis …`, run to its end."""
    return subprocess.run(
        [sys.executable, "-m", "collector", *words],
        env=installation.environment,
        capture_output=True,
        text=True,
        timeout=COMMAND_WITHIN_S,
    )


def forget(installation: Installation, *words: str) -> None:
    """Forgetting that succeeds, and says nothing of whom."""
    done = command(installation, "forget", "--yes", *words)
    assert done.returncode == 0, done.stdout + done.stderr + installation.tail()
    assert not any(word in done.stdout + done.stderr for word in words if not word.startswith("--") and len(word) > 4)


def count(installation: Installation, view: str, condition: str = "1", **values: Any) -> int:
    """Rows of a view."""
    rows = installation.ask(f"SELECT count() AS n FROM klantreis.{view} WHERE {condition}", values)
    assert rows is not None
    return int(rows[0]["n"])


def loaded(installation: Installation) -> None:
    """Wait until nothing waits in the spool."""
    installation.until(lambda: backlog(installation.settings.spool_folder).bytes == 0, "all is loaded")


def accepted(installation: Installation, touchpoints: list[dict[str, Any]], key: str = "demo") -> None:
    """Send them, and expect that every one of them is accepted."""
    assert installation.send(touchpoints, key) == (202, {"accepted": len(touchpoints), "rejected": []})


def test_an_export_is_exactly_what_was_sent(installation: Installation, tmp_path: Path) -> None:
    """Every touchpoint of a person in the order of time, what was rejected of them, and nobody else's."""
    now = int(time.time() * 1000)
    sent = [
        touchpoint(visitor_id="export-me", occurred_at=now - (n * 7919) % 5000, properties={"n": f'é,"{n}\n'})
        for n in range(25)
    ]
    sent.append(
        touchpoint(
            "order", order={"id": "order-of-export", "total": "12.50"}, identity={"linked_visitor_id": "export-me"}
        )
    )
    accepted(installation, sent)
    accepted(installation, [touchpoint(visitor_id="export-me-not")])
    installation.send([{"id": "no uuid", "visitor_id": "export-me"}])
    loaded(installation)

    files = {form: tmp_path / f"person.{form}" for form in ("ndjson", "csv")}
    for form, file in files.items():
        done = command(
            installation, "export", "--person", "--visitor", "export-me", "--format", form, "--out", str(file)
        )
        assert done.returncode == 0, done.stderr
        assert done.stderr == "26 touchpoints, 1 rejected\n"
        assert file.stat().st_mode & 0o077 == 0
    rows = [json.loads(line) for line in files["ndjson"].read_text("utf-8").splitlines()]
    assert sorted(row["id"] for row in rows[:-1]) == sorted(one["id"] for one in sent)
    assert [row["occurred_at"] for row in rows[:-1]] == sorted(row["occurred_at"] for row in rows[:-1])
    assert sorted(row["properties"].get("n", "") for row in rows[:-1])[1:] == sorted(f'é,"{n}\n' for n in range(25))
    assert [row["order_total"] for row in rows if row.get("order_id")] == ["12.5"]
    assert json.loads(rows[-1]["raw"]) == {"id": "no uuid", "visitor_id": "export-me"}
    with files["csv"].open(encoding="utf-8", newline="") as file:
        cells = list(csv.DictReader(file))
    assert [cell["id"] for cell in cells] == [row["id"] for row in rows]
    assert [json.loads(cell["properties"]) for cell in cells[:-1]] == [row["properties"] for row in rows[:-1]]


def test_only_the_site_that_is_named(installation: Installation) -> None:
    """Another site's person with the same identifier is somebody else; a dry run changes nothing at all."""
    _, elsewhere = Keys(installation.settings).add(
        name="elsewhere", site="elsewhere", kind="secret", origins=(), rate=None
    )
    for key in ("demo", elsewhere):
        batch = [touchpoint(customer_id="customer-7", order={"id": "77"}) for _ in range(3)]
        # A receiver that does not know the new key yet answers 401.
        installation.until(lambda key=key, batch=batch: installation.send(batch, key)[0] == 202, "all are accepted")
    loaded(installation)
    dry = command(installation, "forget", "--dry-run", "--customer", "customer-7", "--order", "77")
    assert "found: 6 touchpoints, 0 rejected" in dry.stdout
    assert count(installation, "forgotten") == 0
    forget(installation, "--site", "demo", "--customer", "customer-7")
    condition = "customer_id = 'customer-7' AND site = {site:String}"
    assert count(installation, "touchpoints", condition, site="demo") == 0
    assert count(installation, "touchpoints", condition, site="elsewhere") == 3


def test_killed_between_the_steps_and_repeated(installation: Installation) -> None:
    """Wherever the command is killed, the same command finishes the job."""
    steps = {"victim-list": "list:", "victim-table": "klantreis.touchpoints_stored:"}
    accepted(installation, [touchpoint(visitor_id=victim) for victim in steps])
    loaded(installation)
    for victim, step in steps.items():
        process = subprocess.Popen(
            [sys.executable, "-m", "collector", "forget", "--yes", "--visitor", victim],
            env=installation.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        assert any(line.startswith(step) for line in process.stdout), f"it ended before {step}"
        process.kill()
        process.wait(30)
        process.stdout.close()
    forget(installation, *(word for victim in steps for word in ("--visitor", victim)))
    assert count(installation, "touchpoints", "visitor_id LIKE 'victim-%'") == 0
    assert count(installation, "touchpoints_stored", "visitor_id LIKE 'victim-%'") == 0
    for table in ("touchpoints_stored", "rejected_stored"):
        [found] = installation.ask("SELECT engine_full FROM system.tables WHERE name = {t:String}", {"t": table}) or [
            {}
        ]
        assert "old_parts_lifetime" not in found["engine_full"], "the settings for a quick end are still there"


class Sender(threading.Thread):
    """Sends batches of somebody who is forgotten meanwhile and of others, until told to stop."""

    def __init__(self, installation: Installation, number: int) -> None:
        super().__init__(name=f"sender-{number}", daemon=True)
        self.installation = installation
        self.number = number
        self.stopping = threading.Event()
        self.others: list[str] = []
        self.theirs: list[dict[str, Any]] = []
        self.problems: list[Any] = []

    def run(self) -> None:
        while not self.stopping.is_set():
            # Retries of theirs too: what was stored once comes again under the same ids.
            theirs = [touchpoint(visitor_id=FORGOTTEN, order={"id": "4711"}), *self.theirs[:2]]
            others = [touchpoint(visitor_id=f"{OTHERS}{self.number + 3}") for _ in range(3)]
            bad = {"id": "no uuid", "visitor_id": FORGOTTEN, "visit": f"x{FORGOTTEN}"}
            status, answer = self.installation.send([*theirs, *others, bad])
            if status != 202 or answer["accepted"] != len(theirs) + len(others):
                self.problems.append((status, answer))
            self.others += [one["id"] for one in others]
            self.theirs += theirs[:1]
            time.sleep(0.05)


def test_forgotten_under_load_and_no_byte_left(installation: Installation) -> None:
    """Several senders go on sending; others keep every touchpoint, and of the person nothing is left anywhere."""
    senders = [Sender(installation, number) for number in range(SENDERS)]
    for sender in senders:
        sender.start()
    condition = "visitor_id = {visitor:String}"
    installation.until(lambda: count(installation, "touchpoints", condition, visitor=FORGOTTEN) > 10, "they are stored")
    assert files_with(installation.settings.data, FORGOTTEN.encode()), "the search finds nobody at all"
    forget(installation, "--visitor", FORGOTTEN)
    # They are still sent and rest in the spool for a moment, but not in one file of ClickHouse.
    assert files_with(installation.settings.clickhouse_folder, FORGOTTEN.encode()) == []
    for sender in senders:
        sender.stopping.set()
    for sender in senders:
        sender.join(60)
    assert [problem for sender in senders for problem in sender.problems] == []

    loaded(installation)
    before = count(installation, "rejected", "reason = 'forgotten'")
    late = [one for sender in senders for one in sender.theirs][:100]
    accepted(installation, late)  # an SDK that was offline
    loaded(installation)
    assert count(installation, "rejected", "reason = 'forgotten'") - before == len(late)
    assert count(installation, "rejected", "reason = 'forgotten' AND (raw != '' OR length(id) > 12)") == 0
    _, metrics = installation.get("/metrics", installation.console_url)
    assert b'klantreis_touchpoints_withheld_total{key="demo"}' in metrics

    forget(installation, "--visitor", FORGOTTEN)  # what came after the first: now, instead of within ten minutes
    assert files_with(installation.settings.data, FORGOTTEN.encode()) == []
    others = [one for sender in senders for one in sender.others]
    stored = installation.ask(
        "SELECT toString(id) AS id FROM klantreis.touchpoints WHERE startsWith(visitor_id, {others:String})",
        {"others": OTHERS},
    )
    assert stored is not None
    assert sorted(row["id"] for row in stored) == sorted(others)
    hold_nothing(installation)
    assert installation.stop() == 0, installation.tail()
    assert files_with(installation.settings.data, f"{OTHERS}3".encode()), "the search does not find others either"
    assert files_with(installation.settings.data, FORGOTTEN.encode()) == []


def hold_nothing(installation: Installation) -> None:
    """No table of ours, read whole, has the person in any column; neither have ClickHouse's notes of what it did."""
    tables = installation.ask("SELECT name FROM system.tables WHERE database = 'klantreis' AND engine NOT LIKE '%View'")
    assert tables
    for table in (str(row["name"]) for row in tables):
        assert count(installation, table, "position(toString(tuple(*)), {who:String}) > 0", who=FORGOTTEN) == 0, table
    for table in ("system.mutations", "system.detached_parts"):
        rows = installation.ask(f"SELECT * FROM {table}")
        assert rows is not None and FORGOTTEN not in repr(rows)


def test_clickhouse_away_is_said(tmp_path: Path) -> None:
    """Nothing is half done in silence: the exit code is 1 and the message says what is away."""
    done = command(Installation(tmp_path), "forget", "--yes", "--visitor", "somebody-else")
    assert done.returncode == 1
    assert "127.0.0.1" in done.stderr and "somebody-else" not in done.stderr
    assert "Traceback" not in done.stderr


def test_nobody_is_no_one(tmp_path: Path) -> None:
    """Without an identifier, or with one that nobody can have, nothing is even begun."""
    variables = {"KLANTREIS_DATA": str(tmp_path), "KLANTREIS_CONFIG": os.devnull}
    for words in ((), ("--visitor", ""), ("--order", "x" * 129), ("--site", "demo")):
        done = CliRunner().invoke(klantreis, ["forget", "--yes", *words], env=variables)
        assert isinstance(done.exception, SettingsError), done.output
    assert list(tmp_path.iterdir()) == []
