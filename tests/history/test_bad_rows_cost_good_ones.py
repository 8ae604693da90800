"""A bad row costs itself: it is rejected with its place, its reason and its text, and every other row comes in."""

from __future__ import annotations

import asyncio
import gzip
import json
import uuid
from pathlib import Path

import pytest

from collector.envelope import Kind
from collector.errors import HistoryUnreadable, MappingErrors
from collector.history.judge import Judge
from collector.history.requests import Request
from collector.history.source import LINE_LIMIT, Position
from tests.history.importing import ORDERS, Folder, orders

HEADING = "order,visitor,at,total\n"


def good(number: int) -> str:
    """A row that comes in."""
    return f"{number},v,2024-03-01 10:00:00,1.00\n"


@pytest.mark.parametrize(
    ("bad", "reason", "told"),
    [
        ("2,v,yesterday,1.00\n", "field_invalid", "occurred_at: Invalid RFC3339"),
        ("2,v,1999-03-01 10:00:00,1.00\n", "time_impossible", "at most 20 years back"),
        ("2,v,2099-03-01 10:00:00,1.00\n", "time_impossible", "at most 20 years back"),
        ("2,v,,1.00\n", "field_missing", "occurred_at is missing"),
        ("2,v\n", "not_an_object", "2 cells, and the heading has 4"),
        ("2,v,2024-03-01 10:00:00,1.00,more\n", "not_an_object", "5 cells, and the heading has 4"),
        ('2,"v,2024-03-01 10:00:00,1.00\n', "not_an_object", "expected after"),
        (f"2,{'v' * 200_000},2024-03-01 10:00:00,1.00\n", "touchpoint_too_large", "field larger than field limit"),
        (f"2,{'v,' * LINE_LIMIT}\n", "touchpoint_too_large", "a line of more than"),
        ("\x00\x00\x00\n", "not_an_object", ""),
    ],
)
def test_neighbours_of_a_bad_row_come_in(tmp_path: Path, bad: str, reason: str, told: str) -> None:
    """Whatever is wrong with a row, those before and behind it are accepted, and it stands under its line's number."""
    folder = Folder(tmp_path)
    file = folder.file("orders.csv", HEADING + good(1) + bad + good(3) + '4,"v",2024-03-01 10:00:00,1.00\n')
    counts = folder.bring(file, ORDERS).notes.counts
    assert [row["order"]["id"] for row in folder.spooled()] == ["1", "3", "4"]
    assert counts.accepted == 3 and counts.rejected == {reason: 1}
    [rejected] = folder.spooled(Kind.REJECTED)
    assert (
        rejected["reason"] == reason and rejected["detail"].startswith("orders.csv:3: ") and told in rejected["detail"]
    )


def test_an_unclosed_quote_at_the_end_takes_nothing_along(tmp_path: Path) -> None:
    """A quote that nothing closes would swallow the rest of the file; only its own line is lost."""
    folder = Folder(tmp_path)
    file = folder.file("orders.csv", HEADING + '1,"v,2024-03-01,1.00\n' + "".join(good(n) for n in range(2, 300)))
    counts = folder.bring(file, ORDERS).notes.counts
    assert counts.accepted == 298 and counts.rejected == {"not_an_object": 1}


def test_texts_over_several_lines_stay_whole(tmp_path: Path) -> None:
    """A line break within quotes is no end of a row, also where the file ends lines as Windows does."""
    folder = Folder(tmp_path)
    mapping = ORDERS + "  properties.note: visitor\n"
    file = folder.file("orders.csv", HEADING.replace("\n", "\r\n") + '1,"two\r\nlines ""quoted""",2024-03-01,1.00\r\n')
    assert folder.bring(file, mapping).notes.counts.accepted == 1
    assert folder.spooled()[0]["properties"] == {"note": 'two\r\nlines "quoted"'}


def test_a_bad_optional_field_is_set_aside(tmp_path: Path) -> None:
    """As at the front door: the order comes in without its total, and says why."""
    folder = Folder(tmp_path)
    outcome = folder.bring(folder.file("orders.csv", HEADING + "1,v,2024-03-01,much\n"), ORDERS)
    assert outcome.notes.counts.set_aside == 1 and outcome.problem.startswith("orders.csv:2: $.order.total")
    assert all(b"much" not in path.read_bytes() for path in folder.settings.imports_folder.iterdir())
    [row] = folder.spooled()
    assert "total" not in row["order"] and row["problems"][0].startswith("$.order.total")


def test_who_did_not_consent_stays_unknown(tmp_path: Path) -> None:
    """A row that says that consent was denied is stripped as at the front door."""
    folder = Folder(tmp_path)
    mapping = ORDERS + "  consent.state: consent\n  customer_id: visitor\n"
    file = folder.file("orders.csv", "order,visitor,at,total,consent\n1,v-1,2024-03-01,5,denied\n")
    assert folder.bring(file, mapping).notes.counts.accepted == 1
    [row] = folder.spooled()
    assert "visitor_id" not in row and "customer_id" not in row and "id" not in row["order"]


LINES = [
    b'{"id":"%b","type":"page_view","occurred_at":"2024-03-01T10:00:00Z"}',
    b'{"id":"%b","type":"page_view","occurred_at":"2024-03-01T10:00:00Z"},{"id":"x"}',
    b'{"id":"%b","type":"page_view","occurred_at":"2024-03-01T10:00:00Z"}],"key":"demo","touchpoints":[{}',
    b'["%b"]',
    b'{"id":"%b","type":"page_view"',
    b'{"id":"%b","type":"page_view","occurred_at":"2024-03-01T10:00:00Z","a":' + b"[" * 5000 + b"]" * 5000 + b"}",
    b'{"id":"%b","type":"page_view","occurred_at":"2024-03-01T10:00:00Z","page":{"title":"' + b"x" * 300_000 + b'"}}',
    b"%b" + b"[" * 600_000,
    b"\xff%b",
    b'{"id":"%b","type":"page_view","occurred_at":"2024-03-01T10:00:00Z","page":{"title":"\\ud800"}}',
]
ACCEPTED = {0, 9}


def test_a_line_is_one_touchpoint_or_none(tmp_path: Path) -> None:
    """Lines of touchpoints come in as they are; no line can pass for two, or for a part of the request around it."""
    folder = Folder(tmp_path)
    ids = [str(uuid.UUID(int=number, version=4)).encode() for number in range(len(LINES))]
    lines = [line.replace(b"%b", id_) for line, id_ in zip(LINES, ids, strict=True)]
    counts = folder.bring(folder.file("touchpoints.ndjson", b"\n\n".join(lines))).notes.counts
    assert {row["id"].encode() for row in folder.spooled()} == {ids[number] for number in ACCEPTED}
    assert counts.rows == len(LINES) and counts.accepted == len(ACCEPTED)
    assert sum(counts.rejected.values()) == len(LINES) - len(ACCEPTED)
    assert {"not_an_object", "too_deep", "touchpoint_too_large"} == set(counts.rejected)
    assert all(row["detail"].startswith("touchpoints.ndjson:") for row in folder.spooled(Kind.REJECTED))


def test_a_request_that_cannot_be_read_is_taken_apart(tmp_path: Path) -> None:
    """Where rows together are too much for any parser, each is judged alone, and none is lost for its neighbours."""
    folder = Folder(tmp_path)
    row = b'{"id":"%b","type":"page_view","occurred_at":"2024-03-01T10:00:00Z"%b}'
    ids = [str(uuid.UUID(int=number, version=4)).encode() for number in range(4)]
    crowd = b',"x":[' + b",".join([b"[]"] * 80_000) + b"]"
    deep = b',"x":' + b"[" * 5000 + b"]" * 5000
    pieces = [row % pair for pair in zip(ids, (b"", deep, crowd, b""), strict=True)] + [b"[" * 110_000 + b"]" * 110_000]
    request = Request(pieces, [2, 3, 4, 5, 6], {}, 5, 0, Position())
    judge = Judge(folder.settings, folder.key, "touchpoints.ndjson")
    verdict = asyncio.run(judge.judge(request, 1_800_000_000_000_000))
    assert verdict.accepted == 2
    assert [(one.reason, one.told.partition(": ")[0]) for one in verdict.turned] == [
        ("too_deep", "touchpoints.ndjson:3"),
        ("touchpoint_too_large", "touchpoints.ndjson:4"),
        ("not_an_object", "touchpoints.ndjson:6"),
    ]


def test_objects_that_cannot_be_read_are_rejected_under_a_mapping(tmp_path: Path) -> None:
    """With a mapping too, a line that is no object costs itself."""
    folder = Folder(tmp_path)
    rows = [{"order": n, "visitor": "v", "at": "2024-03-01", "total": n + 0.5} for n in range(3)]
    lines = [json.dumps(row) for row in rows]
    file = folder.file("orders.ndjson", "\n".join([lines[0], "[1]", "{", lines[1], '{"order": NaN}', lines[2]]))
    counts = folder.bring(file, ORDERS).notes.counts
    assert [row["order"] for row in folder.spooled()] == [
        {"id": str(n), "total": f"{n}.5", "currency": "EUR"} for n in range(3)
    ]
    assert counts.rejected == {"not_an_object": 3}


def test_what_a_broken_file_held_before_comes_in(tmp_path: Path) -> None:
    """A packed file that was cut off is an error, and what could be read of it is on disk."""
    folder = Folder(tmp_path)
    packed = gzip.compress(orders(20_000).encode())
    with pytest.raises(HistoryUnreadable, match="breaks off"):
        folder.bring(folder.file("orders.csv.gz", packed[: len(packed) // 2]), ORDERS)
    kept = len(folder.spooled())
    assert 1000 < kept < 20_000
    whole = Folder(tmp_path / "whole") if (tmp_path / "whole").mkdir() is None else folder
    assert whole.bring(whole.file("orders.csv.gz", packed), ORDERS).notes.counts.accepted == 20_000
    assert [row["id"] for row in whole.spooled()[:kept]] == [row["id"] for row in folder.spooled()]


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("orders.csv", "", "there is no heading"),
        ("orders.csv", "order;visitor;at;total\n", 'write source: {delimiter: ";"}'),
        ("orders.csv", "order,order,at,total\n", "two columns are called order"),
        ("orders.txt", "", "does not tell its form"),
        ("orders.parquet", "PAR1 and no more", "cannot be read to its end"),
        ("orders.csv.gz", "not packed", "breaks off"),
    ],
)
def test_a_file_that_cannot_be_used_says_so(tmp_path: Path, name: str, content: str, told: str) -> None:
    """Each names the file, the fault and the remedy, and nothing is stored."""
    folder = Folder(tmp_path)
    with pytest.raises(HistoryUnreadable, match="orders") as caught:
        folder.bring(folder.file(name, content), ORDERS)
    assert told in str(caught.value)
    assert not folder.settings.spool_folder.exists() or folder.spooled() == []


def test_a_column_that_is_not_there_is_told_before_anything_is_read(tmp_path: Path) -> None:
    """With its place in the mapping and what was meant, for CSV by its heading and for NDJSON by its first rows."""
    folder = Folder(tmp_path)
    mapping = ORDERS.replace("order.total: total", "order.total: totl")
    for file in (
        folder.file("orders.csv", orders(3)),
        folder.file("orders.ndjson", '{"order": 1, "visitor": "v", "at": "2024-03-01", "total": 3}\n'),
    ):
        with pytest.raises(MappingErrors, match=r"mapping\.yaml:10:16: .* has no column totl; did you mean total\?"):
            folder.bring(file, mapping)
    assert not folder.settings.spool_folder.exists()
    optional = ORDERS.replace("order.total: total", "order.total: {from: totl, optional: true}")
    assert folder.bring(folder.file("orders.csv", orders(3)), optional).notes.counts.accepted == 3
