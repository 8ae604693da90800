"""One installation to which everything happens: normal life, errors, hostile senders, a damaged spool, kills."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from collector.envelope import Envelope, Kind
from collector.receive.access import Keys
from collector.spool import losses, segment
from collector.spool.waiting import backlog
from tests.installation import Installation, running, touchpoint

MARK = "quokka"
"""Stands in everything that was sent and may not be logged."""

HOSTILE = f"{MARK}\r\n\x1b[2J\x00\u2028\u202e\x85"


@dataclass
class Eventful:
    """The installation after all that, still running."""

    installation: Installation
    secret: str
    """The value of a secret key."""
    public: str

    @property
    def log(self) -> str:
        """All that its processes have written."""
        return self.installation.log.read_text("utf-8", "replace")

    def klantreis(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command on this installation."""
        return subprocess.run(
            [sys.executable, "-m", "collector", *arguments],
            env=self.installation.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def metrics(self) -> str:
        """What its console exposes."""
        status, body = self.installation.get("/metrics", self.installation.console_url)
        assert status == 200
        return body.decode()


@pytest.fixture(scope="session")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Eventful]:
    """It has gone through everything; whoever uses it leaves it as it was, but for what its test is about."""
    with running(tmp_path_factory.mktemp("eventful"), log_format="json") as installation:
        keys = Keys(installation.settings)
        _, secret = keys.add(name="till", site="shop", kind="secret")
        _, public = keys.add(name="web", site="shop", kind="public", origins=[f"https://{MARK}.example"])
        life = Eventful(installation, secret, public)
        _live(life)
        _send_what_is_wrong(life)
        _break_the_keys(life)
        _damage_the_spool(installation)
        _kill(installation)
        yield life


def _person() -> dict[str, Any]:
    """A touchpoint full of what must not be logged."""
    return touchpoint(
        visitor_id=f"v-{MARK}",
        customer_id=f"c-{MARK}",
        session_id=f"s-{MARK}",
        page={"url": f"https://shop.example/{MARK}?email={MARK}@example.com"},
        search={"term": HOSTILE},
        properties={f"note-{MARK}": HOSTILE},
        context={"address": "203.0.113.77", "user_agent": f"Mozilla/5.0 ({MARK})"},
    )


def _live(life: Eventful) -> None:
    installation = life.installation
    installation.until(lambda: installation.send([touchpoint()], key=life.secret)[0] == 202, "the new key is known")
    for key in ("demo", life.secret):
        status, answer = installation.send([_person(), _person()], key=key, **{"User-Agent": f"agent {MARK}"})
        assert (status, answer["accepted"]) == (202, 2), answer


def _send_what_is_wrong(life: Eventful) -> None:
    installation = life.installation
    wrong = [{**_person(), "occurred_at": 0}, {**_person(), "id": MARK}, {**_person(), "order": {"total": HOSTILE}}]
    assert installation.send(wrong)[0] == 202
    for body, headers in (
        (f'{{"key": "{MARK}", "touchpoints": [{{}}]}}', {}),
        (f'{{"key": "demo", "touchpoints": "{MARK}"', {}),
        (json.dumps({"key": life.public, "touchpoints": [_person()]}), {"Origin": f"https://not-{MARK}.example"}),
        ('{"touchpoints": []}', {"Authorization": f"Bearer {MARK}", "X-Forwarded-For": "203.0.113.77"}),
        ("[" * 100_000, {}),
    ):
        request = urllib.request.Request(installation.url + "/v1/touchpoints", body.encode(), headers)
        with pytest.raises(urllib.error.HTTPError, match=r"HTTP Error 40[013]"):
            urllib.request.urlopen(request, timeout=15)
    assert installation.get(f"/v1/pixel.gif?key={MARK}&visitor_id={MARK}")[0] == 401
    assert installation.get(f"/{MARK}%0d%0a{MARK}")[0] == 404


def _break_the_keys(life: Eventful) -> None:
    file = life.installation.settings.keys_file
    whole = file.read_bytes()
    file.write_text(json.dumps({"format": 1, "keys": [{"name": MARK, "value": f"pk_{MARK}", "kind": MARK}]}))
    life.installation.until(lambda: "the keys stay as they were" in life.log, "the broken keys are noticed")
    file.write_bytes(whole)


def _damage_the_spool(installation: Installation) -> None:
    """A segment of a receiver that is gone: with a row that ClickHouse refuses, a record that nobody writes, damage."""
    head = msgspec.json.encode(Envelope(received_us=time.time_ns() // 1000, site="shop", key_name="till")) + b"\n"
    payloads = [
        (Kind.TOUCHPOINTS, head + json.dumps({**_person(), "order": {"total": f"twelve {MARK}"}}).encode() + b"\n"),
        (77, head + json.dumps(_person()).encode() + b"\n"),
        (Kind.TOUCHPOINTS, head + json.dumps(_person()).encode() + b"\n"),
    ]
    header = segment.new_header()
    pieces = [segment.encode_header(header)]
    for number, (kind, payload) in enumerate(payloads):
        pieces += segment.frame(header.salt, number, segment.now_us(), kind, payload)
    content = bytearray(b"".join([*pieces, segment.end_mark(header.salt, len(payloads))]))
    content[-segment.RECORD_HEADER_SIZE - 5] ^= 1
    folder = installation.settings.spool_folder
    (folder / "laid.new").write_bytes(content)
    os.rename(folder / "laid.new", folder / segment.name_of(header))
    # And acknowledged: a loader that is killed before counts it again.
    installation.until(lambda: losses.read(folder).lost and not backlog(folder).bytes, "the loss is noted")


def _kill(installation: Installation) -> None:
    installation.kill("clickhouse", "load")
    assert installation.send([_person()])[0] == 202
    installation.kill("receive")
    folder = installation.settings.spool_folder
    installation.until(lambda: backlog(folder).bytes == 0 and installation.ask("SELECT 1"), "everything is loaded")
    installation.wait_ready()
    installation.until(lambda: installation.get("/healthz", installation.console_url)[0] == 200, "the console answers")
