"""The pixel: a touchpoint from a query, and what it refuses."""

from __future__ import annotations

import uuid
from urllib.parse import urlencode

from collector.receive.protocols.pixel import GIF
from tests.receive.receiver import Receiver, now_ms


def path(receiver: Receiver, **fields: object) -> str:
    """The pixel's path with these fields; `__` stands for a dot."""
    query = {"key": receiver.public} | {name.replace("__", "."): value for name, value in fields.items()}
    return f"/v1/pixel.gif?{urlencode(query)}"


def test_a_pixel_is_a_touchpoint_on_disk(receiver: Receiver) -> None:
    """Fields by path, texts for numbers; the answer is a picture of one dot that nobody may keep."""
    identified = str(uuid.uuid4())
    answer = receiver.get(
        path(
            receiver, id=identified, type="email_opened", occurred_at=now_ms(),
            channel="email", customer_id="c-7", sequence="12", campaign__name="spring", campaign__source="mail",
            feedback__score="8.5", contact__repeated="true", properties__size="43", properties__a__b="x", mood="good",
        ),
        User_Agent="Mailer/1",
    )  # fmt: skip
    assert (answer.status, answer.body, len(answer.body)) == (200, GIF, 43)
    assert (answer.headers["content-type"], answer.headers["cache-control"]) == ("image/gif", "no-store")
    stored = receiver.stored(identified)
    assert stored["campaign"] == {"name": "spring", "source": "mail"}
    assert (stored["sequence"], stored["feedback"], stored["contact"]) == (12, {"score": 8.5}, {"repeated": True})
    assert stored["properties"] == {"size": "43", "a.b": "x"}
    assert stored["extra"] == {"mood": '"good"'}
    assert stored["_envelope"]["user_agent"] == "Mailer/1"


def test_what_a_picture_cannot_say_is_filled_in(receiver: Receiver) -> None:
    """Each request is a touchpoint of its own, of now, on the page that the picture stands in."""
    before = len(receiver.records())
    for _ in range(2):
        assert receiver.get(path(receiver), Referer="https://shop.example/nl/").status == 200
    (one,), (other,) = [lines for _, _, lines in receiver.records()[before:]]
    assert one["id"] != other["id"] and abs(one["occurred_at"] - now_ms()) < 10_000
    assert (one["type"], one["page"]) == ("page_view", {"url": "https://shop.example/nl/"})


def test_a_pixel_without_or_with_a_wrong_key(receiver: Receiver) -> None:
    """The same reasons as everywhere."""
    assert receiver.get("/v1/pixel.gif").reason == "key_missing"
    assert receiver.get("/v1/pixel.gif?key=x").status == 401
    assert receiver.get(f"/v1/pixel.gif?key={receiver.public}", X_Write_Key=receiver.secret).reason == "keys_differ"


def test_a_pixel_that_is_rejected_says_why(receiver: Receiver) -> None:
    """400 with the reason and the field, and it is kept like any other rejected touchpoint."""
    for fields, reason, field in (
        ({"id": "7"}, "field_invalid", "$.id"),
        ({"type": "No Type"}, "field_invalid", "$.type"),
        ({"type": "sale"}, "needs_secret_key", "$.type"),
        ({"occurred_at": "0"}, "time_impossible", "$.occurred_at"),
    ):
        answer = receiver.get(path(receiver, **fields))
        assert (answer.status, answer.reason, answer.json["field"]) == (400, reason, field)
        assert receiver.records()[-1][2][0]["reason"] == reason


def test_bad_parameters_cost_themselves_only(receiver: Receiver) -> None:
    """Nonsense in a query is set aside or passed over, whatever its form."""
    identified = str(uuid.uuid4())
    strange = "&page=flat&page.url=x&.=1&a..b=2&=3&%ff=%fe&properties=flat&sequence=many&&&"
    assert receiver.get(path(receiver, id=identified) + strange).status == 200
    stored = receiver.stored(identified)
    assert {problem.partition(":")[0] for problem in stored["problems"]} == {"$.page", "$.properties", "$.sequence"}
    assert receiver.get(path(receiver) + "&a=1" * 200).reason == "not_http"


def test_only_get_makes_a_touchpoint(receiver: Receiver) -> None:
    """A HEAD, as link checkers send it, or a POST is refused and stores nothing."""
    before = len(receiver.records())
    for method in ("HEAD", "POST", "OPTIONS"):
        answer = receiver.request(method, path(receiver))
        assert (answer.status, answer.headers["allow"]) == (405, "GET")
    assert len(receiver.records()) == before
