"""Bodies that break off, nest, or hold what no JSON may hold."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

from tests.hostile.case import Case
from tests.hostile.writing import GOOD, PUBLIC, SECRET, batch, refused, touch

SMALL = (
    '{"key":"demo","touchpoints":[{"id":"018f0000-0000-7000-8000-000000000001","type":"page_view","occurred_at":1}]}'
)
LEVELS = (1, 9, 10, 11, 12, 13, 14, 15, 16, 17, 100, 999, 5_000, 16_000, 60_000)
TOO_MANY_LEVELS = 100_000
"""With as many more texts and brackets than are looked at, where no parser follows."""

BAD_UTF_8 = {
    "overlong-slash": b"\xc0\xaf", "overlong-nul": b"\xc0\x80", "overlong-3": b"\xe0\x80\xaf",
    "overlong-4": b"\xf0\x80\x80\xaf", "overlong-5": b"\xf8\x80\x80\x80\xaf", "surrogate": b"\xed\xa0\x80",
    "pair": b"\xed\xa0\xbd\xed\xb8\x80", "beyond": b"\xf4\x90\x80\x80", "ff": b"\xff", "fe": b"\xfe",
    "alone": b"\x80", "cut-2": b"\xc3", "cut-3": b"\xe2\x82", "cut-4": b"\xf0\x9f\x98", "latin-1": b"caf\xe9",
    "windows": b"\x93quoted\x94", "shift-jis": b"\x83e\x83X\x83g",
}  # fmt: skip
SURROGATES = (
    "\\ud800", "\\udfff", "\\ud83d", "a\\uDE00b", "\\ud83d\\ud83d\\ude00", "\\ude00\\ud83d", "\\ud83d\\\\ude00",
    "\\\\\\ud800", "\\ud83d\\u0041", "\\ud83d" * 20,
)  # fmt: skip


def cases() -> Iterator[Case]:
    """All of them."""
    for size in range(len(SMALL)):
        yield refused(f"bodies/cut-{size:03d}", 400, "not_json", body=SMALL[:size])
    for place in range(len(SMALL)):
        broken = SMALL[:place].encode() + b"\0" + SMALL[place + 1 :].encode()
        yield refused(f"bodies/nul-{place:03d}", 400, "not_json", body={"base64": base64.b64encode(broken).decode()})
    yield from _texts()
    yield from _nested()
    yield from _unreadable()
    yield from _numbers()
    yield from _twice()


def _texts() -> Iterator[Case]:
    # Before the text stands what fits, what does not (so that it is read in another way), and what costs the whole.
    for state, more in {"good": {}, "set-aside": {"channel": 7}, "unknown": {"novelty": [1]}}.items():
        told = ["$.channel"] if state == "set-aside" else []
        for number, escape in enumerate(SURROGATES):
            for field in ("page.title", "properties.a", "unheard_of", "visitor_id", "products"):
                name = f"bodies/surrogate-{number}-{state}-{field}"
                sent = json.dumps(touch() | more | _holding(field))
                yield batch(name, sent.replace("#", escape), problems=told)
        for what, raw in BAD_UTF_8.items():
            name = f"bodies/utf-8-{what}-{state}"
            before, after = _around(batch(name, json.dumps(touch() | more | _holding("page.title"))))
            body = [before, {"base64": base64.b64encode(raw).decode()}, after]
            yield batch(name, problems=told) | {"body": body}
    for number, escape in enumerate(SURROGATES):
        name = f"bodies/surrogate-{number}-id"
        sent = json.dumps(touch() | {"id": "#"}).replace("#", escape)
        yield batch(name, sent, accepted=False, rejected=[(1, "field_invalid", "$.touchpoints[1].id")])
        name = f"bodies/surrogate-{number}-type"
        sent = json.dumps(touch(visitor_id="#") | {"type": "NO " + "#"}).replace("#", escape)
        yield batch(name, sent, accepted=False, rejected=[(1, "field_invalid", "$.touchpoints[1].type")])
        name = f"bodies/surrogate-{number}-name"
        yield batch(name, json.dumps(touch(properties={"#": 1})).replace("#", escape))
        name = f"bodies/surrogate-{number}-key"
        body = '{"key":"' + escape + '","touchpoints":[' + GOOD + "]}"
        yield refused(name, 401, "key_unknown", body=body)
    name = "bodies/byte-order-mark"
    case = batch(name, json.dumps(touch()))
    yield case | {"body": "\ufeff" + case["body"]}
    for encoding in ("utf-16", "utf-16-le", "utf-32", "utf-7", "cp037"):
        raw = SMALL.encode(encoding) if encoding != "utf-7" else b"+AHsAIgAi-" + SMALL.encode()
        sent = {"base64": base64.b64encode(raw).decode()}
        yield refused(f"bodies/encoding-{encoding}", 400, "not_json", body=sent)


def _around(case: Case) -> tuple[str, str]:
    before, _, after = case["body"].partition("#")
    return before, after


def _holding(field: str) -> dict[str, Any]:
    outer, _, inner = field.partition(".")
    if field == "products":
        return {"products": [{"id": "p", "name": "#"}, {"id": "#"}]}
    return {outer: {inner: "#"} if inner else "#"}


def _nested() -> Iterator[Case]:
    for open_, close in (("[", "]"), ('{"a":', "}"), ('[{"a":[', "]}]")):
        weight = open_.count("[") + open_.count("{")
        for times in sorted({max(1, levels // weight) for levels in LEVELS}):
            depth = times * weight
            inside = [{"repeat": open_, "times": times}, "1", {"repeat": close, "times": times}]
            # Above it: the body, the list, the touchpoint (and `properties` or `page`).
            for place, above in (("properties.a", 4), ("page.new", 4), ("new", 3)):
                yield _deep(f"bodies/deep-{depth}-{weight}{open_[0]}-{place}", place, inside, depth + above <= 16)
            name = f"bodies/deep-{depth}-{weight}{open_[0]}-touchpoint"
            yield _with(batch(name, "#", accepted=False, rejected=_why(depth, open_)), inside)
            for what in ("sent_at", "sdk", "new"):
                name = f"bodies/deep-{depth}-{weight}{open_[0]}-batch-{what}"
                told = {"good": [f"$.{what}"]}
                good = what == "new" or (what == "sdk" and open_[0] == "{")
                yield _with(batch(name, accepted=False, more=f',"{what}":"#"', problems={} if good else told), inside)


def _unreadable() -> Iterator[Case]:
    for open_, close in (("[", "]"), ('{"a":', "}")):
        inside = [{"repeat": open_, "times": TOO_MANY_LEVELS}, "1", {"repeat": close, "times": TOO_MANY_LEVELS}]
        for place in ("properties.a", "page.new", "new"):
            name = f"bodies/unreadable-{open_[0]}-{place}"
            yield _with(
                refused(name, 400, "not_json", body=batch(name, json.dumps(touch() | _holding(place)))["body"]), inside
            )


def _why(depth: int, open_: str) -> list[Any]:
    # The whole touchpoint nests: an object without its required fields, or no object at all.
    words = ["too_deep", "touchpoint_too_large"] if depth + 2 > 16 else ["not_an_object"]
    if depth + 2 <= 16 and open_[0] == "{":
        return [(1, "field_missing", "$.touchpoints[1].id")]
    return [(1, words, None)]


def _deep(name: str, place: str, inside: list[Any], fits: bool) -> Case:
    sent = json.dumps(touch() | _holding(place)).replace('"#"', "#")
    if fits:
        return _with(batch(name, sent), inside)
    # However deep, it is one or the other: where it is also larger than a touchpoint may be, either may be found first.
    case = batch(name, sent, accepted=False, rejected=[(1, ["too_deep", "touchpoint_too_large"], None)])
    return _with(case, inside)


def _with(case: Case, inside: list[Any]) -> Case:
    before, _, after = case["body"].replace('"#"', "#").partition("#")
    return case | {"body": [before, *inside, after], "pack": ["gzip"]}


def _numbers() -> Iterator[Case]:
    texts = {
        "9" * 19: True, "9" * 20: True, "9" * 40: True, "9" * 41: True, "9" * 5_000: True, "-" + "9" * 30: True,
        "1e308": True, "1e309": True, "-1e999": True, "1e-999": True, "0." + "1" * 2_000: True, "1E+2": True,
        "1" + "0" * 400 + ".5": True, "2.2250738585072011e-308": True, "5e-324": True, "-0": True, "-0.0": True,
    }  # fmt: skip
    for number, text in enumerate(texts):
        for place in ("properties.n", "novelty", "page.novelty"):
            name = f"bodies/number-{number:02d}-{place}"
            sent = json.dumps(touch() | _holding(place)).replace('"#"', text)
            yield batch(name, sent)
    for number, text in enumerate(
        (
            "NaN",
            "Infinity",
            "-Infinity",
            "nan",
            "01",
            "-01",
            "1.",
            ".1",
            "+1",
            "0x1F",
            "1e",
            "1e+",
            "--1",
            "1_000",
            "٣",
            "1.2.3",
            "1d",
            "∞",
        )
    ):
        for place in ("properties.n", "novelty", "occurred_at"):
            name = f"bodies/no-number-{number:02d}-{place}"
            sent = json.dumps(touch() | _holding(place)).replace('"#"', text)
            body = f'{{"key":"{PUBLIC}","touchpoints":[{GOOD},{sent}]}}'
            yield refused(name, 400, "not_json", body=body)


def _twice() -> Iterator[Case]:
    for field, first, last, told in (
        ("type", "BAD TYPE", "order", []), ("id", "7", None, []), ("channel", "nowhere", "web", []),
        ("page", {"url": 7}, {"path": "/"}, []), ("properties", {"a": 1}, {"b": 2}, []),
        ("channel", "web", "nowhere", ["$.channel"]), ("visitor_id", 7, "PERSON-4711-twice", []),
    ):  # fmt: skip
        name = f"bodies/twice-{field}-{json.dumps(first)}"
        sent = touch()
        value = sent[field] if last is None else last
        sent.pop(field, None)
        text = json.dumps(sent)[:-1]
        text += f',"{field}":{json.dumps(first)},"{field}":{json.dumps(value)}}}'
        yield batch(name, text, key=SECRET, problems=told)
    for text in ('"__proto__"', '"constructor"', '"_site"', '"_key"', '"problems"', '"extra"', '"_received_us"', '""'):
        name = f"bodies/reserved-{text.strip(chr(34))}"
        sent = json.dumps(touch())[:-1] + f',{text}:"forged","properties":{{{text}:"forged"}}}}'
        yield batch(name, sent)
    name = "bodies/twice-touchpoints"
    yield batch(name, accepted=False) | {
        "body": f'{{"touchpoints":[{json.dumps(touch())}],"key":"x","key":"{PUBLIC}","touchpoints":[{GOOD}]}}'
    }
