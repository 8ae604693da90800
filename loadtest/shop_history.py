"""Orders of a shop's last years as CSV, seeded, written as they are made: any size costs no memory."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

SPOILT_EVERY = 10_000
"""Of so many orders, the first one has no time that can be read."""
YEARS = 8
END = datetime(2026, 1, 1, tzinfo=timezone.utc)
POOL = 4096
COLUMNS = (
    "order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,order_total,order_currency,"
    "payment_method,customer_user,billing_first_name,billing_last_name,billing_email,billing_phone,billing_address_1,"
    "billing_postcode,billing_city,billing_country,shipping_method,customer_note,line_items\n"
)
CITIES = ("Utrecht", "'s-Hertogenbosch", "Groningen", "Gent", "Köln", "Antwerpen", "Leeuwarden", "Den Haag")
NOTES = (
    "",
    "",
    "",
    "",
    '"Please ring twice, the bell says ""Jansen"""',
    '"Leave it\nwith the neighbours"',
    "Cadeau: inpakken",
)


def mapping() -> Path:
    """The mapping that ships for such a file."""
    return Path(__file__).parents[1] / "docs" / "import" / "woocommerce_orders.yaml"


def write(path: Path, size: int, seed: int, years: int = YEARS) -> int:
    """Write a file of at least so many bytes; gives how many orders of so many years it holds."""
    orders = written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(COLUMNS)
        # No line is shorter than 250 bytes, so the last order is not after END.
        for line in _lines(random.Random(seed), timedelta(days=365 * years), max(1, size // 250)):
            written += file.write(line)
            orders += 1
            if written >= size:
                return orders
    return orders


def good(orders: int) -> int:
    """How many of so many orders are not spoilt."""
    return orders - (orders + SPOILT_EVERY - 1) // SPOILT_EVERY


def _lines(chance: random.Random, period: timedelta, most: int) -> Iterator[str]:
    people = [_person(chance, number) for number in range(POOL)]
    goods = [_goods(chance) for _ in range(POOL)]
    moment, step = END - period, period / most
    number = 0
    while True:
        draw = chance.getrandbits(48)
        when = "long ago" if number % SPOILT_EVERY == 0 else f"{moment:%Y-%m-%d %H:%M:%S}"
        cents = draw % 40_000 + 500
        note = NOTES[min(draw >> 24 & 31, len(NOTES) - 1)]
        yield (
            f"{number},W-{number},{when},completed,4.95,{cents * 0.21 / 100:.7f},0,{cents / 100:.2f},EUR,ideal,"
            f"{draw % 1_000_003},{people[draw >> 12 & 4095]},{note},{goods[draw >> 36 & 4095]}\n"
        )
        number += 1
        moment += step


def _person(chance: random.Random, number: int) -> str:
    name = f"{chance.choice(('Jansen', 'de Vries', 'van den Berg', 'Bakker', 'Müller', 'Peeters'))}"
    return (
        f"{chance.choice(('Anna', 'Bram', 'Chloé', 'Daan', 'Eva'))},{name},person{number}@example.com,"
        f'+316{chance.randrange(10**8):08},"Lange Straat {chance.randrange(400)}, {chance.randrange(9)} hoog",'
        f"{chance.randrange(1000, 9999)} AB,{chance.choice(CITIES)},{chance.choice(('NL', 'BE', 'DE'))},flat_rate"
    )


def _goods(chance: random.Random) -> str:
    lines = ";".join(
        f"name:Wandelschoen {chance.choice(('Hiker', 'Trail', 'Alpin'))} {chance.randrange(36, 47)}|"
        f"sku:SKU-{chance.randrange(10**6):06}|quantity:{chance.randrange(1, 4)}|"
        f"total:{chance.randrange(500, 19_999) / 100}"
        for _ in range(chance.randrange(1, 4))
    )
    return f'"{lines}"'
