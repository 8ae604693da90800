"""Without consent, or under Global Privacy Control, nothing that tells who it was reaches the disk."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields

from collector.enrich import arrival
from collector.envelope import Kind
from collector.receive import privacy
from collector.touchpoint import IDENTIFIERS, Touchpoint
from tests.receive.receiver import Receiver, receiving, touchpoint

WITHHELD: dict[str, tuple[Any, dict[str, str]]] = {
    "denied": ({"state": "denied"}, {}),
    "required": ({"state": "required"}, {}),
    "granted, but GPC in the touchpoint": ({"state": "granted", "gpc": True}, {}),
    "GPC in the touchpoint": ({"gpc": True}, {}),
    "GPC in the request": (None, {"Sec_GPC": "1"}),
    "granted, but GPC in the request": ({"state": "granted"}, {"Sec_GPC": "1"}),
    "a state that is not known": ({"state": "perhaps"}, {}),
    "a state that is no text": ({"state": True}, {}),
    "consent that is no object": ("denied", {}),
    "GPC that is no truth": ({"state": "granted", "gpc": "yes"}, {}),
}


def personal() -> tuple[dict[str, Any], list[str]]:
    """A touchpoint full of what tells who it was, and the texts that must not be found again."""
    mark = uuid.uuid4().hex[:12]
    secrets = [
        f"{name}-{mark}" for name in ("visitor", "customer", "session", "amb", "click", "linked", "order", "case")
    ]
    visitor, customer, session, ambassador, click, linked, order, case = secrets
    sent = touchpoint(
        "order",
        visitor_id=visitor,
        customer_id=customer,
        session_id=session,
        sequence=48_151_623,
        identity={"email_hash": (mark * 6)[:64], "linked_visitor_id": linked},
        ambassador={"code": ambassador, "relation": "friend"},
        campaign={"source": "news", "click_id": click, "click_id_kind": "gclid"},
        page={
            "url": f"https://u-{mark}:pw@shop.example/nl/thanks;jsessionid=J-{mark}?utm_source=mail&gclid=G-{mark}&email=E-{mark}#T-{mark}",
            "path": f"/nl/thanks?token=P-{mark}",
            "referrer": f"https://www.google.com/search?q=Q-{mark}",
            "title": f"Thanks {customer}",
        },
        order={"id": order, "total": "129.95", "currency": "EUR", "coupon": f"C-{mark}"},
        contact={"case": case, "topic": "delivery"},
        feedback={"score": 8, "text": f"I am F-{mark}"},
        company={"type": "b2b", "name": f"N-{mark}"},
        context={"language": "nl", "time_zone": f"TZ-{mark}", "screen_width": 48_151, "device_model": f"D-{mark}"},
        properties={"size": "43", "E-mail": f"M-{mark}", "note": f"of {visitor}", "user_id": 48_151_624},
        unknown_field=f"U-{mark}",
    )  # fmt: skip
    return sent, [mark, "48151624"]


def test_properties_tell_nothing_at_any_depth(tmp_path: Path) -> None:
    """By a personal name within another, in an address, and where the site has brought too many names already."""
    properties = {
        "about": {"user": {"email": "M-48151623", "plan": "gold"}, "seen": [{"Phone-Number": "48151623", "n": 1}]},
        "url": "https://shop.example/a;s=48151623?utm_source=mail&email=48151623#48151623",
        "link": "mailto:48151623@example.org",
        "user_id": "U-48151623",
        "size": "43",
    }
    for more in ({}, {"property_names_limit": 1}):
        with receiving(tmp_path / str(len(more)), **more) as receiver:
            sent = touchpoint(consent={"state": "denied"}, properties=properties)
            assert receiver.send(sent).json["accepted"] == 1
            assert b"48151623" not in receiver.spool_bytes()
            found = receiver.stored(sent["id"])["properties"]
    kept = {
        "about": '{"user":{"plan":"gold"},"seen":[{"n":1}]}',
        "url": "https://shop.example/a?utm_source=mail",
        "size": "43",
    }
    overflow = json.loads(found.pop("_overflow"))
    assert overflow and {**found, **overflow} == kept


def test_a_newsletter_that_names_its_reader_is_not_believed(receiver: Receiver) -> None:
    """An e-mail address where the campaign should be, in the link or in its field, does not stay."""
    page = {"url": "https://shop.example/?utm_source=mail&utm_content=anna%40example.org&utm_term=anna@example.org"}
    campaign = {"source": "mail", "content": "anna@example.org", "term": "anna%40example.org"}
    sent = touchpoint(consent={"state": "denied"}, page=page, campaign=campaign)
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert stored["page"] == {"url": "https://shop.example/?utm_source=mail"}
    assert stored["campaign"] == {"source": "mail"}


def test_properties_that_nest_too_deeply_are_turned_down(receiver: Receiver) -> None:
    """As those of anybody else."""
    nested: Any = "x"
    for _ in range(20):
        nested = [nested]
    for consent in ({"state": "denied"}, {"state": "granted"}):
        answer = receiver.send(touchpoint(consent=consent, properties={"a": nested})).json
        assert [one["reason"] for one in answer["rejected"]] == ["too_deep"]


@pytest.mark.parametrize(("consent", "headers"), WITHHELD.values(), ids=WITHHELD.keys())
def test_nothing_that_tells_who_reaches_the_disk(receiver: Receiver, consent: Any, headers: dict[str, str]) -> None:
    """The spool's bytes hold none of the identifiers, in no field; what happened is kept."""
    sent, secrets = personal()
    if consent is not None:
        sent["consent"] = consent
    assert receiver.send(sent, key=receiver.secret, **headers).json["accepted"] == 1
    spool = receiver.spool_bytes()
    assert [text for text in secrets if text.encode() in spool] == []
    stored = receiver.stored(sent["id"])
    assert not set(IDENTIFIERS) & stored.keys()
    assert stored["order"] == {"total": "129.95", "currency": "EUR"}
    assert stored["campaign"] == {"source": "news", "click_id_kind": "gclid"}
    assert stored["page"]["url"] == "https://shop.example/nl/thanks?utm_source=mail&gclid"
    assert (stored["page"]["path"], stored["page"]["referrer"]) == ("/nl/thanks", "https://www.google.com/search")
    assert stored["properties"] == {"size": "43"}
    assert stored["context"] == {"language": "nl"}


@pytest.mark.parametrize("consent", [{"state": "granted"}, {"dnt": True}, {}, None, {"state": "granted", "gpc": False}])
def test_who_consents_or_need_not_is_kept_whole(receiver: Receiver, consent: Any) -> None:
    """Granted consent, and no word of consent at all, take nothing out; Do Not Track is only noted."""
    sent = touchpoint(visitor_id="v-1", page={"url": "https://shop.example/?q=1#x"}, consent=consent)
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert (stored["visitor_id"], stored["page"]["url"]) == ("v-1", "https://shop.example/?q=1#x")


def test_one_who_does_not_consent_does_not_speak_for_another(receiver: Receiver) -> None:
    """In a batch of several only the touchpoints without consent are stripped."""
    without, with_ = touchpoint(visitor_id="v-1", consent={"state": "denied"}), touchpoint(visitor_id="v-2")
    assert receiver.send(without, with_).json["accepted"] == 2
    assert "visitor_id" not in receiver.stored(without["id"])
    assert receiver.stored(with_["id"])["visitor_id"] == "v-2"


@pytest.mark.parametrize(("consent", "headers"), WITHHELD.values(), ids=WITHHELD.keys())
def test_a_rejected_touchpoint_keeps_nothing_either(receiver: Receiver, consent: Any, headers: dict[str, str]) -> None:
    """Its reason is kept, its raw bytes are not, since nobody could say what is in them."""
    for wrong in ({"occurred_at": 0}, {"type": "No Type"}, {"id": "I-am-a-customer"}, {"novelty": "x" * 40_000}):
        sent, secrets = personal()
        sent.update(wrong)
        if consent is not None:
            sent["consent"] = consent
        (rejected,) = receiver.send(sent, **headers).json["rejected"]
        kind, _, (kept,) = receiver.records()[-1]
        assert (kind, kept["reason"], kept["raw"]) == (Kind.REJECTED, rejected["reason"], "")
        spool = receiver.spool_bytes()
        assert [text for text in [*secrets, "I-am-a-customer"] if text.encode() in spool] == []


def test_problems_of_a_stripped_touchpoint_tell_no_values(receiver: Receiver) -> None:
    """What was wrong is said, what stood there is not."""
    sent = touchpoint(channel="CHANNEL-OF-JAN", order={"total": "JAN-PAID"}, consent={"state": "denied"})
    assert receiver.send(sent).json["accepted"] == 1
    stored = receiver.stored(sent["id"])
    assert [problem.partition(":")[0] for problem in stored["problems"]] == ["$.channel", "$.order.total"]
    assert not any(text in receiver.spool_bytes() for text in (b"CHANNEL-OF-JAN", b"JAN-PAID"))


def test_a_pixel_is_stripped_too(receiver: Receiver) -> None:
    """The rule is the same in every protocol."""
    mark = uuid.uuid4().hex
    path = f"/v1/pixel.gif?key={receiver.public}&visitor_id=v-{mark}&page.url=https://a.example/?x={mark}"
    for more, headers in (("&consent.state=denied", {}), ("&consent.gpc=true", {}), ("", {"Sec_GPC": "1"})):
        assert receiver.get(path + more, **headers, Referer=f"https://a.example/{mark}").status == 200
    assert mark.encode() not in receiver.spool_bytes()


def test_the_request_says_that_gpc_was_on(receiver: Receiver) -> None:
    """The loader must know, so that it makes no visitor of address and user agent."""
    for value, expected in (("1", True), ("0", None), ("", None)):
        sent = touchpoint()
        receiver.send(sent, Sec_GPC=value)
        assert receiver.stored(sent["id"])["_envelope"].get("gpc") is expected


ADDRESSES = {
    "https://shop.example/a?b=c#d": "https://shop.example/a",
    "https://shop.example/?UTM_Source=X&gad_source=1&GCLID=secret&x": "https://shop.example/?UTM_Source=X&gad_source=1&gclid",
    "/only/a/path?x=1": "/only/a/path",
    "?x=1": "",
    "android-app://nl.shop.app/x": "android-app://nl.shop.app/x",
    "mailto:jan@example.nl": None,
    "data:text/html,jan": None,
    "http://[::1": None,
    "https://a:b@c@shop.example/": "https://shop.example/",
}


@pytest.mark.parametrize("address", ADDRESSES)
def test_an_address_keeps_site_path_and_campaign(address: str) -> None:
    """User, fragment and every other parameter go; what is no address of a page goes as a whole."""
    assert privacy.bare_address(address) == ADDRESSES[address]


def test_the_click_is_still_known_by_its_kind() -> None:
    """That a paid click brought the person tells the channel, so the kind is read from the link before it is cut."""
    sent = Touchpoint(id=uuid.uuid4(), type="page_view", occurred_at=0)
    sent.page = privacy.Page(url="https://shop.example/?msclkid=abc&gclid=def")
    privacy.strip(sent)
    assert sent.campaign is not None and (sent.campaign.click_id, sent.campaign.click_id_kind) == (None, "gclid")


def test_the_lists_are_those_of_the_vocabulary() -> None:
    """Fields that are named for stripping exist, and click ids are those that enrichment knows, in its order."""
    known = {field.name for field in fields(Touchpoint)}
    assert set(IDENTIFIERS) <= known and privacy.STRIPPED_FIELDS.keys() <= known
    sent = Touchpoint(id=uuid.uuid4(), type="page_view", occurred_at=0)
    for name, stripped in privacy.STRIPPED_FIELDS.items():
        part = json.dumps({"id": str(sent.id), "type": "a", "occurred_at": 0, name: dict.fromkeys(stripped)})
        msgspec.json.decode(part, type=Touchpoint)
    assert tuple(arrival.CLICK_IDS) == privacy.CLICK_IDS


@given(st.from_regex(privacy._BARE, fullmatch=True))
def test_an_address_that_is_taken_for_bare_is_bare(address: str) -> None:
    """What is not taken apart, for speed, would have come out the same."""
    assert privacy._taken_apart(address) == address
