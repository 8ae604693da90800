"""Times: possible and impossible ones, at the limits, and in every way of writing them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.hostile.case import Case
from tests.hostile.writing import SECRET, batch, touch

DAY = 86_400_000
MINUTE = 60_000
YEARS_20 = 20 * 36525 * DAY // 100

WRITTEN = {
    "0000-01-01T00:00:00Z": None, "0001-01-01T00:00:00Z": "time_impossible", "0001-01-01T00:00:00+23:59": "time_impossible",
    "9999-12-31T23:59:59.999999Z": "time_impossible", "9999-12-31T23:59:59-23:59": "time_impossible", "10000-01-01T00:00:00Z": None,
    "+12026-01-01T00:00:00Z": None, "-0001-01-01T00:00:00Z": None, "1969-12-31T23:59:59Z": "time_impossible",
    "1970-01-01T00:00:00Z": "time_impossible", "2038-01-19T03:14:08Z": "time_impossible", "2262-04-12T00:00:00Z": "time_impossible",
    "2026-02-29T00:00:00Z": None, "2026-02-30T00:00:00Z": None, "2026-13-01T00:00:00Z": None, "2026-00-01T00:00:00Z": None,
    "2026-01-00T00:00:00Z": None, "2026-01-01T24:00:00Z": None, "2026-01-01T23:60:00Z": None, "2026-01-01T23:59:61Z": None,
    "2026-01-01T00:00:00+24:00": None, "2026-01-01T00:00:00+00:60": None, "2026-01-01T00:00:00": None, "2026-01-01": None,
    "2026-01-01T00:00Z": None, "20260101T000000Z": None, "2026-W01-1T00:00:00Z": None, "2026-01-01T00:00:00.Z": None,
    "2026-01-01T00:00:00,5Z": None, "2026-1-1T0:0:0Z": None, " 2026-01-01T00:00:00Z": None, "2026-01-01T00:00:00Z ": None,
    "2026-01-01T00:00:00Z\n": None, "2026-01-01T00:00:00 Z": None, "2026-01-01T00:00:00UTC": None, "2026-01-01T00:00:00+1": None,
    "Thu, 01 Jan 2026 00:00:00 GMT": None, "01/01/2026": None, "now": None, "1767225600000": None, "1767225600": None, "": None,
    "\u0662\u0660\u0662\u0666-01-01T00:00:00Z": None, "2026-01-01T00:00:00\u2212" + "01:00": None, "NaN": None, "9" * 5000: None,
}  # fmt: skip
"""Texts, and why they are rejected with a secret key: field_invalid unless said. None is possible."""

GOOD_ZONES = ("Z", "z", "+00:00", "-00:00", "+23:59", "-23:59", "+14:00", "-12:00", "+05:45")
"""Offsets; each with a time of January 2026, which is within the last 20 years until 2046."""

NUMBERS = ("0", "-1", "1", "1767225600", "-9007199254740992", "9007199254740992", "253402300799999", "1e12")
NO_TIMES = (
    "-9007199254740993",
    "9007199254740993",
    "1e300",
    "1767225600000.5",
    "true",
    "[]",
    "{}",
    '["2026-01-01T00:00:00Z"]',
    "99999999999999999999",
)


def cases() -> Iterator[Case]:
    """All of them."""
    for number, (text, reason) in enumerate(WRITTEN.items()):
        yield from _bad(f"times/written-{number:02d}", json.dumps(text), reason or "field_invalid")
    for number, text in enumerate(NUMBERS):
        yield from _bad(f"times/number-{number}", text, "time_impossible")
    for number, text in enumerate(NO_TIMES):
        yield from _bad(f"times/no-time-{number}", text, "field_invalid")
    for zone in GOOD_ZONES:
        for fraction in ("", ".1", ".123", ".123456", ".123456789", ".999999999999"):
            name = f"times/zone{zone}{fraction}"
            yield batch(name, json.dumps(touch() | {"occurred_at": f"2026-01-31T12:00:00{fraction}{zone}"}), key=SECRET)
    for separator in ("T", "t", " "):
        name = f"times/separator-{separator.encode().hex()}"
        yield batch(name, json.dumps(touch() | {"occurred_at": f"2026-01-31{separator}12:00:00Z"}), key=SECRET)
    yield from _limits()
    yield from _sent()


def _bad(name: str, text: str, reason: str) -> Iterator[Case]:
    sent = json.dumps(touch() | {"occurred_at": "#"}).replace('"#"', text)
    yield batch(name, sent, key=SECRET, accepted=False, rejected=[(1, reason, "$.touchpoints[1].occurred_at")])


def _limits() -> Iterator[Case]:
    # The collector's clock runs on while a request travels, so these keep some minutes off; the tests of the checks
    # meet each limit to the millisecond.
    for what, moment, good in (
        ("ahead", DAY - 10 * MINUTE, True), ("too-far-ahead", DAY + 10 * MINUTE, False),
        ("back", 10 * MINUTE - YEARS_20, True), ("too-far-back", -10 * MINUTE - YEARS_20, False),
    ):  # fmt: skip
        for form in (f"@NOW{moment:+d}@", f"@ISO{moment:+d}@"):
            name = f"times/{what}-{form[1:4]}"
            sent = json.dumps(touch() | {"occurred_at": form})
            why = [(1, "time_impossible", "$.touchpoints[1].occurred_at")]
            yield batch(name, sent, key=SECRET) if good else batch(name, sent, key=SECRET, accepted=False, rejected=why)


def _sent() -> Iterator[Case]:
    """A public key's history goes by `sent_at` and by `age_ms`, to the millisecond."""
    old = [(1, "too_old_for_key", "$.touchpoints[1].occurred_at")]
    for years in (0, 5, 15):
        sent_at = -years * 365 * DAY
        for more in (-1, 0, 1):
            name = f"times/history-{years}-years{more:+d}"
            sent = json.dumps(touch() | {"occurred_at": f"@NOW{sent_at - 30 * DAY + more:+d}@"})
            body = f',"sent_at":"@NOW{sent_at:+d}@"'
            # The neighbour is of now; by a clock that stands years behind it is not old either.
            yield (
                batch(name, sent, more=body)
                if more >= 0
                else batch(name, sent, more=body, accepted=False, rejected=old)
            )
    for age, good in ((30 * DAY - 1, True), (30 * DAY, True), (30 * DAY + 1, False), (2**48, False)):
        name = f"times/age-{age}"
        sent = json.dumps(touch(age_ms=age))
        yield batch(name, sent) if good else batch(name, sent, accepted=False, rejected=old)
    for number, sent_at in enumerate(
        (-(2**53), 2**53, 0, -1, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z")
    ):
        name = f"times/clock-{number}"
        yield batch(name, json.dumps(touch(age_ms=5)), key=SECRET, more=f',"sent_at":{json.dumps(sent_at)}')
        name = f"times/clock-{number}-no-age"
        yield batch(name, json.dumps(touch()), key=SECRET, more=f',"sent_at":{json.dumps(sent_at)}')
    name = "times/years-apart"
    many = [touch(f"year-{year}") | {"occurred_at": f"@NOW{-year * 365 * DAY}@"} for year in range(1, 20)]
    yield batch(name, *map(json.dumps, many), key=SECRET, accepted=[f"year-{year}" for year in range(1, 20)])
    name = "times/months-apart"
    many = [touch(f"month-{month}") | {"occurred_at": f"@NOW{-month * 30 * DAY}@"} for month in range(1, 200)]
    yield batch(name, *map(json.dumps, many), key=SECRET, accepted=[f"month-{month}" for month in range(1, 200)])
