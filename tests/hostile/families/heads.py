"""Keys in several places, origins, user agents, addresses that are forged, paths and methods."""

from __future__ import annotations

import base64
import itertools
import json
from collections.abc import Iterator
from urllib.parse import quote

from tests.hostile.case import Case
from tests.hostile.writing import GOOD, PUBLIC, SECRET, batch, refused, touch

PLACES = ("body", "query", "write-key", "bearer", "basic")


def cases() -> Iterator[Case]:
    """All of them."""
    yield from _keys()
    yield from _authorizations()
    yield from _origins()
    yield from _agents()
    yield from _addresses()
    yield from _paths()


def _shown(name: str, keys: dict[str, str]) -> Case:
    """A request that shows each key in its place."""
    headers, path = [], "/v1/touchpoints"
    for place, key in keys.items():
        if place == "query":
            path += f"?key={quote(key)}"
        elif place == "write-key":
            headers.append(["X-Write-Key", key])
        elif place == "bearer":
            headers.append(["Authorization", f"Bearer {key}"])
        elif place == "basic":
            headers.append(["Authorization", "Basic " + base64.b64encode(f"{key}:x".encode()).decode()])
    body = {"touchpoints": [touch("good")]} | ({"key": keys["body"]} if "body" in keys else {})
    return {"name": name, "path": path, "headers": headers, "body": json.dumps(body)}


def _keys() -> Iterator[Case]:
    for number in range(6):
        for places in itertools.combinations(PLACES, number):
            if {"bearer", "basic"} <= set(places):
                continue  # one header cannot be both
            name = f"keys/same-{'+'.join(places) or 'nowhere'}"
            case = _shown(name, dict.fromkeys(places, PUBLIC))
            if places:
                yield case | {"answer": {"status": 202, "accepted": ["good"]}}
            else:
                yield case | {"answer": {"status": 401, "reason": "key_missing"}}
    for one, other in itertools.permutations(PLACES, 2):
        if {one, other} != {"bearer", "basic"}:
            for wrong in (SECRET, "unknown", "DEMO", "demo ", "demo\u00e9"):
                if wrong == "demo " and one in ("write-key", "bearer"):
                    continue  # spaces around a header's value are none of it
                case = _shown(f"keys/differ-{one}-{other}-{wrong}", {one: wrong, other: PUBLIC})
                yield case | {"answer": {"status": 401, "reason": "keys_differ"}}
    for place in PLACES:
        for number, wrong in enumerate(
            (
                "x",
                "DEMO",
                "demo\u00e9",
                "demo\ufffd",
                "k" * 256,
                "k" * 257,
                "k" * 5000,
                "demo,demo",
                "'demo'",
                "*",
                "demo-secret ",
                "null",
            )
        ):
            if wrong.endswith(" ") and place in ("write-key", "bearer"):
                continue
            yield _shown(f"keys/unknown-{place}-{number}", {place: wrong}) | {
                "answer": {"status": 401, "reason": "key_unknown"}
            }
    for number, key in enumerate(("7", "true", "[]", "{}", '["demo"]', '{"key":"demo"}', "1.5", "false", "0")):
        body = f'{{"key":{key},"touchpoints":[{GOOD}]}}'
        yield refused(f"keys/type-{number}", 401, "key_unknown", body=body)
    for number, key in enumerate(("null", '""')):
        body = f'{{"key":{key},"touchpoints":[{GOOD}]}}'
        yield refused(f"keys/none-{number}", 401, "key_missing", body=body)
    for type_ in ("sale", "loyalty_scan"):
        name = f"keys/forged-{type_}"
        sent = json.dumps(touch() | {"type": type_})
        yield batch(name, sent, accepted=False, rejected=[(1, "needs_secret_key", "$.touchpoints[1].type")])
    forged = {
        "context.user_agent": "Forged/1", "context.address": "192.0.2.66", "identity.loyalty_card": "PERSON-4711-card",
    }  # fmt: skip
    for path, value in forged.items():
        name, (outer, inner) = f"keys/forged-{path}", path.split(".")
        yield batch(name, json.dumps(touch() | {outer: {inner: value}}), problems=[f"$.{path}"])


def _authorizations() -> Iterator[Case]:
    values = {
        "Basic": "key_missing", "Basic ": "key_missing", "Basic !!!": "key_unknown", "Basic ZGVtbw": "key_unknown",
        "Basic ZGVtbw==": None, "Basic ZGVtbzo=": None, "basic ZGVtbzo=": None, "Basic OmRlbW8=": "key_missing",
        "Basic /////w==": "key_unknown", "Basic " + "QUFB" * 5000: "key_unknown", "Basic ZGVt bzo=": "key_unknown",
        "Bearer": "key_missing", "Bearer demo": None, "bEARER  demo ": None, "Bearer demo demo": "key_unknown",
        "Bearer ,": "key_unknown", "Digest username=demo": "key_missing", "demo": "key_missing", "Negotiate ZGVtbw==": "key_missing",
        "Bearer\tdemo": "key_missing", "Basic =": "key_unknown", "Basic \u00e9": "key_unknown", "Bearer \u00e9": "key_unknown",
    }  # fmt: skip
    for number, (value, reason) in enumerate(values.items()):
        name = f"keys/authorization-{number:02d}"
        case = {
            "name": name, "headers": [["Authorization", value]], "body": json.dumps({"touchpoints": [touch("good")]}),
        }  # fmt: skip
        if reason is None:
            yield case | {"answer": {"status": 202, "accepted": ["good"]}}
        else:
            yield case | {"answer": {"status": 401, "reason": reason}}


def _origins() -> Iterator[Case]:
    allowed = (
        "https://shop.example",
        "HTTPS://SHOP.EXAMPLE",
        "https://a.pages.example",
        "https://a.b.pages.example",
        None,
    )
    foreign = (
        "https://evil.example", "http://shop.example", "https://shop.example:444", "https://shop.example.evil.example",
        "https://evil.example/https://shop.example", "https://evilshop.example", "https://pages.example", "null", "*",
        "https://shop.example, https://evil.example", "https://shop.example@evil.example", "shop.example", "https://",
        "https://evilpages.example", "file://", "https://shop.example/", "https://shop\u00e9.example", "https://[", "//shop.example",
        "https://evil.example#.pages.example", "https://xn--shp-0na.example", "https://shop.example\tx", "http://a.pages.example",
    )  # fmt: skip
    for number, origin in enumerate((*allowed, *foreign)):
        name = f"origins/{number:02d}-{origin}"
        body = json.dumps({"key": "@SHOP_KEY@", "touchpoints": [touch("good")]})
        case = {"name": name, "headers": [["Origin", origin]] if origin else [], "body": body}
        if origin in allowed:
            yield case | {"answer": {"status": 202, "accepted": ["good"]}}
        else:
            yield case | {"answer": {"status": 403, "reason": "origin_not_allowed"}}
    referers = {
        "https://shop.example/page?x=https://evil.example": True, "https://evil.example/https://shop.example": False,
        "https://shop.example@evil.example/": False, "https://evil.example@shop.example/": True, "https://[": False,
        "https://SHOP.example": True, "/relative": True, "about:blank": True, "https://shop.example\\@evil.example/": False,
    }  # fmt: skip
    for number, (referer, good) in enumerate(referers.items()):
        name = f"origins/referer-{number}"
        body = json.dumps({"key": "@SHOP_KEY@", "touchpoints": [touch("good")]})
        answer = {"status": 202, "accepted": ["good"]} if good else {"status": 403, "reason": "origin_not_allowed"}
        yield {"name": name, "headers": [["Referer", referer]], "body": body, "answer": answer}


# What made the expressions of user-agent parsers run away: long runs of what may match in many ways.
AGENTS = {
    f"{what}-{times}": (piece, times)
    for what, piece in {
        "spaces": " ", "digits": "1", "dots": "1.", "semicolons": ";", "brackets": "(", "closing": ")", "android": "Android ",
        "linux": "Linux; ", "build": " Build/", "mozilla": "Mozilla/5.0 (", "opera": "Opera/9.80 ", "iphone": "iPhone OS 1_",
        "bot": "bot/", "crawler": "crawler ", "slashes": "/", "dashes": "-a", "underscores": "_1", "sm": "SM-T", "lg": "LG-V",
        "htc": "HTC_", "smarttv": "SmartTV ", "mobile": "Mobile ", "safari": "Safari/1.", "version": "Version/1.", "x": "x",
        "letters": "aA", "commas": "a,", "nokia": "Nokia", "hbbtv": "HbbTV/1.1.1 (;", "plus": "+http://", "at": "a@b.c ",
    }.items()
    for times in (50, 1_000)
}  # fmt: skip


def _agents() -> Iterator[Case]:
    for what, (piece, times) in AGENTS.items():
        name = f"agents/{what}"
        yield batch(name, json.dumps(touch()), headers=[["User-Agent", ["x", {"repeat": piece, "times": times}, "x"]]])
        if times * len(piece) <= 1024:
            yield batch(f"{name}-told", json.dumps(touch(context={"user_agent": piece * times})), key=SECRET)
    for number, agent in enumerate(("", "-", "\u00e9\u00ff", "%00%0a", "null", "Mozilla/5.0", "() { :;}; echo", "\t")):
        name = f"agents/odd-{number}"
        yield batch(name, json.dumps(touch()), headers=[["User-Agent", agent]])


def _addresses() -> Iterator[Case]:
    for hops in range(1, 51):
        name = f"addresses/chain-{hops:02d}"
        chain = ", ".join(f"198.51.100.{hop}" for hop in range(hops))
        yield batch(name, json.dumps(touch()), headers=[["X-Forwarded-For", chain]])
    for number, header in enumerate(
        (
            "", ",", "," * 3000, "unknown", "::1", "[::1]:80", "127.0.0.1", "999.1.1.1", "1.2.3", "0x7f000001", "2130706433",
            "::ffff:192.0.2.1", "fe80::1%eth0", "192.0.2.1:99999", "a" * 5000, "192.0.2.1\t", "for=192.0.2.1", "192.0.2.1;x", '"',
            "127.1", "٣.٣.٣.٣".encode().decode("latin-1"), "1" * 400, ":" * 500, "::%" + "a" * 100, "[" * 100, "-1.-1.-1.-1",
        )
    ):  # fmt: skip
        name = f"addresses/odd-{number:02d}"
        headers = [[one, header] for one in ("X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP")]
        yield batch(name, json.dumps(touch()), headers=headers)
        name = f"addresses/told-{number:02d}"
        ok = header in ("::1", "127.0.0.1", "::ffff:192.0.2.1", "fe80::1%eth0")
        sent = json.dumps(touch(context={"address": header}))
        yield batch(name, sent, key=SECRET, problems=[] if ok else ["$.context.address"])


def _paths() -> Iterator[Case]:
    here = "/v1/touchpoints"
    lost = (
        "//v1/touchpoints", "/v1//touchpoints", "/v1/touchpoints/", "/v1/touchpoints//", "/V1/touchpoints", "/v1/touchpoints%20",
        "/v1/touchpoints%00", "/v1/touchpoints.json", "/v1/../v1/touchpoints", "/./v1/touchpoints", "/%2e%2e/v1/touchpoints",
        "/v1/touchpoints;x=1", "/v1%2f%2ftouchpoints", "/v1/%2e%2e/%2e%2e/etc/passwd", "/v2/touchpoints", "/v1", "/v1/", {"repeat": "/x", "times": 20_000},
        ["/", {"repeat": "a", "times": 60_000}], "/%ff%fe", "/%c0%af", "/" + "%" * 100, "/%", "/%zz", "/..;/v1/touchpoints", "/v1\\touchpoints",
        "/k.js/../v1/touchpoints", "/v1/touchpoints%0d%0aX:%20y", "/v1/touchpoints%3fkey=demo", "/\u00e9".encode().decode("latin-1"),
    )  # fmt: skip
    for number, path in enumerate(lost):
        reason = ("not_http", 400) if isinstance(path, str) and not path.isascii() else ("not_found", 404)
        body = f'{{"key":"demo","touchpoints":[{GOOD}]}}'
        yield refused(f"paths/lost-{number:02d}", reason[1], reason[0], path=path, body=body)
        yield refused(f"paths/lost-get-{number:02d}", reason[1], reason[0], path=path, method="GET")
    found = (
        "/v1/touchpoints?", "/v1/touchpoints#x", "/%761/touchpoints", "/v1/%74ouchpoints", "http://evil.example/v1/touchpoints",
        "http://evil.example:99/v1/touchpoints?x=y", "/v1/touchpoints?" + "&" * 99, "/v1/touchpoints?a=%00&b=%ff", "/v1%2ftouchpoints",
        "/v1/touchpoints?a", ["/v1/touchpoints?", {"repeat": "a", "times": 50_000}], "/v1/touchpoints?=&==&%3d", "https://x/v1/touchpoints",
    )  # fmt: skip
    for number, path in enumerate(found):
        name = f"paths/found-{number:02d}"
        yield batch(name, json.dumps(touch()), path=path)
    for size, good in ((100, True), (101, False)):
        name = f"paths/parameters-{size}"
        path = here + "?" + "&".join(f"p{number}=1" for number in range(size))
        case = batch(name, json.dumps(touch()), path=path)
        yield case if good else {**case, "answer": {"status": 400, "reason": "not_http"}}
    for method in ("GET", "PUT", "PATCH", "DELETE", "TRACE", "SEARCH", "PROPFIND", "PURGE", "LOCK", "REPORT", "LINK"):
        yield refused(f"paths/method-{method}", 405, "method_not_allowed", method=method)
        if method != "GET":
            path = "/v1/pixel.gif?key=demo"
            yield refused(f"paths/method-{method}-pixel", 405, "method_not_allowed", method=method, path=path)
            yield refused(f"paths/method-{method}-page", 405, "method_not_allowed", method=method, path="/healthz")
    yield refused("paths/options", 204, None, method="OPTIONS")
    for number, path in enumerate(("/healthz/", "/readyz/", "/k.js/", "/robots.txt/", "/k.js.map/")):
        yield refused(
            f"paths/slash-{number}",
            404,
            "not_found",
            method="GET",
            path=path,
            headers=[["X-Forwarded-Host", "evil.example"]],
        )
    for number, spread in enumerate(
        (
            "bytes=0-0",
            "bytes=-1",
            "bytes=" + "0-0," * 2000 + "0-0",
            "bytes=9-1",
            "bytes=a-b",
            "lines=1",
            "bytes=99999999999999999999-",
        )
    ):
        yield refused(f"paths/range-{number}", 200, None, method="GET", path="/k.js", headers=[["Range", spread]])
