"""What a column holds arrives as what the field wants: times, amounts, words, lists, from every form of file."""

from __future__ import annotations

import gzip
import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest

from collector.history.source import ZSTD
from tests.history.importing import DOCS, ORDERS, Folder, orders

HEAD = "format: import-mapping/1-0-0\n"
TIMES = [
    ("iso", "2024-07-01 12:00:00", 1719828000000),
    ("iso", "2024-01-01", 1704063600000),
    ("iso", "2024-07-01T12:00:00.5Z", 1719835200500),
    ("iso", "2024-07-01 12:00:00 UTC", 1719835200000),
    ("iso", "2024-01-05 10:12:13 +0100", 1704445933000),
    ("iso", "2024-01-05T10:12:13.123456-05:00", 1704467533123),
    ("epoch_s", "1704445933", 1704445933000),
    ("epoch_s", "1704445933.123", 1704445933123),
    ("epoch_ms", "1704445933123", 1704445933123),
    ("epoch_us", "1704445933123999", 1704445933123),
    ("%d-%m-%Y %H:%M", "1-7-2024 12:00", 1719828000000),
    ("%d %b %Y %H:%M:%S %z", "05 Jan 2024 10:12:13 +0100", 1704445933000),
    ("%Y%m%d", "20240101", 1704063600000),
]


@pytest.mark.parametrize(("form", "written", "expected"), TIMES)
def test_a_time_is_that_moment(tmp_path: Path, form: str, written: str, expected: int) -> None:
    """In each form, with its own offset or else in the mapping's zone, in summer and in winter."""
    folder = Folder(tmp_path)
    mapping = (
        f"{HEAD}source: {{time_zone: Europe/Amsterdam}}\ntouchpoint:\n  type: {{value: order}}\n"
        f'  occurred_at: {{from: at, time: "{form}"}}\n'
    )
    folder.bring(folder.file("a.csv", f"at\n{written}\n"), mapping)
    assert [row["occurred_at"] for row in folder.spooled()] == [expected]


AMOUNTS = [
    ("point", "129.95", "129.95"),
    ("point", "€ 1,249.50", "1249.50"),
    ("point", "EUR 7", "7"),
    ("point", "19.98999999", "19.9900"),
    ("point", "-3.10", "-3.10"),
    ("comma", "1.249,50", "1249.50"),
    ("comma", "7,95 €", "7.95"),
    ("comma", "1'000,5", "1000.5"),
]


@pytest.mark.parametrize(("decimal", "written", "expected"), AMOUNTS)
def test_an_amount_is_exact(tmp_path: Path, decimal: str, written: str, expected: str) -> None:
    """Without currency and thousands' marks; never by way of a float."""
    folder = Folder(tmp_path)
    mapping = (
        f"{HEAD}source: {{decimal: {decimal}, delimiter: tab}}\ntouchpoint:\n  type: {{value: order}}\n"
        "  occurred_at: at\n  order.total: total\n"
    )
    counts = folder.bring(folder.file("a.csv", f"at\ttotal\n2024-01-01\t{written}\n"), mapping).notes.counts
    assert [row["order"]["total"] for row in folder.spooled()] == [expected] and counts.set_aside == 0


def test_words_are_translated_and_rows_chosen(tmp_path: Path) -> None:
    """map, others, default, only and skip, without regard to case."""
    folder = Folder(tmp_path)
    mapping = f"""{HEAD}source: {{empty: [NULL, "-"]}}
only:
  - {{State: [done, sent]}}
skip:
  - {{State: sent, Shop: ""}}
touchpoint:
  type: {{from: Event, map: {{"Order Completed": order, Paid: payment}}, others: skip}}
  channel: {{from: Shop, map: {{Utrecht: store, gone: ""}}, default: web}}
  occurred_at: At
  customer_id: {{from: Customer, map: {{"0": ""}}, others: keep}}
  contact.repeated: Again
  order.step: Step
"""
    rows = [
        "Event,State,Shop,Customer,Again,Step,At",
        "order completed,DONE,utrecht,7,ja,3.0,2024-01-01",
        "Paid,Sent,gone,0,no,NULL,2024-01-01",
        "Paid,Sent,elsewhere,-,0,-,2024-01-01",
        "Paid,Sent,,7,0,,2024-01-01",
        "Paid,open,,7,0,,2024-01-01",
        "Seen,done,,7,0,,2024-01-01",
    ]
    counts = folder.bring(folder.file("a.csv", "\n".join(rows)), mapping).notes.counts
    assert (counts.accepted, counts.skipped) == (3, 3)
    found = [
        (row["type"], row["channel"], row.get("customer_id"), row["contact"]["repeated"], row.get("order"))
        for row in folder.spooled()
    ]
    assert found == [
        ("order", "store", "7", True, {"step": 3}),
        ("payment", "web", None, False, None),
        ("payment", "web", None, False, None),
    ]


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz", "orders.csv.zst"])
def test_a_packed_file_is_the_same_file(tmp_path: Path, name: str) -> None:
    """Also where it is gone on with in the middle, and with a byte order mark and another encoding."""
    folder = Folder(tmp_path)
    text = orders(1500).replace("v-3", "é").encode("windows-1252")
    packed = {".csv": lambda b: b, ".gz": gzip.compress, ".zst": ZSTD.compress}[Path(name).suffix](text)
    mapping = ORDERS.replace("source: {", "source: {encoding: windows-1252, ")
    folder.bring(folder.file(name, packed), mapping, limit=700)
    folder.bring(folder.file(name, packed), mapping)
    rows = folder.spooled()
    assert [row["order"]["id"] for row in rows] == [str(n) for n in range(1500)]
    assert {row["visitor_id"] for row in rows} == {"é", *(f"v-{n}" for n in (0, 1, 2, 4, 5, 6))}


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    """Spreadsheets write one."""
    folder = Folder(tmp_path)
    assert folder.bring(folder.file("a.csv", b"\xef\xbb\xbf" + orders(3).encode()), ORDERS).notes.counts.accepted == 3


def event(number: int, name: str = "purchase") -> dict[str, Any]:
    """An event as Google Analytics exports it."""

    def parameter(key: str, **value: Any) -> dict[str, Any]:
        empty = {"string_value": None, "int_value": None, "float_value": None, "double_value": None}
        return {"key": key, "value": {**empty, **value}}

    return {
        "event_name": name,
        "event_timestamp": 1704445933123456 + number * 1_000_000,
        "event_bundle_sequence_id": number,
        "user_pseudo_id": f"{number % 5}.17",
        "user_id": "K-7" if number % 2 else None,
        "platform": "WEB",
        "event_params": [
            parameter("page_location", string_value="https://shop.example/bedankt"),
            parameter("ga_session_id", int_value=1704445000 + number),
            parameter("currency", string_value="EUR"),
        ],
        "device": {"language": "nl-nl"},
        "ecommerce": {"transaction_id": f"T-{number}", "purchase_revenue": 129.95},
        "items": [{"item_id": "S-1", "item_name": "Hiker", "item_brand": "", "item_category": "Shoes", "price": 64.5,
                   "quantity": 2}],
    }  # fmt: skip


def events() -> list[dict[str, Any]]:
    """Purchases, and one event that the mapping leaves out."""
    return [event(number) for number in range(1200)] + [event(1200, "user_engagement")]


@pytest.mark.parametrize("form", ["ndjson", "parquet"])
def test_events_of_google_analytics(tmp_path: Path, form: str) -> None:
    """From nested objects, lists of parameters and lists of items; the same ids whichever form they come in."""
    folder = Folder(tmp_path)
    path = tmp_path / f"events.{form}"
    if form == "parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist(events()), path, row_group_size=500)
    else:
        # BigQuery writes whole numbers as texts.
        texts = [{**one, "event_timestamp": str(one["event_timestamp"])} for one in events()]
        path.write_text("\n".join(json.dumps(one) for one in texts), encoding="utf-8")
    mapping = DOCS / "import" / "ga4_events.yaml"
    folder.bring(path, mapping, limit=700)
    counts = folder.bring(path, mapping).notes.counts
    assert (counts.rows, counts.accepted, counts.skipped, counts.rejected, counts.set_aside) == (1201, 1200, 1, {}, 0)
    rows = folder.spooled()
    assert [row["order"]["id"] for row in rows] == [f"T-{number}" for number in range(1200)]
    # Never to change: whoever imports the same file with the next version must not store it twice.
    assert hashlib.sha256("".join(row["id"] for row in rows).encode()).hexdigest()[:16] == "16b2bca7483f536b"
    row = rows[1]
    del row["id"]
    assert row == {
        "type": "order", "occurred_at": 1704445934123, "channel": "web", "visitor_id": "1.17", "customer_id": "K-7",
        "session_id": "1704445001", "page": {"url": "https://shop.example/bedankt"},
        "order": {"id": "T-1", "total": "129.95", "currency": "EUR"}, "context": {"language": "nl-nl"},
        "products": [{"id": "S-1", "name": "Hiker", "category": "Shoes", "price": "64.5", "quantity": 2}],
    }  # fmt: skip


SHOPIFY = """Name,Email,Financial Status,Currency,Total,Taxes,Shipping,Discount Code,Discount Amount,Created at,\
Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Payment Method,Shipping Country,Id,Source,Phone
#1001,anna@example.com,paid,EUR,54.50,9.46,4.95,SUMMER10,5.00,2024-01-05 10:12:13 +0100,\
2,Hiker,24.78,S-1,ideal,NL,5301,web,
#1001,anna@example.com,,,,,,,,2024-01-05 10:12:13 +0100,1,Socks,9.95,S-2,,,,,
#1002,,voided,EUR,10.00,1,0,,0,2024-01-06 10:12:13 +0100,1,Socks,9.95,S-2,ideal,NL,5302,web,
#1003,bram@example.com,paid,EUR,9.95,1.73,0,,0.00,2024-01-06 12:00:00 +0100,1,Socks,9.95,S-2,cash,,5303,pos,+31 6 1234
"""


def test_orders_of_shopify(tmp_path: Path) -> None:
    """An order of several lines comes in once, with its own amounts; what was voided is left out."""
    folder = Folder(tmp_path)
    mapping = DOCS / "import" / "shopify_orders.yaml"
    counts = folder.bring(folder.file("orders.csv", SHOPIFY), mapping).notes.counts
    assert (counts.accepted, counts.skipped, counts.set_aside) == (2, 2, 0)
    first, second = folder.spooled()
    assert first["order"] == {
        "id": "#1001", "total": "54.50", "currency": "EUR", "tax": "9.46", "shipping": "4.95", "discount": "5.00",
        "coupon": "SUMMER10", "payment": "ideal",
    }  # fmt: skip
    assert first["product"] == {"id": "S-1", "name": "Hiker", "price": "24.78", "quantity": 2}
    assert first["identity"]["email_hash"] == hashlib.sha256(b"anna@example.com").hexdigest()
    assert (first["channel"], second["channel"], first["occurred_at"]) == ("web", "store", 1704445933000)
    assert second["identity"]["phone_hash"] == hashlib.sha256(b"+3161234").hexdigest()


def test_orders_of_woocommerce(tmp_path: Path) -> None:
    """Guests, who all have number 0 there, are not one customer."""
    folder = Folder(tmp_path)
    rows = (
        "order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,order_total,order_currency,"
        "payment_method,customer_user,billing_email,billing_country\n"
        "1,1,2024-01-05 11:12:13,completed,4.95,20.9999999,0,129.95,,ideal,0,a@b.example,NL\n"
        "2,2,2024-01-05 11:12:13,Processing,4.95,21,0,129.95,USD,ideal,7,,US\n"
        "3,3,2024-01-05 11:12:13,cancelled,4.95,21,0,129.95,USD,ideal,7,,US\n"
    )
    counts = folder.bring(folder.file("o.csv", rows), DOCS / "import" / "woocommerce_orders.yaml").notes.counts
    assert (counts.accepted, counts.skipped, counts.set_aside) == (2, 1, 0)
    guest, customer = folder.spooled()
    assert "customer_id" not in guest and customer["customer_id"] == "7"
    assert (guest["order"]["currency"], guest["order"]["tax"], customer["order"]["currency"]) == (
        "EUR",
        "21.0000",
        "USD",
    )
    assert guest["occurred_at"] == 1704449533000
