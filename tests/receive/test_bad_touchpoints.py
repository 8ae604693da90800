"""Touchpoints that do not fit the vocabulary: what costs the touchpoint, what costs a field, what costs nothing."""

from __future__ import annotations

import json
import re
import time
from typing import Annotated, Any

import msgspec
import pytest

from collector import misfit
from collector.envelope import Kind
from collector.errors import Reason
from collector.misfit import WANTED
from collector.touchpoint import Batch
from tests.receive.receiver import Receiver, now_ms, touchpoint

DAY_MS = 86_400_000
YEAR_MS = 31_557_600_000


def without(name: str) -> dict[str, Any]:
    """A touchpoint that lacks a field."""
    whole = touchpoint()
    del whole[name]
    return whole


REJECTED = {
    "null": (None, "not_an_object", None),
    "a number": (7, "not_an_object", None),
    "a list": ([], "not_an_object", None),
    "empty": ({}, "field_missing", "id"),
    "no id": (without("id"), "field_missing", "id"),
    "no type": (without("type"), "field_missing", "type"),
    "no time": (without("occurred_at"), "field_missing", "occurred_at"),
    "id null": (touchpoint(id=None), "field_missing", "id"),
    "id no UUID": (touchpoint(id="7"), "field_invalid", "id"),
    "type upper case": (touchpoint("PageView"), "field_invalid", "type"),
    "type too long": (touchpoint("a" * 65), "field_invalid", "type"),
    "type ends in a newline": (touchpoint("order\n"), "field_invalid", "type"),
    "time without offset": (touchpoint(occurred_at="2026-01-01T00:00:00"), "field_invalid", "occurred_at"),
    "time as a fraction": (touchpoint(occurred_at=1.5), "field_invalid", "occurred_at"),
    "time of long ago": (touchpoint(occurred_at=0), "time_impossible", "occurred_at"),
    "time before time": (touchpoint(occurred_at="0001-01-01T00:00:00+23:59"), "time_impossible", "occurred_at"),
    "time ahead": (touchpoint(occurred_at=now_ms() + 2 * DAY_MS), "time_impossible", "occurred_at"),
    "seconds for milliseconds": (touchpoint(occurred_at=int(time.time())), "time_impossible", "occurred_at"),
    "too large": (touchpoint(novelty="x" * 33_000), "touchpoint_too_large", None),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "reason", "field"), REJECTED.values(), ids=REJECTED.keys())
def test_a_bad_required_field_costs_its_touchpoint_only(
    receiver: Receiver, sent: Any, reason: str, field: str | None
) -> None:
    """It is listed with place, id, reason and path, kept with its raw bytes, and its neighbours come in."""
    answer = receiver.send(touchpoint(), sent, touchpoint())
    assert answer.status == 202
    assert answer.json["accepted"] == 2
    (rejected,) = answer.json["rejected"]
    path = field and f"$.touchpoints[1].{field}"
    assert (rejected["index"], rejected["reason"], rejected.get("field")) == (1, reason, path)
    assert rejected["detail"]
    kind, envelope, lines = receiver.records()[-1]
    kept = lines[0]
    assert (kind, envelope["site"], kept["reason"]) == (Kind.REJECTED, "shop", reason)
    raw = json.dumps(sent)
    assert kept["raw"] == raw[: 32 * 1024]
    assert kept.get("id") == (sent["id"] if isinstance(sent, dict) and len(str(sent.get("id"))) == 36 else None)


def test_every_reason_for_one_touchpoint_is_met_here() -> None:
    """The table above, the tests of keys and of depth cover every such reason but those of the loader."""
    elsewhere = {"too_old_for_key", "needs_secret_key", "too_deep", "unloadable", "forgotten"}
    of_one = {reason.word for reason in Reason if reason.status == 202}
    assert {reason for _, reason, _ in REJECTED.values()} | elsewhere == of_one


@pytest.mark.parametrize("occurred_at", ["2026-01-31T12:00:00.123Z", "2026-01-31T13:00:00.123+01:00"])
def test_times_are_kept_in_milliseconds(receiver: Receiver, occurred_at: str) -> None:
    """A time in text and in milliseconds is the same moment, whatever its offset."""
    sent = touchpoint(occurred_at=occurred_at)
    assert receiver.send(sent, key=receiver.secret).json["accepted"] == 1
    assert receiver.stored(sent["id"])["occurred_at"] == 1_769_860_800_123


def test_a_day_ahead_and_twenty_years_back_are_possible(receiver: Receiver) -> None:
    """The bounds themselves are within: clocks are wrong, and history is imported."""
    ahead, back = (
        touchpoint(occurred_at=now_ms() + DAY_MS - 60_000),
        touchpoint(occurred_at=now_ms() - 20 * YEAR_MS + 60_000),
    )
    assert receiver.send(ahead, back, key=receiver.secret).json["accepted"] == 2


def test_a_bad_optional_field_costs_itself_only(receiver: Receiver) -> None:
    """It is set aside with path and value, at the depth where it lies; an order keeps all that is good of it."""
    sent = touchpoint(
        "order",
        channel="teleport",
        order={"id": "A-1", "total": 129.95, "currency": "EUR", "confirmation": "maybe"},
        products=[{"id": "p1", "price": "9,95", "quantity": 2}, "p2", {"id": "p3", "quantity": "three"}],
        page={"url": "https://shop.example/" + "x" * 5000, "path": "/checkout"},
        search="shoes",
        sequence=-1,
    )
    assert receiver.send(sent).json == {"accepted": 1, "rejected": []}
    stored = receiver.stored(sent["id"])
    assert stored["order"] == {"id": "A-1", "currency": "EUR"}
    assert stored["products"] == [{"id": "p1", "quantity": 2}, {"id": "p3"}]
    assert stored["page"] == {"path": "/checkout"}
    assert not {"channel", "search", "sequence"} & stored.keys()
    problems = {problem.partition(":")[0]: problem for problem in stored["problems"]}
    assert problems.keys() == {
        "$.channel", "$.order.total", "$.order.confirmation", "$.products[0].price", "$.products[1]",
        "$.products[2].quantity", "$.page.url", "$.search", "$.sequence",
    }  # fmt: skip
    assert problems["$.order.total"].endswith("; was 129.95")
    assert len(problems["$.page.url"]) < 300


def test_a_flood_of_problems_is_cut_short(receiver: Receiver) -> None:
    """A touchpoint that is wrong throughout says so in a bounded number of problems."""
    sent = touchpoint(products=[{"quantity": "x"} for _ in range(200)])
    assert receiver.send(sent).json["accepted"] == 1
    problems = receiver.stored(sent["id"])["problems"]
    assert len(problems) <= 33 and problems[-1].endswith("more problems")


def test_a_list_that_is_too_long_keeps_its_beginning(receiver: Receiver) -> None:
    """Of more than 200 products the first 200 are kept."""
    sent = touchpoint("order", products=[{"id": f"p{n}"} for n in range(201)])
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert len(stored["products"]) == 200
    assert stored["problems"] == ["$.products: 201 items, of which the first 200 are kept"]


def test_unknown_fields_are_kept(receiver: Receiver) -> None:
    """What a newer SDK sends is no fault: it is kept under its path, at every level, and nothing is a problem."""
    sent = touchpoint(
        mood="curious", page={"path": "/", "scroll": 0.5}, products=[{"id": "p1", "tags": ["a", None]}], nothing=None
    )
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert stored["extra"] == {
        "mood": '"curious"', "page.scroll": "0.5", "products[0].tags": '["a",null]', "nothing": "null",
    }  # fmt: skip
    assert (stored["page"], stored["products"]) == ({"path": "/"}, [{"id": "p1"}])
    assert "problems" not in stored


def test_nulls_are_absent(receiver: Receiver) -> None:
    """A field that is null is as if it were not there, also in an object that had to be repaired."""
    sent = touchpoint(channel=None, page={"path": None, "title": "T"}, mood=1, properties={"a": None, "b": 1})
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert "channel" not in stored and stored["page"] == {"title": "T"} and stored["properties"] == {"b": "1"}


def test_an_id_is_the_same_however_it_is_written(receiver: Receiver) -> None:
    """Upper case and missing dashes make no new touchpoint."""
    sent = touchpoint()
    receiver.send({**sent, "id": sent["id"].upper().replace("-", "")})
    assert receiver.stored(sent["id"])["id"] == sent["id"]


def test_large_neighbours_do_not_make_a_touchpoint_too_large(receiver: Receiver) -> None:
    """The limit of one touchpoint is its own, whatever the size of the batch."""
    touchpoints = [touchpoint(properties={f"p{n}": "x" * 500 for n in range(30)}) for _ in range(20)]
    assert receiver.send(*touchpoints, touchpoint(novelty="x" * 40_000)).json["accepted"] == 20


def test_what_fits_the_vocabulary_can_be_too_large_too(receiver: Receiver) -> None:
    """Typed fields alone can exceed the limit: that touchpoint is turned down in its place, its neighbours come in."""
    bulky = [{"id": "i" * 100, "name": "n" * 120, "category": "c" * 100} for _ in range(150)]
    sent = [touchpoint(), touchpoint(products=bulky), touchpoint(type="Bad"), touchpoint(), touchpoint(products=bulky)]
    answer = receiver.send(*sent)
    assert answer.json["accepted"] == 2
    told = [(one["index"], one["id"], one["reason"]) for one in answer.json["rejected"]]
    assert told == [
        (1, sent[1]["id"], "touchpoint_too_large"),
        (2, sent[2]["id"], "field_invalid"),
        (4, sent[4]["id"], "touchpoint_too_large"),
    ]
    assert receiver.stored(sent[0]["id"]) and receiver.stored(sent[3]["id"])


@pytest.mark.parametrize("name", ["No Type", "", "9lives", "täp", "a" * 65, "page_view\n"])
def test_a_type_is_a_name(receiver: Receiver, name: str) -> None:
    """Whatever else is right, a type that is no name is told, with its place."""
    (told,) = receiver.send(touchpoint(name)).json["rejected"]
    assert (told["reason"], told["field"]) == ("field_invalid", "$.touchpoints[0].type")
    assert told["detail"].startswith("type: Expected a name such as product_view")


@pytest.mark.parametrize("order", [{"id": 1042, "total": 9}, "1042", 1042])
def test_an_order_number_in_the_wrong_form_is_not_repeated(receiver: Receiver, order: Any) -> None:
    """It names a person who may be forgotten by it; what else is wrong with the order is shown."""
    sent = touchpoint() | {"order": order}
    assert receiver.send(sent).json["accepted"] == 1
    problems = receiver.stored(sent["id"])["problems"]
    assert [problem.partition(":")[0] for problem in problems] in (["$.order"], ["$.order.id", "$.order.total"])
    assert "1042" not in str(problems)


def test_no_sender_is_answered_with_a_pattern() -> None:
    """Whatever has to match one is told what it is meant to be, in words that a programmer of tills can read."""
    texts = re.findall(r'"pattern":("(?:[^"\\]|\\.)*")', msgspec.json.encode(msgspec.json.schema(Batch)).decode())
    patterns = {json.loads(text) for text in texts}
    assert {WANTED[pattern] for pattern in patterns} == set(WANTED.values())
    for pattern, words in WANTED.items():
        with pytest.raises(msgspec.ValidationError) as caught:
            msgspec.convert({"a": "?"}, dict[str, Annotated[str, msgspec.Meta(pattern=pattern)]])
        assert misfit.told(caught.value) == (f"Expected {words}", "$[...]")
