"""The count at the end of `make loadtest`: it must find what is missing and what is there twice."""

from __future__ import annotations

import uuid
from collections import Counter
from pathlib import Path

from collector.warehouse.client import Warehouse
from loadtest.audit import audit
from tests.warehouse.rows import RECEIVED_US, row, store


def ids(count: int) -> list[str]:
    """New ids."""
    return [str(uuid.uuid4()) for _ in range(count)]


def noted(folder: Path, accepted: list[str]) -> None:
    """Write down what two processes of senders were told."""
    half = len(accepted) // 2
    for number, own in enumerate((accepted[:half], accepted[half:])):
        (folder / f"accepted-{number}.txt").write_text("".join(f"{one}\n" for one in own))


def test_all_there_once_is_clean(warehouse: Warehouse, tmp_path: Path) -> None:
    """Everything accepted is found once; a delivery that came twice counts once, and other rows do not matter."""
    accepted = ids(10)
    noted(tmp_path, [*accepted, accepted[0]])
    store(warehouse).store([row(id=one) for one in [*accepted, *ids(2)]])
    store(warehouse).store([row(id=accepted[0])])
    told = audit(tmp_path, warehouse)
    assert told.clean
    assert told.accepted == 10


def test_a_lost_touchpoint_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    """What was accepted and is not in ClickHouse is lost."""
    accepted = ids(10)
    noted(tmp_path, accepted)
    store(warehouse).store([row(id=one) for one in accepted[1:]])
    told = audit(tmp_path, warehouse)
    assert not told.clean
    assert (told.lost, told.doubled) == (frozenset({accepted[0]}), frozenset())


def test_a_doubled_touchpoint_is_named(warehouse: Warehouse, tmp_path: Path) -> None:
    """An id that analysts see twice is doubled, whichever of its rows was accepted."""
    accepted = ids(10)
    noted(tmp_path, accepted)
    twice = row(id=accepted[3], occurred_at=RECEIVED_US // 1000 - 5000)
    store(warehouse).store([*(row(id=one) for one in accepted), twice])
    told = audit(tmp_path, warehouse)
    assert not told.clean
    assert (told.lost, told.doubled) == (frozenset(), frozenset({accepted[3]}))


def test_rejected_touchpoints_are_told_and_not_missed(warehouse: Warehouse, tmp_path: Path) -> None:
    """A sender knows what was rejected, so it is no loss; it is counted by reason."""
    accepted = ids(2)
    noted(tmp_path, accepted)
    (tmp_path / "rejected-1.txt").write_text("".join(f"{one} time_impossible\n" for one in ids(3)))
    store(warehouse).store([row(id=one) for one in accepted])
    told = audit(tmp_path, warehouse)
    assert told.clean
    assert told.rejected == Counter(time_impossible=3)


def test_nothing_accepted_is_not_clean(warehouse: Warehouse, tmp_path: Path) -> None:
    """A run in which no touchpoint came through proves nothing."""
    assert not audit(tmp_path, warehouse).clean
