"""Made-up steps of journeys, as a settlement leaves them: seeded, small, and with everything that makes counting hard.

Shared devices, tills that tell late, bots, nobody that is known, two sites, phases that differ between models (outside
of some of them), touchpoints around midnight and the change to summer time, and settlements that replaced earlier ones.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from collector.phases.rules import RuleSet

Row = dict[str, Any]
START = datetime(2026, 3, 20, tzinfo=timezone.utc)
DAYS = 20
CHANNELS = ["web", "web", "mobile", "store", "phone", "chat", "email", "social", "search", "display"]
WAYS = [
    ("", "", "", ""),
    ("", "", "", ""),
    ("Direct", "(direct)", "(none)", ""),
    ("Organic Search", "google", "organic", ""),
    ("Paid Search", "google", "cpc", "spring"),
    ("Paid Social", "facebook", "paid_social", "spring"),
    ("Organic Social", "instagram", "referral", ""),
    ("Email", "newsletter", "email", "march"),
    ("Referral", "tweakers.net", "referral", ""),
    ("Unassigned", "poster", "", ""),
]
SIGNALS = [
    *("ad_seen", "home_viewed", "product_searched", "nearby_searched", "problem_searched", "contact_looked_up"),
    *("product_viewed", "product_viewed", "support_contacted", "after_sales_contacted", "advice_asked", "complained"),
    *("checkout_reached", "checkout_abandoned", "order_placed", "sold_in_store", "order_placed"),
    *("confirmation_requested", "order_confirmed", "feedback_given", "recommended", "ambassador_met"),
    *("friend_referred", "return_requested"),
    *("page_measured", "page_measured", ""),
]  # fmt: skip
PURCHASES = {"order_placed", "sold_in_store"}
CONTACTS = {"support_contacted", "after_sales_contacted", "advice_asked", "complained"}
LONG_SILENCE = timedelta(days=6)


def steps(rules: RuleSet, seed: int, people: int = 70) -> list[Row]:
    """The rows that count, of so many people; some of nobody."""
    draw = random.Random(seed)
    means = _meanings(rules, draw)
    devices = [f"device-{number}" for number in range(people)]
    rows: list[Row] = []
    for number in range(people):
        # Two people in five use a device that somebody else uses too.
        device = devices[number if draw.random() < 0.6 else draw.randrange(people)]
        rows += _person(draw, rules, means, number, device)
    rows += [
        _settled(draw, rules, _touch(draw, means, site=draw.choice(["shop", "trade"]), at=_moment(draw)))
        for _ in range(people // 4)
    ]
    return rows


def replaced(rows: list[Row], seed: int) -> list[Row]:
    """What earlier settlements had made of some of them: other people, phases and purchases, with a lower version."""
    draw = random.Random(seed)
    changed = {"person": 7, "journey": 8, "phase": "awareness", "purchase": True, "is_bot": False, "version": 1}
    return [{**row, **changed} for row in rows if draw.random() < 0.2]


def _meanings(rules: RuleSet, draw: random.Random) -> dict[str, dict[str, list[str]]]:
    """For each signal and model the phases that a step with it may have."""
    found: dict[str, dict[str, list[str]]] = {}
    for signal in set(SIGNALS):
        found[signal] = {}
        for model in rules.models:
            phases = draw.sample(model.phase_ids, 2)
            found[signal][model.id] = [*phases, draw.choice([*phases, "outside", "unclassified"])]
    found["page_measured"] = {model.id: ["outside"] for model in rules.models}
    return found


def _moment(draw: random.Random) -> datetime:
    """Often within the hours in which two time zones have different days."""
    hour = draw.choice([*range(24), 21, 22, 22, 23, 23, 23])
    return START + timedelta(days=draw.randrange(DAYS), hours=hour, milliseconds=draw.randrange(3_600_000))


def _person(
    draw: random.Random, rules: RuleSet, means: dict[str, dict[str, list[str]]], number: int, device: str
) -> Iterator[Row]:
    site = draw.choice(["shop", "shop", "trade"])
    company = draw.choice(["", "", "b2b", "b2c"])
    is_bot = draw.random() < 0.08
    person = random.Random(f"{number} {site} {draw.random()}").getrandbits(63) | 1
    moments = sorted({_moment(draw) for _ in range(min(40, int(draw.paretovariate(0.9)) + draw.randrange(4)))})
    touches = [_touch(draw, means, site=site, at=at) for at in moments]
    for touch in touches:
        touch.update(person=person, visitor_id=device, is_bot=is_bot or draw.random() < 0.01)
        touch["company_type"] = company if draw.random() < 0.5 else ""
    yield from _journeys(draw, rules, touches)


def _journeys(draw: random.Random, rules: RuleSet, touches: list[Row]) -> Iterator[Row]:
    """A journey ends where a long silence follows; good enough for views, which take journeys as they find them."""
    orders: set[str] = set()
    journeys: list[list[Row]] = []
    for touch in touches:
        touch["customer"], touch["purchases"] = bool(orders), len(orders)
        if touch["signal"] in PURCHASES:
            # One order in four is told again: no second purchase.
            told_again = bool(orders) and draw.random() < 0.25
            touch["order_id"] = draw.choice(sorted(orders)) if told_again else str(uuid.UUID(int=draw.getrandbits(128)))
            touch["purchase"] = not told_again
            orders.add(touch["order_id"])
        elif touch["signal"] in ("confirmation_requested", "order_confirmed") and orders:
            touch["order_id"] = draw.choice(sorted(orders))
        if not journeys or touch["occurred_at"] - journeys[-1][-1]["occurred_at"] > LONG_SILENCE:
            journeys.append([])
        journeys[-1].append(touch)
    for number, journey in enumerate(journeys, 1):
        identity = draw.getrandbits(63) | 1
        for step, touch in enumerate(journey, 1):
            touch.update(journey=identity, journey_number=number, step=step)
            if step > 1:
                passed = touch["occurred_at"] - journey[step - 2]["occurred_at"]
                touch["seconds_since_previous"] = passed / timedelta(seconds=1)
        for at, touch in enumerate(journey):
            yield _settled(draw, rules, touch, journey[:at], journey[at + 1 :])


def _touch(
    draw: random.Random, means: dict[str, dict[str, list[str]]], *, site: str, at: datetime, signal: str | None = None
) -> Row:
    signal = draw.choice(SIGNALS) if signal is None else signal
    channel = draw.choice(CHANNELS)
    came_by, source, medium, campaign = draw.choice(WAYS)
    purchase, contact = signal in PURCHASES, signal in CONTACTS
    currency = draw.choice(["EUR", "EUR", "EUR", "GBP"])
    identity = uuid.UUID(int=draw.getrandbits(128))
    late = timedelta(hours=draw.randrange(1, 50)) if channel == "store" and draw.random() < 0.3 else timedelta()
    return {
        "site": site,
        "occurred_at": at,
        "occurred_at_sent": at - late,
        "touch": draw.getrandbits(64),
        "id": str(identity),
        "type": signal or "own_type",
        "signal": signal,
        "channel": channel,
        "came_by": came_by,
        "source": source,
        "medium": medium,
        "campaign": campaign,
        "device": draw.choice(["mobile", "desktop", "tablet", ""]),
        "phases": {model: draw.choice(phases) for model, phases in means[signal].items()},
        "order_total": Decimal(draw.randrange(5_0000, 400_0000)) / 10_000
        if purchase and draw.random() < 0.95
        else None,
        "order_currency": currency if purchase else "",
        "order_confirmation": draw.choice(["", "", "requested", "sent"]) if purchase else "",
        "ambassador_code": draw.choice(["anna", "bram", ""]) if signal in AMBASSADOR or draw.random() < 0.02 else "",
        "store_id": draw.choice(["utrecht", "delft"]) if channel == "store" else "",
        "search_local": draw.choice([True, False, None]) if "searched" in signal else None,
        "contact_topic": draw.choice(["delivery", "returns"]) if contact else "",
        "contact_direction": draw.choice(["inbound", "inbound", "outbound"]) if contact else "",
        "contact_waited_s": float(draw.randrange(900)) if contact and draw.random() < 0.8 else None,
        "contact_agents": draw.choice([1, 1, 2, 3, None]) if contact else None,
        "contact_repeated": draw.choice([True, False, None]) if contact else None,
        "contact_answered": draw.choice([True, True, False, None]) if contact else None,
        "feedback_score": float(draw.randrange(0, 11)) if signal == "feedback_given" else None,
        "feedback_scale": draw.choice([10.0, 10.0, 5.0, None]) if signal == "feedback_given" else None,
        "rule_set": draw.choice(["old", "new"]),
        "version": 2,
    }


AMBASSADOR = ("recommended", "ambassador_met", "friend_referred")
NOBODY = {
    "person": 0,
    "journey": 0,
    "journey_number": 0,
    "step": 0,
    "visitor_id": "",
    "is_bot": False,
    "company_type": "",
    "customer": False,
    "purchases": 0,
    "purchase": False,
    "order_id": "",
    "seconds_since_previous": None,
}


def _settled(
    draw: random.Random, rules: RuleSet, touch: Row, before: list[Row] | None = None, after: list[Row] | None = None
) -> Row:
    """The touch with what is before and after it in every model, and its part in the default one."""
    default = rules.default_model
    row = {**NOBODY, **touch}
    if row["person"] == 0 and row["signal"] in PURCHASES:
        row["purchase"], row["order_id"] = True, row["id"]
    for name, others in (("previous_phases", reversed(before or [])), ("next_phases", after or [])):
        known: dict[str, str] = {}
        for other in others:
            for model, phase in other["phases"].items():
                if phase not in ("outside", "unclassified"):
                    known.setdefault(model, phase)
        row[name] = known
        row[name.removesuffix("s")] = known.get(default.id, "")
    row["phase"] = row["phases"][default.id]
    row["part"] = next((phase.part for phase in default.phases if phase.id == row["phase"]), "")
    return row


def path(rules: RuleSet, person: int, arrivals: list[tuple[str, float]], total: str | None) -> list[Row]:
    """One journey: arrivals (channel group, days before the end), then an order of `total`, or none."""
    draw, end = random.Random(person), datetime(2026, 3, 1, tzinfo=timezone.utc)
    means = {signal: {model.id: ["outside"] for model in rules.models} for signal in ("home_viewed", "order_placed")}
    steps = [("home_viewed", came_by, end - timedelta(days=days)) for came_by, days in arrivals]
    if total is not None:
        steps.append(("order_placed", "", end))
    rows: list[Row] = []
    for number, (signal, came_by, at) in enumerate(steps, 1):
        row = _settled(draw, rules, _touch(draw, means, site="shop", at=at, signal=signal))
        row.update(person=person, journey=person, journey_number=1, step=number, came_by=came_by)
        bought = signal == "order_placed"
        rows.append({**row, "purchase": bought, "order_total": total if bought else None, "order_currency": "EUR"})
    return rows


def as_json(row: Row) -> bytes:
    """As JSONEachRow takes it."""
    told = dict(row)
    for name in ("phases", "previous_phases", "next_phases"):
        told[name] = json.dumps(row[name], separators=(",", ":"))
    for name in ("occurred_at", "occurred_at_sent"):
        told[name] = row[name].strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return json.dumps(told, default=str).encode()
