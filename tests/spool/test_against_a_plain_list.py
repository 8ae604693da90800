"""Whatever happens in whatever order: the spool is a list that forgets nothing it has acknowledged."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from spooling import KIND

from collector.spool import segment
from collector.spool.progress import Progress
from collector.spool.reader import NO_LOSS, Batch, SpoolReader
from collector.spool.waiting import backlog
from collector.spool.writer import SpoolWriter

Appended = tuple[str, bytes]
payloads = st.one_of(
    st.binary(min_size=1, max_size=300),
    st.just(segment.MARKER * 9),
    st.builds(lambda size: b"{" + b"x" * size + b"}", st.integers(0, 5000)),
)


class Spool(RuleBasedStateMachine):
    """Two receivers and a loader on one folder, against lists; a power cut keeps what was synced, and any part of
    what was being written."""

    writers = Bundle("writers")

    @initialize()
    def start(self) -> None:
        self.top = Path(tempfile.mkdtemp(prefix="spool-model-"))
        self.folder = self.top / "0"
        self.folder.mkdir()
        self.loop = asyncio.new_event_loop()
        self.open: dict[int, SpoolWriter] = {}
        self.count = 0
        self.acknowledged: list[bytes] = []
        """What appenders were told is on disk, in the order of each writer."""
        self.doubtful: set[bytes] = set()
        """What was being written at a power cut: it may turn up or not, but not in part."""
        self.loaded: list[bytes] = []
        """What the loader acknowledged."""
        self.in_flight: list[Batch] = []
        self.reader = SpoolReader(self.folder)
        self.progress: Progress | None = Progress(self.folder)

    def teardown(self) -> None:
        if hasattr(self, "top"):
            self.drain()
            for writer in self.open.values():
                self.loop.run_until_complete(writer.close())
            self.drain()
            assert [name for name in self.names() if name.endswith((".spool", ".keys"))] == []
            assert self.missing() == []
            assert self.progress is not None
            assert self.progress.loss.damaged_records == 0
            self.progress.close()
            self.loop.close()
            shutil.rmtree(self.top)

    # Receivers.

    @rule(target=writers, segment_bytes=st.sampled_from([100, 2000, 1 << 20]))
    def open_writer(self, segment_bytes: int) -> int:
        async def make() -> SpoolWriter:
            return SpoolWriter(self.folder, limit_bytes=1 << 30, segment_bytes=segment_bytes, key_share=1.0)

        self.count += 1
        self.open[self.count] = self.loop.run_until_complete(make())
        return self.count

    @rule(writer=writers, contents=st.lists(payloads, min_size=1, max_size=6))
    def append(self, writer: int, contents: list[bytes]) -> None:
        if writer not in self.open:
            return
        spool = self.open[writer]
        named = [self.named(content) for content in contents]

        async def all_at_once() -> None:
            await asyncio.gather(*(spool.append(KIND, payload, key="shop") for payload in named))

        self.loop.run_until_complete(all_at_once())
        self.acknowledged += named

    @rule(writer=consumes(writers))
    def close_writer(self, writer: int) -> None:
        if writer in self.open:
            self.loop.run_until_complete(self.open.pop(writer).close())

    # The loader.

    @rule(max_bytes=st.sampled_from([1, 500, 1 << 20]))
    def name(self, max_bytes: int) -> None:
        if self.progress is None or self.in_flight:
            return
        found = [self.reader.read(name, self.progress.acknowledged(name), max_bytes) for name in self.reader.segments()]
        self.in_flight = [batch for batch in found if batch.end > batch.start]
        self.progress.name([batch.range for batch in self.in_flight])

    @rule()
    def acknowledge(self) -> None:
        if self.progress is None:
            return
        self.progress.acknowledge(sum((batch.loss for batch in self.in_flight), NO_LOSS))
        self.loaded += [record.payload for batch in self.in_flight for record in batch.records]
        self.in_flight = []

    @rule()
    def delete_loaded(self) -> None:
        if self.progress:
            self.progress.delete_loaded()

    @rule()
    def restart_loader(self) -> None:
        """Killed and started again: what was in flight must be pending and read the same."""
        if self.progress:
            self.progress.close()
        self.reader = SpoolReader(self.folder)
        self.progress = Progress(self.folder)
        again = [self.reader.read_range(wanted) for wanted in self.progress.pending()]
        assert [batch.range for batch in again] == [batch.range for batch in self.in_flight]
        assert [batch.records for batch in again] == [batch.records for batch in self.in_flight]
        self.in_flight = again

    # The power.

    @rule(extra=st.lists(payloads, max_size=4), kept=st.floats(0, 1))
    def power_cut(self, extra: list[bytes], kept: float) -> None:
        """Every process dies at once while each writer writes `extra`, of which the part `kept` reaches the disk."""
        after = self.top / str(int(self.folder.name) + 1)
        if self.progress:
            self.progress.close()
        shutil.copytree(self.folder, after, ignore=shutil.ignore_patterns("*.new"))
        growing = [name for name in self.reader.segments() if not self.reader.read(name, 0, 1).final]
        for writer in self.open.values():
            self.loop.run_until_complete(writer.close())
        self.open = {}
        self.folder = after
        for name in growing:
            salt, path = segment.salt_in(name), after / name
            count = len(SpoolReader(after).read(name, 0, 1 << 40).records)
            named = [self.named(content) for content in extra]
            self.doubtful |= set(named)
            group = b"".join(
                piece
                for number, payload in enumerate(named, count)
                for piece in segment.frame(salt or 0, number, segment.now_us(), KIND, payload)
            )
            with path.open("ab") as file:
                file.write(group[: round(len(group) * kept)])
        self.progress = None
        self.restart_loader()

    # What always holds.

    @invariant()
    def nothing_is_lost_or_invented(self) -> None:
        if not hasattr(self, "folder"):
            return
        waiting = [
            record.payload
            for name in self.reader.segments()
            for record in SpoolReader(self.folder).read(name, self.place(name), 1 << 40).records
        ]
        everything = self.loaded + waiting
        assert len(everything) == len(set(everything)), "twice"
        assert set(self.acknowledged) <= set(everything), "lost"
        assert set(everything) <= set(self.acknowledged) | self.doubtful, "invented"
        assert (backlog(self.folder).oldest_s is not None) or not waiting

    def place(self, name: str) -> int:
        return self.progress.acknowledged(name) if self.progress else 0

    def named(self, content: bytes) -> bytes:
        """Makes a payload unique, so that once and twice can be told apart."""
        self.count += 1
        return b"%d:" % self.count + content

    def drain(self) -> None:
        """Loads all there is."""
        self.acknowledge()
        while True:
            self.name(1 << 40)
            if not self.in_flight:
                break
            self.acknowledge()
        self.acknowledge()
        self.delete_loaded()

    def names(self) -> list[str]:
        return [file.name for file in self.folder.iterdir()]

    def missing(self) -> list[bytes]:
        return [payload for payload in self.acknowledged if payload not in set(self.loaded)]


def test_any_sequence_of_deeds(request: pytest.FixtureRequest) -> None:
    """Receivers that come and go, a loader that is killed, the power that is cut: the list and the spool agree."""
    run_state_machine_as_test(
        Spool,
        settings=settings(
            max_examples=request.config.getoption("--sequences"),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
