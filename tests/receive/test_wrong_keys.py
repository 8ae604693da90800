"""Keys that are missing, wrong, contradictory, revoked or not allowed what they are used for."""

from __future__ import annotations

import base64
import json
import resource
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from collector.errors import SettingsError
from collector.receive.access import Keys
from collector.settings import Settings
from tests.receive.receiver import Receiver, now_ms, touchpoint, until

DAY_MS = 86_400_000


def body(key: str | None = None) -> bytes:
    """A batch that names this key, or none."""
    return json.dumps({"touchpoints": [touchpoint()]} | ({"key": key} if key else {})).encode()


def basic(user: str, password: str = "") -> str:
    """An Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def test_the_key_may_come_in_each_place(receiver: Receiver) -> None:
    """Body, query, X-Write-Key and Authorization (Bearer, or the user of Basic) are all the same."""
    key = receiver.public
    assert receiver.post(body(key)).status == 202
    assert receiver.request("POST", f"/v1/touchpoints?key={key}", body()).status == 202
    assert receiver.post(body(), X_Write_Key=key).status == 202
    assert receiver.post(body(), Authorization=f"Bearer {key}").status == 202
    assert receiver.post(body(), Authorization=f"bearer  {key} ").status == 202
    assert receiver.post(body(), Authorization=basic(key)).status == 202
    assert receiver.post(body(), Authorization=basic(key, "ignored")).status == 202
    assert receiver.post(body(key), Authorization=f"Bearer {key}", X_Write_Key=key).status == 202


def test_no_key_is_said_to_be_missing(receiver: Receiver) -> None:
    """401 with the reason, and the header that HTTP asks for."""
    answer = receiver.post(body())
    assert (answer.status, answer.reason) == (401, "key_missing")
    assert "www-authenticate" in answer.headers


@pytest.mark.parametrize("value", ["nonsense", "k" * 300, "é", "\x00", "' OR 1=1"])
def test_an_unknown_key_is_unknown(receiver: Receiver, value: str) -> None:
    """401, whatever it is, in the body and elsewhere; and it is not logged."""
    answer = receiver.post(body(value))
    assert (answer.status, answer.reason) == (401, "key_unknown")
    assert receiver.post(body(), Authorization=basic(value)).reason == "key_unknown"
    assert receiver.post(body(), Authorization="Basic ~~~").reason == "key_unknown"
    assert value not in receiver.log or len(value) < 5


def test_a_key_that_is_no_text_is_unknown(receiver: Receiver) -> None:
    """A number or an object for a key is a key that nobody has."""
    for key in (7, {"a": 1}, ["x"], True):
        assert receiver.post(json.dumps({"key": key, "touchpoints": [touchpoint()]}).encode()).reason == "key_unknown"


def test_two_different_keys_are_refused(receiver: Receiver) -> None:
    """Which of the two was meant cannot be known; the same key twice is no contradiction."""
    for answer in (
        receiver.post(body(receiver.public), Authorization=f"Bearer {receiver.secret}"),
        receiver.post(body(receiver.public), X_Write_Key="other"),
        receiver.request("POST", f"/v1/touchpoints?key={receiver.secret}", body(receiver.public)),
        receiver.request("POST", f"/v1/touchpoints?key=a&key={receiver.public}", body()),
    ):
        assert (answer.status, answer.reason) == (401, "keys_differ")


def test_a_hundred_parameters_are_enough(receiver: Receiver) -> None:
    """A query of thousands of parameters is not searched for a key."""
    answer = receiver.request("POST", "/v1/touchpoints?" + "a=1&" * 5000 + f"key={receiver.public}", body())
    assert (answer.status, answer.reason) == (400, "not_http")


def test_a_key_works_and_ends_within_seconds(receiver: Receiver) -> None:
    """Receivers take a new key and refuse a revoked one without being restarted."""
    _, value = receiver.keys.add(name="brief", site="shop", kind="secret")
    until(lambda: receiver.post(body(value)).status == 202, "the new key works")
    receiver.keys.revoke("brief")
    until(lambda: receiver.post(body(value)).status == 401, "the revoked key is refused")


def test_a_broken_file_of_keys_locks_nobody_out(receiver: Receiver) -> None:
    """While the file cannot be read the keys known before go on working, and the log says what is wrong."""
    file = receiver.settings.keys_file
    good = file.read_bytes()
    try:
        file.write_bytes(good[:-20])
        until(lambda: "the keys stay as they were" in receiver.log, "the log tells of the broken file")
        assert receiver.post(body(receiver.public)).status == 202
    finally:
        file.write_bytes(good)


def test_a_public_key_sends_no_till_sales(receiver: Receiver) -> None:
    """Anybody can read it in the page, so till sales and loyalty scans need a secret key."""
    for type_ in ("sale", "loyalty_scan"):
        answer = receiver.send(touchpoint(type_), touchpoint())
        assert answer.json["accepted"] == 1
        assert answer.json["rejected"][0]["reason"] == "needs_secret_key"
        assert receiver.send(touchpoint(type_), key=receiver.secret).json["accepted"] == 1


def test_a_public_key_forges_no_loyalty_link_address_or_user_agent(receiver: Receiver) -> None:
    """These are set aside, with nothing of their values kept, and cost nothing else; a secret key's count."""
    fields = {
        "identity": {"loyalty_card": "CARD-998877", "email_hash": "a" * 64},
        "context": {"user_agent": "ForgedAgent/1", "address": "203.0.113.77", "language": "nl"},
    }
    sent = touchpoint(**fields)
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert (stored["identity"], stored["context"]) == ({"email_hash": "a" * 64}, {"language": "nl"})
    assert [problem.partition(":")[0] for problem in stored["problems"]] == [
        "$.identity.loyalty_card", "$.context.user_agent", "$.context.address",
    ]  # fmt: skip
    assert not any(text in json.dumps(stored) for text in ("CARD-998877", "ForgedAgent", "203.0.113.77"))
    sent = touchpoint(**fields)
    assert receiver.send(sent, key=receiver.secret).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert stored["identity"]["loyalty_card"] == "CARD-998877"
    assert stored["context"] == {"user_agent": "ForgedAgent/1", "address": "203.0.113.0", "language": "nl"}
    assert "problems" not in stored and stored["_envelope"]["secret"] is True


OLD = now_ms() - 31 * DAY_MS
TOO_OLD = {
    "by its time": (OLD, {}, {}),
    "by its time, whatever it says of its age": (OLD, {"age_ms": 0}, {"sent_at": now_ms()}),
    "by its age": (now_ms(), {"age_ms": 31 * DAY_MS}, {}),
    "by its age, under a clock that is wrong": (OLD, {"age_ms": 31 * DAY_MS}, {"sent_at": OLD}),
}


@pytest.mark.parametrize(("occurred_at", "more", "batch"), TOO_OLD.values(), ids=TOO_OLD.keys())
def test_a_public_key_writes_no_history(
    receiver: Receiver, occurred_at: int, more: dict[str, int], batch: dict[str, int]
) -> None:
    """What is older than 30 days, by any account, needs a secret key: nobody forges last year's journeys."""
    answer = receiver.send(touchpoint(occurred_at=occurred_at, **more), touchpoint(), batch=batch).json
    reasons = [rejected["reason"] for rejected in answer["rejected"]]
    assert (answer["accepted"], reasons) == (1, ["too_old_for_key"])
    assert receiver.send(touchpoint(occurred_at=occurred_at, **more), key=receiver.secret).json["accepted"] == 1


def test_a_device_that_lives_in_the_past_sends_nothing_old(receiver: Receiver) -> None:
    """When its clock at sending is as wrong as the touchpoint's time, the touchpoint is new."""
    long_ago = now_ms() - 10 * 365 * DAY_MS
    assert receiver.send(touchpoint(occurred_at=long_ago), batch={"sent_at": long_ago + 5000}).json["accepted"] == 1


def keys_in(folder: Path) -> Keys:
    """The keys of an installation that is not running."""
    return Keys(Settings(data=folder))


def test_a_secret_is_nowhere_on_disk(tmp_path: Path) -> None:
    """Of a secret key only its hash is kept, in a file that nobody else may read."""
    keys = keys_in(tmp_path)
    key, value = keys.add(name="till-1", site="shop", kind="secret")
    file = tmp_path / "keys.json"
    assert value.encode() not in b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert value not in repr(keys.list()) and stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys_in(tmp_path).find(value) == key
    assert key.sha256 is not None and keys_in(tmp_path).find(key.sha256) is None


WRONG = {
    "name": {"name": "Till 1"},
    "site": {"site": ""},
    "kind": {"kind": "private"},
    "origin": {"origins": ["shop.example"]},
    "origin with path": {"origins": ["https://shop.example/shop"]},
    "origin with a star inside": {"origins": ["https://shop.*.example"]},
    "rate": {"rate": 0},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG.keys())
def test_a_key_that_makes_no_sense_is_not_made(tmp_path: Path, wrong: dict[str, object]) -> None:
    """The message names what is wrong, and nothing is written."""
    with pytest.raises(SettingsError, match=next(iter(wrong)).rstrip("s")):
        keys_in(tmp_path).add(**{"name": "web", "site": "shop", "kind": "public", **wrong})  # type: ignore[arg-type]
    assert not (tmp_path / "keys.json").exists()


def test_a_name_is_used_by_one_active_key(tmp_path: Path) -> None:
    """A name can be given again only after its key was revoked; who revokes nothing is told so."""
    keys = keys_in(tmp_path)
    keys.add(name="web", site="shop", kind="public")
    with pytest.raises(SettingsError, match="web is an active key"):
        keys.add(name="web", site="shop", kind="public")
    keys.revoke("web")
    with pytest.raises(SettingsError, match="not an active key"):
        keys.revoke("web")
    keys.add(name="web", site="shop", kind="public")
    assert [key.revoked is None for key in keys.list()] == [False, True]


def test_the_demo_brings_two_keys_that_are_not_in_the_file(tmp_path: Path) -> None:
    """They work with the setting alone, and cannot be taken or left behind."""
    keys = Keys(Settings(data=tmp_path, demo=True))
    found = [keys.find(value) for value in ("demo", "demo-secret")]
    assert [(key.site, key.secret) for key in found if key is not None] == [("demo", False), ("demo", True)]
    assert [key.name for key in keys.list()] == ["demo", "demo-secret"]
    with pytest.raises(SettingsError):
        keys.add(name="demo", site="shop", kind="public")
    assert keys_in(tmp_path).find("demo") is None


def test_two_who_add_at_once_both_succeed(tmp_path: Path) -> None:
    """Commands that run at the same time wait for one another, so that no key that was shown is lost."""
    script = (
        "import sys; from pathlib import Path; from collector.settings import Settings\n"
        "from collector.receive.access import Keys\n"
        "keys = Keys(Settings(data=Path(sys.argv[1])))\n"
        "for n in range(20): keys.add(name=f'{sys.argv[2]}-{n}', site='shop', kind='public')\n"
    )
    running = [subprocess.Popen([sys.executable, "-c", script, str(tmp_path), name]) for name in ("a", "b", "c")]
    assert [process.wait(60) for process in running] == [0, 0, 0]
    assert len(keys_in(tmp_path).list()) == 60


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": 2, "keys": []}', b'{"format": 1, "keys": [{"name": 1}]}'])
def test_a_file_that_is_not_keys_is_not_taken_for_none(tmp_path: Path, content: bytes) -> None:
    """At the start it is an error that names the file, and adding does not overwrite it."""
    keys = keys_in(tmp_path)
    (tmp_path / "keys.json").write_bytes(content)
    with pytest.raises(SettingsError, match=r"keys\.json"):
        keys_in(tmp_path)
    with pytest.raises(SettingsError, match=r"keys\.json"):
        keys.add(name="web", site="shop", kind="public")
    assert (tmp_path / "keys.json").read_bytes() == content


def test_a_receiver_without_readable_keys_does_not_start(tmp_path: Path) -> None:
    """It says which file is at fault, in one line, and ends with 1: without keys it would turn everybody away."""
    receiver = Receiver(tmp_path)
    try:
        receiver.settings.keys_file.write_text("not keys")
        ended = subprocess.run(
            [sys.executable, "-m", "collector.receive", "--fd", str(receiver.listening.fileno())],
            env=receiver.environment,
            pass_fds=(receiver.listening.fileno(),),
            capture_output=True,
            timeout=30,
        )
    finally:
        receiver.listening.close()
    assert ended.returncode == 1
    assert b"keys.json" in ended.stderr and b"Traceback" not in ended.stderr


def test_a_revocation_that_could_not_be_read_is_read_later(tmp_path: Path) -> None:
    """A receiver that had no file descriptor left at that second looks again, and the key ends all the same."""
    keys = Keys(Settings(data=tmp_path))
    _, value = keys.add(name="web", site="shop", kind="public")
    Keys(Settings(data=tmp_path)).revoke("web")
    most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, most[1]))
    try:
        assert not keys.refresh() and keys.find(value) is not None
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, most)
    assert keys.refresh() and keys.find(value) is None
