"""What happens while history is re-classified: people read, touchpoints come in, somebody is forgotten."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from collector.forgotten import Mark, digest_of
from collector.people.tables import Tables
from collector.phases.rulefile import load
from collector.phases.rules import RuleSet
from collector.reclassify.course import Steps, reclassify
from collector.reclassify.task import Task
from collector.settings import Settings
from collector.warehouse import forgotten
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import names
from tests.reclassify import history
from tests.warehouse.rows import RECEIVED_US, row

PEOPLE = 40
JOIN_S = 60.0
SEEN = """SELECT
    (SELECT groupUniqArray(rule_set) FROM klantreis.touchpoints WHERE key = 'history') AS first,
    groupUniqArray(rule_set) AS rules, sum(cityHash64(id, signal, phase, toString(mapSort(phases)))) AS all
FROM klantreis.touchpoints WHERE key = 'history'"""


class Meanwhile:
    """Something that is done again and again, with a connection of its own, until it is told to end."""

    def __init__(self, settings: Settings, work: Callable[[Warehouse, int], None]) -> None:
        self._settings = settings
        self._work = work
        self._end = threading.Event()
        self.times = 0
        self.failed: BaseException | None = None
        self._turn = threading.Condition()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            with Warehouse(self._settings, timeout_s=60) as warehouse:
                while not self._end.is_set():
                    self._work(warehouse, self.times)
                    with self._turn:
                        self.times += 1
                        self._turn.notify_all()
        except BaseException as error:  # told by end()
            self.failed = error

    def wait_for(self, more: int) -> None:
        """Wait until it has been done so many times more, or has failed, which end() tells."""
        with self._turn:
            enough = self.times + more
            self._turn.wait_for(lambda: self.times >= enough or not self._thread.is_alive(), JOIN_S)

    def end(self) -> None:
        """Wait for the last time, and raise what it failed with."""
        self._end.set()
        self._thread.join(JOIN_S)
        assert not self._thread.is_alive()
        if self.failed is not None:
            raise self.failed


def arriving(rules: RuleSet, sent: list[str], state: Callable[[], int]) -> Callable[[Warehouse, int], None]:
    """A loader that stores a touchpoint in each of three months, classified by its rules."""

    def work(warehouse: Warehouse, number: int) -> None:
        ids = [str(uuid.uuid4()) for _ in range(3)]
        page = {"url": f"https://shop.example/{number}", "language": "nl"}
        months = [RECEIVED_US // 1000 - n * 40 * 86_400_000 for n in range(3)]
        rows = [row(id=one, page=page, channel="web", occurred_at=at) for one, at in zip(ids, months, strict=True)]
        assert history.loader(warehouse, rules).store(rows, state()) == []
        sent.extend(ids)

    return work


def test_readers_ingest_and_a_person_forgotten(warehouse: Warehouse, clickhouse: Settings, tmp_path: Path) -> None:
    """No reader sees a mixture, whatever arrives ends right with either loader, and the forgotten stay away."""
    old, new = history.shipped(), load(history.changed_rules(tmp_path / "changed"))
    rows = history.demo_rows(PEOPLE)
    history.stored(warehouse, rows, new)
    expected = history.classified(warehouse)
    history.stored(warehouse, rows, old, parts=3)
    victim = str(warehouse.rows("SELECT visitor_id AS v FROM klantreis.touchpoints WHERE v != '' ORDER BY v")[0]["v"])
    seen: list[tuple[tuple[str, ...], tuple[str, ...], int]] = []

    def read(connected: Warehouse, number: int) -> None:
        [found] = connected.rows(SEEN)
        seen.append((tuple(found["first"]), tuple(found["rules"]), int(found["all"])))

    by_old: list[str] = []
    by_new: list[str] = []
    state = forgotten.read(warehouse).state
    reader = Meanwhile(clickhouse, read)
    old_loader = Meanwhile(clickhouse, arriving(old, by_old, lambda: state))
    new_loader = Meanwhile(clickhouse, arriving(new, by_new, lambda: state))

    def tell(what: str) -> None:
        if what.startswith("classified"):
            for one in (reader, old_loader, new_loader):
                one.wait_for(3)
            old_loader.end()  # by now it has taken up the rules, as new_loader has

    reclassify(clickhouse, Task(new), Steps(tell, lambda what: lambda rows: None))
    for one in (new_loader, reader):
        one.wait_for(1)
        one.end()
    assert min(reader.times, old_loader.times, new_loader.times) >= 3
    assert {(first, rules) for first, rules, _ in seen} == {((old.hash,),) * 2, ((new.hash,),) * 2}
    assert len({total for *_, total in seen}) == 2, "as many states as classifications"
    order = [rules == (new.hash,) for _, rules, _ in seen]
    assert order == sorted(order), "whoever has seen the new does not see the old again"
    assert history.classified(warehouse, "key = 'history'") == expected
    arrived = history.classified(warehouse, "key = 'web'")
    assert arrived.keys() == {*by_old, *by_new}
    assert {(one["signal"], one["rule_set"], one["phases"]["made"]) for one in arrived.values()} == {
        ("ad_seen", new.hash, "before")
    }

    def forget(what: str) -> Callable[[int], None]:
        if what == "classifying":
            secret = forgotten.secret(warehouse)
            forgotten.remember(warehouse, [Mark("", "visitor", digest_of(secret, victim))])
            Tables(warehouse, names(clickhouse)).purge()
        return lambda rows: None

    reclassify(clickhouse, Task(old), Steps(lambda what: None, forget))
    for _ in range(2):
        found = warehouse.rows(
            "SELECT count() AS n FROM klantreis.touchpoints_stored WHERE visitor_id = {v:String}", {"v": victim}
        )
        assert found[0]["n"] == 0
        warehouse.command("OPTIMIZE TABLE klantreis.touchpoints_stored FINAL")
    assert {one["rule_set"] for one in history.classified(warehouse).values()} == {old.hash}


def test_a_retry_and_an_earlier_receipt(warehouse: Warehouse, clickhouse: Settings, tmp_path: Path) -> None:
    """A later delivery of the same touchpoint still loses and an earlier one still wins, as before."""
    old, new = history.shipped(), load(history.changed_rules(tmp_path / "changed"))
    base: dict[str, Any] = {**json.loads(row(page={"url": "https://shop.example/a", "language": "nl"}, channel="web"))}

    def deliver(later_s: int, title: str) -> None:
        received = RECEIVED_US + later_s * 1_000_000
        page = {**base["page"], "title": title}
        one = json.dumps({**base, "page": page, "_received_us": received}).encode()
        assert history.loader(warehouse, old).store([one]) == []

    deliver(10, "first")

    def meanwhile(what: str) -> Callable[[int], None]:
        if what == "classifying":
            deliver(20, "later")
        return lambda rows: None

    reclassify(clickhouse, Task(new), Steps(lambda what: None, meanwhile))
    deliver(30, "much later")
    seen = "SELECT page_title AS title, rule_set, signal FROM klantreis.touchpoints"
    assert warehouse.rows(seen) == [{"title": "first", "rule_set": new.hash, "signal": "ad_seen"}]
    deliver(0, "earlier")
    assert [one["title"] for one in warehouse.rows(seen)] == ["earlier"]
