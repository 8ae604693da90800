"""What tests of the import share: a folder with a key, files, and what came of them in the spool."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from collector import settings as settings_module
from collector.envelope import Kind
from collector.history import course
from collector.history.course import Outcome
from collector.history.journal import Counts
from collector.history.mapping_file import load
from collector.history.task import Task, form_of
from collector.receive.access import Key, Keys
from collector.settings import Settings
from collector.spool.reader import SpoolReader
from collector.spool.segment import names

DOCS = Path(__file__).parents[2] / "docs"
ORDERS = """format: import-mapping/1-0-0
source: {time_zone: Europe/Amsterdam}
touchpoint:
  id: order
  type: {value: order}
  channel: {value: web}
  occurred_at: at
  visitor_id: visitor
  order.id: order
  order.total: total
  order.currency: {value: EUR}
"""


class Unwatched:
    """Hears how it goes and remembers what it waited for."""

    def __init__(self) -> None:
        self.waited: list[int] = []

    def at(self, done: int, of: int, counts: Counts) -> None:
        """See `course.Watcher`."""
        assert 0 <= done <= of

    def waiting(self, bytes_: int) -> None:
        """See `course.Watcher`."""
        self.waited.append(bytes_)


class Folder:
    """A data folder with a secret key `history` of site `shop`."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.settings: Settings = settings_module.load({"data": folder / "data", **options})
        keys = Keys(self.settings)
        keys.add(name="history", site="shop", kind="secret")
        self.key: Key = next(key for key in keys.list() if key.name == "history")

    def file(self, name: str, content: str | bytes) -> Path:
        """A file beside the data."""
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def bring(self, file: Path, mapping: str | Path | None = None, **options: Any) -> Outcome:
        """Import a file as the command does."""
        if isinstance(mapping, str):
            mapping = self.file("mapping.yaml", mapping)
        read = None if mapping is None else load(mapping)
        task = Task(file, options.pop("form", None) or form_of(file), read, self.key, **options)
        return course.run(self.settings, task, Unwatched())

    def spooled(self, kind: Kind = Kind.TOUCHPOINTS) -> list[dict[str, Any]]:
        """The lines of this kind in the spool, in the order in which they were appended."""
        reader = SpoolReader(self.settings.spool_folder)
        lines = []
        for name in names(self.settings.spool_folder):
            for record in reader.read(name, 0, 1 << 30).records:
                if record.kind == kind:
                    lines += record.payload.splitlines()[1:]
        return [json.loads(line) for line in lines]

    def envelopes(self) -> list[dict[str, Any]]:
        """The first line of every record in the spool."""
        reader = SpoolReader(self.settings.spool_folder)
        found = [reader.read(name, 0, 1 << 30).records for name in names(self.settings.spool_folder)]
        return [json.loads(record.payload.partition(b"\n")[0]) for records in found for record in records]


def orders(count: int, first: int = 0) -> str:
    """A CSV file of so many orders, one a minute."""
    lines = [f"{n},v-{n % 7},2024-03-01 10:{n // 60 % 60:02}:{n % 60:02},{n}.50\n" for n in range(first, first + count)]
    return "order,visitor,at,total\n" + "".join(lines)
