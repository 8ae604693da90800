"""The pixel's query: odd names, odd values, forged ones."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from tests.hostile.case import Case
from tests.hostile.families.contract import fields
from tests.hostile.families.injections import TEXTS
from tests.hostile.writing import refused

PIXEL = "/v1/pixel.gif"


def cases() -> Iterator[Case]:
    """All of them."""
    for what, text in TEXTS.items():
        name = f"pixels/{what}"
        told = "&".join(f"{path}={quote(text)}" for path in ("page.title", "properties.a", "novelty", "visitor_id"))
        yield _seen(name, told + f"&properties.{quote(text)}=1")
    for field in fields():
        if field.path not in ("id", "type", "occurred_at", "key"):
            yield _seen(f"pixels/number-{field.path}", f"{field.path}=7", exact=False)
            yield _seen(
                f"pixels/odd-{field.path}", f"{field.path}=%00%ff%F0%9F&{field.path}.x=1&{field.path}=", exact=False
            )
    for number, query in enumerate(
        (
            "=", "&&&", "=x", ".=x", "..=x", ".a=x", "a.=x", "page=x&page.url=y", "page.url=x&page=y", "page.url.x=y", "products=x",
            "products[0].id=x", "properties=x", "properties.=x", "%70age.title=x", "page.title=x&page.title=y", "+=+", "a=b=c", "a;b=c",
            "page.title=" + "x" * 5_000, "x" * 500 + "=1", "consent.state=denied&visitor_id=PERSON-4711",
            "consent=denied", "consent.gpc=1", "sent_at=x", "touchpoints=x", "age_ms=1e400", "sequence=-1", "order.total=1e5", "%=%",
            "properties.__proto__=1", "_site=forged", "extra=1", "problems=1", "channel=WEB", "search.local=perhaps", "search.results=1.5",
        )
    ):  # fmt: skip
        yield _seen(f"pixels/query-{number:02d}", query, exact=False)
    for number, (query, status, reason) in enumerate(
        (
            ("", 401, "key_missing"), ("key=", 401, "key_missing"), ("key=x", 401, "key_unknown"), ("key=demo&key=x", 401, "keys_differ"),
            ("KEY=demo", 401, "key_missing"), ("key.x=demo", 401, "key_missing"), ("key=demo%00", 401, "key_unknown"),
            ("key=%FF", 401, "key_unknown"), ("key=demo&type=NO", 400, "field_invalid"), ("key=demo&type.x=1", 400, "field_invalid"),
            ("key=demo&id=7", 400, "field_invalid"), ("key=demo&id.x=7", 400, "field_invalid"), ("key=demo&type=sale", 400, "needs_secret_key"),
            ("key=demo&occurred_at=0", 400, "time_impossible"), ("key=demo&occurred_at=x", 400, "field_invalid"),
            ("key=demo&occurred_at=1e99", 400, "field_invalid"), ("key=demo&occurred_at=2026-01-01", 400, "field_invalid"),
            ("key=demo&occurred_at=" + "9" * 5000, 400, "field_invalid"), ("key=demo&occurred_at.x=1", 400, "field_invalid"),
            ("key=demo&" + "a=1&" * 100, 400, "not_http"), ("key=demo&properties.a=" + "x" * 50_000, 400, "touchpoint_too_large"),
        )
    ):  # fmt: skip
        case = refused(f"pixels/refused-{number:02d}", status, reason, method="GET", path=f"{PIXEL}?{query}")
        if status == 400 and reason != "not_http":
            case["answer"]["one_rejected"] = True
        yield case


def _seen(name: str, query: str, *, exact: bool = True) -> Case:
    """A pixel that is answered with its dot and comes in; `exact`: without any problem."""
    answer = {"status": 200, "accepted": ["it"]}
    if not exact:
        answer["problems"] = {"it": None}
    return {"name": name, "method": "GET", "path": f"{PIXEL}?key=demo&id=@ID@&{query}", "answer": answer}
