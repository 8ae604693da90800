"""Rows that do not come whole, or cannot be read, are not stored, and the client is told as by a server."""

from __future__ import annotations

import gzip
import http.client
import json
import socket
import zlib
from collections.abc import Iterator
from urllib.parse import quote, urlencode

import lz4.frame
import pytest

from collector.warehouse.embedded.compression import NativePacker, NativeUnpacker, packer, unpacker, zstd
from collector.warehouse.embedded.faults import Fault
from tests.embedded.running import Running

ROWS = 20_000
NDJSON = b"".join(b'{"id":%d,"name":"n%d"}\n' % (number, number) for number in range(ROWS))
BY_INPUT = "INSERT INTO {table} SELECT id + 1, name FROM input('id UInt64, name String') FORMAT JSONEachRow\n"
PLAIN = "INSERT INTO {table} FORMAT JSONEachRow\n"
BOTH = pytest.mark.parametrize("statement", [PLAIN, BY_INPUT], ids=["plain", "input"])

CODINGS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "lz4": lz4.frame.compress,
    "zstd": zstd.compress,
    "identity": bytes,
}


def written(reply_headers: dict[str, str]) -> int:
    return int(json.loads(reply_headers["x-clickhouse-summary"])["written_rows"])


@BOTH
def test_rows_counted(server: Running, table: str, statement: str) -> None:
    """The summary counts the rows that were written: the loader compares them with what it sent."""
    reply = server.ask(statement.format(table=table).encode() + NDJSON)
    assert reply.status == 200, reply.text
    assert written(reply.headers) == ROWS
    first = 1 if "input" in statement else 0
    assert server.value(f"SELECT count(), min(id), any(name) != 'none' FROM {table}") == f"{ROWS}\t{first}\t1"


@BOTH
@pytest.mark.parametrize("coding", sorted(CODINGS))
def test_every_coding(server: Running, table: str, statement: str, coding: str) -> None:
    """Bodies are unpacked, whole or sent as many small frames, statement and rows together or apart."""
    pack = CODINGS[coding]
    head = statement.format(table=table).encode()
    headers = {"Content-Encoding": coding, **server.login()}
    reply = server.send("POST", "/", pack(head + NDJSON), headers)
    assert (reply.status, written(reply.headers)) == (200, ROWS), reply.text
    if coding != "deflate":  # one stream by definition
        lines = NDJSON.splitlines(keepends=True)
        frames = (pack(b"".join(lines[start : start + 999])) for start in range(0, ROWS, 999))
        path = "/?" + urlencode({"query": head.decode().rstrip("\n")})
        reply = server.send("POST", path, frames, headers)
        assert (reply.status, written(reply.headers)) == (200, ROWS), reply.text


@BOTH
@pytest.mark.parametrize("coding", ["gzip", "deflate", "lz4", "zstd"])
def test_truncated_or_damaged_body(server: Running, table: str, statement: str, coding: str) -> None:
    """A compressed body that ends early or is damaged stores nothing, although its beginning could be read."""
    packed = CODINGS[coding](statement.format(table=table).encode() + NDJSON)
    bodies = [packed[:-5], packed[: len(packed) // 2]]
    if coding in ("gzip", "deflate"):  # LZ4 and Zstandard frames carry a checksum only when asked to
        bodies.append(packed[: len(packed) // 2] + bytes(64) + packed[len(packed) // 2 + 64 :])
    for body in bodies:
        reply = server.send("POST", "/", body, {"Content-Encoding": coding})
        assert reply.status >= 400
        assert reply.code in (271, 26, 27, 33, 62, 117, 394), reply.text
    assert server.value(f"SELECT count() FROM {table}") == "0"


@pytest.mark.parametrize("coding", ["br", "xz", "snappy", "bz2", "compress", "lz4, gzipp", "x"])
def test_unknown_coding(server: Running, table: str, coding: str) -> None:
    """A coding that is not known is refused: the engine would say success and store nothing."""
    reply = server.send("POST", "/", PLAIN.format(table=table).encode() + NDJSON, {"Content-Encoding": coding})
    assert (reply.status, reply.code) == (501, 48)
    assert "Unknown compression method" in reply.text
    assert server.value(f"SELECT count() FROM {table}") == "0"


def test_codings_on_one_another(server: Running, table: str) -> None:
    """Several codings are undone from the last to the first."""
    body = gzip.compress(lz4.frame.compress(PLAIN.format(table=table).encode() + NDJSON))
    reply = server.send("POST", "/", body, {"Content-Encoding": "lz4, gzip"})
    assert (reply.status, written(reply.headers)) == (200, ROWS), reply.text


def test_native_blocks(server: Running, table: str) -> None:
    """ClickHouse's own compressed blocks are taken with decompress=1; a false checksum stores nothing."""
    packed = NativePacker().pack(PLAIN.format(table=table).encode() + NDJSON)
    reply = server.ask(packed, decompress="1")
    assert (reply.status, written(reply.headers)) == (200, ROWS), reply.text
    for at, code in ((0, 262), (len(packed) // 2, 262)):
        broken = bytearray(packed)
        broken[at] ^= 1
        assert server.ask(bytes(broken), decompress="1").code == code
    assert server.ask(packed[:-1], decompress="1").code == 271
    assert server.value(f"SELECT count() FROM {table}") == str(ROWS)


def test_native_blocks_are_the_engines(server: Running) -> None:
    """Our reading of the block format is that of the engine: its own column files are in it."""
    server.value(
        "CREATE OR REPLACE TABLE blocks (a UInt64 CODEC(LZ4), s String CODEC(ZSTD)) ENGINE = MergeTree ORDER BY a "
        "SETTINGS min_bytes_for_wide_part = 0"
    )
    server.value("INSERT INTO blocks SELECT number, toString(number) FROM numbers(10000)")
    path = server.value("SELECT path FROM system.parts WHERE table = 'blocks' AND active")
    for column, expected in (("a", b"\x00" * 8 + b"\x01" + b"\x00" * 7), ("s", b"0123456789")):
        with open(f"{path}/{column}.bin", "rb") as file:
            reading = NativeUnpacker()
            plain = b"".join(reading.feed(file.read()))
            reading.finish()
        assert plain.startswith(expected)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "lz4", "zstd"])
def test_bombs_are_unpacked_in_steps(coding: str) -> None:
    """A gigabyte of zeros in a small body never stands in memory whole."""
    packed = packer(coding)
    bomb = b"".join(packed.pack(bytes(2**24)) for _ in range(16)) + packed.finish()
    largest = total = 0
    for piece in unpacker(coding).feed(bomb):
        largest, total = max(largest, len(piece)), total + len(piece)
    assert total == 2**28
    assert largest <= 2**20


@pytest.mark.parametrize("packed", [10**9, 0, 5])
def test_native_block_of_impossible_size(packed: int) -> None:
    """A block that claims an impossible size is refused before memory is set aside for it."""
    block = bytes(16) + b"\x82" + packed.to_bytes(4, "little") + (10**9).to_bytes(4, "little")
    with pytest.raises(Fault):
        list(NativeUnpacker().feed(block))


@BOTH
def test_bad_row_is_named(server: Running, table: str, statement: str) -> None:
    """A row that cannot be read fails the INSERT, is named in the error, and nothing of the block is stored."""
    lines = NDJSON.splitlines(keepends=True)
    lines[12_344] = b'{"id":"twelve","name":"x"}\n'
    reply = server.ask(statement.format(table=table).encode() + b"".join(lines))
    assert (reply.status, reply.code) == (400, 27), reply.text
    assert "(at row 12345)" in reply.text
    assert reply.text.startswith("Code: 27. DB::Exception: Cannot parse input")
    assert reply.text.endswith("(CANNOT_PARSE_INPUT_ASSERTION_FAILED) (version 26.9.2.1)\n")
    assert "pipes/" not in reply.text and "hand_over" not in reply.text
    assert server.value(f"SELECT count() FROM {table}") == "0"


@BOTH
@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (b'{"id":1,"name":"x"', 33),
        (b'{"id":1,"name":"\xff\xfe"}\n', 0),
        (b"not json\n", 27),
        (b'{"id":-1}\n', 0),
        (b'{"id":99999999999999999999999999}\n', 0),
        (b"", 0),
        (b"\n\n\n", 0),
    ],
    ids=["torn", "binary", "text", "negative", "huge", "empty", "blank"],
)
def test_odd_rows(server: Running, table: str, statement: str, rows: bytes, code: int) -> None:
    """Odd rows are stored or refused as the engine decides, and what is counted is what is there."""
    reply = server.ask(statement.format(table=table).encode() + rows)
    if reply.status == 200:
        assert code == 0
        assert server.value(f"SELECT count() FROM {table}") == str(written(reply.headers))
    else:
        assert code == 0 or reply.code == code, reply.text
        assert server.value(f"SELECT count() FROM {table}") == "0"


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("INSERT INTO nosuch FORMAT CSV\n1\n", 60),
        ("INSERT INTO nosuch.t FORMAT CSV\n1\n", 81),
        ("INSERT INTO {table} (nope) FORMAT CSV\n1\n", 16),
        ("INSERT INTO {table} FORMAT Nope\n1\n", 73),
        ("INSERT INTO {table} SELECT nope, '' FROM input('a UInt64') FORMAT CSV\n1\n", 47),
        ("INSERT INTO {table} SELECT a, '' FROM input('a Nope') FORMAT CSV\n1\n", 50),
        ("INSERT INTO {table} SELECT a, '' FROM input('a UInt64) ENGINE = Null --') FORMAT CSV\n1\n", 62),
        ("INSERT INTO {table} SELECT throwIf(a > 1), '' FROM input('a UInt64') FORMAT CSV\n1\n2\n", 395),
        ("INSERT INTO system.one FORMAT CSV\n1\n", 48),
        ("INSERT INTO {table} (id) VALUES (1), (2) nonsense", 27),
        ("INSERT INTO {table} (id) VALUES (1, 2)", 62),
        ("INSERT INTO {table} (id", 62),
    ],
)
def test_refused_inserts(server: Running, table: str, statement: str, code: int) -> None:
    """An INSERT that the engine refuses is answered with its error, and the connection serves the next request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    more = b"" if "VALUES" in statement else b"1\n" * 50_000
    for body, expected in ((statement.format(table=table).encode() + more, code), (b"SELECT 1", 0)):
        connection.request("POST", "/", body, server.login())
        answer = connection.getresponse()
        text = answer.read().decode()
        assert int(answer.headers.get("X-ClickHouse-Exception-Code", "0")) == expected, text
        assert "pipes/" not in text and "hand_over" not in text
    connection.close()


def test_values_and_defaults(server: Running, table: str) -> None:
    """VALUES takes expressions and spaces, and columns that are left out get their defaults, in every form."""
    for rows in ("(1), (1 + 1),\n (toUInt64('3'))", "(4);", " (5) ; \n"):
        assert server.ask(f"INSERT INTO {table} (id) VALUES {rows}").status == 200
    assert server.ask(f"INSERT INTO {table} (id) VALUES (0); DROP TABLE {table}").status == 200, "nothing after it runs"
    assert server.ask(f'INSERT INTO {table} FORMAT JSONEachRow {{"id": 6}}').status == 200
    assert server.ask(f"INSERT INTO {table} (id) FORMAT CSV\n7\n").status == 200
    assert server.value(f"SELECT count(), groupUniqArray(name) FROM {table}") == "8\t['none']"


@pytest.mark.parametrize("rows_format", ["Parquet", "Arrow", "ArrowStream", "Native", "RowBinary", "ORC", "Avro", "CSV",
                                         "CSVWithNames", "TSVWithNamesAndTypes", "JSON", "JSONColumns", "MsgPack",
                                         "JSONCompactEachRow", "BSONEachRow"])  # fmt: skip
@pytest.mark.parametrize(
    "form", ["INSERT INTO {t} FORMAT {f}", "INSERT INTO {t} SELECT * FROM input('id UInt64, name String') FORMAT {f}"]
)
def test_formats_there_and_back(server: Running, table: str, rows_format: str, form: str) -> None:
    """What a SELECT gives in a format, an INSERT takes in it."""
    rows = server.ask(
        f"SELECT number AS id, concat('n', toString(number)) AS name FROM numbers(5000) FORMAT {rows_format}"
    )
    assert rows.status == 200
    reply = server.send(
        "POST",
        "/?query=" + quote(form.format(t=table, f=rows_format)),
        rows.body,
    )
    assert (reply.status, written(reply.headers)) == (200, 5000), reply.text
    assert server.value(f"SELECT sum(id), uniqExact(name) FROM {table}") == f"{4999 * 2500}\t5000"


@BOTH
@pytest.mark.parametrize("sent", [1_000, 300_000], ids=["first-bytes", "many-blocks"])
def test_sender_lost_half_way(server: Running, table: str, statement: str, sent: int) -> None:
    """When the sender is lost in the midst of its body, nothing of it is stored."""
    rows = NDJSON * 30
    for attempt in range(6):
        head = statement.format(table=table).encode()
        body = head + rows[: sent + attempt * 7]
        request = (
            f"POST / HTTP/1.1\r\nHost: localhost\r\nAuthorization: {server.login()['Authorization']}\r\n"
            f"Content-Length: {len(head) + len(rows)}\r\n\r\n"
        ).encode()
        with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
            connection.sendall(request + body)
    server.eventually("SELECT count() FROM system.processes WHERE startsWith(query, 'INSERT INTO')", "0")
    assert server.value(f"SELECT count() FROM {table}") == "0"
    assert server.value("SELECT count() FROM system.tables WHERE name LIKE 'hand_over%'") == "0"


def test_rows_read_twice(server: Running, table: str) -> None:
    """A statement that would read its rows twice is refused: each reading would get only some of them."""
    reply = server.ask(
        f"INSERT INTO {table} WITH r AS (SELECT * FROM input('id UInt64, name String')) "
        "SELECT * FROM r UNION ALL SELECT * FROM r FORMAT JSONEachRow\n".encode()
        + NDJSON * 5
    )
    assert reply.code == 36, reply.text
    assert "more than once" in reply.text
    assert server.value(f"SELECT count() FROM {table}") == "0"


def test_head_of_a_megabyte(server: Running, table: str) -> None:
    """A statement as long as a thousand rules, sent again and again, loads with the size raised in the URL."""
    values = ", ".join(f"'value {number} of many'" for number in range(25_000))
    phases = ", ".join(f"'phase {number}'" for number in range(25_000))
    columns = f"id, transform(name, [{values}], [{phases}], name)"
    head = f"INSERT INTO {table} SELECT {columns} FROM input('id UInt64, name String') FORMAT JSONEachRow\n"
    assert len(head) > 900_000
    raised = {"max_query_size": "4000000", "max_ast_elements": "1000000", "max_expanded_ast_elements": "1000000"}
    body = head.encode() + b'{"id":1,"name":"value 24999 of many"}\n'
    assert server.ask(body).code in (62, 168)
    for _ in range(2):
        reply = server.ask(body, **raised)
        assert (reply.status, written(reply.headers)) == (200, 1), reply.text[:300]
    assert server.value(f"SELECT DISTINCT name FROM {table}") == "phase 24999"


def test_statement_without_end(server: Running) -> None:
    """A statement that never ends is refused when it is too long, not collected for ever."""

    def endless() -> Iterator[bytes]:
        yield b"SELECT '"
        for _ in range(20):
            yield b"a" * 2**20

    reply = server.send("POST", "/", endless())
    assert reply.code == 62
    assert "Max query size exceeded" in reply.text
