"""Repair after a fix, on a running installation: what is replayed is loaded once, however often it is replayed."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
import uuid
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

from collector.cli import klantreis
from collector.envelope import Envelope, Kind, RejectedTouchpoint
from collector.errors import SpoolFailing, SpoolFull
from collector.receive.access import Keys
from collector.spool.writer import SpoolWriter
from tests.installation import Installation, running, touchpoint

KEYS = ("till", "history", "past", "killed", "away", "large", "refused", "cut", "withheld", "hostile", "pixel", "ill")
DAY_MS = 86_400_000
CUT = touchpoint("page_view", novelty="x" * 70_000)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """One installation for all tests; each uses a public key of its own, of the site `shop`."""
    with running(tmp_path_factory.mktemp("repair"), touchpoint_limit_kib="64") as installed:
        for name in KEYS:
            _, value = Keys(installed.settings).add(name=name, site="shop", kind="public")
        installed.until(lambda: installed.send([], key=value)[0] == 202, "the keys are taken", 30)
        yield installed


def start(installation: Installation, *words: str, **variables: str) -> subprocess.Popen[str]:
    """`klantreis rejected …` as an operator runs it, with other settings where given."""
    more = {f"KLANTREIS_{name.upper()}": value for name, value in variables.items()}
    return subprocess.Popen(
        [sys.executable, "-m", "collector", "rejected", *words],
        env={**installation.environment, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    )


def run(installation: Installation, *words: str, **variables: str) -> str:
    """The same to its end, within this process, since starting one takes a second: what it printed."""
    more = {f"KLANTREIS_{name.upper()}": value for name, value in variables.items()}
    said, root = io.StringIO(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    try:
        with patch.dict(os.environ, {**installation.environment, **more}, clear=True), contextlib.redirect_stdout(said):
            klantreis.main(list(words), standalone_mode=False)
    except SystemExit as end:  # the doctor's, who finds more than we look for
        assert end.code in (0, 1)
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    return said.getvalue()


def public(installation: Installation, name: str) -> str:
    """The value of one of KEYS."""
    return next(key.value for key in Keys(installation.settings).list() if key.name == name and key.value is not None)


def rejected(installation: Installation, key: str, count: int | None = None) -> list[dict[str, Any]]:
    """The rows of a key in `rejected`, as soon as there are so many."""

    def rows() -> list[dict[str, Any]] | None:
        found = installation.ask("SELECT * FROM klantreis.rejected WHERE key = {key:String}", {"key": key})
        return found if found is not None and (count is None or len(found) == count) else None

    if count == 0:
        found = rows()
        assert found is not None, rejected(installation, key)
        return found
    found = installation.until(rows, f"{count} rows of {key} are rejected", 30)
    assert isinstance(found, list)
    return found


def stored(installation: Installation, sent: dict[str, Any]) -> dict[str, Any]:
    """The row of a touchpoint that was sent, as soon as it is loaded; there is one."""
    sql = "SELECT * FROM klantreis.touchpoints WHERE id = {id:UUID}"
    found = installation.until(lambda: installation.ask(sql, {"id": sent["id"]}), f"{sent['id']} is loaded", 30)
    assert len(found) == 1
    row: dict[str, Any] = found[0]
    return row


def is_stored(installation: Installation, sent: dict[str, Any]) -> bool:
    """Whether it is loaded now."""
    return bool(installation.ask("SELECT 1 FROM klantreis.touchpoints WHERE id = {id:UUID}", {"id": sent["id"]}))


def turned_down(installation: Installation, *sent: dict[str, Any], key: str, **headers: str) -> None:
    """Sends touchpoints that are all rejected."""
    status, answer = installation.send(list(sent), key=key, **headers)
    assert (status, answer["accepted"]) == (202, 0), answer


def test_a_mended_key_lets_its_touchpoints_in_once(installation: Installation) -> None:
    """Till sales sent with a public key come in when the key is a secret one; a second replay changes nothing."""
    key = public(installation, "till")
    sale = touchpoint("sale", channel="store", order={"id": "A-1", "total": "12.50", "currency": "EUR"})
    turned_down(installation, sale, key=key)
    [before] = rejected(installation, "till", 1)
    assert "needs_secret_key" in run(installation, "rejected", "replay", "--key", "till", "--dry-run")
    assert "0 let in" in run(installation, "rejected", "replay", "--key", "till")
    Keys(installation.settings).revoke("till")
    assert "key till is revoked" in run(installation, "rejected", "replay", "--key", "till")
    Keys(installation.settings).add(name="till", site="shop", kind="secret")
    assert "1 would be let in, 0 not" in run(installation, "rejected", "replay", "--key", "till", "--dry-run")
    assert len(rejected(installation, "till")) == 1 and not is_stored(installation, sale)

    process = start(installation, "replay", "--key", "till")
    said, _ = process.communicate(timeout=90)
    assert process.returncode == 0 and said.startswith("1 let in: needs_secret_key, key till\n"), said
    row = stored(installation, sale)
    assert (row["received_at"], row["site"], row["key"]) == (before["received_at"], "shop", "till")
    assert (str(row["order_total"]), row["phase"]) == ("12.5000", "action")
    rejected(installation, "till", 0)
    assert "0 let in" in run(installation, "rejected", "replay", "--key", "till")
    assert stored(installation, sale) == row


def test_a_replayed_touchpoint_is_enriched_as_any_other(installation: Installation) -> None:
    """After a changed setting: device, origin and corrected clock come from what was known of the request."""
    key = public(installation, "history")
    agent = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0 Safari/537.36"
    )
    sent_at = int(time.time() * 1000) - 2 * 3_600_000
    old = touchpoint(page={"url": "https://shop.example/?utm_source=news&utm_medium=email"})
    old["occurred_at"] = sent_at - 40 * DAY_MS
    body = json.dumps({"key": key, "sent_at": sent_at, "sdk": {"name": "own", "version": "7"}, "touchpoints": [old]})
    post(installation, body, agent)
    rejected(installation, "history", 1)
    assert "too_old_for_key" in run(installation, "rejected", "replay", "--key", "history")
    run(installation, "rejected", "replay", old["id"].upper(), history_days="60")
    row = stored(installation, old)
    assert (row["browser"], row["os"], row["device"], row["address"]) == ("Chrome", "Windows", "desktop", "127.0.0.0")
    assert (row["came_by"], row["sdk_name"], row["sdk_version"], row["user_agent"]) == ("Email", "own", "7", agent)
    assert abs(row["clock_corrected_ms"] - 2 * 3_600_000) < 60_000


def post(installation: Installation, body: str, agent: str) -> None:
    """A body as it is."""
    request = urllib.request.Request(f"{installation.url}/v1/touchpoints", body.encode(), {"User-Agent": agent})
    with urllib.request.urlopen(request, timeout=15) as answer:
        assert answer.status == 202


def test_times_are_judged_at_the_receipt(installation: Installation) -> None:
    """What was 25 days old when it came is not refused because that was 20 days ago."""
    received_us = time.time_ns() // 1000 - 20 * DAY_MS * 1000
    aged, older = (
        touchpoint("page_view", occurred_at=received_us // 1000 - days * DAY_MS) for days in (25, 35)
    )  # fmt: skip
    rows = [
        RejectedTouchpoint(reason="field_invalid", detail="as it was", raw=json.dumps(one), id=one["id"])
        for one in (aged, older)
    ]
    into_spool(installation, Envelope(received_us=received_us, site="shop", key_name="past"), rows)
    rejected(installation, "past", 2)
    said = run(installation, "rejected", "replay", "--key", "past")
    assert "1 let in" in said and "too_old_for_key" in said
    assert stored(installation, aged)["received_at"].timestamp() == pytest.approx(received_us / 1e6)
    assert not is_stored(installation, older)


def into_spool(installation: Installation, envelope: Envelope, rows: list[RejectedTouchpoint]) -> None:
    """Appends a record as a receiver does."""

    async def append() -> None:
        folder = installation.settings.spool_folder
        writer = SpoolWriter(folder, limit_bytes=1 << 30, segment_bytes=1 << 20, key_share=1)
        encoder = msgspec.json.Encoder()
        payload = encoder.encode(envelope) + b"\n" + encoder.encode_lines(rows)
        await writer.append(Kind.REJECTED, payload, key=envelope.key_name)
        await writer.close()

    asyncio.run(append())


class Line(threading.Thread):
    """The network between a replay and ClickHouse, down as soon as rows are to be removed: silent, or cut."""

    def __init__(self, port: int, *, silent: bool) -> None:
        super().__init__(daemon=True)
        self.down = threading.Event()
        self._to, self._silent = port, silent
        self._ends: list[socket.socket] = []
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def run(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:  # closed
                return
            far = socket.create_connection(("127.0.0.1", self._to))
            self._ends += [near, far]
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while (sent := source.recv(1 << 20)) and not self.down.is_set():
                if b"DELETE FROM" in sent:
                    self.down.set()
                    if self._silent:
                        source.recv(1)  # until the replay is killed
                    break
                target.sendall(sent)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)  # wakes the other direction, which a close would not

    def __enter__(self) -> Line:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for one in (self._listening, *self._ends):
            one.close()


@pytest.mark.parametrize("killed", [True, False], ids=["killed", "away"])
def test_broken_off_between_append_and_removal(installation: Installation, killed: bool) -> None:
    """kill -9 of the replay, or ClickHouse away, when rows are in the spool and still rejected: repeated, once each."""
    name = "killed" if killed else "away"
    sales = sales_of_a_mended_key(installation, name, 2, 1)
    with Line(installation.clickhouse_port, silent=killed) as line:
        process = start(installation, "replay", "--key", name, clickhouse=line.url)
        assert line.down.wait(60), "nothing was to be removed"
        if killed:
            process.send_signal(signal.SIGKILL)
        said, _ = process.communicate(timeout=90)
    assert process.returncode == (-signal.SIGKILL if killed else 1), said
    assert killed or "repeated, does the rest" in said
    for sale in sales:
        stored(installation, sale)
    assert len(rejected(installation, name)) == 3
    assert "3 let in" in run(installation, "rejected", "replay", "--key", name)
    assert_loaded_once(installation, sales)
    rejected(installation, name, 0)


def test_a_spool_without_room_loses_nothing(installation: Installation) -> None:
    """A replay that finds no room stops with what to do; repeated with room, it does the rest, each once."""
    sales = sales_of_a_mended_key(installation, "large", 15, 15, 15, properties={"text": "x" * 15_000})
    with pytest.raises(SpoolFull, match="spool_key_share"):  # room for two of the three requests
        run(installation, "rejected", "replay", "--key", "large", spool_limit_mib="10", spool_key_share="0.06")
    assert "45 let in" in run(installation, "rejected", "replay", "--key", "large")
    assert_loaded_once(installation, sales)
    rejected(installation, "large", 0)


def sales_of_a_mended_key(installation: Installation, name: str, *counts: int, **fields: Any) -> list[dict[str, Any]]:
    """Till sales that were rejected, so many a request, of a key that may send them by now."""
    key = public(installation, name)
    requests = [[touchpoint("sale", channel="store", **fields) for _ in range(count)] for count in counts]
    for request in requests:
        turned_down(installation, *request, key=key)
    sales = [sale for request in requests for sale in request]
    rejected(installation, name, len(sales))
    Keys(installation.settings).revoke(name)
    Keys(installation.settings).add(name=name, site="shop", kind="secret")
    return sales


def assert_loaded_once(installation: Installation, sent: list[dict[str, Any]]) -> None:
    """All that is in the spool by now is loaded, and each of `sent` is there once."""
    last = touchpoint("sale")
    assert installation.send([last], key="demo-secret")[1]["accepted"] == 1
    stored(installation, last)
    for one in sent:
        stored(installation, one)


def test_a_refused_row_is_replayed_whole(installation: Installation) -> None:
    """What ClickHouse refused is loaded whole when the fault is mended, and a replay before that does not lose it."""
    key = public(installation, "refused")
    sent = touchpoint("page_view", channel="teleport", mood=MOOD, properties={"n": 1}, page={"path": "/poison"})
    assert (
        installation.ask("ALTER TABLE klantreis.touchpoints_stored ADD CONSTRAINT c CHECK page_path != '/poison'")
        is not None
    )
    try:
        assert installation.send([sent], key=key)[1]["accepted"] == 1
        [first] = rejected(installation, "refused", 1)
        assert first["reason"] == "unloadable"
        assert "1 let in" in run(installation, "rejected", "replay", "--key", "refused")

        def refused_anew() -> bool:
            rows = rejected(installation, "refused")
            return len(rows) == 1 and rows[0]["stored_at"] > first["stored_at"]

        installation.until(refused_anew, "the row is rejected again", 30)
        assert not is_stored(installation, sent)
    finally:
        installation.ask("ALTER TABLE klantreis.touchpoints_stored DROP CONSTRAINT c")
    run(installation, "rejected", "replay", "--reason", "unloadable")
    row = stored(installation, sent)
    assert (row["properties"], row["extra"]) == ({"n": "1"}, {"mood": json.dumps(MOOD)})
    assert [problem.partition(":")[0] for problem in row["problems"]] == ["$.channel"]
    assert row["received_at"] == first["received_at"]
    rejected(installation, "refused", 0)


MOOD = "curious" * 6_000  # more than the 32 KiB that are kept of a touchpoint which was never accepted

UNFIT = {
    "cut": (CUT, "cut at the size limit"),
    "withheld": ({**touchpoint("Bad"), "consent": {"state": "denied"}}, "did not consent"),
}


@pytest.mark.parametrize(("sent", "told"), UNFIT.values(), ids=UNFIT)
def test_what_is_gone_is_told(
    installation: Installation, sent: dict[str, Any], told: str, request: pytest.FixtureRequest
) -> None:
    """A raw that was cut or withheld cannot be replayed, whatever the settings; it is said and stays."""
    name = request.node.callspec.id
    turned_down(installation, sent, key=public(installation, name))
    rejected(installation, name, 1)
    said = run(installation, "rejected", "replay", "--key", name, touchpoint_limit_kib="1024")
    assert told in said and "0 let in" in said and "1 stay rejected" in said
    assert told in run(installation, "rejected", "show", sent["id"])
    rejected(installation, name, 1)


HOSTILE = "\x1b]0;owned\x07\x1b[2J\x9b31m\x7f\u202egpj\u2028<script>alert(1)</script>[red]:bomb:' OR 1=1 --"


def test_hostile_text_does_nothing_to_the_terminal(installation: Installation) -> None:
    """Control characters, markup, HTML and SQL of a sender are shown as text, everywhere."""
    key = public(installation, "hostile")
    sent = {**touchpoint("Bad"), "note": HOSTILE, HOSTILE: 1, "properties": {HOSTILE: HOSTILE}}
    body = json.dumps({"key": key, "sdk": {"name": HOSTILE[:60]}, "touchpoints": [sent]})
    post(installation, body, "own/1 \x9b31m<script>")
    bare = RejectedTouchpoint(reason=HOSTILE, detail=HOSTILE, raw=HOSTILE, id=HOSTILE)
    into_spool(installation, Envelope(received_us=time.time_ns() // 1000, site=HOSTILE, key_name="hostile"), [bare])
    rejected(installation, "hostile", 2)
    shown = ""
    for words in (
        ["doctor"],
        ["list"], ["list", "--json"], ["list", "--key", "hostile"], ["list", "--key", "hostile", "--json"],
        ["show", "--key", "hostile"], ["replay", "--key", "hostile"],
    ):  # fmt: skip
        said = run(installation, *(words if words == ["doctor"] else ["rejected", *words]))
        assert [one for one in said if not one.isprintable() and one != "\n"] == [], words
        if "--json" in words:
            texts = [value for line in said.splitlines() for value in json.loads(line).values()]
            assert HOSTILE in texts
        shown += said
    assert "<script>alert(1)</script>[red]:bomb:" in shown
    assert "\\u001b]0;owned" in shown
    assert run(installation, "rejected", "list", "--key", "hostile' OR 1=1 --") == "nothing of that kind was rejected\n"
    assert json.loads(run(installation, "rejected", "show", sent["id"]).partition("raw\n")[2]) == sent


def test_a_pixel_is_replayed_as_a_pixel(installation: Installation) -> None:
    """Its texts stand for numbers at the replay too."""
    key = public(installation, "pixel")
    one = {"id": str(uuid.uuid4())}
    path = f"/v1/pixel.gif?key={key}&type=sale&id={one['id']}&sequence=7&occurred_at={int(time.time() * 1000)}"
    assert installation.get(path)[0] == 400
    rejected(installation, "pixel", 1)
    Keys(installation.settings).revoke("pixel")
    Keys(installation.settings).add(name="pixel", site="shop", kind="secret")
    run(installation, "rejected", "replay", "--key", "pixel")
    row = stored(installation, one)
    assert (row["type"], row["sequence"], row["problems"]) == ("sale", 7, [])


def test_the_doctor_tells_what_was_lost(installation: Installation) -> None:
    """How many touchpoints of the last day are rejected stands in one line, by reason."""
    turned_down(installation, touchpoint("Bad"), touchpoint("Worse"), key=public(installation, "ill"))
    rejected(installation, "ill", 2)
    [line] = [line for line in run(installation, "doctor").splitlines() if "rejected:" in line]
    assert "in the last day: " in line and "field_invalid" in line
    groups = [
        json.loads(line)
        for line in run(installation, "rejected", "list", "--json", "--since", "24h", "--key", "ill").splitlines()
    ]
    assert [one["reason"] for one in groups] == ["field_invalid"] * 2


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write into another user's folder")
def test_a_replay_by_another_user_is_refused(installation: Installation) -> None:
    """What it wrote would be unreadable to the loader, and so lost."""
    folder = installation.settings.spool_folder
    owner = folder.stat().st_uid
    os.chown(folder, 12345, -1)
    try:
        with pytest.raises(SpoolFailing, match="run this command as that user"):
            run(installation, "rejected", "replay")
    finally:
        os.chown(folder, owner, -1)
