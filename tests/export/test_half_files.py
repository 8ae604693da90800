"""A file is whole or it is not there; what it holds is what ClickHouse has, read back by others than ClickHouse too."""

from __future__ import annotations

import ast
import csv
import json
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.ipc
import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result

from collector.cli import klantreis
from collector.errors import ExportUnfinished, KlantreisError
from collector.export import answer
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from tests.export.conftest import ROWS

COLUMNS = "id,site,occurred_at,visitor_id,order_id,order_total,properties"
BREAKS = (
    "SELECT intDiv(1, 200000 - number) AS x, repeat('y', 200) AS y FROM numbers(800000) "
    "SETTINGS max_threads = 1, max_block_size = 5000"
)


def run(settings: Settings, *words: str) -> Result:
    """`klantreis export` with these words."""
    variables: dict[str, str | None] = {name: None for name in os.environ if name.startswith("KLANTREIS_")} | {
        "KLANTREIS_DATA": str(settings.data),
        "KLANTREIS_CLICKHOUSE_PORT": str(settings.clickhouse_port),
        "KLANTREIS_CONFIG": os.devnull,
    }
    return CliRunner().invoke(klantreis, ["export", *words], env=variables)


def in_clickhouse(settings: Settings, site: str) -> list[dict[str, Any]]:
    """What an export of this site should hold, by time."""
    with Warehouse(settings) as warehouse:
        return warehouse.rows(
            "SELECT toString(id) AS id, visitor_id, order_id, order_total, properties "
            "FROM klantreis.touchpoints WHERE site = {site:String} ORDER BY occurred_at",
            {"site": site},
        )


def read(path: Path, form: str) -> list[dict[str, Any]]:
    """The rows of a file by whatever else reads its form; amounts as Decimals, maps as dictionaries."""
    if form == "parquet":
        rows = pyarrow.parquet.read_table(path).to_pylist()
    elif form == "arrow":
        with pyarrow.ipc.open_file(path) as file:
            rows = file.read_all().to_pylist()
    elif form == "csv":
        with path.open(encoding="utf-8", newline="") as text:
            rows = list(csv.DictReader(text))
        for row in rows:
            row["properties"] = ast.literal_eval(row["properties"])  # as ClickHouse writes a map
    else:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    return [
        {**row, "order_total": Decimal(str(row["order_total"])), "properties": dict(row["properties"])} for row in rows
    ]


@pytest.mark.parametrize("form", answer.FORMS)
def test_a_file_holds_what_clickhouse_holds(exported: Settings, tmp_path: Path, form: str) -> None:
    """In every form, with ids as texts, exact amounts and maps, of one site and the columns that were asked for."""
    path = tmp_path / f"touchpoints.{form}"
    words = ("touchpoints", "--site", "export-a", "--columns", COLUMNS, "--format", form, "--output", str(path))
    done = run(exported, *words)
    assert done.exit_code == 0, done.exception
    assert f"{path.stat().st_size:,} bytes" in done.stderr
    rows = sorted(read(path, form), key=lambda row: str(row["occurred_at"]))
    assert len(rows) == ROWS
    expected = in_clickhouse(exported, "export-a")
    names = ("id", "visitor_id", "order_id", "order_total", "properties")
    assert [{name: row[name] for name in names} for row in rows] == expected
    assert path.stat().st_mode & 0o777 == 0o600 and list(tmp_path.iterdir()) == [path]


def test_every_column_fits_parquet(exported: Settings, tmp_path: Path) -> None:
    """A whole table goes out as it is, whatever the types of its columns."""
    path = tmp_path / "all.parquet"
    assert run(exported, "touchpoints", "--format", "parquet", "--output", str(path)).exit_code == 0
    with Warehouse(exported) as warehouse:
        names = [str(row["name"]) for row in warehouse.rows("DESCRIBE klantreis.touchpoints")]
        count = warehouse.command("SELECT count() FROM klantreis.touchpoints")
    table = pyarrow.parquet.read_table(path)
    assert table.column_names == names and table.num_rows == int(count)


def test_a_period_begins_with_its_first_moment_and_ends_before_its_last(exported: Settings) -> None:
    """--since and --until speak of occurred_at, in UTC; without --output the rows go to standard output."""
    with Warehouse(exported) as warehouse:
        days = warehouse.rows(
            "SELECT toString(toDate(occurred_at)) AS day, toString(occurred_at) AS at FROM klantreis.touchpoints "
            "WHERE site = 'export-b' ORDER BY occurred_at"
        )
    first, last = days[9]["at"][:19].replace(" ", "T"), days[19]["at"][:19].replace(" ", "T")
    words = ("--site", "export-b", "--since", first, "--until", last, "--columns", "occurred_at")
    done = run(exported, "klantreis.touchpoints", *words)
    assert done.exit_code == 0, done.exception
    found = sorted(json.loads(line)["occurred_at"] for line in done.stdout.splitlines())
    assert found == [day["at"] for day in days[9:19]]


def test_a_value_is_never_part_of_the_statement(exported: Settings) -> None:
    """A site that looks like SQL is a site that nobody has."""
    done = run(exported, "touchpoints", "--site", "x' OR '1' = '1")
    assert (done.exit_code, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "say what to export"),
        (("touchpoints", "--person"), "say what to export"),
        (("touchpoint",), "did you mean touchpoints"),
        (("system.users",), "there is no klantreis.system.users"),
        (("touchpoints", "--columns", "id,phasse"), "has no phasse; did you mean phase"),
        (("forgotten", "--since", "2026-01-01"), "--since: klantreis.forgotten has no occurred_at or received_at"),
        (("--query", "SELECT 1", "--site", "a"), "--query says all itself"),
        (("touchpoints", "--visitor", "v"), "belong to --person"),
        (("--person", "--visitor", "v", "--format", "arrow"), "as ndjson or csv"),
        (("touchpoints", "--set", "model=aida"), "--set belongs to a question"),
        (("journey_map", "--since", "2026-01-01"), "journey_map is a question: say --set since=2026-01-31"),
        (("journey_map", "--set", "model"), "write NAME=VALUE"),
        (("journey_map", "--set", "colour=red"), "journey_map has no parameter colour"),
        (("journey_map", "--set", "since=yesterday"), "journey_map: Cannot "),
        (("touchpoints", "--output", "/nowhere/at/all.csv"), "--output: /nowhere/at/all.csv cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_told(exported: Settings, words: tuple[str, ...], told: str) -> None:
    """With the option, what is wrong and what to do."""
    done = run(exported, *words)
    assert isinstance(done.exception, KlantreisError) and told in str(done.exception) and done.stdout == ""


@pytest.mark.parametrize("form", answer.FORMS)
def test_half_an_answer_leaves_the_old_file(exported: Settings, tmp_path: Path, form: str) -> None:
    """An error after the first rows is told, and what bore the name before still does."""
    path = tmp_path / "old"
    path.write_bytes(b"old")
    done = run(exported, "--query", BREAKS, "--format", form, "--output", str(path))
    assert isinstance(done.exception, ExportUnfinished) and "not whole" in str(done.exception)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


WHOLE = {
    "csv": b'"x"\n1\n',
    "ndjson": b'{"x":"__exception__"}\n',
    "parquet": b"PAR1 and PAR1",
    "arrow": b"ARROW1 and ARROW1",
}
FRAME = b"\r\n__exception__\r\ntag\r\nCode: 153. DB::Exception: no 9 tag\r\n__exception__\r\n"
PLAIN = b"Code: 153. DB::Exception: Division by zero. (ILLEGAL_DIVISION) (version 25.3.1.1 (official build))\n"


@pytest.mark.parametrize("form", answer.FORMS)
def test_an_end_that_is_none_is_seen(form: answer.Form) -> None:
    """By ClickHouse's error or the form's own end, also where something between hides that an answer broke off."""
    assert answer.is_whole(WHOLE[form], form)
    assert not answer.is_whole(WHOLE[form] + FRAME, form)
    assert not answer.is_whole(WHOLE[form] + PLAIN, form)
    if form in answer.BINARY:
        assert not answer.is_whole(WHOLE[form][:-3], form) and not answer.is_whole(b"", form)
