"""When people do things: Dutch local time, and the hours of the week at which each kind of contact happens.

Time is in seconds since 1970 UTC. A wait is counted in *active* hours: an hour in which twice as much happens as on
average passes twice as fast, an hour in which a shop is closed does not pass at all. So a wait of one hour that begins
at closing time ends the next morning, and evenings are busy without anybody having to be moved there.
"""

from __future__ import annotations

import calendar
from bisect import bisect_right
from collections.abc import Sequence
from datetime import datetime, timezone
from functools import lru_cache
from itertools import accumulate

MINUTE = 60.0
HOUR = 3600.0
DAY = 86400.0
WEEK_HOURS = 168


class Week:
    """How busy each hour of the week is, Monday 00:00 local time first; the average of the hours is 1."""

    def __init__(self, monday_to_friday: Sequence[float], saturday: Sequence[float], sunday: Sequence[float]) -> None:
        hours = [*monday_to_friday] * 5 + [*saturday, *sunday]
        scale = WEEK_HOURS / sum(hours)
        self._weights = [hour * scale for hour in hours]
        self._elapsed = [0.0, *accumulate(self._weights)]

    def after(self, moment: float, active_hours: float) -> float:
        """The moment at which so many active hours have passed since `moment`, never one with weight 0."""
        monday, position = _hour_of_week(moment)
        hour = int(position)
        passed = self._elapsed[hour] + self._weights[hour] * (position - hour) + active_hours
        weeks, rest = divmod(passed, self._elapsed[-1])
        hour = min(bisect_right(self._elapsed, rest) - 1, WEEK_HOURS - 1)
        position = weeks * WEEK_HOURS + hour + (rest - self._elapsed[hour]) / self._weights[hour]
        return max(moment, _from_local(monday + position * HOUR))

    def is_open(self, moment: float) -> bool:
        """Whether anything happens at all in this hour of the week."""
        return self._weights[int(_hour_of_week(moment)[1])] > 0


def local_midnight(moment: float) -> float:
    """The last midnight in the Netherlands before or at `moment`."""
    offset = dutch_offset(moment)
    return (moment + offset) // DAY * DAY - offset


def dutch_offset(moment: float) -> int:
    """Seconds that Dutch clocks are ahead of UTC: 3600, or 7200 in summer (Directive 2000/84/EC of the EU).

    Worked out here because a minimal system has no time zone database.
    """
    begins, ends = _summer(datetime.fromtimestamp(moment, timezone.utc).year)
    return 7200 if begins <= moment < ends else 3600


@lru_cache(maxsize=64)
def _summer(year: int) -> tuple[float, float]:
    """Summer time runs from 01:00 UTC on the last Sunday of March to the same hour on the last Sunday of October."""
    begins, ends = (
        datetime(year, month, _last_sunday(year, month), 1, tzinfo=timezone.utc).timestamp() for month in (3, 10)
    )
    return begins, ends


def _last_sunday(year: int, month: int) -> int:
    return max(week[calendar.SUNDAY] for week in calendar.monthcalendar(year, month))


def _hour_of_week(moment: float) -> tuple[float, float]:
    """The last Monday 00:00, in seconds of local clock time since 1970, and the hours of clock time since then."""
    local = moment + dutch_offset(moment)
    days = local // DAY
    monday = (days - (days + 3) % 7) * DAY  # 1970-01-01 was a Thursday
    return monday, (local - monday) / HOUR


def _from_local(local: float) -> float:
    """The moment at which Dutch clocks show this; of an hour that they show twice, the first."""
    return local - dutch_offset(local - 7200)


def _open(first: int, last: int, *busier: int) -> list[float]:
    """Open from hour `first` up to `last`, the hours in `busier` twice as busy."""
    return [(2.0 if hour in busier else 1.0) if first <= hour < last else 0.0 for hour in range(24)]


CLOSED = [0.0] * 24

# Evenings are the busiest hours of Dutch web shops, with a smaller peak over lunch; hardly anybody shops at four.
ONLINE = Week(
    [2, 1, 0.5, 0.3, 0.3, 0.6, 2, 4, 5, 6, 6, 6, 7, 6, 5.5, 5.5, 6, 6, 7, 9, 11, 11, 8, 4],
    [3, 1.5, 0.7, 0.4, 0.3, 0.4, 1, 3, 5, 8, 9, 9, 8, 8, 8, 8, 7, 6, 6, 7, 8, 8, 7, 4],
    [3, 1.5, 0.7, 0.4, 0.3, 0.4, 1, 2, 5, 8, 10, 10, 9, 9, 9, 9, 9, 8, 8, 10, 12, 12, 8, 4],
)
OFFICE = Week(_open(8, 18, 9, 10, 11, 14), CLOSED, CLOSED)
STORE = Week(_open(9, 18, 16, 17), [3 * weight for weight in _open(9, 18, 13, 14)], _open(12, 17))
SERVICE_DESK = Week(_open(8, 21, 9, 10, 13), _open(9, 17), CLOSED)
CARRIER = Week(_open(9, 21, 11, 18, 19), _open(9, 18), CLOSED)
MORNING_MAIL = Week(_open(8, 10), CLOSED, CLOSED)
ROUND_THE_CLOCK = Week([1.0] * 24, [1.0] * 24, [1.0] * 24)
