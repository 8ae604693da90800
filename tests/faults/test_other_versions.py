"""An upgrade finds the spool, the loader's notes and the schema of an older version; a downgrade those of a newer one.

`fixtures/` holds what the first version left: a segment of three records of which the first was loaded and the second
was being loaded, the notes that say so, and the first migrations of the schema.
"""

from __future__ import annotations

import shutil
import time
import uuid
from pathlib import Path

from collector.settings import Settings
from collector.spool import segment
from collector.spool.progress import Progress
from collector.warehouse.client import Warehouse
from collector.warehouse.migrate import names, statements
from tests.faults.between import Between
from tests.faults.sending import assert_once, send, stored, until_loaded
from tests.installation import running

FIXTURES = Path(__file__).with_name("fixtures")
OLDER = "1795000000000000-4711-5e6d3a71.spool"
LOADED, LEFT = ("a", "b"), ("c", "d", "e", "f")
STORED_BEFORE = str(uuid.uuid5(uuid.NAMESPACE_URL, "stored by the first version"))
NEWER_VERSION = segment.FORMAT_VERSION + 1


def ids(letters: tuple[str, ...]) -> set[str]:
    """The ids of the fixture's touchpoints."""
    return {str(uuid.uuid5(uuid.NAMESPACE_URL, letter)) for letter in letters}


def first_schema(warehouse: Warehouse, chosen: Settings) -> None:
    """The tables as the first version made them, with a row in them."""
    warehouse.command("DROP DATABASE IF EXISTS klantreis")
    for number, file in enumerate(sorted(FIXTURES.glob("*.sql"))):
        for statement in statements(file, names(chosen)):
            warehouse.command(statement)
        warehouse.command(f"INSERT INTO klantreis.migrations (number, name) VALUES ({number}, '{file.stem}')")
    warehouse.command(
        "INSERT INTO klantreis.touchpoints_stored (id, site, visitor_id, occurred_at_sent, occurred_at, version)"
        f" VALUES ('{STORED_BEFORE}', 'shop', 'older', '2026-11-01 10:00:00', '2026-11-01 10:00:00', 1)"
    )


def test_an_upgrade_loads_what_the_older_version_left(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """The acknowledged record is not loaded again, the named one and the rest are, and what was stored stays."""
    spool = tmp_path / "data" / "spool"
    spool.mkdir(parents=True)
    for name in (OLDER, "progress.json"):
        shutil.copy(FIXTURES / name, spool / name)
    with Warehouse(clickhouse) as warehouse:
        first_schema(warehouse, clickhouse)
    with running(tmp_path, clickhouse=between.url) as installation:
        seen = send(installation, 5)
        until_loaded(installation)
        assert_once(clickhouse, seen.accepted | ids(LEFT) | {STORED_BEFORE})
        assert stored(clickhouse, ids(LOADED)) == {}
        installation.until(lambda: not (spool / OLDER).exists(), "what is loaded is deleted")


def test_a_segment_of_a_newer_version_is_left_alone_and_told(
    tmp_path: Path, clickhouse: Settings, between: Between
) -> None:
    """Its bytes stay as they are, the log names it once with the remedy, and everything else is loaded."""
    spool = tmp_path / "data" / "spool"
    spool.mkdir(parents=True)
    header = segment.new_header()._replace(version=NEWER_VERSION)
    newer = spool / segment.name_of(header)
    newer.write_bytes(content := segment.encode_header(header) + b"of a form that nobody knows today" * 10)
    begun = time.monotonic()
    with running(tmp_path, clickhouse=between.url) as installation:
        seen = send(installation, 10)
        installation.until(
            lambda: stored(clickhouse, seen.accepted).keys() == seen.accepted, "everything else is loaded"
        )
        assert_once(clickhouse, seen.accepted)
    minutes = (time.monotonic() - begun) / 60
    assert newer.read_bytes() == content
    told = [line for line in installation.log.read_text("utf-8").splitlines() if newer.name in line]
    assert 1 <= len(told) <= 2 + minutes, told  # once a minute, and at the end how often it was left unsaid
    assert f"spool format {NEWER_VERSION}" in told[0] and "newer Klantreis" in told[0]


def test_a_load_that_a_newer_version_named_waits_for_it(tmp_path: Path, clickhouse: Settings, between: Between) -> None:
    """A downgrade in the middle of a load: the loader stays up, says what is needed, and skips nothing."""
    spool = tmp_path / "data" / "spool"
    header = segment.new_header()._replace(version=NEWER_VERSION)
    newer = spool / segment.name_of(header)
    with Progress(spool) as progress:
        newer.write_bytes(segment.encode_header(header) + b"of a form that nobody knows today" * 10)
        progress.name([segment.Range(newer.name, 0, newer.stat().st_size)])
    with running(tmp_path, clickhouse=between.url) as installation:
        installation.until(lambda: "touchpoints wait in the spool" in installation.tail(), "the loader says so")
        [loader] = installation.pids("load")
        seen = send(installation, 10)
        assert seen.statuses == {202: 10}
        assert installation.pids("load") == [loader], "it was not restarted"
        newer.unlink()  # an operator gives it up
        until_loaded(installation)
        assert_once(clickhouse, seen.accepted)
