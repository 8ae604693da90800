"""A log holds nothing that was sent, and a line of it is a line, whatever happens."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from collector import logs
from collector.errors import Reason, Refused, SpoolFull, WarehouseError
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from tests.faults.between import Between
from tests.operations.conftest import HOSTILE, MARK, Eventful
from tests.warehouse.rows import row, store

ADDRESS = re.compile(r"(?<![\d.])(?!127\.0\.0\.1)\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")


def test_nothing_that_was_sent_is_logged(eventful: Eventful) -> None:
    """Neither identifiers nor keys, addresses or passwords are in the log after normal life, errors and kills."""
    log = eventful.log
    for what in ("ended with signal SIGKILL", "the keys stay as they were", "were refused by ClickHouse", "damaged"):
        assert what in log, f"the log was to speak of “{what}”"
    password = (eventful.installation.settings.data / "clickhouse.password").read_text().strip()
    for secret in (MARK, eventful.secret, eventful.public, password, "203.0.113", "demo-secret", "Mozilla"):
        assert [line for line in log.splitlines() if secret in line] == []
    assert ADDRESS.findall(log.replace("26.9.2.1", "")) == []


def test_every_line_of_every_process_is_json(eventful: Eventful) -> None:
    """Nothing else is written, and the fields are the same everywhere."""
    entries = [json.loads(line) for line in eventful.log.split("\n") if line]
    assert {entry["role"] for entry in entries} >= {"supervisor", "load", "clickhouse", "receive"}
    for entry in entries:
        assert list(entry)[:6] == ["time", "level", "role", "pid", "logger", "message"]
        moment = datetime.strptime(entry["time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        assert len(entry["time"]) == 24
        assert moment.year >= 2026
        assert entry["level"] in ("debug", "info", "warning", "error", "critical")
        assert isinstance(entry["pid"], int)
        assert entry["message"]
    ended = [entry for entry in entries if "child" in entry]
    assert {entry["child"] for entry in ended} >= {"receive-0", "load", "clickhouse"}
    assert all(entry["ending"] == "signal SIGKILL" for entry in ended)


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_line_is_one_line(form: str, capfd: pytest.CaptureFixture[str]) -> None:
    """What would end it, move a terminal's cursor or turn the writing round is escaped, in exceptions too."""
    handler = _handler(form)
    try:
        try:
            raise SpoolFull(f"full {HOSTILE}")
        except SpoolFull:
            exception = sys.exc_info()
        handler.emit(
            logging.makeLogRecord(
                {"name": "x", "levelname": "ERROR", "msg": "%s \ud800", "args": (HOSTILE,), "exc_info": exception}
                | {"extra": HOSTILE}
            )
        )
    finally:
        handler.close()
    written = capfd.readouterr().err
    assert len(written.splitlines()) == 1
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u202e\ud800]", written)
    assert MARK in written and "\\x1b" in written
    if form == "json":
        assert json.loads(written)["extra"].startswith(MARK)


def _handler(form: str) -> logging.Handler:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        logs.configure("test", "info", form)
        return root.handlers[0]
    finally:
        root.handlers[:] = before
        root.setLevel(level)


def test_of_a_strange_exception_only_type_and_place_are_told() -> None:
    """Its text may quote what was sent; ours and the system's do not."""
    try:
        try:
            {}[MARK]
        except KeyError as error:
            raise ValueError(f"bad {MARK}") from error
    except ValueError as error:
        told = logs.told_exception(error)
    assert MARK not in told
    assert re.match(r"ValueError at \S+test_leaking_logs\.py:\d+ test_of.*; because of KeyError at ", told)
    assert "No such file" in logs.told_exception(FileNotFoundError(2, "No such file", "/spool"))
    assert MARK not in logs.told_exception(Refused(Reason.NOT_JSON, MARK))
    assert "code 60" in logs.told_exception(WarehouseError(MARK, 60, "code 60"))


def test_clickhouse_quotes_rows_and_the_log_does_not(clickhouse: Settings) -> None:
    """An error about a row is told by number and name, one about the statement or the server in its own words."""
    from collector.warehouse.migrate import migrate

    with Warehouse(clickhouse) as warehouse:
        migrate(warehouse, clickhouse)
        [refused] = store(warehouse).store([row(order={"total": f"twelve {MARK}"})])
        assert MARK in refused.message
        with pytest.raises(WarehouseError) as caught:
            warehouse.command("SELECT toUInt8({sent:String})", {"sent": f"12{MARK}"})
        assert MARK in str(caught.value)
        assert re.fullmatch(r"ClickHouse's error \d+ \([A-Z_]+\)", caught.value.told)
        with pytest.raises(WarehouseError) as caught:
            warehouse.command("SELECT * FROM klantreis.no_such_table")
        assert "no_such_table" in caught.value.told


def test_bound_values_are_not_told_of_a_clickhouse_that_went_away(clickhouse: Settings) -> None:
    """They travel in the address of a request, which whoever finds nobody there repeats."""
    between = Between(clickhouse.clickhouse_port)
    with Warehouse(clickhouse.model_copy(update={"clickhouse": between.url})) as warehouse:
        question = "SELECT {visitors:Array(String)} AS known"
        assert warehouse.rows(question, {"visitors": [MARK]}) == [{"known": [MARK]}]
        between.go_away()
        with pytest.raises(WarehouseError) as caught:
            warehouse.rows(question, {"visitors": [MARK]})
    assert "refused" in caught.value.told and MARK not in caught.value.told
    assert "param" not in caught.value.told and MARK not in logs.told_exception(caught.value)


def test_a_password_in_the_url_is_not_shown(tmp_path: Path) -> None:
    """Neither when the URL is wrong nor when nobody answers there."""
    for url in (f"htps://user:{MARK}@host:1", f"http://user:{MARK}@127.0.0.1:1"):
        done = subprocess.run(
            [sys.executable, "-m", "collector", "doctor", "--data", str(tmp_path), "--clickhouse", url],
            env={"KLANTREIS_CONFIG": "/dev/null", "PATH": ""},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 1
        assert MARK not in done.stdout + done.stderr
        assert "ClickHouse" in done.stdout


@pytest.mark.parametrize("how", ["thread", "main", "warning", "del"])
def test_what_python_prints_itself_is_a_line_too(how: str) -> None:
    """Uncaught exceptions and warnings of a role's process come as JSON, without their text where it may quote."""
    programs = {
        "thread": f"import threading; t = threading.Thread(target=lambda: {{}}['{MARK}']); t.start(); t.join()",
        "main": f"{{}}['{MARK}']",
        "warning": "import warnings; warnings.warn('old\\nways')",
        "del": f"class A:\n def __del__(self): {{}}['{MARK}']\nA()",
    }
    program = f"from collector import logs; logs.configure_role('load', 'info', 'json')\n{programs[how]}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    [line] = done.stderr.splitlines()
    entry = json.loads(line)
    assert entry["role"] == "load"
    assert MARK not in line
    assert ("KeyError" in entry["exception"]) if how != "warning" else ("old\\nways" in entry["message"])
