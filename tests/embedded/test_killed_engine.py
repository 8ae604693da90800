"""The process killed, stopped, hung or orphaned: what was acknowledged is there, and somebody notices."""

from __future__ import annotations

import http.client
import http.server
import json
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from collector.settings import Settings
from collector.warehouse.embedded.watch import is_alive
from tests.embedded.running import Running

ROWS = 3_000
"""In one INSERT of the killed inserts."""
TABLE = (
    "CREATE TABLE IF NOT EXISTS batches (batch UInt64, n UInt64, filler String) ENGINE = MergeTree "
    "PARTITION BY batch % 3 ORDER BY (batch, n) SETTINGS fsync_after_insert = 1, fsync_part_directory = 1"
)


@pytest.fixture
def own(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A server of this test alone."""
    server = Running(tmp_path)
    yield server
    if server.process is not None and server.process.poll() is None:
        server.kill()


def keep_inserting(server: Running, batches: list[int], acknowledged: list[int], stop: threading.Event) -> None:
    """Insert batch after batch, both ways, and note those that the server says are written."""
    while not stop.is_set():
        batch = batches.pop()
        by_input = (
            "INSERT INTO batches SELECT batch, n, repeat('x', 300) FROM input('batch UInt64, n UInt64') "
            "FORMAT JSONEachRow\n"
        )
        plain = "INSERT INTO batches (batch, n) FORMAT JSONEachRow\n"
        rows = "".join(f'{{"batch":{batch},"n":{number}}}\n' for number in range(ROWS))
        try:
            reply = server.send("POST", "/", (by_input if batch % 2 else plain) + rows, timeout_s=30)
        except (OSError, http.client.HTTPException):
            continue
        if reply.status == 200:
            assert json.loads(reply.headers["x-clickhouse-summary"])["written_rows"] == str(ROWS)
            acknowledged.append(batch)


def test_killed_while_inserting(own: Running) -> None:
    """kill -9 under load, again and again: every acknowledged INSERT is whole, every other one is whole or absent."""
    seeded = random.Random(7)
    batches, acknowledged = list(range(1_000_000)), list[int]()
    for round_number in range(3):
        own.start()
        assert own.ask(TABLE).status == 200
        stop = threading.Event()
        with ThreadPoolExecutor(3) as threads:
            inserting = [threads.submit(keep_inserting, own, batches, acknowledged, stop) for _ in range(3)]
            until = time.monotonic() + 120
            while len(acknowledged) < 15 * (round_number + 1) and time.monotonic() < until:
                time.sleep(0.01)
            time.sleep(seeded.random() * 0.2)
            own.kill()
            stop.set()
            for one in inserting:
                one.result(60)
    own.start()
    counted = own.value("SELECT batch, uniqExact(n) FROM batches GROUP BY batch").splitlines()
    found = {int(line.split("\t")[0]): int(line.split("\t")[1]) for line in counted}
    assert len(acknowledged) >= 45
    assert set(acknowledged) <= set(found)
    assert set(found.values()) == {ROWS}
    assert own.value("SELECT count() = uniqExact((batch, n)) FROM batches") == "1"
    checked = own.value("CHECK TABLE batches", default_format="CSV").splitlines()
    assert checked and all(line.split(",")[1] == "1" for line in checked)
    assert own.stop() == 0


def test_stopped_while_inserting(own: Running) -> None:
    """SIGTERM lets a running INSERT finish and cancels what only reads; then it starts again with everything."""
    own.start()
    own.value("CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id")
    started, both_run = threading.Event(), threading.Event()
    sent = []

    def slow_rows():  # type: ignore[no-untyped-def]
        yield b"INSERT INTO t FORMAT TSV\n"
        after = 0
        while after < 10:
            after += both_run.is_set()
            yield b"%d\n" % len(sent)
            sent.append(len(sent))
            started.set()
            time.sleep(0.1)

    with ThreadPoolExecutor(2) as threads:
        inserting = threads.submit(own.send, "POST", "/", slow_rows())
        reading = threads.submit(own.ask, "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) % 7 = 3")
        assert started.wait(20)
        own.eventually("SELECT count() >= 2 FROM system.processes WHERE query NOT LIKE '%processes%'", "1")
        both_run.set()
        assert own.stop() == 0
        assert inserting.result(20).status == 200
        try:
            assert reading.result(20).code == 394
        except (OSError, http.client.HTTPException):
            pass  # its connection was closed
    own.start()
    assert own.value("SELECT count() FROM t") == str(len(sent))
    assert own.stop() == 0


def test_stopped_while_a_sender_hangs(own: Running) -> None:
    """An INSERT whose sender says nothing more is cancelled when the time to stop is over, and stores nothing."""
    own.environment["KLANTREIS_STOP_TIMEOUT_S"] = "1"
    own.start()
    own.value("CREATE TABLE t (id UInt64) ENGINE = MergeTree ORDER BY id")
    connection = http.client.HTTPConnection("127.0.0.1", own.port, timeout=30)
    connection.putrequest("POST", "/")
    for name, value in {**own.login(), "Content-Length": "1000000"}.items():
        connection.putheader(name, value)
    connection.endheaders(b"INSERT INTO t FORMAT TSV\n1\n2\n")
    own.eventually("SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO t%'", "1")
    assert own.stop() == 0
    connection.close()
    own.start()
    assert own.value("SELECT count() FROM t") == "0"


def test_dies_with_its_parent(own: Running) -> None:
    """With --die-with-parent the end of standard input stops the process: a killed supervisor leaves no orphan."""
    own.start()
    assert own.process is not None and own.process.stdin is not None
    own.process.stdin.close()
    assert own.wait(20) == 0
    own.start()
    assert own.value("SELECT 1") == "1"


def test_hung_engine_is_noticed(own: Running) -> None:
    """A process that lives but does not answer is not alive, and is again when it answers again."""
    own.start()
    mine = Settings(data=own.data, clickhouse_port=own.port)
    assert own.process is not None
    assert is_alive(own.url, 5, mine)
    os.kill(own.process.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert not is_alive(own.url, 0.5, mine)
    assert time.monotonic() - began < 5
    os.kill(own.process.pid, signal.SIGCONT)
    assert is_alive(own.url, 10, mine)
    own.kill()
    assert not is_alive(own.url, 0.5, mine)


def test_alive_under_heavy_load(server: Running, table: str) -> None:
    """The heartbeat is answered while analysis takes every processor and a large INSERT runs."""
    mine = Settings(data=server.data)
    stop = threading.Event()
    rows = b"".join(b"%d\tname\n" % number for number in range(200_000))

    def load() -> None:
        while not stop.is_set():
            server.send("POST", "/", f"INSERT INTO {table} FORMAT TSV\n".encode() + rows)

    def analyse() -> None:
        while not stop.is_set():
            heavy = "SELECT uniqExact(number), quantileExact(number) FROM numbers(20000000) GROUP BY number % 1000"
            server.ask(heavy, max_execution_time="1", default_format="Null")

    with ThreadPoolExecutor(8) as threads:
        for work in (load, load, *[analyse] * 6):
            threads.submit(work)
        try:
            until = time.monotonic() + 2
            while time.monotonic() < until:
                assert is_alive(server.url, 5, mine)
        finally:
            stop.set()


def test_full_memory_is_not_death(server: Running) -> None:
    """A query that wants more memory than there is gets ClickHouse's error, and the rest goes on."""
    reply = server.ask(
        "SELECT length(groupArray(repeat(toString(number), 100))) FROM numbers(100000000)", max_threads="1"
    )
    assert (reply.status, reply.code) == (500, 241), reply.text
    assert is_alive(server.url, 5, Settings(data=server.data))


def test_others_are_not_taken_for_it(server: Running, tmp_path: Path) -> None:
    """Nothing on the port, a wrong password, or some other HTTP server is not the engine."""
    assert not is_alive(server.url, 2)
    assert not is_alive(server.url, 2, Settings(data=tmp_path, clickhouse_password="wrong"))  # type: ignore[arg-type]
    assert not is_alive("http://127.0.0.1:1", 1)

    class Other(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<html>")

        def log_message(self, format: str, *arguments: object) -> None:
            """Quiet."""

    with http.server.HTTPServer(("127.0.0.1", 0), Other) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        assert not is_alive(f"http://127.0.0.1:{other.server_port}", 2)
        other.shutdown()
        thread.join()


def test_port_taken(server: Running, tmp_path: Path) -> None:
    """A port in use ends the start with a message that names it."""
    second = Running(tmp_path, clickhouse_port=str(server.port))
    second.launch()
    assert second.wait(30) == 2
    assert f"{server.port} cannot be listened on" in second.said()


def test_no_password_in_the_log(own: Running) -> None:
    """The log names no password and no statement."""
    own.start()
    own.ask("SELECT 'a secret of the sender' FROM nosuch")
    own.send("GET", "/?query=SELECT%201&user=default&password=wrong-one", anonymous=True)
    assert own.stop() == 0
    for secret in (own.password, "a secret of the sender", "wrong-one", "lees-maar"):
        assert secret not in own.said()
    assert "serving ClickHouse on" in own.said()
