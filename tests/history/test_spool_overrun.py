"""An import never fills the spool: it waits for the loader, and gives way to those who send now."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from collector.history import course
from collector.history.mapping_file import load
from collector.history.task import Task
from collector.spool.progress import Progress
from collector.spool.reader import SpoolReader
from collector.spool.segment import HEADER_SIZE
from collector.spool.waiting import backlog, lying, unloaded
from tests.history.importing import ORDERS, Folder, Unwatched, orders

ROWS = 30_000


def test_it_waits_until_the_loader_has_caught_up(tmp_path: Path) -> None:
    """With loads of 1 MiB no more than two of them and a stretch lie in the spool; acknowledged, it goes on."""
    folder = Folder(tmp_path, load_mib=1, segment_mib=1)
    file = folder.file("orders.csv", orders(ROWS))
    watcher = Unwatched()
    task = Task(file, "csv", load(folder.file("mapping.yaml", ORDERS)), folder.key)
    most = 0
    importing = threading.Thread(target=course.run, args=(folder.settings, task, watcher), daemon=True)
    importing.start()
    spool = folder.settings.spool_folder
    while importing.is_alive() and not watcher.waited:
        time.sleep(0.01)
    with Progress(spool) as progress:
        reader, loaded = SpoolReader(spool), 0
        while importing.is_alive() or backlog(spool).bytes:
            most = max(most, backlog(spool).bytes)
            for name in reader.segments():
                batch = reader.read(name, progress.acknowledged(name), 1 << 20)
                if batch.end > batch.start:
                    progress.name([batch.range])
                    progress.acknowledge(batch.loss)
                    loaded += sum(record.payload.count(b"\n") - 1 for record in batch.records)
            progress.delete_loaded()
            time.sleep(0.01)
    assert loaded == ROWS
    assert watcher.waited
    assert most <= 2 * 2**20 + course.STRETCH_BYTES * 2


def test_a_full_spool_is_waited_for(tmp_path: Path) -> None:
    """Where the spool is full, of whatever, nothing is given up: it goes on when there is room."""
    folder = Folder(tmp_path, spool_limit_mib=3, spool_key_share=1.0)
    folder.settings.spool_folder.mkdir(parents=True)
    ballast = folder.settings.spool_folder / "ballast"
    ballast.write_bytes(b"x" * (3 * 2**20 - 50_000))
    watcher = Unwatched()
    task = Task(folder.file("orders.csv", orders(2000)), "csv", load(folder.file("mapping.yaml", ORDERS)), folder.key)
    importing = threading.Thread(target=course.run, args=(folder.settings, task, watcher), daemon=True)
    importing.start()
    while importing.is_alive() and not watcher.waited:
        time.sleep(0.01)
    assert importing.is_alive() and watcher.waited
    ballast.unlink()
    importing.join(60)
    assert {row["order"]["id"] for row in folder.spooled()} == {str(number) for number in range(2000)}


def test_what_others_send_meanwhile_is_not_waited_for(tmp_path: Path) -> None:
    """At the end the import looks at what lay in the spool when it was done, and not at what came after."""
    folder = Folder(tmp_path)
    spool = folder.settings.spool_folder
    folder.bring(folder.file("orders.csv", orders(100)), ORDERS)
    then = lying(spool)
    folder.bring(folder.file("more.csv", orders(100, 100)), ORDERS)
    assert unloaded(spool, then) == sum(then.values()) - HEADER_SIZE * len(then) > 0
    with Progress(spool) as progress:
        [first] = then
        batch = SpoolReader(spool).read(first, 0, 1 << 20)
        progress.name([batch.range])
        progress.acknowledge(batch.loss)
        assert unloaded(spool, then) == 0 < backlog(spool).bytes
        progress.delete_loaded()
        assert unloaded(spool, then) == 0
