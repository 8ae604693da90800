"""Somebody who is forgotten while their touchpoints are on the way is not stored, and the two that look agree."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from collector import settings
from collector.enrich.rows import compose
from collector.envelope import Envelope, Kind, RejectedTouchpoint
from collector.errors import ForgottenMeanwhile, SettingsError, WarehouseAway
from collector.forgotten import Forgotten, Mark, Named, digest_of
from collector.loader import Loader
from collector.people import who
from collector.settings import Settings
from collector.spool.segment import HEADER_SIZE
from collector.warehouse import forgotten, statement
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from collector.warehouse.store import Store
from tests.spool.spooling import fill
from tests.warehouse.rows import RECEIVED_US, UNCLASSIFIED, row, store

ENVELOPE, LATER = (
    msgspec.json.encode(Envelope(received_us=RECEIVED_US + n, site="shop", key_name="web")) for n in range(2)
)


def marks(warehouse: Warehouse, *values: str, site: str = "") -> list[Mark]:
    """Visitors, as the list has them."""
    secret = forgotten.secret(warehouse)
    return [Mark(site, "visitor", digest_of(secret, value)) for value in values]


def line(visitor: str) -> bytes:
    """A touchpoint as it rests in the spool."""
    known = json.loads(row(visitor_id=visitor))
    return json.dumps({name: value for name, value in known.items() if not name.startswith("_")}).encode()


def told(warehouse: Warehouse, view: str, column: str) -> list[str]:
    """A column of a view."""
    return sorted(str(found[column]) for found in warehouse.rows(f"SELECT {column} FROM klantreis.{view}"))


@pytest.fixture
def loader(warehouse: Warehouse, clickhouse: Settings, tmp_path: Path) -> Iterator[Loader]:
    """A loader of a spool in which somebody, somebody else and a record that nobody can read wait."""
    chosen = clickhouse.model_copy(update={"data": tmp_path})
    fill(
        chosen.spool_folder,
        [
            b"\n".join([ENVELOPE, line("somebody"), line("other")]),
            b"\n".join([LATER, line("somebody")]),
            b'no envelope {"visitor_id":"somebody"',
            b'no envelope {"visitor_id":"other"',
        ],
    )
    made = Loader(chosen, (UNCLASSIFIED,))
    yield made
    made._progress.close()
    made._warehouse.close()


def test_forgotten_between_composing_and_inserting(warehouse: Warehouse, loader: Loader) -> None:
    """Rows that were composed in time for nobody to know are composed again, and the others are stored."""
    loader._migrate()
    load = loader._loads.next(lambda name: HEADER_SIZE)
    assert load is not None and len(load.rows.touchpoints) == 3
    forgotten.remember(warehouse, marks(warehouse, "somebody"))
    loader._progress.name([])
    loader._insert(load)
    assert told(warehouse, "touchpoints", "visitor_id") == ["other"]
    assert told(warehouse, "rejected", "reason") == ["forgotten"] * 3 + ["unloadable"]
    assert "somebody" not in repr(warehouse.rows("SELECT * FROM klantreis.rejected_stored"))


def test_nothing_is_stored_with_an_old_list(warehouse: Warehouse) -> None:
    """Whatever a loader holds, and however often it tries: with a list that is not whole its INSERT does nothing."""
    before = forgotten.read(warehouse)
    forgotten.remember(warehouse, marks(warehouse, "somebody"))
    for made, times in ((store(warehouse), 6), (Store(warehouse, statement.reject()), 1)):
        for _ in range(times):
            with pytest.raises(ForgottenMeanwhile):
                made.store([row(visitor_id="somebody"), row()], before.state)
    assert told(warehouse, "touchpoints_stored", "id") == told(warehouse, "rejected_stored", "id") == []
    assert store(warehouse).store([row()], forgotten.read(warehouse).state) == []


def test_the_list_is_as_it_was_remembered(warehouse: Warehouse) -> None:
    """Whoever joins it twice is on it once, and the state changes with each who joins."""
    states = [forgotten.read(warehouse).state]
    for new, names in ((2, ("a", "b")), (0, ("b",)), (1, ("b", "c"))):
        assert forgotten.remember(warehouse, marks(warehouse, *names)) == new
        states.append(forgotten.read(warehouse).state)
    assert states[1] == states[2] and len(set(states)) == 3
    known = forgotten.read(warehouse)
    assert [known.knows("shop", Named(visitor_id=name)) for name in ("a", "b", "c", "d")] == [True, True, True, False]
    assert not known.knows("shop", Named(customer_id="a")), "a customer of that name is somebody else"


def test_a_lost_secret_stops_the_loader(warehouse: Warehouse) -> None:
    """With another secret nobody on the list would be recognised, so none is made."""
    kept = warehouse.rows("SELECT hex(secret) AS secret FROM klantreis.secrets ORDER BY secret")
    forgotten.remember(warehouse, marks(warehouse, "somebody"))
    forgotten.ensure_secret(warehouse)
    assert warehouse.rows("SELECT hex(secret) AS secret FROM klantreis.secrets ORDER BY secret") == kept
    warehouse.command("TRUNCATE TABLE klantreis.secrets")
    with pytest.raises(WarehouseAway, match=r"klantreis\.secrets"):
        forgotten.ensure_secret(warehouse)
    warehouse.command("TRUNCATE TABLE klantreis.forgotten")
    forgotten.ensure_secret(warehouse)
    assert len(forgotten.secret(warehouse)) == 64


IDENTIFIERS = ("v1", "visitor-12345", "42", 'a"b\\c', "é€-long-enough", "x\ny", "", "{}", "a/b?c=d")
WRAPPINGS = (
    lambda text: json.dumps({"visitor_id": text}),
    lambda text: json.dumps({"visitor_id": text}, ensure_ascii=False),
    lambda text: json.dumps(json.dumps({"id": "x", "visitor_id": text})),
    lambda text: json.dumps({"page": {"url": f"https://shop.example/?v={text}&w=1"}}),
    lambda text: f'{{"order":{{"id":{text}}}}}',
    lambda text: json.dumps({"deep": [[{"any": text}]]})[:-7],
    lambda text: json.dumps({"visitor_id": f"x{text}"}),
    lambda text: text,
)


def test_both_find_the_same_in_what_was_rejected(warehouse: Warehouse) -> None:
    """The loader in Python and the deletion in SQL take the same rows for those of the forgotten, seeded."""
    chance = random.Random(14)
    raws = sorted({wrap(text) for wrap in WRAPPINGS for text in IDENTIFIERS})
    rows = [(site, raw) for site in ("shop", "else", "") for raw in raws]
    chance.shuffle(rows)
    lines = [
        json.dumps(
            {
                "id": str(n),
                "reason": "field_invalid",
                "detail": "x",
                "raw": raw,
                "received_us": RECEIVED_US,
                "site": site,
            }
        ).encode()
        for n, (site, raw) in enumerate(rows)
    ]
    assert Store(warehouse, statement.reject()).store(lines, forgotten.read(warehouse).state) == []
    listed = marks(warehouse, *IDENTIFIERS[:3]) + marks(warehouse, *IDENTIFIERS[3:6], site="shop")
    forgotten.remember(warehouse, listed)
    by_loader = Forgotten(forgotten.secret(warehouse), listed)
    expected = {str(n) for n, (site, raw) in enumerate(rows) if by_loader.is_named_in(site, f"{raw}\nx")}
    condition = who.names(who.FORGOTTEN)
    found = {str(one["id"]) for one in warehouse.rows(f"SELECT id FROM klantreis.rejected_stored WHERE {condition}")}
    assert found == expected
    assert 30 < len(found) < len(rows)


def test_rejected_of_the_forgotten_say_nothing(warehouse: Warehouse) -> None:
    """A row remains, with nothing in it that was sent."""
    turned = RejectedTouchpoint(reason="field_invalid", detail="x", raw='{"visitor_id":"somebody"}', id="0198c5e0")
    payload = b"\n".join([ENVELOPE, msgspec.json.encode(turned), msgspec.json.encode(turned)])
    rows = compose(
        iter([(Kind.REJECTED, payload)]), Forgotten(b"s", [Mark("shop", "order", digest_of(b"s", "somebody"))])
    )
    assert rows.withheld == {"web": 2}
    assert [(one["id"], one["raw"]) for one in map(json.loads, rows.rejected)] == [
        ("rejected 0", ""),
        ("rejected 1", ""),
    ]
    assert b"somebody" not in b"".join(rows.rejected) and b"0198c5e0" not in b"".join(rows.rejected)


@pytest.mark.parametrize("name", ["keep_touchpoints_days", "keep_rejected_days"])
def test_what_clickhouse_would_end_at_once_is_refused(name: str) -> None:
    """It counts a row's end in 32 bits of seconds, so that a hundred years would keep nothing."""
    with pytest.raises(SettingsError, match=f"{name}: .* 10000"):
        settings.load({name: 36_500})


def test_rows_end_when_the_settings_say_so(warehouse: Warehouse, clickhouse: Settings) -> None:
    """A setting that was made shorter takes the older rows out of both tables, and no younger one."""
    now_us = time.time_ns() // 1000
    for days in (1, 20, 40):
        then_us = now_us - days * 86_400_000_000
        store(warehouse).store([row(_received_us=then_us, _sent_us=then_us, occurred_at=then_us // 1000)])
        fields = {"id": str(days), "reason": "x", "detail": "", "raw": "", "received_us": then_us, "site": "shop"}
        Store(warehouse, statement.reject()).store([json.dumps(fields).encode()])
    for days, left in ((10_000, 3), (30, 2), (10, 1)):
        migrate(warehouse, clickhouse.model_copy(update={"keep_touchpoints_days": days, "keep_rejected_days": days}))
        for table in ("touchpoints_stored", "rejected_stored"):
            warehouse.command(f"OPTIMIZE TABLE klantreis.{table} FINAL")
            assert len(told(warehouse, table, "id")) == left, table
    migrate(warehouse, clickhouse)
