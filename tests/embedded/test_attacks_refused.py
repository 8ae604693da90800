"""What a client must not get from the machine that the server runs on, one row an attack."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.embedded.running import Running

SECRET = "wachtwoord-van-de-buren"

# For everybody, the full user included. {secret} is a file with SECRET in it, {folder} a writable folder, {port} a
# listening port of this machine.
FOR_NOBODY = """
SELECT * FROM file('{secret}', 'LineAsString')
SELECT * FROM `file`('{secret}', 'LineAsString')
SELECT * FROM FILE('{secret}', 'LineAsString')
SELECT * FROM file/* */('{secret}', 'LineAsString')
SELECT * FROM "\\x66ile"('{secret}', 'LineAsString')
SELECT * FROM file\u3000('{secret}', 'LineAsString')
SELECT file('{secret}')
SELECT arrayMap(x -> file(x), ['{secret}'])
WITH file('{secret}') AS f SELECT f
SELECT * FROM `{secret}`
SELECT * FROM default.`{secret}`
SELECT * FROM {{t:Identifier}}
SELECT count() FROM t WHERE name IN (SELECT * FROM file('{secret}', 'LineAsString'))
DESCRIBE TABLE file('{secret}', 'CSV')
EXPLAIN SELECT * FROM file('{secret}', 'LineAsString')
SELECT * FROM view(SELECT * FROM file('{secret}', 'LineAsString'))
SELECT * FROM fileCluster('default', '{secret}', 'LineAsString')
SELECT * FROM filesystem('{folder}')
SELECT * FROM deltaLakeLocal('{folder}')
SELECT * FROM icebergLocal('{folder}')
SELECT * FROM sqlite('{folder}/x.db', 't')
SELECT * FROM url('http://127.0.0.1:{port}/', 'LineAsString')
SELECT * FROM s3('http://127.0.0.1:{port}/b/x', 'LineAsString')
SELECT * FROM remote('127.0.0.1:{port}', 'system', 'one')
SELECT * FROM cluster('default', 'system', 'one')
SELECT * FROM mysql('127.0.0.1:{port}', 'd', 't', 'u', 'p')
SELECT * FROM postgresql('127.0.0.1:{port}', 'd', 't', 'u', 'p')
SELECT * FROM mongodb('127.0.0.1:{port}', 'd', 't', 'u', 'p', 'a Int8')
SELECT * FROM redis('127.0.0.1:{port}', 'k', 'k String')
SELECT * FROM jdbc('127.0.0.1:{port}', 't')
SELECT * FROM executable('id', 'LineAsString', 'a String')
SELECT * FROM eval('SELECT 1')
SELECT * FROM Python(os)
SELECT * FROM `python`(os)
SELECT * FROM arrowstream('0x1234')
SELECT aiGenerate('hello', map('credentials', 'x'))
SELECT addressToLine(1)
SELECT 1 INTO OUTFILE '{folder}/out'
SELECT 1 INTO/**/OUTFILE '{folder}/out' FORMAT CSV
SELECT 1 FORMAT CSV INTO OUTFILE '{folder}/out'
SHOW TABLES INTO OUTFILE '{folder}/out'
EXPLAIN AST SELECT 1 INTO OUTFILE '{folder}/out'
INSERT INTO t (name) FROM INFILE '{secret}' FORMAT LineAsString
INSERT INTO t (name) FROM/**/INFILE '{secret}' FORMAT LineAsString
INSERT INTO FUNCTION file('{folder}/out', 'CSV', 'a Int8') VALUES (1)
INSERT INTO TABLE FUNCTION file('{folder}/out', 'CSV', 'a Int8') SELECT 1
INSERT INTO t SELECT 1, a FROM input('a String'), file('{secret}', 'LineAsString') FORMAT CSV
CREATE TABLE e (a String) ENGINE = File('LineAsString', '{secret}')
CREATE TABLE e (a String) ENGINE = URL('http://127.0.0.1:{port}/', 'LineAsString')
CREATE TABLE e (a String) ENGINE = Executable('id', 'LineAsString')
CREATE TABLE e (a String) ENGINE = SQLite('{folder}/x.db', 't')
CREATE TABLE e (a Int8) ENGINE = Distributed('default', 'default', 't')
CREATE TABLE e (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS disk = disk(type = local, path = '{folder}/')
CREATE TABLE e (a Int8) ENGINE = MergeTree ORDER BY a SETTINGS storage_policy = 'elsewhere'
CREATE TABLE e AS file('{secret}', 'LineAsString', 'a String')
CREATE TEMPORARY TABLE e (a String) ENGINE = File('LineAsString', '{secret}')
CREATE VIEW e AS SELECT * FROM file('{secret}', 'LineAsString')
CREATE FUNCTION e AS (x) -> file(x)
CREATE DATABASE e ENGINE = Filesystem('/')
CREATE DATABASE e ENGINE = SQLite('{folder}/x.db')
CREATE DATABASE e ENGINE = MySQL('127.0.0.1:{port}', 'd', 'u', 'p')
CREATE DICTIONARY e (a String) PRIMARY KEY a SOURCE(EXECUTABLE(COMMAND 'id' FORMAT 'TSV')) LAYOUT(FLAT()) LIFETIME(0)
CREATE DICTIONARY e (a String) PRIMARY KEY a SOURCE(FILE(PATH '{secret}' FORMAT 'TSV')) LAYOUT(FLAT()) LIFETIME(0)
CREATE DICTIONARY e (a Int8) PRIMARY KEY a SOURCE(HTTP(URL 'http://127.0.0.1:{port}' FORMAT 'TSV')) LAYOUT(FLAT())
CREATE NAMED COLLECTION e AS url = 'http://127.0.0.1:{port}/'
CREATE USER e
ATTACH TABLE e FROM '{folder}' (a Int8) ENGINE = MergeTree ORDER BY a
BACKUP TABLE t TO File('{folder}/b')
RESTORE TABLE t FROM File('{folder}/b')
GRANT ALL ON *.* TO reader
EXECUTE AS default SELECT 1
SET ROLE steward
SET/**/ROLE ALL
SET DEFAULT ROLE steward TO default
SET dialect = 'kusto'
SET allow_python_table_function = 1
SET input_format_record_errors_file_path = '{folder}/errors'
SET format_schema = '{secret}:M'
SELECT 1 SETTINGS format_template_row = '{secret}'
SELECT * FROM format(Template, 'x') SETTINGS format_template_resultset = '{secret}'
SELECT 1 SETTINGS max_threads = 10000
SELECT * FROM hand_over.x
CREATE TABLE hand_over.x (a Int8) ENGINE = Memory
DROP DATABASE hand_over
DROP DATABASE default
SYSTEM SHUTDOWN
SYSTEM KILL
SYSTEM RELOAD CONFIG
SELECT 1; SELECT 2
SELECT 1; DROP TABLE t
SELECT 1 \\G DROP TABLE t
CREATE TABLE a1 (a Int8) ENGINE = Memory PARALLEL WITH SET ROLE steward
exit
quit
1 + 1
""".strip().split("\n")

# For users who only read, and for everybody by GET.
FOR_NO_READER = """
INSERT INTO t (id) VALUES (1)
INSERT INTO t SELECT 1, 'x'
WITH 1 AS a INSERT INTO t SELECT a, 'x'
CREATE TABLE e (a Int8) ENGINE = Memory
CREATE TEMPORARY TABLE e (a Int8)
CREATE FUNCTION e AS (x) -> x
DROP TABLE t
TRUNCATE TABLE t
ALTER TABLE t ADD COLUMN c Int8
ALTER TABLE t DELETE WHERE 1
DELETE FROM t WHERE 1
OPTIMIZE TABLE t
RENAME TABLE t TO u
DETACH TABLE t
KILL QUERY WHERE 1
SYSTEM STOP MERGES
CHECK TABLE t
EXPLAIN SYNTAX INSERT INTO t SELECT 1, 'x'
SELECT * FROM loop(dictionary('x')) JOIN mergeTreeAnalyzeIndexes('default', 't') USING a
SHOW USERS
""".strip().split("\n")


@pytest.fixture(scope="module")
def place(server: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """A secret file, a folder, and a listening port that notes who comes."""
    folder = tmp_path_factory.mktemp("attacked")
    (folder / "secret").write_text(f"{SECRET}\n")
    server.value("CREATE TABLE IF NOT EXISTS t (id UInt64, name String) ENGINE = MergeTree ORDER BY id")
    server.value("INSERT INTO t VALUES (1, 'kept')")
    visitors: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def note() -> None:
            while True:
                try:
                    connection, peer = listening.accept()
                except OSError:
                    return
                visitors.append(str(peer))
                connection.close()

        threading.Thread(target=note, daemon=True).start()
        yield {"secret": str(folder / "secret"), "folder": str(folder), "port": str(listening.getsockname()[1])}
        listening.shutdown(socket.SHUT_RDWR)
    assert not visitors, "something was fetched from a host"
    assert sorted(entry.name for entry in folder.iterdir()) == ["secret"], "something was written"
    assert server.value("SELECT count(), any(name) FROM t") == "1\tkept", "something was changed"


@pytest.mark.parametrize("attack", FOR_NOBODY)
def test_refused_to_everybody(server: Running, place: dict[str, str], attack: str) -> None:
    """Files, networks, programs and the server itself are out of reach, for the full user and for readers."""
    statement = attack.format(**place)
    for reader in (False, True):
        reply = server.ask(statement, reader=reader, param_t=place["secret"])
        assert reply.status >= 400, reply.text
        assert reply.code != 0
        assert SECRET not in reply.text
    assert server.is_alive()


@pytest.mark.parametrize("attack", FOR_NO_READER)
def test_refused_to_readers_and_by_get(server: Running, place: dict[str, str], attack: str) -> None:
    """A reader changes nothing, and neither does a GET, which a link or an image can send."""
    for reply in (server.ask(attack, reader=True), server.get(attack), server.get(attack, reader=True)):
        assert reply.status >= 400, reply.text
        assert reply.code in (60, 62, 164, 497), reply.text


@pytest.mark.parametrize(
    "name",
    [
        "nosuch",
        "max_threads = 1, readonly",
        "max_threads=1; DROP TABLE t; --",
        "`max_threads`",
        "max threads",
        "dialect",
        "format_schema",
        "input_format_record_errors_file_path",
        "allow_python_table_function",
    ],
)
def test_hostile_setting_names(server: Running, place: dict[str, str], name: str) -> None:
    """Names of settings reach SQL only when the engine has one of that name, and some are nobody's to set."""
    reply = server.ask("SELECT 1", **{name: "1"})
    assert reply.code in (36, 115, 392, 452), reply.text


@pytest.mark.parametrize("value", ["1'; DROP TABLE t; --", "\\", "'", "1\n2", "\\'; SELECT 1", "2' , readonly = '0"])
def test_hostile_setting_values(server: Running, place: dict[str, str], value: str) -> None:
    """The value of a setting stays a value."""
    assert server.ask("SELECT 1", max_threads=value).code in (27, 72, 452, 131, 69, 6)
    reply = server.ask("SELECT getSetting('join_algorithm')", default_table_engine=value)
    assert reply.status >= 400


@pytest.mark.parametrize("database", ["nosuch", "`; DROP TABLE default.t; --", "a`b", "\\", "default`; SELECT 1 --"])
def test_hostile_database_names(server: Running, place: dict[str, str], database: str) -> None:
    """The name of a database stays a name."""
    assert server.ask("SELECT 1", database=database).code == 81


@pytest.mark.parametrize(
    "value",
    ["x'; DROP TABLE t; --", "\\'", "'", "$$", "{t:Identifier}", "` OR 1", "\u0000", "1); SELECT 2", "--", "/*"],
)
def test_hostile_parameters(server: Running, place: dict[str, str], value: str) -> None:
    """A bound value never leaves its place in the statement, whatever it holds."""
    escaped = value.replace("\\", "\\\\")
    reply = server.ask("SELECT {v:String} = concat('', {v:String}), length({v:String})", param_v=escaped)
    assert reply.status == 200, reply.text
    assert reply.text == f"1\t{len(value.encode())}\n"


def test_second_wall_alone(server: Running, place: dict[str, str], tmp_path: Path) -> None:
    """Without the guard, the engine's roles still refuse nearly all of it.

    They do not know of OUTFILE and of the function `file`; SQLite makes its file before it asks for the right.
    """
    guarded_only = (
        "SELECT file(",
        "arrayMap(x -> file(x)",
        "WITH file(",
        "OUTFILE",
        "INFILE",
        "SET ROLE",
        "SET/**/ROLE",
    )
    guarded_only += ("SELECT 1; ", "PARALLEL WITH", "CREATE FUNCTION", "exit", "quit", "\\G", "SET DEFAULT ROLE")
    guarded_only += ("ENGINE = Executable", "aiGenerate", "executable(", "Identifier", "qlite(", "SQLite(")
    attacks = [one.format(**place) for one in FOR_NOBODY if not any(part in one for part in guarded_only)]
    assert len(attacks) > 50
    script = """
import json, sys
from pathlib import Path
from collector.warehouse.embedded.engine import READER, WRITER, Engine
from collector.warehouse.embedded.faults import Fault
from collector.warehouse.embedded.folder import Folder
folder = Folder(Path(sys.argv[1]), 1024)
engine = Engine(folder.window)
handle = engine.handle(WRITER)
handle.run("CREATE TABLE t (id UInt64, name String) ENGINE = MergeTree ORDER BY id")
ran, attacks = [], json.load(sys.stdin)
for role in (WRITER, READER):
    for attack in attacks:
        handle = engine.handle(role)
        try:
            handle.run(attack)
            ran.append((role, attack))
        except Fault:
            pass
        finally:
            handle.close()
print(json.dumps(ran))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "engine")],
        input=json.dumps(attacks).encode(),
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert json.loads(done.stdout) == []
