"""Receivers that start together put the same file in its place: all of them succeed, and nobody reads half of it."""

from __future__ import annotations

import multiprocessing
from multiprocessing.synchronize import Barrier
from pathlib import Path

from collector.spool import durable

WRITERS = 4
FILES = 100
CONTENT = b"the same of all" * 1000


def _write_all(folder: Path, together: Barrier) -> None:
    for number in range(FILES):
        together.wait(30)
        durable.replace(folder / str(number), CONTENT, sync=False)


def test_the_same_file_by_several_programs(tmp_path: Path) -> None:
    """Each has a name of its own for what is not whole yet."""
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(WRITERS)
    writers = [context.Process(target=_write_all, args=(tmp_path, together)) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0] * WRITERS
    assert {file.read_bytes() for file in tmp_path.iterdir()} == {CONTENT}
    assert len(list(tmp_path.iterdir())) == FILES
