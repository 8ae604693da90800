"""The official clients, unchanged: what analysts use against a cluster works against this."""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import subprocess
import uuid
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import lz4.frame
import pandas
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, OperationalError, StreamFailureError
from clickhouse_connect.driver.external import ExternalData

from tests.embedded.running import READER, Running

ROOT = Path(__file__).parents[2]
NODE = Path(__file__).parent / "node"


@pytest.fixture(scope="module")
def client(server: Running) -> Iterator[Client]:
    """clickhouse-connect as it is by default: with a session and compression."""
    made = server.client()
    made.command(
        "CREATE OR REPLACE TABLE connect (id UInt64, s String, t DateTime64(3, 'UTC'), n Nullable(Float64), "
        "a Array(String), m Map(String, UInt8), d Decimal(18, 4), u UUID) ENGINE = MergeTree ORDER BY id"
    )
    yield made
    made.close()


@pytest.mark.parametrize("compress", [True, False, "lz4", "zstd", "gzip"])
@pytest.mark.parametrize("with_session", [True, False])
def test_connect_and_query(server: Running, compress: bool | str, with_session: bool) -> None:
    """It connects in all its ways and reads rows, columns, and nothing."""
    with server.client(compress=compress, autogenerate_session_id=with_session) as client:
        assert client.server_version.startswith("26.")
        result = client.query("SELECT number AS n, toString(number) AS s FROM numbers(3)")
        assert (result.column_names, result.result_rows) == (("n", "s"), [(0, "0"), (1, "1"), (2, "2")])
        assert client.query("SELECT number FROM numbers(0)").result_rows == []
        assert client.query("SELECT 1 AS a LIMIT 0").column_names == ("a",)
        assert int(client.query("SELECT number FROM numbers(1000)").summary["read_rows"]) == 1000
        assert client.command("SELECT 'one'") == "one"
        assert client.ping()


VALUES = [
    ("String", "x'); DROP TABLE connect; -- \\ \t\n$$ \u0000 ‘’ 🙂"),
    ("String", "\\'; SELECT 1; /*"),
    ("Array(String)", ["it's", "\\", "a,b", "[']"]),
    ("Array(Array(UInt8))", [[1], [], [2, 3]]),
    ("Nullable(Int64)", None),
    ("Int64", -(2**63)),
    ("Float64", 1.5),
    ("Bool", True),
    ("Date", datetime.date(2026, 2, 28)),
    ("DateTime('UTC')", datetime.datetime(2026, 2, 28, 1, 2, 3)),  # noqa: DTZ001  # the client gives it without one
    ("Decimal(18, 4)", Decimal("12.3400")),
    ("UUID", uuid.UUID("0190b5a0-0000-7000-8000-000000000000")),
    ("IPv4", ipaddress.IPv4Address("10.0.0.1")),
    ("Tuple(UInt8, String)", (1, "it's")),
]


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_parameters(client: Client, kind: str, value: object) -> None:
    """Bound values of every kind, hostile ones too, come back as they went."""
    [(back,)] = client.query(f"SELECT {{v:{kind}}}", parameters={"v": value}).result_rows
    assert back == value
    [(back,)] = client.query("SELECT %(v)s", parameters={"v": "it's; -- \\"}).result_rows
    assert back == "it's; -- \\"


def test_identifier_parameters(client: Client) -> None:
    """Names of tables and columns can be bound, and stay names."""
    names = {"c": "dummy", "d": "system", "t": "one"}
    assert client.query("SELECT {c:Identifier} FROM {d:Identifier}.{t:Identifier}", parameters=names).result_rows == [
        (0,)
    ]
    with pytest.raises(DatabaseError):
        client.query("SELECT * FROM {t:Identifier}", parameters={"t": "one; DROP TABLE connect"})


def test_insert_and_read(client: Client) -> None:
    """Rows, DataFrames and Arrow tables go in and come out."""
    client.command("TRUNCATE TABLE connect")
    moment = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)
    columns = ["id", "s", "t", "n", "a", "m", "d", "u"]
    row = ["it's", moment, None, ["x", "y'"], {"k": 1}, Decimal("1.5"), uuid.uuid4()]
    summary = client.insert("connect", [[number, *row] for number in range(1000)], column_names=columns)
    assert summary.written_rows == 1000
    days = pandas.to_datetime(["2026-01-01", "2026-01-02"])
    frame = pandas.DataFrame({"id": [5000, 5001], "s": ["p", "q"], "t": days, "n": [1.0, None], "a": [["x"], []]})
    assert client.insert_df("connect", frame).written_rows == 2
    arrow = client.query_arrow("SELECT id, s FROM connect WHERE id >= 5000 ORDER BY id")
    assert arrow.column("id").to_pylist() == [5000, 5001]
    assert client.insert_arrow("connect", arrow).written_rows == 2
    read = client.query_df("SELECT id, s, t, n FROM connect WHERE id >= 5000 ORDER BY id, s")
    assert read["id"].tolist() == [5000, 5000, 5001, 5001]
    assert client.command("SELECT count() FROM connect") == 1004
    assert (
        client.raw_insert("connect", column_names=["id", "s"], insert_block="1\tq\n2\tw\n", fmt="TSV").written_rows == 2
    )


def test_as_the_loader_sends(client: Client) -> None:
    """A statement with input() and its rows in one body, plain and as LZ4, with settings; errors name the row."""
    statement = "INSERT INTO connect (id, s) SELECT id + 1, s FROM input('id UInt64, s String') FORMAT JSONEachRow\n"
    rows = b"".join(b'{"id":%d,"s":"it\'s"}\n' % number for number in range(50_000))
    settings = {"max_query_size": "4000000", "async_insert": "0", "max_partitions_per_insert_block": "0"}
    body = statement.encode() + rows
    assert client.raw_insert("", insert_block=body, settings=settings).written_rows == 50_000
    packed = lz4.frame.compress(body)
    assert client.raw_insert("", insert_block=packed, settings=settings, compression="lz4").written_rows == 50_000
    before = client.command("SELECT count() FROM connect")
    with pytest.raises(DatabaseError, match=r"at row 777\b") as refused:
        client.raw_insert("", insert_block=body.replace(b'{"id":776,', b'{"id":"x",'), settings=settings)
    assert refused.value.code == 27
    assert client.command("SELECT count() FROM connect") == before


def test_streams(client: Client) -> None:
    """Rows, columns and DataFrames come as streams."""
    with client.query_row_block_stream("SELECT number FROM numbers(500000)") as blocks:
        assert sum(len(block) for block in blocks) == 500_000
    with client.query_df_stream("SELECT number FROM numbers(300000)") as frames:
        assert sum(len(frame) for frame in frames) == 300_000
    with client.raw_stream("SELECT number FROM numbers(100000)", fmt="CSV") as raw:
        assert raw.read().count(b"\n") == 100_000
    with client.query_rows_stream("SELECT number FROM numbers(1000000)") as rows:
        assert next(rows) == (0,)  # and no more of them


def test_errors(client: Client) -> None:
    """Errors carry ClickHouse's code and name, before the first row and in the midst of them."""
    with pytest.raises(DatabaseError) as missing:
        client.query("SELECT nosuch FROM connect")
    assert (missing.value.code, missing.value.name) == (47, "UNKNOWN_IDENTIFIER")
    with pytest.raises(DatabaseError) as table:
        client.insert("nosuch", [[1]])
    assert table.value.code == 60
    with (
        pytest.raises(StreamFailureError) as late,
        client.query_row_block_stream("SELECT number, throwIf(number = 3000000) FROM numbers(9000000)") as blocks,
    ):
        for _ in blocks:
            pass
    assert late.value.code == 395
    with pytest.raises((DatabaseError, OperationalError), match="TIMEOUT_EXCEEDED"):
        client.query(
            "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) % 7 = 3",
            settings={"max_execution_time": 1},
        )


def test_sessions(client: Client) -> None:
    """A client's session keeps temporary tables and SET, and settings of one query are its own."""
    client.command("CREATE TEMPORARY TABLE mine (a UInt8)")
    client.insert("mine", [[1], [2]], column_names=["a"])
    assert client.command("SELECT sum(a) FROM mine") == 3
    client.command("SET max_threads = 2")
    assert client.query("SELECT getSetting('max_threads')", settings={"max_threads": 5}).result_rows == [(5,)]
    assert client.command("SELECT getSetting('max_threads')") == 2


def test_tables_brought_along(client: Client) -> None:
    """External data and parameters too long for a URL travel in a form."""
    brought = ExternalData(
        file_name="brought.csv", data=b"1,a\n2,it's\n", fmt="CSV", structure=["a UInt64", "b String"]
    )
    assert client.query("SELECT * FROM brought ORDER BY a", external_data=brought).result_rows == [
        (1, "a"),
        (2, "it's"),
    ]
    with pytest.raises(DatabaseError):
        client.query("SELECT * FROM brought")
    assert client.query("SELECT length({x:String})", parameters={"x": "y" * 200_000}).result_rows == [(200_000,)]


def test_reader_brings_tables(server: Running) -> None:
    """A reader may bring tables along for a query, and still may not make any."""
    with server.client(username=READER[0], password=READER[1]) as client:
        brought = ExternalData(file_name="b", data=b"1\n2\n", structure="a UInt64")
        assert client.query("SELECT sum(a) FROM b", external_data=brought).result_rows == [(3,)]
        with pytest.raises(DatabaseError):
            client.command("CREATE TEMPORARY TABLE c (a UInt8)")
        with pytest.raises(DatabaseError):
            client.insert("connect", [[1]], column_names=["id"])


FORM = (
    '--x\r\nContent-Disposition: form-data; name="{name}"; filename="f"\r\n\r\n1\r\n'
    '--x\r\nContent-Disposition: form-data; name="query"\r\n\r\nSELECT 1\r\n--x{end}\r\n'
)


@pytest.mark.parametrize(
    ("form", "parameters"),
    [
        (FORM.format(name="t", end=""), {"t_structure": "a UInt8"}),
        (FORM.format(name="t", end="--"), {}),
        (FORM.format(name="t; DROP", end="--"), {"t; DROP_structure": "a UInt8"}),
        (FORM.format(name="t", end="--"), {"t_structure": "a UInt8'), (SELECT 1) --"}),
        (FORM.format(name="t", end="--"), {"t_structure": "a UInt8", "t_format": "CSV', 'x"}),
        ("--x\r\n\r\n\r\n--x--", {}),
        ("nonsense", {}),
    ],
)  # fmt: skip
def test_malformed_forms(server: Running, form: str, parameters: dict[str, str]) -> None:
    """Forms that are torn, unnamed, or try to leave their place are refused."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items()).replace(" ", "%20").replace(";", "%3B")
    reply = server.send("POST", f"/?{query}", form, {"Content-Type": "multipart/form-data; boundary=x"})
    assert reply.code in (36, 50, 62, 73, 115), reply.text


def test_node_client(server: Running) -> None:
    """@clickhouse/client: queries, parameters, inserts and streams with gzip, abort, sessions, errors."""
    installed = subprocess.run(
        ["sdk/node", "npm", "--prefix", str(NODE), "ci", "--no-audit", "--no-fund", "--silent"],
        cwd=ROOT,
        capture_output=True,
        timeout=180,
    )
    if installed.returncode != 0 and not os.environ.get("CI"):
        pytest.skip(f"npm cannot install @clickhouse/client: {installed.stderr.decode()[-200:]}")
    assert installed.returncode == 0, installed.stderr.decode()
    ran = subprocess.run(
        ["sdk/node", "node", str(NODE / "client.mjs"), server.url, server.password],
        cwd=ROOT,
        capture_output=True,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stderr.decode()
    found = json.loads(ran.stdout)
    late, error = found.pop("late"), found.pop("error")
    assert found == {
        "ping": True,
        "summary": "2",
        "count": 5002,
        "parameters": [{"same": 1, "long": 29, "list": [1, 2]}],
        "streamed": 300_000,
        "settings": 3,
        "aborted": "Error",
        "session": [{"s": 3}],
        "exec": "1\n",
    }
    assert error == {"code": "47", "type": "UNKNOWN_IDENTIFIER"}
    # Which of the two the client says depends on where its buffer ended: the error's own text, or a broken stream.
    assert late["failed"] and ("throwIf" in late["text"] or "error in the stream" in late["text"])
    server.eventually("SELECT count() FROM system.processes WHERE Settings['log_comment'] = 'node-aborted'", "0")
