"""The console's first page: the map reads as the journey goes, and nothing of what was sent comes to life in it."""

from __future__ import annotations

import re

from collector.phases.rulefile import load
from collector.shipped import rules
from tests.console.conftest import WITHIN_S, page_view, word
from tests.installation import Installation, touchpoint

PERSON = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
"""The map leaves bots out, and a program's own user agent is one's."""


def test_phases_stand_in_the_order_of_the_journey(installation: Installation) -> None:
    """Every phase of the default model, also one without touchpoints, and what lies in none behind them."""
    [model] = [model for model in load(rules()).models if model.default]
    journey = [phase.id for phase in model.phases]
    visitor = word()
    # More of a late phase than of an early one: by number they would stand the other way round.
    orders = [touchpoint("order", visitor_id=visitor) for _ in range(5)]
    own = touchpoint("something_of_our_own", visitor_id=visitor, channel="event")
    installation.send([page_view(visitor), *orders, own], **PERSON)

    def shown() -> list[str]:
        _, body = installation.get("/", installation.console_url)
        table = body.decode().partition("<h2>The map")[2].partition("<h2>")[0]
        return re.findall(r"<tr><td>([^<]*)</td>", table)

    found = installation.until(
        lambda: [one for one in [shown()] if len(one) > len(journey)], "it is on the map", WITHIN_S
    )
    assert found[0][: len(journey)] == journey
    assert set(found[0][len(journey) :]) <= {"unclassified", "outside"}


def test_the_first_page_runs_nothing(installation: Installation) -> None:
    """No script, no style from elsewhere and none within the page; types that are no names never come in."""
    installation.send([page_view(word(), "/<script>alert(1)</script>")])
    body = installation.until(lambda: _page(installation), "the page is there")
    assert b"<script" not in body and b"style=" not in body


def _page(installation: Installation) -> bytes | None:
    status, body = installation.get("/", installation.console_url)
    return body if status == 200 else None
