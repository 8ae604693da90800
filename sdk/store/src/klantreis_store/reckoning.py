"""How old a touchpoint is, over clocks that were set and machines that were restarted.

Within a boot the age is a difference of two uptimes, exact, and sent as `age_ms`. Over boots it takes the moment at
which each boot's uptime was zero:

* it is known where the collector's clock was seen in both boots: each of its answers has a Date;
* else the clock on the wall is believed to have gone on over the restart, from the last touchpoint before it to the
  first one after it. What was set *within* a boot is known from its uptime and does no harm.

Such an age is an estimate and never sent. But `sent_at` can say it: the collector corrects a touchpoint by the
difference of `sent_at` to its own clock. So `sent_at` is what the clock that stamped the touchpoint would say now. For
those of this boot that is so once the collector's clock was seen; until then it is the clock on the wall, as with every
SDK. With a clock that was wrong and is right again the collector would see no fault, and correct nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from klantreis_store.clock import Now

UNKNOWN_BOOT = 0
"""Of touchpoints whose age by a steady clock nobody knows: dated by the caller, or saved from damage."""

SAME_CLOCK_MS = 1000
"""Clocks that differ by no more are one; the collector corrects from a minute on."""


@dataclass(frozen=True)
class Boot:
    """What is known of one boot. `true_zero_ms` is when it began by the collector's clock."""

    number: int
    first_uptime_ms: int
    first_wall_ms: int
    last_uptime_ms: int
    last_wall_ms: int
    true_zero_ms: int | None


class Reckoning:
    """Ages at one moment. `boots` are in their order, the last one is that of `now`."""

    def __init__(self, boots: Sequence[Boot], now: Now) -> None:
        self._now = now
        self._current = boots[-1].number
        self.knows_true_time = boots[-1].true_zero_ms is not None
        """Whether the collector's clock was seen in this boot."""
        self._zero: dict[int, int] = {}
        after = boots[-1]
        zero = now.wall_ms - now.uptime_ms if after.true_zero_ms is None else after.true_zero_ms
        self.true_now_ms = zero + now.uptime_ms
        """What time it is, as well as is known."""
        self._zero[after.number] = zero
        for boot in reversed(boots[:-1]):
            if self.knows_true_time and boot.true_zero_ms is not None:
                zero = boot.true_zero_ms
            else:
                zero += (boot.last_wall_ms - boot.last_uptime_ms) - (after.first_wall_ms - after.first_uptime_ms)
            self._zero[boot.number] = zero
            after = boot

    def is_this_boot(self, boot: int) -> bool:
        """Whether an age by the steady clock is known and not guessed."""
        return boot == self._current

    def age_ms(self, boot: int, uptime_ms: int) -> int | None:
        """Milliseconds since then, as well as is known; None where nobody knows."""
        zero = self._zero.get(boot)
        return None if zero is None else max(0, self.true_now_ms - zero - uptime_ms)

    def off_ms(self, occurred_at: int, boot: int, age_ms: int | None) -> int:
        """What `sent_at` of a touchpoint is ahead of this machine's clock."""
        if age_ms is None or (self.is_this_boot(boot) and not self.knows_true_time):
            return 0
        off = occurred_at + age_ms - self._now.wall_ms
        return 0 if self.is_one_clock(off, 0) else off

    def was_set(self, occurred_at: int, boot: int, uptime_ms: int) -> bool:
        """Whether the clock was set, or the machine restarted, since: then it is worth to know the true time."""
        age = self.age_ms(boot, uptime_ms)
        return age is not None and (
            not self.is_this_boot(boot) or not self.is_one_clock(occurred_at + age, self._now.wall_ms)
        )

    def is_one_clock(self, one: int, other: int) -> bool:
        """Whether two readings, or differences, are of one clock."""
        return abs(one - other) <= SAME_CLOCK_MS
