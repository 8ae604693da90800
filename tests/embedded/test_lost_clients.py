"""Clients that go away, wait too long, or come all at once: nothing keeps running for nobody, and others are served."""

from __future__ import annotations

import http.client
import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from collector.warehouse.embedded.limits import HEAD_S, READS, WAITING
from tests.embedded.running import READER, Running

ENDLESS = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) % 7 = 3"
RUNNING = "SELECT count() FROM system.processes WHERE Settings['log_comment'] = '{}'"


def begin(server: Running, sql: str, **parameters: str) -> http.client.HTTPConnection:
    """Send a statement and do not wait for its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    connection.request("POST", f"/?{query}", sql.encode(), server.login())
    return connection


@pytest.mark.parametrize(
    "sql",
    [
        ENDLESS,
        "SELECT number FROM system.numbers",
        "SELECT number FROM system.numbers FORMAT JSON",
        "SELECT sleepEachRow(0.1) FROM numbers(10000)",
    ],
    ids=["silent", "talking", "json", "slow"],
)
@pytest.mark.parametrize("wait", ["0", "1"])
def test_client_lost(server: Running, sql: str, wait: str) -> None:
    """A query whose client has gone is cancelled, whether it was still silent or in the midst of its answer."""
    name = f"lost-{abs(hash((sql, wait)))}"
    connection = begin(server, sql, query_id=name, wait_end_of_query=wait, max_block_size="10")
    server.eventually(RUNNING.format(name), "1")
    connection.close()
    server.eventually(RUNNING.format(name), "0")


def test_stalled_reader_is_cancelled_when_gone(server: Running) -> None:
    """A client that stops reading holds the engine still, without filling memory; when it goes, the query ends."""
    before = server.resident_mib()
    connection = begin(server, "SELECT number, number FROM system.numbers", query_id="stalled")
    answer = connection.getresponse()
    assert answer.read(100).startswith(b"0\t0\n1\t1\n")
    time.sleep(1.5)
    assert server.value(RUNNING.format("stalled")) == "1"
    assert server.resident_mib() - before < 150
    connection.close()
    server.eventually(RUNNING.format("stalled"), "0")


def test_timeout(server: Running) -> None:
    """max_execution_time ends a query, with ClickHouse's code and HTTP status."""
    began = time.monotonic()
    reply = server.ask(ENDLESS, max_execution_time="1")
    assert (reply.status, reply.code) == (408, 159), reply.text
    assert "TIMEOUT_EXCEEDED" in reply.text
    assert time.monotonic() - began < 30
    assert server.ask(f"{ENDLESS} SETTINGS max_execution_time = 1").code == 159


@pytest.mark.parametrize("how", ["KILL QUERY WHERE query_id = 'mine'", "KILL QUERY WHERE query_id='mine' SYNC"])
def test_kill_by_query_id(server: Running, how: str) -> None:
    """KILL QUERY finds a query by the id that its client gave; the client is told, and the id is in the answer."""
    with ThreadPoolExecutor(1) as threads:
        victim = threads.submit(server.ask, ENDLESS, query_id="mine")
        server.eventually(RUNNING.format("mine"), "1")
        killed = server.ask(how)
        assert killed.status == 200, killed.text
        reply = victim.result(30)
    assert (reply.code, reply.headers["x-clickhouse-query-id"]) == (394, "mine")


def test_same_query_id_twice(server: Running) -> None:
    """An id names one running query: a second one with it is refused, as by a server."""
    connection = begin(server, ENDLESS, query_id="twice")
    server.eventually(RUNNING.format("twice"), "1")
    assert server.ask("SELECT 1", query_id="twice").code == 216
    connection.close()
    server.eventually(RUNNING.format("twice"), "0")
    until = time.monotonic() + 30
    while server.ask("SELECT 1", query_id="twice").status != 200:  # the engine forgets it before the server does
        assert time.monotonic() < until


def test_several_at_once(server: Running) -> None:
    """Queries run side by side: many short ones come through while long ones run."""
    long = [begin(server, ENDLESS, query_id=f"long-{number}") for number in range(3)]
    for number in range(3):
        server.eventually(RUNNING.format(f"long-{number}"), "1")
    with ThreadPoolExecutor(8) as threads:
        replies = list(threads.map(lambda number: server.ask(f"SELECT {number}").text, range(40)))
    assert replies == [f"{number}\n" for number in range(40)]
    assert (
        server.value(
            "SELECT count() FROM system.processes WHERE query LIKE '%sipHash64%' AND query NOT LIKE '%processes%'"
        )
        == "3"
    )
    for connection in long:
        connection.close()
    for number in range(3):
        server.eventually(RUNNING.format(f"long-{number}"), "0")


def test_all_places_taken(server: Running, table: str) -> None:
    """With every place for reading taken, loading goes on, the heartbeat answers, and the queue has an end."""
    held = [begin(server, ENDLESS, query_id=f"held-{number}") for number in range(READS)]
    waiting: list[http.client.HTTPConnection] = []
    try:
        until = time.monotonic() + 30
        while int(server_count(server, table)) < 1 and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(1)
        waiting = [begin(server, "SELECT 1") for _ in range(WAITING)]
        time.sleep(1)
        refused = server.ask("SELECT 2")
        assert (refused.status, refused.code) == (503, 202), refused.text
        assert server.is_alive()
        assert server.ask(f"INSERT INTO {table} VALUES (7, 'seven')").status == 200
    finally:
        for connection in held:
            connection.close()
    for connection in waiting:
        assert connection.getresponse().read() == b"1\n"
        connection.close()
    assert server.value(f"SELECT max(id) FROM {table}") == "7"


def server_count(server: Running, table: str) -> int:
    """Written rows as a sign of life that needs no place for reading."""
    return 1 if server.ask(f"INSERT INTO {table} VALUES (1, 'one')").status == 200 else 0


def test_half_open_requests(server: Running) -> None:
    """Connections that say nothing, half a request or half a body do not keep others from being served."""
    halves = [b"", b"POST / HTTP/1.1\r\nHost: localh", b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n"]
    login = f"Authorization: {server.login()['Authorization']}\r\n\r\nSELECT".encode()
    connections = []
    for number in range(90):
        connection = socket.create_connection(("127.0.0.1", server.port), timeout=10)
        half = halves[number % 3]
        connection.sendall(half + login if half.endswith(b"100\r\n") else half)
        connections.append(connection)
    try:
        for number in range(10):
            assert server.ask(f"SELECT {number}").text == f"{number}\n"
    finally:
        for connection in connections:
            connection.close()
    assert server.is_alive()


def test_silent_connections_are_closed(server: Running) -> None:
    """Who connects and sends no whole head is cut off; who has been served may be silent longer."""
    kept = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    kept.request("GET", "/ping")
    assert kept.getresponse().read() == b"Ok.\n"
    silent = [socket.create_connection(("127.0.0.1", server.port), timeout=30) for _ in range(2)]
    silent[1].sendall(b"GET /ping HTTP/1.1\r\nHost: localh")
    began = time.monotonic()
    for connection in silent:
        assert connection.recv(100) == b""
        connection.close()
    assert HEAD_S - 1 < time.monotonic() - began < HEAD_S + 10
    kept.request("GET", "/ping")
    assert kept.getresponse().read() == b"Ok.\n"
    kept.close()


def test_many_clients_come_and_go(server: Running) -> None:
    """Hundreds of queries, some refused and some broken off, leave no pipe, table or session behind."""

    def some(number: int) -> None:
        if number % 3 == 0:
            begin(server, "SELECT number FROM numbers(10000000)").close()
        elif number % 3 == 1:
            server.ask(f"INSERT INTO nosuch{number} FORMAT CSV\n1")
        else:
            assert server.ask(f"SELECT {number}", reader=True).text == f"{number}\n"

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(some, range(150)))
    server.eventually("SELECT count() FROM system.processes", "1")  # what was broken off may only begin now
    pipes = server.data / "clickhouse" / "pipes"
    until = time.monotonic() + 15
    while list(pipes.iterdir()) and time.monotonic() < until:
        time.sleep(0.1)
    assert list(pipes.iterdir()) == []
    assert server.value("SELECT count() FROM system.processes") == "1"


def test_reader_of_kept_connection(server: Running) -> None:
    """One connection serves request after request, also after errors."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for number in range(30):
        connection.request(
            "POST", "/", "SELECT nosuch" if number % 3 == 1 else f"SELECT {number}", server.login(*READER)
        )
        answer = connection.getresponse()
        text = answer.read().decode()
        assert (
            (answer.status, text.startswith("Code: 47.")) == (404, True) if number % 3 == 1 else text == f"{number}\n"
        )
    connection.close()
