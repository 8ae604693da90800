"""Journeys through the front door: one person over every channel, and a settler that is killed again and again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from collector.warehouse.client import Warehouse
from tests.installation import Installation, running, touchpoint

WITHIN_S = 90.0
BLOWS = 8
KEPT_DAYS = 3000
"""Longer than the age of anything here."""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One for all of these."""
    with running(
        tmp_path_factory.mktemp("journeys"), settle_interval_ms="100", keep_touchpoints_days=str(KEPT_DAYS)
    ) as started:
        yield started


def at(hours_ago: float, **fields: Any) -> dict[str, Any]:
    """A touchpoint of so long ago."""
    return touchpoint(occurred_at=int((time.time() - hours_ago * 3600) * 1000), **fields)


def steps(installation: Installation, condition: str = "1") -> list[dict[str, Any]]:
    """Settled steps, in order."""
    sql = f"SELECT * FROM klantreis.journey_steps WHERE {condition} ORDER BY person, journey_number, step, id"
    return installation.ask(sql) or []


def settled(installation: Installation, count: int) -> bool:
    """Whether that many are settled and nobody waits."""
    waiting = "SELECT (SELECT count() FROM klantreis.changed) + (SELECT count() FROM klantreis.settling) AS n"
    return len(steps(installation)) == count and (installation.ask(waiting) or [{"n": 1}])[0]["n"] == 0


def test_one_person_over_every_channel(installation: Installation) -> None:
    """Web, a QR code in the shop, the till with a loyalty card, a phone call and a review are one journey."""
    web, phone = "0198c5e0-0000-7000-8000-00000000000a", "0198c5e0-0000-7000-8000-00000000000b"
    at_home = [
        at(200, type="page_view", visitor_id=web, page={"url": "https://shop.example/nl/blog/maaien"}),
        at(199.9, type="product_view", visitor_id=web, product={"id": "mower"}),
        at(20, type="review_written", visitor_id=phone, product={"id": "mower"}),
    ]
    in_the_shop = [
        at(150, type="store_visit", channel="store", visitor_id=phone, identity={"linked_visitor_id": web}),
        at(149, type="loyalty_scan", channel="store", visitor_id=phone, identity={"loyalty_card": "NL-1"}),
        at(
            148.9, type="sale", channel="store", identity={"loyalty_card": "NL-1"}, customer_id="4711",
            order={"id": "bon-1", "total": "349.00", "currency": "EUR"},
        ),
        at(60, type="support_contact", channel="phone", customer_id="4711", contact={"topic": "assembly"}),
    ]  # fmt: skip
    assert installation.send(at_home)[0] == 202
    assert installation.send(in_the_shop, key="demo-secret")[0] == 202
    installation.until(lambda: settled(installation, 7), "all is settled", WITHIN_S)
    found = steps(installation)
    for row in found:
        print(row["step"], row["channel"], row["signal"], row["phase"], row["rules"]["sap_hybris"], row["direction"])
    assert len({row["person"] for row in found}) == len({row["journey"] for row in found}) == 1
    assert [(row["step"], row["signal"], row["phase"], row["part"]) for row in found] == [
        (1, "article_read", "awareness", "buyer"),
        (2, "product_viewed", "consideration", "buyer"),
        (3, "store_visited", "interest", "buyer"),
        (4, "loyalty_scanned", "advocacy", "customer"),
        (5, "sold_in_store", "action", "buyer"),
        (6, "support_contacted", "use", "customer"),
        (7, "review_written", "advocacy", "customer"),
    ]
    assert found[4]["purchase"] and str(found[4]["order_total"]) == "349.0000"


def test_a_settler_that_is_killed_costs_nothing(installation: Installation) -> None:
    """Killed while people change, with its engine or alone, it leaves what one undisturbed settlement gives."""
    chance = random.Random(7)
    before = len(steps(installation))
    sent = 0
    for blow in range(BLOWS):
        batch = [
            at(
                chance.uniform(1, 3000), type=chance.choice(["page_view", "product_view", "order", "support_contact"]),
                visitor_id=f"visitor-{chance.randrange(40)}", channel="web",
                **({"customer_id": f"customer-{chance.randrange(25)}"} if chance.random() < 0.3 else {}),
            )
            for _ in range(300)
        ]  # fmt: skip
        assert installation.send(batch, key="demo-secret")[0] == 202
        sent += len(batch)
        time.sleep(chance.uniform(0, 1.5))
        installation.kill(*(("settle", "clickhouse") if blow % 3 == 2 else ("settle",)))
    installation.until(lambda: settled(installation, before + sent), "all is settled", WITHIN_S * 2)
    disturbed = steps(installation)
    done = subprocess.run(
        [sys.executable, "-m", "collector", "settle", "--all"],
        env=installation.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert "a running settler does the work" in done.stdout
    installation.until(lambda: settled(installation, before + sent), "all is settled anew", WITHIN_S)
    assert steps(installation) == disturbed


def test_a_login_ends_with_what_is_kept(installation: Installation) -> None:
    """A settler looks what has ended when it begins, and settles whoever it was without it."""
    sent = [at(1, visitor_id="lent-phone", customer_id="lender"), at(0.5, visitor_id="lent-phone")]
    bought = at(0.2, type="sale", channel="store", customer_id="lender", order={"id": "lent-1", "total": "1.00"})
    assert installation.send(sent)[0] == 202
    assert installation.send([bought], key="demo-secret")[0] == 202
    theirs = "visitor_id = 'lent-phone' OR customer_id = 'lender'"

    def people() -> list[int]:
        return [row["person"] for row in steps(installation, theirs)]

    installation.until(lambda: len(people()) == 3 and len(set(people())) == 1, "they are one person", WITHIN_S)
    with Warehouse(installation.settings) as warehouse:
        warehouse.command(
            f"ALTER TABLE klantreis.identities_stored UPDATE told_at = now() - toIntervalDay({KEPT_DAYS + 1})"
            " WHERE value IN ('lent-phone', 'lender')",
            settings={"mutations_sync": "2"},
        )
    installation.kill("settle")
    installation.until(lambda: len(set(people())) == 2, "they are two", WITHIN_S)
    assert installation.ask("SELECT * FROM klantreis.people WHERE value IN ('lent-phone', 'lender')") == []
