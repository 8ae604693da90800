"""What the bench tells: figures, each with what was measured for it and whether it reaches what the design asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtest.machine import Processors
from loadtest.pairs import Spread


@dataclass(frozen=True)
class Effort:
    """How much is done for a figure."""

    folder: Path
    """Empty, on the disk that is to be measured."""
    rounds: int
    seconds: int
    """That each server is loaded in each round."""
    touchpoints: int
    """Different ones that are prepared."""
    processors: Processors


@dataclass(frozen=True)
class Measured:
    """One contender of a trial."""

    name: str
    rate: Spread
    """Touchpoints a second."""
    ratio: Spread | None = None
    """Its rate ÷ that of its neighbour, the trial's first contender."""
    processor_us: Spread | None = None
    """Microseconds of processor time a touchpoint, the kernel's for it included."""
    processor_ratio: Spread | None = None
    """The first contender's processor time ÷ its own: what `ratio` would be on a processor that nobody shares."""
    p50_ms: float | None = None
    p99_ms: float | None = None
    memory_mib: Spread | None = None
    """Resident memory, looked at again and again."""


@dataclass(frozen=True)
class Trial:
    """Contenders under the same conditions."""

    conditions: str
    measured: Sequence[Measured]
    value: Spread
    """What the figure asks for, under these conditions."""


@dataclass(frozen=True)
class Figure:
    """One figure of the design, reached when every trial reaches it."""

    number: int
    title: str
    unit: str
    """Of the values and of `reach`."""
    reach: float
    trials: Sequence[Trial]
    at_most: bool = False
    """The value must not exceed `reach`, instead of reaching up to it."""
    reached: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "reached", all(self.reaches(trial) for trial in self.trials))

    def reaches(self, trial: Trial) -> bool:
        """Whether one trial does, by the median of its rounds."""
        value = trial.value.median
        return value <= self.reach if self.at_most else value >= self.reach
