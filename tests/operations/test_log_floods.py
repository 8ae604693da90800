"""A complaint that comes a thousand times is written once a minute, with how often it came."""

from __future__ import annotations

import logging
import threading

from collector.flood import VARIANTS, Flood


def complaint(text: str, *args: object, line: int = 1, level: int = logging.ERROR) -> logging.LogRecord:
    """A line written at this place in the code."""
    return logging.LogRecord("collector.x", level, "x.py", line, text, args, None)


def test_the_same_complaint_once() -> None:
    """The first passes, the others are counted, and the count is told with the last of them."""
    told: list[logging.LogRecord] = []
    flood = Flood(told.append)
    assert [flood.filter(complaint("%s cannot be written", "spool")) for _ in range(1000)] == [True] + [False] * 999
    flood.tell_all()
    [record] = told
    assert record.getMessage() == "spool cannot be written (999 such lines were withheld within 60 s)"
    assert flood.filter(record), "what tells of withheld lines is never withheld"
    assert not flood.filter(complaint("%s cannot be written", "spool")), "the next minute has begun with it"


def test_complaints_that_differ() -> None:
    """Of one place in the code some variants pass, of another place all the same; no flood takes memory."""
    flood = Flood(lambda record: None)
    passed = [flood.filter(complaint("row %d", number)) for number in range(10_000)]
    assert passed == [True] * VARIANTS + [False] * (10_000 - VARIANTS)
    assert flood.filter(complaint("row %d", 5, line=2))
    assert sum(len(kind.said) for kind in flood._kinds.values()) == VARIANTS + 1


def test_the_last_word_is_told_when_the_minute_is_over() -> None:
    """Nobody has to complain again for the count to be written."""
    heard = threading.Event()
    told: list[str] = []

    def emit(record: logging.LogRecord) -> None:
        told.append(record.getMessage())
        heard.set()

    flood = Flood(emit, every_s=0.05)
    assert flood.filter(complaint("away"))
    assert not flood.filter(complaint("away"))
    assert heard.wait(30)
    assert told == ["away (1 such lines were withheld within 0 s)"]


def test_a_line_that_does_not_fit_its_values() -> None:
    """A mistake in a log call is never an exception where it stands."""
    assert Flood(lambda record: None).filter(complaint("%d", "x"))
