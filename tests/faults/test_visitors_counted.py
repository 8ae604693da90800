"""Visitors are counted with one salt a day, whatever becomes of ClickHouse, clocks and collectors; and no longer."""

from __future__ import annotations

import contextlib
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.receive.access import Keys
from collector.settings import Settings
from collector.visitors.salts import SaltFiles, today
from collector.visitors.sharing import Sharing
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import migrate
from tests.chaos.orders import Orders
from tests.faults.between import Between
from tests.faults.sending import until_loaded
from tests.installation import Installation, running, touchpoint
from tests.road.searching import files_with

DAY_S = 86_400
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"


@pytest.fixture(autouse=True)
def no_salts(clickhouse: Settings) -> None:
    """Each of these begins as if it were the first day."""
    with Warehouse(clickhouse) as warehouse:
        migrate(warehouse, clickhouse)
        warehouse.command("TRUNCATE TABLE klantreis.salts")


@contextlib.contextmanager
def counting(folder: Path, between: Between, **options: object) -> Iterator[Installation]:
    """A collector whose key `web` counts visitors, and which knows it."""
    folder.mkdir(exist_ok=True)
    installation = Installation(folder, clickhouse=between.url, **options)  # type: ignore[arg-type]
    Keys(installation.settings).add(name="web", site="shop", kind="public", counts_visitors=True)
    with running(folder, installation):
        yield installation


def visit(installation: Installation) -> str:
    """The visitor comes: the id of what was sent."""
    key = next(key.value for key in Keys(installation.settings).list() if key.name == "web")
    assert key is not None
    sent = touchpoint()
    assert installation.send([sent], key, **{"User-Agent": AGENT})[0] == 202
    return str(sent["id"])


def hashes(clickhouse: Settings, *ids: str) -> list[int | None]:
    """The visitor hashes of these touchpoints, as analysts see them."""
    with Warehouse(clickhouse) as warehouse:
        rows = warehouse.rows(
            "SELECT toString(id) AS id, visitor_hash FROM klantreis.touchpoints"
            " WHERE has({ids:Array(String)}, toString(id))",
            {"ids": list(ids)},
        )
    found = {row["id"]: row["visitor_hash"] for row in rows}
    return [found[one] for one in ids]


def salt(installation: Installation) -> bytes | None:
    """Today's salt of a collector."""
    return SaltFiles(installation.settings.salts_folder).read(today())


def kept(clickhouse: Settings) -> dict[int, str]:
    """The salts in the warehouse, by day."""
    with Warehouse(clickhouse) as warehouse:
        rows = warehouse.rows("SELECT toUInt16(day) AS day, lower(hex(salt)) AS salt FROM klantreis.salts")
    return {int(row["day"]): str(row["salt"]) for row in rows}


def test_a_visitor_of_two_collectors_is_one(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """They agree on a salt without speaking to each other, and have agreed on tomorrow's as well."""
    with counting(tmp_path / "one", between, workers=2) as one, counting(tmp_path / "other", between) as other:
        one.until(lambda: salt(one) is not None and salt(one) == salt(other), "both have the same salt")

        def found() -> list[str | None]:
            """Whom three visits are of, on all receivers."""
            ids = [visit(one), visit(other), visit(one)]
            for installation in (one, other):
                until_loaded(installation)
            return hashes(clickhouse, *ids)

        one.until(lambda: len(set(found())) == 1, "receivers have taken it up")
        for installation in (one, other):
            tomorrow = SaltFiles(installation.settings.salts_folder).read(today() + 1)
            assert tomorrow is not None and kept(clickhouse)[today() + 1] == tomorrow.hex()
        [visitor] = set(found())
        assert visitor is not None


def test_clickhouse_away_at_the_start(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """A collector counts by a salt of its own, and goes on with it when ClickHouse is back and has none."""
    between.go_away()
    folder = tmp_path / "first"
    folder.mkdir()
    installation = Installation(folder, clickhouse=between.url)
    Keys(installation.settings).add(name="web", site="shop", kind="public", counts_visitors=True)
    try:
        installation.launch()
        installation.until(lambda: installation.get("/readyz")[0] == 200, "the receivers are ready")
        ids = [visit(installation)]
        own = salt(installation)
        between.come_back()
        installation.until(lambda: kept(clickhouse).get(today()), "its salt is in the warehouse")
        ids.append(visit(installation))
        until_loaded(installation)
        assert salt(installation) == own is not None and kept(clickhouse)[today()] == own.hex()
        [first, second] = hashes(clickhouse, *ids)
        assert first == second is not None
        assert installation.stop() == 0
    finally:
        installation.kill_all()


def test_the_second_collector_gives_way_once(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """What began the day by itself changes once, to the salt that the others use, and keeps that over a restart."""
    with counting(tmp_path / "one", between) as one:
        one.until(lambda: kept(clickhouse).keys() == {today(), today() + 1}, "its salts are in the warehouse")
        theirs = salt(one)
        folder = tmp_path / "late"
        folder.mkdir()
        files = SaltFiles(folder / "data" / "salts")
        own = files.take(today(), None)
        with counting(folder, between) as late:
            late.until(lambda: salt(late) == theirs != own, "it uses the others' salt")
        with running(folder, late):
            time.sleep(2)
            assert salt(late) == theirs
        assert kept(clickhouse)[today()] == theirs.hex() if theirs else False
        assert files_with(folder / "data", own) == []


def test_the_next_day_is_another_visitor(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """By the salt that was made the day before; yesterday's is in no file. A clock put back finds its own again."""
    orders = Orders(tmp_path / "chaos")
    with counting(tmp_path / "one", between, variables=orders.variables) as one:
        folder, day = one.settings.data, today()
        one.until(lambda: kept(clickhouse).keys() == {day, day + 1}, "the salts are shared")
        files = SaltFiles(one.settings.salts_folder)
        yesterday, tomorrow = files.read(day), files.read(day + 1)
        assert yesterday is not None and tomorrow is not None
        assert files_with(folder, yesterday), "the search does not find what is there"
        ids = [visit(one)]
        for role in ("receive", "load"):
            orders.shift_clock(role, DAY_S)
        one.until(lambda: files.read(day + 2) is not None, "the day after is prepared")
        assert files.read(day + 1) == tomorrow
        for form in (yesterday, yesterday.hex().encode(), yesterday.hex().upper().encode()):
            assert files_with(folder, form) == []
        ids.append(visit(one))
        # ClickHouse's own clock did not jump: what the others use today is not destroyed, nor what is to come kept.
        assert kept(clickhouse) == {day: yesterday.hex(), day + 1: tomorrow.hex()}
        for role in ("receive", "load"):
            orders.shift_clock(role, 0)
        one.until(lambda: files.read(day) == yesterday, "the salt of today is back")
        until_loaded(one)
        first, other = hashes(clickhouse, *ids)
        assert None not in (first, other) and other != first

        def again() -> list[str | None]:
            visited = visit(one)
            until_loaded(one)
            return hashes(clickhouse, visited)

        one.until(lambda: again() == [first], "the visitor of today is back")


def test_a_clock_that_is_years_off_harms_nobody(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """Its visitors are counted by themselves; the salts of the others stay, and none of its own is kept."""
    orders = Orders(tmp_path / "chaos")
    with counting(tmp_path / "one", between, variables=orders.variables) as one:
        one.until(lambda: kept(clickhouse).keys() == {today(), today() + 1}, "the salts are shared")
        before, files = kept(clickhouse), SaltFiles(one.settings.salts_folder)
        for years in (10, -10):
            off = years * 365
            for role in ("receive", "load"):
                orders.shift_clock(role, off * DAY_S)
            one.until(lambda off=off: files.read(today() + off + 1) is not None, "its clock is years off")
            assert len(list(files._folder.iterdir())) == 2
        one.until(lambda: "ClickHouse's clock is days from" in one.tail(), "it is said")
        assert kept(clickhouse) == before


def test_a_past_day_is_destroyed_to_the_last_byte(tmp_path: Path, clickhouse: Settings) -> None:
    """Of a warehouse in which nobody counted for days, by a collector that counts nobody: table, files, parts."""
    old = uuid.uuid4().bytes + uuid.uuid4().bytes
    with Warehouse(clickhouse) as warehouse:
        for day in ("2026-11-01", "yesterday()", "addDays(toDate(now('UTC')), 2)", "toDate('2148-01-01')"):
            day = f"'{day}'" if day[0].isdigit() else day
            warehouse.command(f"INSERT INTO klantreis.salts (day, salt) SELECT {day}, unhex('{old.hex()}')")
        # Over and over, as a day's row that several collectors made.
        warehouse.command(
            f"INSERT INTO klantreis.salts (day, salt) SELECT yesterday(), unhex('{old.hex()}') FROM numbers(9)"
        )
        assert files_with(clickhouse.data, old), "the search does not find what is there"
        Sharing(clickhouse.model_copy(update={"data": tmp_path})).look()
        assert kept(clickhouse) == {}
        end = time.monotonic() + 60
        while left := files_with(clickhouse.data, old):
            assert time.monotonic() < end, left
            time.sleep(0.5)
        for table in ("parts", "detached_parts"):
            rows = warehouse.rows(
                f"SELECT * FROM system.{table} WHERE table = 'salts' AND {'active' if table == 'parts' else '1'}"
            )
            assert rows == []
    assert list(tmp_path.iterdir()) == []


def test_the_first_of_two_salts_counts(tmp_path: Path, clickhouse: Settings) -> None:
    """Two collectors that make the day's salt at the same moment end with the same one, and a third one too."""
    parts = []
    for name in ("a", "b", "c"):
        chosen = clickhouse.model_copy(update={"data": tmp_path / name})
        parts.append((SaltFiles(chosen.salts_folder), Sharing(chosen)))
        parts[-1][0].take(today(), None)
    (a, sharing_a), (b, sharing_b), (c, sharing_c) = parts
    first = a.read(today())
    # Both find nothing before either has kept its own.
    sharing_a._keep(today(), first or b"")
    sharing_b._keep(today(), b.read(today()) or b"")
    for sharing in (sharing_b, sharing_c, sharing_a):
        sharing.look()
        sharing.close()
    assert a.read(today()) == b.read(today()) == c.read(today()) == first
