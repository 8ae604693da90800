"""Every named point of the way at which a process can be made to die, and the function that it is next to.

The way, and so the order of these lists, is that of README.md's drawing. `only` looks at what the function was called
with (or, after it, at what it gave) and says whether this passage is meant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

Passage = tuple[tuple[Any, ...], Any]
"""What a function was called with, and what it gave: None before it has."""

MARK_BYTES = 32
"""Of a segment's head and of its end mark; a group of records is larger."""


def _any(_: Passage) -> bool:
    return True


def _group(passage: Passage) -> bool:
    return len(passage[0][1]) > MARK_BYTES


def _end_mark(passage: Passage) -> bool:
    return bytes(passage[0][1]).startswith(b"\xfeKR")


def _accepted(passage: Passage) -> bool:
    return bool(passage[0][2] == 202)


def _found(passage: Passage) -> bool:
    return bool(passage[1].records)


def _rows(passage: Passage) -> bool:
    return bool(passage[0][1])


def _notes(passage: Passage) -> bool:
    return str(passage[0][0]).endswith("progress.spare")


def _former_notes(passage: Passage) -> bool:
    return str(passage[0][0]).endswith("progress.former")


def _segment(passage: Passage) -> bool:
    return str(passage[0][0]).endswith(".spool")


def _insert(passage: Passage) -> bool:
    return passage[0][1].statement.rows is not None


def _loader(passage: Passage) -> bool:
    return bool(passage[0][0].name == "load")


class Point(NamedTuple):
    """One place where a role can die."""

    name: str
    function: str
    """`module:function` or `module:Class.method`, as its caller looks it up."""
    when: str
    """before, after, or within it: `during` a moment after it was called, `half` with half of its bytes written."""
    only: Callable[[Passage], bool] = _any
    provoked_by: str = ""
    """What makes a process pass here: its start, its stop, or the death at another point; else its work does."""


GROWING, PROGRESS, DURABLE = "collector.spool.growing", "collector.spool.progress", "collector.spool.durable"
SEGMENT, EMBEDDED = "collector.spool.segment", "collector.warehouse.embedded"
START, STOP, DEATH = "start", "stop", "death of a child"

POINTS: dict[str, tuple[Point, ...]] = {
    "receive": (
        Point("starting, spool not opened", "collector.spool.writer:SpoolWriter.__init__", "before", _any, START),
        Point("starting, spool opened", "collector.spool.writer:SpoolWriter.__init__", "after", _any, START),
        Point("segment made, not locked", f"{SEGMENT}:hold", "before"),
        Point("segment locked, without its head", f"{SEGMENT}:encode_header", "before"),
        Point("segment renamed, name not synced", f"{GROWING}:sync_folder", "before"),
        Point("segment begun", f"{GROWING}:sync_folder", "after"),
        Point("group not written", f"{GROWING}:write_all", "before", _group),
        Point("group half written", f"{GROWING}:write_all", "half", _group),
        Point("group written, not synced", f"{GROWING}:sync_data", "before"),
        Point("group synced, nobody told", f"{GROWING}:sync_data", "after"),
        Point("on disk, not answered", "collector.receive.answers:give", "before", _accepted),
        Point("answered", "collector.receive.answers:give", "after", _accepted),
        Point("keys noted", f"{GROWING}:GrowingSegment.note_keys", "after"),
        Point("segment full, not finished", f"{GROWING}:GrowingSegment.finish", "before"),
        Point("end mark written, not synced", f"{GROWING}:write_all", "after", _end_mark),
        Point("segment finished", f"{GROWING}:GrowingSegment.finish", "after"),
        Point("stopping, spool not closed", "collector.spool.writer:SpoolWriter.close", "before", _any, STOP),
        Point("stopping, spool closed", "collector.spool.writer:SpoolWriter.close", "after", _any, STOP),
    ),
    "load": (
        Point("starting, spool not taken", f"{PROGRESS}:Progress.__init__", "before", _any, START),
        Point("starting, spool taken", f"{PROGRESS}:Progress.__init__", "after", _any, START),
        Point("starting, schema not looked at", "collector.warehouse.migrate:migrate", "before", _any, START),
        Point("starting, schema brought up to date", "collector.warehouse.migrate:migrate", "after", _any, START),
        Point("range read", "collector.spool.reader:SpoolReader.read", "after", _found),
        Point("range not named", f"{PROGRESS}:Progress.name", "before"),
        Point("notes written, not renamed", "pathlib:Path.rename", "before", _notes),
        Point("notes in place, room not", "pathlib:Path.rename", "before", _former_notes),
        Point("notes in place, name not synced", f"{DURABLE}:sync_folder", "before"),
        Point("range named", f"{PROGRESS}:Progress.name", "after"),
        Point("not inserted", "collector.warehouse.store:Store.store", "before", _rows),
        Point("inserting", "collector.warehouse.store:Store.store", "during", _rows),
        Point("inserted", "collector.warehouse.store:Store.store", "after", _rows),
        Point("not acknowledged", f"{PROGRESS}:Progress.acknowledge", "before"),
        Point("acknowledged", f"{PROGRESS}:Progress.acknowledge", "after"),
        Point("segment loaded, not deleted", "pathlib:Path.unlink", "before", _segment),
        Point("segment deleted", "pathlib:Path.unlink", "after", _segment),
        Point("repeating, range not read", "collector.spool.reader:SpoolReader.read_range", "before", _any, "inserted"),
        Point("repeating, range read", "collector.spool.reader:SpoolReader.read_range", "after", _any, "range named"),
        Point("stopping, nothing closed", "collector.warehouse.client:Warehouse.close", "before", _any, STOP),
        Point("stopping, spool let go", f"{PROGRESS}:Progress.close", "after", _any, STOP),
    ),
    "clickhouse": (
        Point("starting, folder not entered", f"{EMBEDDED}.folder:Folder.__init__", "before", _any, START),
        Point("starting, engine not opened", f"{EMBEDDED}.engine:Engine.__init__", "before", _any, START),
        Point("starting, engine opened", f"{EMBEDDED}.engine:Engine.__init__", "after", _any, START),
        Point("insert read, not run", f"{EMBEDDED}.server:Server._insert", "before", _insert),
        Point("storing", f"{EMBEDDED}.server:Server._insert", "during", _insert),
        Point("rows not all handed over", f"{EMBEDDED}.pipes:RowsPipe.finish", "before"),
        Point("rows handed over", f"{EMBEDDED}.pipes:RowsPipe.finish", "after"),
        Point("stored, not answered", f"{EMBEDDED}.server:Server._finish", "before", _insert),
        Point("answered", f"{EMBEDDED}.server:Server._insert", "after", _insert),
        Point("stopping, engine open", f"{EMBEDDED}.server:Server.close", "before", _any, STOP),
        Point("stopping, engine closed", f"{EMBEDDED}.server:Server.close", "after", _any, STOP),
    ),
    "supervisor": (
        Point("starting, port bound", "collector.supervisor:_fresh_folder", "before", _any, START),
        Point("starting, no loader yet", "collector.supervisor:Child.start", "before", _loader, START),
        Point("starting, some children run", "collector.supervisor:Child.start", "after", _loader, START),
        Point("a child has died", "collector.supervisor:_ending", "before", _any, DEATH),
        Point("stopping, receivers run", "collector.supervisor:Child.stop", "before", _any, STOP),
        Point("stopping, loader not told", "collector.supervisor:Child.stop", "before", _loader, STOP),
        Point("stopping, loader stopped", "collector.supervisor:Child.stop", "after", _loader, STOP),
    ),
}


def order_name(role: str, point: Point) -> str:
    """The name of the file that orders a process of `role` to die at `point`."""
    return f"{role}.{point.name.replace(' ', '-').replace(',', '')}"
