"""Who is not let in: web pages, other names for this machine, wrong passwords, malformed requests."""

from __future__ import annotations

import base64
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collector.errors import SettingsError
from collector.settings import Settings
from collector.warehouse.embedded.access import PASSWORD_FILE, Users, ensure_password, is_loopback, known_password
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.guard import check_request
from tests.embedded.running import READER, Running

EVERYWHERE = "0.0.0.0"  # noqa: S104  # what is tested is that it is treated with care


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:8123"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "localhost.evil.example:8123"},
        {"Host": "169.254.169.254"},
        {"Host": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "http://localhost"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=str,
)
@pytest.mark.parametrize("path", ["/", "/ping", "/alive", "/?query=SELECT%201"])
def test_web_pages_refused(server: Running, headers: dict[str, str], path: str) -> None:
    """What a browser sends for a foreign page is refused before anything is read, with the right password too."""
    for method in ("GET", "POST"):
        reply = server.send(method, path, b"SELECT 1" if method == "POST" else None, headers)
        assert (reply.status, reply.code) == (403, 497)


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8123", "127.0.0.1", "127.9.9.9:1", "[::1]:8123", "localhost."]
)
def test_names_of_this_machine(server: Running, host: str) -> None:
    """Every name of the loopback address will do, and a page served from here."""
    assert server.send("GET", "/ping", headers={"Host": host, "Sec-Fetch-Site": "same-origin"}).status == 200
    assert server.send("GET", "/ping", headers={"Host": host, "Origin": f"http://{host}"}).status == 200


def test_other_names_when_open_to_a_network() -> None:
    """Off loopback any Host will do, since every request needs the password; pages are still refused."""
    check_request({"host": "clickhouse.internal:8123"}, EVERYWHERE)
    with pytest.raises(Fault):
        check_request({"host": "clickhouse.internal", "origin": "https://evil.example"}, EVERYWHERE)


def test_no_preflight(server: Running) -> None:
    """No page gets permission to send what it could not send unasked."""
    reply = server.send("OPTIONS", "/", headers={"Origin": f"http://127.0.0.1:{server.port}"})
    assert reply.status == 501
    assert not [name for name in reply.headers if name.startswith("access-control")]


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_three_ways_to_log_in(server: Running) -> None:
    """Headers, Basic authentication and URL parameters are all taken, one at a time."""
    key = server.password
    for path, headers in [
        ("/?query=SELECT%20currentRoles()", {"X-ClickHouse-User": "default", "X-ClickHouse-Key": key}),
        ("/?query=SELECT%20currentRoles()", basic("default", key)),
        (f"/?query=SELECT%20currentRoles()&user=default&password={key}", {}),
        (f"/?query=SELECT%20currentRoles()&password={key}", {}),
    ]:
        reply = server.send("GET", path, headers=headers, anonymous=True)
        assert reply.status == 200, reply.text
    both = server.send("GET", f"/?query=SELECT%201&password={key}", headers=basic("default", key), anonymous=True)
    assert both.code == 516


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 194),
        (basic("default", ""), 516),
        (basic("default", "wrong"), 516),
        (basic("nobody", "wrong"), 516),
        (basic(READER[0], "wrong"), 516),
        ({"Authorization": "Basic !!!"}, 516),
        ({"Authorization": "Bearer token"}, 516),
        ({"X-ClickHouse-User": "default"}, 516),
    ],
    ids=str,
)
def test_wrong_credentials(server: Running, headers: dict[str, str], code: int) -> None:
    """Without the right password there is nothing: no query, no look at the engine."""
    for path in ("/?query=SELECT%201", "/alive"):
        reply = server.send("GET", path, headers=headers, anonymous=True)
        assert (reply.status, reply.code) == (401 if code == 194 else 403, code)
    assert server.send("GET", "/ping", anonymous=True).text == "Ok.\n"
    assert server.send("GET", "/", anonymous=True).text == "Ok.\n"
    assert server.send("GET", "/replicas_status", anonymous=True).text == "Ok.\n"


READINGS = [
    "SHOW DATABASES",
    "DESCRIBE TABLE system.one",
    "EXPLAIN SELECT 1",
    "EXISTS TABLE system.one",
    "WITH 1 AS a SELECT a",
    "FROM numbers(2) SELECT *",
    "(SELECT 1) UNION ALL (SELECT 2)",
    "SHOW CREATE DATABASE default",
    "SELECT * FROM merge('system', '^one$')",
    "SELECT * FROM generateRandom('a Int8', 1) LIMIT 1",
]


def test_reader_reads(server: Running) -> None:
    """A reader gets every way of reading, with settings, parameters and sessions."""
    assert server.ask("SELECT 1", reader=True, max_threads="2", default_format="JSON").status == 200
    assert server.get("SELECT {a:UInt8}", reader=True, param_a="3").text == "3\n"
    for statement in READINGS:
        assert server.ask(statement, reader=True).status == 200, statement
    assert server.ask("SET max_threads = 1", reader=True, session_id="r").status == 200
    assert server.ask("SELECT getSetting('max_threads')", reader=True, session_id="r").text == "1\n"


def test_reader_asks_a_view_with_parameters(server: Running) -> None:
    """The views of questions are called like table functions, and are for readers too; table functions are not."""
    server.value("CREATE VIEW default.counted AS SELECT {upto:UInt8} + 1 AS next")
    assert server.ask("SELECT next FROM default.counted(upto = 3)", reader=True).text == "4\n"
    assert server.get("SELECT next FROM default.counted(upto = {a:UInt8})", reader=True, param_a="4").text == "5\n"
    for name in ("file", "`default.file`", "default.file", "url"):
        assert server.ask(f"SELECT * FROM {name}('/etc/passwd')", reader=True).status != 200, name


def test_demo_needs_no_password_on_loopback(tmp_path: Path) -> None:
    """--demo asks no password of this machine; its password still works, a wrong one still does not."""
    server = Running(tmp_path, demo="true")
    try:
        server.launch()
        while server.process is not None and server.process.poll() is None:
            try:
                reply = server.send("POST", "/", b"SELECT 1", anonymous=True)
                break
            except OSError:
                continue
        assert reply.text == "1\n"
        assert server.send("POST", "/", b"SELECT 1").text == "1\n"
        assert server.send("POST", "/", b"SELECT 1", basic("default", "wrong"), anonymous=True).status == 403
        assert server.send("POST", "/", b"SELECT 1", {"Host": "evil.example"}, anonymous=True).status == 403
    finally:
        server.kill()


def test_demo_is_never_open_to_a_network(tmp_path: Path) -> None:
    """--demo on an address that others reach does not start."""
    server = Running(tmp_path, demo="true", clickhouse_host=EVERYWHERE)
    server.launch()
    assert server.wait(30) == 2
    assert "demo: asks no password" in server.said()


def test_password_is_made_once(tmp_path: Path) -> None:
    """Processes that start together agree on one password, which only its owner can read."""
    script = (
        "from collector import settings; from collector.warehouse.embedded.access import ensure_password; "
        "print(ensure_password(settings.load({})))"
    )
    environment = {**os.environ, "KLANTREIS_CONFIG": os.devnull, "KLANTREIS_DATA": str(tmp_path / "data")}
    started = [
        subprocess.Popen([sys.executable, "-c", script], env=environment, stdout=subprocess.PIPE) for _ in range(6)
    ]
    passwords = {one.communicate(timeout=60)[0].decode().strip() for one in started}
    assert len(passwords) == 1
    assert len(passwords.pop()) >= 32
    file = tmp_path / "data" / PASSWORD_FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [entry.name for entry in file.parent.iterdir()] == [PASSWORD_FILE]


def test_password_kept_and_given(tmp_path: Path) -> None:
    """A given password counts; else the kept one; an empty file is made anew."""
    empty = Settings(data=tmp_path / "x")
    assert known_password(empty) is None
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / PASSWORD_FILE).write_text("\n")
    made = ensure_password(empty)
    assert made and ensure_password(empty) == known_password(empty) == made
    assert known_password(Settings(data=tmp_path / "x", clickhouse_password="given")) == "given"  # type: ignore[arg-type]


@pytest.mark.parametrize(("table", "column"), [("secrets", "secret"), ("salts", "salt")])
def test_secrets_are_not_for_readers(server: Running, table: str, column: str) -> None:
    """With them a reader could try out who is forgotten, or who visited today; nobody who only reads gets them."""
    place = f"klantreis.{table}"
    server.value("CREATE DATABASE IF NOT EXISTS klantreis")
    server.value(f"CREATE TABLE IF NOT EXISTS {place} (name String, {column} String) ENGINE = MergeTree ORDER BY name")
    server.value("CREATE TABLE IF NOT EXISTS klantreis.seen (name String) ENGINE = MergeTree ORDER BY name")
    server.value(f"INSERT INTO {place} VALUES ('forgotten', 'deep')")
    assert server.value(f"SELECT {column} FROM {place}") == "deep"
    assert server.ask("SELECT count() FROM klantreis.seen", reader=True).text == "0\n"
    for source in (place, f"merge('klantreis', '^{table}$')", f"loop({place})", f"mergeTreeIndex(klantreis, {table})"):
        for wanted in (column, "count()", "*"):
            reply = server.ask(f"SELECT {wanted} FROM {source} LIMIT 1", reader=True)
            assert reply.status != 200 and "deep" not in reply.text, (source, reply.text)
    assert server.get(f"SELECT {column} FROM {place}").code == 497


@pytest.mark.parametrize("readers", ["ana", "ana:", ":x", "ana:1,ana:2", "default:1", "ana:1,,b"])
def test_malformed_readers(tmp_path: Path, readers: str) -> None:
    """A list of readers that is not name:password pairs stops the start instead of letting somebody in."""
    with pytest.raises(SettingsError, match="clickhouse_readers"):
        Users(Settings(data=tmp_path, clickhouse_readers=readers))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "name", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost", "LocalHost.", "::ffff:127.0.0.1"]
)
def test_loopback(name: str) -> None:
    """Names and addresses of this machine only."""
    assert is_loopback(name)


@pytest.mark.parametrize(
    "name", [EVERYWHERE, "::", "10.0.0.1", "127.0.0.1.nip.io", "localhost.evil", "", "128.0.0.1", "127.1"]
)
def test_not_loopback(name: str) -> None:
    """Everything else could be another machine."""
    assert not is_loopback(name)


def raw(server: Running, request: bytes) -> bytes:
    """What the server says to these bytes, until it closes."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it may close before it has read all
        answer = b""
        try:
            while data := connection.recv(65536):
                answer += data
        except OSError:
            pass
        return answer


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"GET /ping HTTP/1.1\r\nHost: localhost\r\n" + b"X-A: 1\r\n" * 150 + b"\r\n",
        b"GET /?" + b"&".join(b"a%d=1" % n for n in range(3000)) + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /?query=%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET /ping HTTP/1.1\r\n\r\n",
        b"GET /" + b"a" * 3_000_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET /ping HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * 3_000_000 + b"\r\n\r\n",
        b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ids=["headers", "parameters", "utf8", "hosts", "no-host", "line", "header", "method", "tls", "smuggled"],
)
def test_malformed_requests(server: Running, request_bytes: bytes) -> None:
    """Requests that are too large or not HTTP are answered with an error, or not at all, and harm nobody."""
    answer = raw(server, request_bytes)
    assert not answer.startswith(b"HTTP/1.1 2"), answer[:200]
    assert server.is_alive()


def test_second_process_on_one_folder(server: Running) -> None:
    """A second process on the same folder ends with a message that says which process has it."""
    second = Running(server.folder)
    second.log = server.folder / "second.log"
    second.launch()
    assert second.wait(30) == 2
    assert server.process is not None
    assert f"is served by another process (pid {server.process.pid})" in second.said()


def test_folder_that_reads_as_pattern(tmp_path: Path) -> None:
    """A folder whose name the engine would take for a pattern is refused, not served empty."""
    server = Running(tmp_path, data=str(tmp_path / "a{b,c}"))
    server.launch()
    assert server.wait(30) == 2
    assert "choose another folder" in server.said()


def test_config_lying_about(tmp_path: Path) -> None:
    """A config.xml in the working folder or the home folder does not become the engine's."""
    (tmp_path / "config.xml").write_text(
        "<clickhouse><max_server_memory_usage>nonsense</max_server_memory_usage></clickhouse>"
    )
    home = tmp_path / "home" / ".clickhouse-local"
    home.mkdir(parents=True)
    (home / "config.xml").write_text(
        "<clickhouse><max_server_memory_usage>nonsense</max_server_memory_usage></clickhouse>"
    )
    server = Running(tmp_path)
    server.environment["HOME"] = str(tmp_path / "home")
    before = Path.cwd()
    os.chdir(tmp_path)
    server.environment["PYTHONPATH"] = str(before)
    try:
        server.start()
        assert server.value("SELECT 1") == "1"
    finally:
        os.chdir(before)
        server.kill()
