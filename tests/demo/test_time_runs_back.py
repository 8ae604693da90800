"""Times that cannot be: deliveries out of order, touchpoints outside the period, sales in a closed shop."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from collector.demo.hours import CARRIER, HOUR, MORNING_MAIL, OFFICE, ONLINE, SERVICE_DESK, STORE, Week, dutch_offset
from tests.demo.month import BOUGHT, Month

DAY_S = 86400.0


def at(text: str) -> float:
    """A moment, from UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=timezone.utc).timestamp()


def test_deliveries_come_in_order_of_time(month: Month) -> None:
    """Each is sent no earlier than the one before it, all of them within the period."""
    moments = [delivery.moment for delivery in month.deliveries]
    assert moments == sorted(moments)
    assert month.start.timestamp() <= moments[0]
    # The last visits of the period hand over what they have as it ends.
    assert max(seen.moment for seen in month.touchpoints) < month.end.timestamp()
    assert min(seen.moment for seen in month.touchpoints) >= month.start.timestamp()


def test_nothing_is_sent_before_it_occurred(month: Month) -> None:
    """A touchpoint lies before its delivery by the true time, though a wrong clock may say otherwise."""
    assert all(seen.moment <= seen.delivery.moment + 0.002 for seen in month.touchpoints)


def test_sequence_rises_with_time_on_every_device(month: Month) -> None:
    """A visitor's touchpoints in order of sequence are in order of time, without gaps or doubles."""
    numbers: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for seen in month.touchpoints:
        if "sequence" in seen.touchpoint:
            numbers[seen.touchpoint["visitor_id"]].append((seen.touchpoint["sequence"], seen.moment))
    assert len(numbers) > 500
    for pairs in numbers.values():
        pairs.sort()
        assert [moment for _, moment in pairs] == sorted(moment for _, moment in pairs)
        assert [number for number, _ in pairs] == list(range(pairs[0][0], pairs[0][0] + len(pairs)))


def test_nothing_is_sold_in_a_closed_shop(month: Month) -> None:
    """Sales, and first steps into a shop, fall within opening hours, give or take the time at the till."""
    for seen in month.of_type("sale", "store_visit"):
        if seen.touchpoint["channel"] == "store":
            assert STORE.is_open(seen.moment) or STORE.is_open(seen.moment - 2 * HOUR), seen.touchpoint["occurred_at"]


def test_one_shop_delivers_days_late(month: Month) -> None:
    """The till that lost its line sends what it kept as soon as it is back, and only that shop does."""
    late = [seen for seen in month.touchpoints if seen.delivery.moment - seen.moment > DAY_S]
    assert {seen.touchpoint["store"]["id"] for seen in late} == {"rotterdam"}
    assert sum(seen.type == "sale" for seen in late) >= 5


def test_some_clocks_are_wrong_and_true_to_themselves(month: Month) -> None:
    """A few devices are off, either way, less than a day, and always by as much."""
    off: defaultdict[str, set[int]] = defaultdict(set)
    for seen in month.touchpoints:
        if "visitor_id" in seen.touchpoint and seen.delivery.sdk[0] in ("web", "mobile"):
            off[seen.touchpoint["visitor_id"]].add(seen.delivery.clock_ms)
    assert all(len(clocks) == 1 for clocks in off.values())
    wrong = [clock for clocks in off.values() for clock in clocks if clock]
    assert min(wrong) < 0 < max(wrong)
    assert all(abs(clock) < DAY_S * 1000 for clock in wrong)
    assert 0.005 < len(wrong) / len(off) < 0.06


def test_evenings_are_busy_and_nights_are_not(month: Month) -> None:
    """People keep Dutch hours: the web between eight and ten in the evening, hardly at four."""
    hours = [0] * 24
    for seen in month.touchpoints:
        if seen.touchpoint["channel"] == "web" and not seen.is_bot:
            hours[int((seen.moment + dutch_offset(seen.moment)) // HOUR % 24)] += 1
    assert min(hours[20:22]) > 5 * max(hours[2:5])


def test_bought_things_come_after_they_were_looked_for(month: Month) -> None:
    """Of those who bought and were seen before, hardly any has the order as their very first touchpoint."""
    first = [journey[0].type in BOUGHT for journey in month.people if any(seen.type in BOUGHT for seen in journey)]
    assert sum(first) / len(first) < 0.2


@pytest.mark.parametrize(
    ("moment", "hours"),
    [
        ("2026-03-29T00:59:59", 1), ("2026-03-29T01:00:00", 2), ("2026-10-25T00:59:59", 2), ("2026-10-25T01:00:00", 1),
        ("2024-03-31T01:00:00", 2), ("2026-01-01T00:00:00", 1), ("2026-07-01T00:00:00", 2),
    ],
)  # fmt: skip
def test_dutch_clocks_change_on_the_last_sundays(moment: str, hours: int) -> None:
    """Summer time begins and ends at 01:00 UTC."""
    assert dutch_offset(at(moment)) == hours * 3600


def test_dutch_time_is_that_of_the_time_zone_database() -> None:
    """Every half day of twelve years agrees with Europe/Amsterdam."""
    zone, moment = ZoneInfo("Europe/Amsterdam"), datetime(2019, 1, 1, tzinfo=timezone.utc)
    while moment.year < 2031:
        assert timedelta(seconds=dutch_offset(moment.timestamp())) == moment.astimezone(zone).utcoffset()
        moment += timedelta(hours=12)


@pytest.mark.parametrize("week", [ONLINE, OFFICE, STORE, SERVICE_DESK, CARRIER, MORNING_MAIL])
def test_waiting_never_ends_at_a_closed_hour(week: Week) -> None:
    """Whatever the start and the wait, over both changes of the clock: later, and open."""
    for step in range(4000):
        moment = at("2026-03-20T00:00:00") + step * 5113.0
        later = week.after(moment, step % 97 / 10)
        assert later >= moment
        assert week.is_open(later)


def test_a_week_of_waiting_is_a_week() -> None:
    """The average hour of a week counts once: 168 active hours on, it is the same moment of the next week."""
    moment = at("2026-01-07T20:30:00")
    assert ONLINE.after(moment, 168.0) == pytest.approx(moment + 7 * DAY_S, abs=1)


def test_a_closed_shop_opens_in_the_morning() -> None:
    """Whoever comes to the shop on Saturday night is let in on Sunday at noon; after five it is Monday at nine."""
    assert STORE.after(at("2026-01-10T22:00:00"), 0.0) == at("2026-01-11T11:00:00")
    assert STORE.after(at("2026-01-11T17:00:00"), 0.0) == at("2026-01-12T08:00:00")
