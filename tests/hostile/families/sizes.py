"""Sizes at every limit of docs/touchpoints.md, and one beyond; property names of every odd kind."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tests.hostile.case import Case, good
from tests.hostile.writing import GOOD, PUBLIC, SECRET, batch, refused, touch

KIB, MIB = 1024, 1 << 20
STAMP = 13  # digits that stand for a time of now
ID = 36
GOOD_SIZE = len(good({"name": ""})) - len('"@NOW@"') + STAMP

NAMES = (
    "", " ", "a.b", "a.b.c", "a[0]", "$", "$.x", "_overflow", "__proto__", "constructor", "toString", "0", "-1", "null", "true",
    "\u00e9", "\U0001f600", "\u202e", "\x00", "\n", "\t", "\x1b[31m", "\"", "\\", "'", "`", ";", "--", "%s", "{}", "=1", "a b",
    "key", "id", "type", "occurred_at", "email", "EMAIL", "user_id", "properties", "extra", "problems", "_site", "site", "a" * 128,
    "\U0001f600" * 128, "'; DROP TABLE x", "<b>", "\ufeff", "\u200b", "A", "a\x00b", "\x7f", "1e5", "\u2028", "NaN",
)  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _bodies()
    yield from _touchpoints()
    yield from _properties()
    yield from _batch_fields()


def _bodies() -> Iterator[Case]:
    for more, fits in ((-1, True), (0, True), (1, False)):
        for limit, pack in ((MIB, []), (8 * MIB, ["gzip"])):
            name = f"sizes/body-{limit // MIB}-mib{more:+d}"
            body = f'{{"key":"{PUBLIC}","touchpoints":[{GOOD}]}}'
            room = limit + more - len(body) + len(GOOD) - GOOD_SIZE
            case = {"name": name, "body": [body, {"repeat": " ", "times": room}], "pack": pack}
            if fits:
                yield case | {"answer": {"status": 202, "accepted": ["good"]}}
            else:
                yield case | {"answer": {"status": 413, "reason": "body_too_large"}}
    for number in (499, 500, 501, 5_000):
        name = f"sizes/touchpoints-{number}"
        body = [f'{{"key":"{PUBLIC}","touchpoints":[', {"repeat": "null,", "times": number - 1}, GOOD, "]}"]
        if number > 500:
            yield refused(name, 413, "too_many_touchpoints", body=body)
    yield refused(
        "sizes/touchpoints-numbers",
        400,
        "not_json",
        body=['{"touchpoints":[', {"repeat": "1,", "times": 4 * MIB - 20}, "1]}"],
        pack=["gzip"],
    )
    yield refused(
        "sizes/touchpoints-empty",
        413,
        "too_many_touchpoints",
        body=['{"touchpoints":[', {"repeat": "{},", "times": 200_000}, "{}]}"],
        pack=["gzip"],
    )
    items = {"lists": "[],", "objects": "{},", "numbers": "1.5,", "texts": '"a",', "truths": "true,", "nulls": "null,"}
    for what, item in items.items():
        name = f"sizes/million-{what}"
        yield _full(refused(name, 413, "body_too_large"), item, 8 * MIB // len(item) - 1_000)
    # What does not fit among the properties is set aside, whatever its size.
    items |= {"pairs": '{"a":"b"},', "long": '"' + "x" * 12 + '",', "names": '{"a":1.5},', "ones": '["a"],'}
    for what, item in items.items():
        name = f"sizes/most-{what}"
        times = 124_000 if item[0] in "[{" else 499_000
        yield _full(batch(name, "#", problems=["$.properties"]), item, times)


def _full(case: Case, item: str, times: int) -> Case:
    """With so many items in a property."""
    before, after = json.dumps(touch(properties={"a": "#"})).split('"#"')
    head, tail = case.get("body", f'{{"key":"{PUBLIC}","touchpoints":[#]}}').split("#")
    body = [head + before + "[", {"repeat": item, "times": times}, "1]" + after + tail]
    return {**case, "body": body, "pack": ["gzip"]}


def _touchpoints() -> Iterator[Case]:
    for more in (-1, 0, 1):
        # Of fields that fit, and with one that the collector does not know.
        for kind in ("known", "unknown"):
            name = f"sizes/touchpoint-{kind}{more:+d}"
            padding = [
                {"id": "i" * 128, "name": "n" * 256, "category": "c" * 256, "brand": "b" * 128} for _ in range(39)
            ]
            sent = {
                "id": "@ID@",
                "type": "page_view",
                "occurred_at": "@NOW@",
                "page": {"title": ""},
                "products": padding,
            }
            if kind == "unknown":
                sent["novelty"] = 1
            room = 32 * KIB + more - len(_compact(sent)) + len('"@NOW@"') - STAMP + len("@ID@") - ID
            text = _grown(sent, room)
            if more > 0:
                yield batch(name, text, accepted=False, rejected=[(1, "touchpoint_too_large", None)])
            elif kind == "known":
                yield batch(name, text)
    for kib in (33, 64, 500):
        for field in ("novelty", "visitor_id", "type"):
            name = f"sizes/touchpoint-{kib}-kib-{field}"
            before, after = json.dumps(touch() | {field: "#"}).split("#")
            case = batch(name, "#", accepted=False, rejected=[(1, "touchpoint_too_large", None)])
            begin, end = case["body"].split("#")
            yield case | {"body": [begin + before, {"repeat": "x", "times": kib * KIB}, after + end]}
    for number, fits in ((199, True), (200, True), (201, False), (1000, False)):
        name = f"sizes/products-{number}"
        sent = json.dumps(touch(products=[{"id": "p"}] * number))
        yield batch(name, sent, problems=[] if fits else ["$.products"])


def _compact(sent: object) -> str:
    return json.dumps(sent, separators=(",", ":"))


def _grown(sent: dict[str, object], room: int) -> str:
    """The touchpoint with as many characters more as there is room, in texts that may grow so far."""
    assert 0 <= room <= 1024, room
    return _compact(sent).replace('"title":""', f'"title":"{"t" * room}"')


def _properties() -> Iterator[Case]:
    for number, name_ in enumerate(NAMES):
        name = f"names/odd-{number:02d}"
        yield batch(name, json.dumps(touch(properties={name_: "value", "plain": number})), kept=True)
    name = "names/all-odd"
    yield batch(name, json.dumps(touch(properties=dict.fromkeys(NAMES, "x"))), kept=True)
    for count, fits in ((63, True), (64, True), (65, False), (500, False), (2_000, False)):
        name = f"names/count-{count}"
        sent = json.dumps(touch(properties={f"n{number}": number for number in range(count)}))
        yield batch(name, sent, problems=[] if fits else ["$.properties"])
    for length, fits in ((127, True), (128, True), (129, False), (10_000, False)):
        for letter in ("n", "\u00e9", "\U0001f600"):
            name = f"names/length-{length}-{len(letter.encode())}"
            if length * len(json.dumps(letter)) < 30_000:
                yield batch(
                    name, json.dumps(touch(properties={letter * length: 1})), problems=[] if fits else ["$.properties"]
                )
    for size, fits in ((16 * KIB - 1, True), (16 * KIB, True), (16 * KIB + 1, False)):
        for letter in ("v", "\u00e9", "\U0001f600"):
            name = f"names/bytes-{size}-{len(letter.encode())}"
            wide = len(letter.encode())
            number, rest = divmod(size - 1, wide)
            text = letter * number + "v" * rest
            sent = json.dumps(touch(properties={"n": text}), ensure_ascii=False)
            yield batch(name, sent, problems=[] if fits else ["$.properties"])
    for count in (63, 64, 65, 500):
        name = f"names/unknown-{count}"
        yield batch(name, json.dumps(touch() | {f"new{number}": number for number in range(count)}))
    name = "names/ten-thousand"
    case = batch(name, json.dumps(touch(properties={"#": 1})), problems=["$.properties"])
    before, after = case["body"].split('"#": 1')
    yield case | {"body": [before, {"names": 10_000}, after]}


def _batch_fields() -> Iterator[Case]:
    for number, (field, value, fits) in enumerate(
        (
            ("sdk", {"name": "n" * 64, "version": "v" * 64}, True), ("sdk", {"name": "n" * 65}, False), ("sdk", {"version": "v" * 65}, False),
            ("sdk", [], False), ("sdk", "k", False), ("sdk", {"name": 7}, False), ("sdk", {}, True), ("sdk", None, True), ("sdk", {"new": 7}, True),
            ("sent_at", "yesterday", False), ("sent_at", "", False), ("sent_at", [], False), ("sent_at", {}, False), ("sent_at", True, False),
            ("sent_at", None, True), ("sent_at", "2026-01-01T00:00:00", False), ("sent_at", 2**53 + 1, False), ("sent_at", -(2**53) - 1, False),
            ("sent_at", 1.5, False), ("sent_at", "@ISO@", True), ("novelty", [1, {"a": None}], True), ("novelty", None, True),
        )
    ):  # fmt: skip
        name = f"sizes/batch-{number:02d}-{field}"
        told = {} if fits else {"good": [f"$.{field}"], "it": [f"$.{field}"]}
        yield batch(name, json.dumps(touch()), key=SECRET, more=f',"{field}":{json.dumps(value)}', problems=told)
