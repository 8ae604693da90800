"""Figure 6: resident memory of a receiver that is loaded for minutes. It must be flat, and below a limit.

The receiver takes in as much as it can, from the generator's first second to its last; a sweeper deletes what it has
finished, as the loader would, so that the disk does not fill. `soak.py` watches every role, at a steady rate.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from collector import settings as all_settings
from collector.receive.access import Keys
from collector.settings import Settings
from collector.spool import segment
from loadtest import servers, traffic
from loadtest.figure import Effort, Figure, Measured, Trial
from loadtest.generator import drive
from loadtest.pairs import spread
from loadtest.watch import Watch, trend

REACH_MIB = 150.0
FLAT_MIB_A_MINUTE = 0.5
"""A rise below this is called flat: 150 MiB would be passed after hours, not minutes."""
WARM_SHARE = 0.2
"""Of the time, in which caches fill; what comes after is judged."""
CONNECTIONS = 256
MINUTES = 10
"""As the design asks. `--seconds` below 10 gives as many minutes, for a look."""
SWEEP_EVERY_S = 1.0


def of_a_receiver(effort: Effort) -> Figure:
    """Figure 6. Raises GeneratorError when a request is refused."""
    minutes = min(MINUTES, effort.seconds)
    chosen = all_settings.load({"data": effort.folder / "data", "segment_mib": 16})
    keys: dict[str, str] = {kind: Keys(chosen).add(name=kind, site="bench", kind=kind)[1] for kind in traffic.KINDS}
    path = effort.folder / "requests"
    traffic.write_http(path, traffic.requests(effort.touchpoints, a_request=1, public_only=True), keys)
    processors = effort.processors
    with (
        servers.receiver(chosen, processors) as receiver,
        _swept(chosen),
        Watch({"receiver": receiver.process.pid}) as watch,
    ):
        driven = drive(receiver.port, path, connections=CONNECTIONS, seconds=minutes * 60, processors=processors)
    warm = [sample for sample in watch.samples if sample.at_s > minutes * 60 * WARM_SHARE]
    memory = [sample.memory_mib for sample in warm]
    rise = trend([(sample.at_s / 60, sample.memory_mib) for sample in warm])
    name = f"receiver, {minutes} minutes: {rise:+.2f} MiB a minute, {'flat' if rise < FLAT_MIB_A_MINUTE else 'rising'}"
    measured = Measured(
        name, spread([driven.rate]), p50_ms=driven.p50_ms, p99_ms=driven.p99_ms, memory_mib=spread(memory)
    )
    trial = Trial(f"{CONNECTIONS} connections, one touchpoint a request", [measured], spread([max(memory)]))
    return Figure(6, "Resident memory of a receiver, the highest", "MiB", REACH_MIB, [trial], at_most=True)


@contextlib.contextmanager
def _swept(chosen: Settings) -> Iterator[None]:
    """Finished segments are deleted for as long as the block lasts."""
    over = threading.Event()

    def sweep() -> None:
        while not over.wait(SWEEP_EVERY_S):
            for name in segment.names(chosen.spool_folder):
                _delete_if_final(chosen.spool_folder / name)

    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _delete_if_final(path: Path) -> None:
    with path.open("rb") as file:
        if segment.is_final(file.fileno()):
            segment.keys_file(path.parent, path.name).unlink(missing_ok=True)
            path.unlink()
