"""Answers of any size, in little memory, and never half of one taken for the whole."""

from __future__ import annotations

import http.client
import io
import json
import re
import subprocess
import zlib

import lz4.frame
import pyarrow.parquet
import pytest

from collector.warehouse.embedded.compression import NativeUnpacker, unpacker, zstd
from tests.embedded.running import Running

ROWS = 12_000_000
LARGE = f"SELECT number, toString(number) AS s, number * 2 AS d FROM numbers({ROWS}) FORMAT TSV"
LARGE_BYTES = 296_222_225
FAILS_LATE = "SELECT number, throwIf(number = 3000000) FROM numbers(10000000) FORMAT {}"


def receive(server: Running, path: str, sql: str, headers: dict[str, str] | None = None) -> tuple[int, int, float]:
    """Bytes of an answer, checksum, and the largest memory of the server meanwhile in MiB."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    try:
        connection.request("POST", path, sql.encode(), {**server.login(), **(headers or {})})
        answer = connection.getresponse()
        assert answer.status == 200
        size = checksum = 0
        largest = 0.0
        while data := answer.read(4 * 2**20):
            size, checksum = size + len(data), zlib.crc32(data, checksum)
            largest = max(largest, server.resident_mib())
        return size, checksum, largest
    finally:
        connection.close()


def test_300_megabytes_in_little_memory(server: Running) -> None:
    """An answer of 300 MB passes through without being collected anywhere, streamed or held back for its end."""
    before = server.resident_mib()
    size, checksum, largest = receive(server, "/", LARGE)
    assert size == LARGE_BYTES
    assert largest - before < 200
    held_size, held_checksum, largest = receive(server, "/?wait_end_of_query=1", LARGE)
    assert (held_size, held_checksum) == (size, checksum)
    assert largest - before < 200


def test_large_insert_in_little_memory(server: Running, table: str) -> None:
    """Rows of a large insert pass through without being collected, too."""
    rows = b"".join(b"%d\tname %d\n" % (number, number) for number in range(100_000))
    before, largest = server.resident_mib(), 0.0

    def body():  # type: ignore[no-untyped-def]
        nonlocal largest
        yield f"INSERT INTO {table} FORMAT TSV\n".encode()
        for _ in range(60):
            yield rows
            largest = max(largest, server.resident_mib())

    reply = server.send("POST", "/", body(), timeout_s=120)
    assert json.loads(reply.headers["x-clickhouse-summary"])["written_rows"] == "6000000"
    assert largest - before < 400
    assert server.value(f"SELECT count() FROM {table}") == "6000000"


@pytest.mark.parametrize("coding", ["lz4", "zstd", "gzip", "deflate"])
def test_compressed_answers(server: Running, coding: str) -> None:
    """An answer is packed as the client can read it, when it asks for that."""
    sql = "SELECT number FROM numbers(500000) FORMAT TSV"
    plain = server.ask(sql).body
    reply = server.send("POST", "/?enable_http_compression=1", sql.encode(), {"Accept-Encoding": f"br, {coding};q=0.5"})
    assert reply.headers["content-encoding"] == coding
    unpack = {
        "lz4": lz4.frame.decompress,
        "zstd": zstd.decompress,
        "gzip": lambda b: zlib.decompress(b, 31),
        "deflate": zlib.decompress,
    }
    assert unpack[coding](reply.body) == plain
    assert len(reply.body) < len(plain)
    unasked = server.send("POST", "/", sql.encode(), {"Accept-Encoding": coding})
    assert "content-encoding" not in unasked.headers
    assert unasked.body == plain


def test_native_answers(server: Running) -> None:
    """compress=1 gives ClickHouse's own blocks, each with its checksum, alone or within an HTTP coding."""
    sql = "SELECT number FROM numbers(500000) FORMAT TSV"
    plain = server.ask(sql).body
    for accept in ("", "gzip"):
        reply = server.send("POST", "/?compress=1&enable_http_compression=1", sql.encode(), {"Accept-Encoding": accept})
        outer = unpacker(reply.headers.get("content-encoding", ""))
        blocks = NativeUnpacker()
        assert b"".join(blocks.feed(b"".join(outer.feed(reply.body)))) == plain
        blocks.finish()


@pytest.mark.parametrize("path", ["/", "/?enable_http_compression=1", "/?compress=1"])
@pytest.mark.parametrize("output_format", ["TSV", "JSON", "Native", "CSVWithNames"])
def test_error_in_the_midst(server: Running, path: str, output_format: str) -> None:
    """An error after the first megabyte is told within the answer, which is then broken off: never taken for whole."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("POST", path, FAILS_LATE.format(output_format), {**server.login(), "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    assert answer.status == 200
    tag = answer.headers["X-ClickHouse-Exception-Tag"].encode()
    with pytest.raises(http.client.IncompleteRead) as broken:
        answer.read()
    connection.close()
    body = broken.value.partial
    if "enable_http" in path:
        body = zlib.decompressobj(31).decompress(body)
    if path[2:] == "compress=1":
        body = b"".join(NativeUnpacker().feed(body))
    frame = re.search(
        rb"\r\n__exception__\r\n" + tag + rb"\r\n(.*)\n(\d+) " + tag + rb"\r\n__exception__\r\n\Z", body, re.DOTALL
    )
    assert frame is not None
    assert frame[1].startswith(b"Code: 395. DB::Exception: ")
    assert int(frame[2]) == len(frame[1]) + 1


def test_error_in_the_midst_held_back(server: Running) -> None:
    """With wait_end_of_query=1 the same error has its HTTP status, and no row comes before it."""
    reply = server.ask(FAILS_LATE.format("TSV"), wait_end_of_query="1")
    assert (reply.status, reply.code) == (500, 395)
    assert reply.text.startswith("Code: 395.")


def test_early_error_has_its_status(server: Running) -> None:
    """An error within the first megabyte has its HTTP status without asking for it."""
    assert (
        server.ask("SELECT number, throwIf(number = 70000) FROM numbers(100000)", max_block_size="1000").status == 500
    )


def test_by_curl(server: Running) -> None:
    """curl gets Parquet that pyarrow reads, JSON, compressed answers, and an exit code for a broken answer."""

    def curl(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        login = f"default:{server.password}"
        return subprocess.run(
            ["curl", "-sS", "--max-time", "60", "-u", login, *arguments], capture_output=True, check=False
        )

    parquet = curl(server.url, "-d", "SELECT number AS n, toString(n) AS s FROM numbers(1000) FORMAT Parquet")
    read = pyarrow.parquet.read_table(io.BytesIO(parquet.stdout))
    assert read.column("n").to_pylist() == list(range(1000))
    assert read.column("s").to_pylist()[-1] == "999"
    document = json.loads(
        curl("-G", server.url, "--data-urlencode", "query=SELECT 1 AS a, 'x' AS b FORMAT JSON").stdout
    )
    assert (document["data"], document["rows"]) == ([{"a": 1, "b": "x"}], 1)
    packed = curl("--compressed", f"{server.url}/?enable_http_compression=1", "-d", "SELECT 1 FORMAT JSONEachRow")
    assert json.loads(packed.stdout) == {"1": 1}
    assert curl(server.url, "--data-binary", "SELECT 'a;b' -- c\n FORMAT CSV").stdout == b'"a;b"\n'
    assert curl("--fail", server.url, "-d", "SELECT nosuch").returncode == 22
    assert curl(server.url, "-d", FAILS_LATE.format("TSV")).returncode == 18


def test_every_format(server: Running) -> None:
    """Every format that the engine can write is given, by FORMAT, by default_format and by header."""
    names = server.value("SELECT name FROM system.formats WHERE is_output ORDER BY name").splitlines()
    assert len(names) > 60
    # These take other columns than a number and a text, or a schema that is not to be had here.
    others = {"AvroConfluent", "GeoJSON", "Npy", "PNG", "Prometheus", "Template"}
    for name in names:
        reply = server.ask(f"SELECT 1 AS a, 'x' AS b FORMAT {name}")
        assert (reply.status == 200) == (name not in others), (name, reply.text[:200])
        if name not in others:
            assert reply.headers["x-clickhouse-format"] == name
            assert bool(reply.body) == (name != "Null")
            assert server.ask("SELECT 1 AS a, 'x' AS b", default_format=name).status == 200, name
    assert server.send("POST", "/", b"SELECT 1 AS a", {"X-ClickHouse-Format": "JSONEachRow"}).text == '{"a":1}\n'
    reply = server.ask("SELECT 1 FORMAT CSV", default_format="JSON")
    assert (reply.text, reply.headers["x-clickhouse-format"]) == ("1\n", "CSV")
    assert server.ask("SELECT 1", default_format="Nope").code == 73
    assert server.ask("SELECT 1 FORMAT Nope").code == 73


def test_headers(server: Running) -> None:
    """The headers of ClickHouse: id, format, time zone, name, and counts as texts."""
    reply = server.ask("SELECT number FROM numbers(1000)", query_id="with headers")
    assert reply.headers["x-clickhouse-query-id"] == "with headers"
    assert reply.headers["x-clickhouse-format"] == "TabSeparated"
    assert reply.headers["x-clickhouse-timezone"] == server.value("SELECT timezone()")
    assert reply.headers["x-clickhouse-server-display-name"] == "klantreis"
    summary = json.loads(reply.headers["x-clickhouse-summary"])
    assert (summary["read_rows"], summary["result_rows"], summary["written_rows"]) == ("1000", "1000", "0")
    assert all(isinstance(count, str) for count in summary.values())
    for bad in ("a\nb", "ü", "x" * 300):
        assert server.ask("SELECT 1", query_id=bad).code == 36


def test_head_and_empty_get(server: Running) -> None:
    """HEAD has no body; a GET without a query is the check that load balancers make."""
    reply = server.send("HEAD", "/?query=SELECT%201")
    assert (reply.status, reply.body) == (200, b"")
    assert server.send("GET", "/").text == "Ok.\n"
    assert server.ask("").code == 62
    assert server.send("GET", "/nosuch").status == 400


def test_native_that_cannot_be_framed(server: Running) -> None:
    """A client that would misread our Native is told so, instead of being sent it; others are not affected."""
    assert server.ask("SELECT 1 FORMAT Native", client_protocol_version="54460").code == 48
    assert server.ask("SHOW DATABASES FORMAT Native", client_protocol_version="54460").code == 48
    assert server.ask("SELECT 1 FORMAT Native", client_protocol_version="54405").status == 200
    assert server.ask("SELECT 1 FORMAT JSON", client_protocol_version="54460").status == 200
    assert server.ask("SELECT 1", client_protocol_version="x").code == 36
