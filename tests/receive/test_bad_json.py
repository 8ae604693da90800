"""Bodies that are not what they should be: each has its answer, and what can be understood of them comes in."""

from __future__ import annotations

import gzip
import json
import uuid

import pytest

from tests.receive.receiver import Receiver, now_ms, touchpoint

NOT_BATCHES = {
    "nothing": b"",
    "not JSON": b"hello",
    "a bare list": b"[]",
    "a bare number": b"7",
    "null": b"null",
    "no touchpoints": b"{}",
    "touchpoints null": b'{"touchpoints": null}',
    "touchpoints an object": b'{"touchpoints": {}}',
    "cut in the middle": b'{"touchpoints": [{"id": "0190',
    "more behind the end": b'{"touchpoints": []} {}',
    "NaN": b'{"touchpoints": [{"age_ms": NaN}]}',
    "Infinity": b'{"touchpoints": [], "sent_at": -Infinity}',
    "UTF-16": '{"touchpoints": []}'.encode("utf-16"),
    "single quotes": b"{'touchpoints': []}",
    "a comma too many": b'{"touchpoints": [],}',
    "a raw control character": b'{"touchpoints": [], "key": "a\nb"}',
    "a leading zero": b'{"touchpoints": [], "sent_at": 01}',
    "brackets without end": b'{"touchpoints": ' + b"[" * 50_000,
    "more brackets than are counted": b'{"touchpoints": ' + b"[" * 240_000,
    "quotes without end": b'{"touchpoints": "' + b'\\"' * 100_000,
    "NUL bytes": b"\x00" * 100,
}


@pytest.mark.parametrize("body", NOT_BATCHES.values(), ids=NOT_BATCHES.keys())
def test_what_is_no_batch_is_refused_as_such(receiver: Receiver, body: bytes) -> None:
    """A body that cannot be understood as a batch is answered 400 with the reason, whatever it is."""
    answer = receiver.post(body)
    assert (answer.status, answer.reason) == (400, "not_json")
    assert answer.headers["content-type"] == "application/json"


def test_the_error_says_which_field(receiver: Receiver) -> None:
    """Where one field is to blame, its path is in the answer."""
    assert receiver.post(b'{"touchpoints": {}}').json["field"] == "$.touchpoints"


def test_no_touchpoints_are_none(receiver: Receiver) -> None:
    """An empty batch with a good key is accepted and stores nothing."""
    before = len(receiver.records())
    answer = receiver.send()
    assert (answer.status, answer.json) == (202, {"accepted": 0, "rejected": []})
    assert len(receiver.records()) == before


def test_too_many_touchpoints_are_refused_before_they_cost_anything(receiver: Receiver) -> None:
    """More touchpoints than allowed are answered 413, also when they are thousands in a few compressed bytes."""
    assert receiver.send(*[touchpoint() for _ in range(500)]).json["accepted"] == 500
    assert receiver.send(*[touchpoint() for _ in range(501)]).reason == "too_many_touchpoints"
    thousands = b'{"touchpoints":[' + b"{}," * 200_000 + b"{}]}"
    answer = receiver.post(gzip.compress(thousands))
    assert (answer.status, answer.reason) == (413, "too_many_touchpoints")


def test_millions_of_numbers_are_no_touchpoints(receiver: Receiver) -> None:
    """In a very large body only objects count as touchpoints, so that counting them costs little."""
    answer = receiver.post(gzip.compress(b'{"touchpoints":[' + b"1," * 4_000_000 + b"1]}"))
    assert (answer.status, answer.reason) == (400, "not_json")


def test_a_crowd_of_brackets_is_refused_unread(receiver: Receiver) -> None:
    """Millions of lists in a few compressed bytes are answered 413; as many as an honest batch may have come in."""
    text = json.dumps({"key": receiver.public, "touchpoints": [touchpoint(properties={"crowd": "#"})]})
    answer = receiver.post(gzip.compress(text.replace('"#"', "[" + "[],[1]," * 900_000 + "[]]").encode()))
    assert (answer.status, answer.reason) == (413, "body_too_large")
    honest = [touchpoint("order", products=[{"id": "p"}] * 200) for _ in range(500)]
    answer = receiver.post(gzip.compress(json.dumps({"key": receiver.public, "touchpoints": honest}).encode()))
    assert answer.json["accepted"] == 500


@pytest.mark.parametrize("escape", ["\\ud83d", "\\uDE00", "a\\ud83d\\ud83d", "\\ud83dx", "\\\\\\ud800"])
def test_half_an_emoji_costs_nothing(receiver: Receiver, escape: str) -> None:
    """A lone surrogate, as JavaScript leaves it when it cuts a text, becomes U+FFFD; whole pairs stay."""
    one, other = str(uuid.uuid4()), str(uuid.uuid4())
    body = (
        f'{{"key":"{receiver.public}","touchpoints":['
        f'{{"id":"{one}","type":"page_view","occurred_at":{now_ms()},"page":{{"title":"cut {escape}"}}}},'
        f'{{"id":"{other}","type":"page_view","occurred_at":{now_ms()},'
        '"page":{"title":"\\ud83d\\ude00 \\\\ud83d"}}]}'
    )
    assert receiver.post(body.encode()).json == {"accepted": 2, "rejected": []}
    assert "\ufffd" in receiver.stored(one)["page"]["title"]
    assert receiver.stored(other)["page"]["title"] == "\U0001f600 \\ud83d"


def test_text_that_is_not_utf_8_costs_nothing(receiver: Receiver) -> None:
    """Bytes of another encoding become U+FFFD, and a byte order mark is passed over."""
    sent = touchpoint(page={"title": "caf#"})
    body = json.dumps({"key": receiver.public, "touchpoints": [sent]}).encode().replace(b"#", b"\xe9")
    assert receiver.post(b"\xef\xbb\xbf" + body).json["accepted"] == 1
    assert receiver.stored(sent["id"])["page"]["title"] == "caf\ufffd"


@pytest.mark.parametrize("levels", [20, 500, 30_000])
def test_deep_nesting_costs_its_own_touchpoint_only(receiver: Receiver, levels: int) -> None:
    """A touchpoint that nests too deeply is rejected, however deeply; its neighbours come in."""
    good, deep = touchpoint(), touchpoint(properties={"deep": "#"})
    text = json.dumps({"key": receiver.public, "touchpoints": [good, deep, touchpoint()]})
    body = text.replace('"#"', "[" * levels + "]" * levels).encode()
    answer = receiver.post(gzip.compress(body)).json
    assert answer["accepted"] == 2
    assert [(one["index"], one["id"]) for one in answer["rejected"]] == [(1, deep["id"])]
    assert answer["rejected"][0]["reason"] in ("too_deep", "touchpoint_too_large")


def test_as_deep_as_allowed_comes_in(receiver: Receiver) -> None:
    """The limit counts the body, the list, the touchpoint and its properties: twelve more levels pass, not thirteen."""
    value: object = "x"
    for _ in range(12):
        value = [value]
    assert receiver.send(touchpoint(properties={"deep": value})).json["accepted"] == 1
    answer = receiver.send(touchpoint(properties={"deep": [value]})).json
    assert answer["rejected"][0]["reason"] == "too_deep"


def test_a_deep_unknown_field_is_too_deep_as_well(receiver: Receiver) -> None:
    """Depth counts in fields outside the vocabulary too, since they are kept."""
    value: object = "x"
    for _ in range(40):
        value = {"a": value}
    assert receiver.send(touchpoint(novelty=value)).json["rejected"][0]["reason"] == "too_deep"


def test_the_last_of_two_equal_names_counts(receiver: Receiver) -> None:
    """Of a field that stands twice the last one is taken, as in browsers."""
    identified = str(uuid.uuid4())
    body = (
        f'{{"key":"{receiver.public}","touchpoints":[{{"id":"{identified}","type":"first","type":"last",'
        f'"occurred_at":{now_ms()},"properties":{{"a":1,"a":2}}}}]}}'
    )
    assert receiver.post(body.encode()).status == 202
    stored = receiver.stored(identified)
    assert (stored["type"], stored["properties"]) == ("last", {"a": "2"})


def test_huge_numbers_cost_nothing_but_themselves(receiver: Receiver) -> None:
    """Numbers that no machine holds are kept as text in properties and set aside elsewhere."""
    sent = touchpoint(properties={"int": "#1", "float": "#2"}, age_ms="#1", feedback={"score": "#2"})
    body = json.dumps({"key": receiver.public, "touchpoints": [sent]})
    digits = "9" * 5000
    answer = receiver.post(body.replace('"#1"', digits).replace('"#2"', "1e999").encode())
    assert answer.json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert stored["properties"] == {"int": digits, "float": "1e999"}
    assert "age_ms" not in stored and stored["feedback"] == {}
    assert [problem.partition(":")[0] for problem in stored["problems"]] == ["$.age_ms", "$.feedback.score"]


def test_a_bad_time_of_sending_is_said_in_each_touchpoint(receiver: Receiver) -> None:
    """What is wrong with the batch's own fields is a problem of its touchpoints, not a refusal."""
    sent = touchpoint()
    assert receiver.send(sent, batch={"sent_at": "yesterday", "sdk": {"name": 7}, "new": [1]}).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert [problem.partition(":")[0] for problem in stored["problems"]] == ["$.sent_at", "$.sdk"]
    assert "sent_us" not in stored["_envelope"]


@pytest.mark.parametrize(
    "odd", [b"1e999", b"9" * 5000, b'"\xff"', b'"\\ud800"'], ids=["1e999", "digits", "utf-8", "half"]
)
def test_what_nobody_reads_costs_no_touchpoint(receiver: Receiver, odd: bytes) -> None:
    """A value of a field that is not known, beside the touchpoints: neither the good one nor the bad one minds."""
    good, bad = touchpoint(), touchpoint() | {"occurred_at": 1}
    for one in (bad, touchpoint() | {"age_ms": "no"}):
        batch = {"key": receiver.public, "sdk": {"name": "x", "odd": "HERE"}, "touchpoints": [good, one]}
        answer = receiver.post(json.dumps(batch).encode().replace(b'"HERE"', odd))
        assert answer.status == 202, answer
        assert [turned["id"] for turned in answer.json["rejected"]] == ([one["id"]] if one is bad else [])
        assert receiver.stored(good["id"])["_envelope"]["sdk_name"] == "x"
