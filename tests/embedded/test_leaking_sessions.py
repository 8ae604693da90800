"""What one request sets must not reach another, but for sessions, where it must; and sessions end."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.embedded.running import Running

THREADS = "SELECT getSetting('max_threads')"


def test_nothing_leaks_without_a_session(server: Running) -> None:
    """Settings, database, parameters and temporary tables of a request end with it."""
    usual = server.value(THREADS)
    assert server.value(THREADS, max_threads="7") == "7"
    assert server.value("SELECT currentDatabase()", database="system") == "system"
    assert server.ask("SET max_threads = 9").status == 200
    assert server.ask("USE system").status == 200
    assert server.ask("CREATE TEMPORARY TABLE mine (a UInt8)").status == 200
    assert server.value("SELECT {a:UInt8}", param_a="1") == "1"
    assert server.value(THREADS) == usual
    assert server.value("SELECT currentDatabase()") == "default"
    assert server.ask("SELECT * FROM mine").code == 60
    assert server.ask("SELECT {a:UInt8}").code == 456


def test_sessions_keep_their_own(server: Running) -> None:
    """SET, USE and temporary tables hold for their session and for no other."""
    assert server.ask("SET max_threads = 3, join_algorithm = 'hash'", session_id="one").status == 200
    assert server.ask("USE system", session_id="one").status == 200
    assert server.ask("CREATE TEMPORARY TABLE kept (a UInt8)", session_id="one").status == 200
    assert server.ask("INSERT INTO kept VALUES (1), (2)", session_id="one").status == 200
    assert server.ask("INSERT INTO kept FORMAT CSV\n3\n", session_id="one").status == 200
    assert (
        server.ask("INSERT INTO kept SELECT a + 1 FROM input('a UInt8') FORMAT CSV\n3\n", session_id="one").status
        == 200
    )
    asked = "SELECT sum(a), getSetting('max_threads'), getSetting('join_algorithm'), currentDatabase() FROM kept"
    assert server.value(asked, session_id="one") == "10\t3\thash\tsystem"
    assert server.ask("SELECT * FROM kept", session_id="two").code == 60
    assert server.value("SELECT currentDatabase()", session_id="two") == "default"
    assert server.ask("SELECT * FROM kept", reader=True, session_id="one").code == 60, "another user's of that name"


def test_url_settings_hold_for_one_request(server: Running) -> None:
    """Settings and database in a URL hold for that request; afterwards the session's own are back."""
    server.value("SET max_threads = 3", session_id="url")
    for _ in range(2):
        given = {"max_threads": "5", "database": "system", "max_block_size": "123", "max_query_size": "500000"}
        assert server.value(f"{THREADS}, currentDatabase()", session_id="url", **given) == "5\tsystem"
        after = server.value(f"{THREADS}, currentDatabase(), getSetting('max_query_size')", session_id="url")
        assert after == "3\tdefault\t262144"
    failed = server.ask("SELECT nosuch", session_id="url", max_threads="6", database="system")
    assert failed.code == 47
    assert server.value(f"{THREADS}, currentDatabase()", session_id="url") == "3\tdefault"
    refused = server.ask("SELECT 1", session_id="url", max_threads="4", max_memory_usage="99999999999999")
    assert refused.code == 452
    assert server.value(THREADS, session_id="url") == "3"


def test_get_in_a_session_only_reads(server: Running, table: str) -> None:
    """A GET in a full user's session changes nothing, and the session can write again afterwards."""
    assert server.ask(f"INSERT INTO {table} (id) VALUES (1)", session_id="get").status == 200
    assert server.get(f"INSERT INTO {table} (id) VALUES (2)", session_id="get").code == 164
    assert server.get(f"SELECT count() FROM {table}", session_id="get").text == "1\n"
    assert server.ask(f"INSERT INTO {table} (id) VALUES (3)", session_id="get").status == 200


def test_busy_session(server: Running) -> None:
    """A session does one thing at a time: a second request meanwhile is refused, as by a server."""
    with ThreadPoolExecutor(1) as threads:
        first = threads.submit(
            server.ask, "SELECT count() FROM system.numbers", session_id="busy", query_id="busy-first"
        )
        server.eventually("SELECT count() FROM system.processes WHERE Settings['log_comment'] = 'busy-first'", "1")
        assert server.ask("SELECT 1", session_id="busy").code == 373
        assert server.ask("KILL QUERY WHERE query_id = 'busy-first'").status == 200
        assert first.result(60).code == 394
    assert server.value("SELECT 1", session_id="busy") == "1"


def test_sessions_run_out(server: Running) -> None:
    """A session is gone after its timeout, with what it held; session_check tells."""
    assert server.ask("SELECT 1", session_id="short", session_check="1").code == 372
    assert server.ask("CREATE TEMPORARY TABLE gone (a UInt8)", session_id="short").status == 200
    assert server.value("SELECT count() FROM gone", session_id="short", session_check="1") == "0"
    until = time.monotonic() + 15
    while (reply := server.ask("SELECT 1", session_id="short", session_check="1", session_timeout="1")).code != 372:
        assert reply.status == 200
        assert time.monotonic() < until
        time.sleep(3.5)
    assert server.ask("SELECT count() FROM gone", session_id="short").code == 60


def test_session_closed_on_request(server: Running) -> None:
    """close_session=1 ends the session with this request."""
    assert server.ask("CREATE TEMPORARY TABLE a (a UInt8)", session_id="closed").status == 200
    assert server.ask("SELECT 1", session_id="closed", close_session="1").status == 200
    assert server.ask("SELECT 1", session_id="closed", session_check="1").code == 372


@pytest.mark.parametrize("timeout", ["3601", "-1", "x", "1e3", "99999999999999999999"])
def test_impossible_timeouts(server: Running, timeout: str) -> None:
    """A session's timeout is a number of seconds up to an hour."""
    assert server.ask("SELECT 1", session_id="t", session_timeout=timeout).code == 374


def test_many_sessions(server: Running) -> None:
    """More sessions than are kept: the idlest go, the server stays."""
    with ThreadPoolExecutor(6) as threads:
        replies = list(threads.map(lambda number: server.ask("SELECT 1", session_id=f"many-{number}").text, range(300)))
    assert set(replies) == {"1\n"}
    assert server.is_alive()


def test_session_survives_cancelled_query(server: Running) -> None:
    """A cancelled query does not cost the session what it holds."""
    server.value("CREATE TEMPORARY TABLE still (a UInt8)", session_id="cancel")
    assert server.ask("SELECT sleepEachRow(1) FROM numbers(3)", session_id="cancel", max_execution_time="0.5").code in (
        159,
        160,
    )
    assert server.value("SELECT count() FROM still", session_id="cancel") == "0"
