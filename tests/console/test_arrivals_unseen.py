"""What a developer would look for in vain on the live page: each is there, for whoever wants it, with its fate."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import msgspec
import pytest

from collector import settings as settings_module
from collector.console import arrivals as arrivals_module
from collector.console import fates
from collector.console.arrival import Arrival, Told
from collector.console.arrivals import LISTED, Arrivals, Wanted
from collector.console.because import readable
from collector.console.watch import Watch
from collector.envelope import Envelope
from collector.warehouse.client import Warehouse
from tests.console.conftest import Looking, page_view, word
from tests.installation import Installation, touchpoint
from tests.spool.spooling import fill


def test_an_accepted_one_is_shown_with_what_the_rules_made_of_it(installation: Installation) -> None:
    """Signal, phase in every model and the rules that matched are those of the table; key and channel are named."""
    visitor = word()
    looking = Looking(installation, text=visitor)
    assert installation.send([page_view(visitor)])[0] == 202
    [seen] = looking.until_stored(1)
    assert (seen["key"], seen["site"], seen["channel"], seen["type"]) == ("demo", "demo", "web", "page_view")
    assert (seen["visitor"], seen["where"]) == (visitor, "https://shop.example/nl/winkelwagen")
    rows = installation.ask(
        "SELECT signal, phase, phases, rules FROM klantreis.touchpoints WHERE visitor_id = {visitor:String}",
        {"visitor": visitor},
    )
    assert rows == [{name: seen[name] for name in ("signal", "phase", "phases", "rules")}]
    assert seen["signal"] == "cart_viewed" and len(seen["phases"]) == 5
    assert set(seen["rules"]) == {"signal", *seen["phases"]}


def test_asked_why_it_says_what_the_command_says(installation: Installation) -> None:
    """The conditions that held, in the words of `klantreis rules explain`, and the touchpoint as it rests."""
    visitor = word()
    sent = page_view(visitor)
    looking = Looking(installation, text=visitor)
    installation.send([sent])
    [seen] = looking.until_stored(1)
    told = looking.told("why", seen["place"])
    command = subprocess.run(
        [sys.executable, "-m", "collector", "rules", "explain", sent["id"]],
        env=installation.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert told == command.stdout.rstrip()
    assert f'"visitor_id": "{visitor}"' in looking.told("arrival", seen["place"])
    for what in ("why", "arrival"):
        with pytest.raises(HTTPError, match="404"):
            looking.told(what, "nowhere")


def test_a_rejected_one_says_why_and_what_to_do(installation: Installation) -> None:
    """With the field, the remedy and what was sent, whatever that was."""
    mark = word()
    looking = Looking(installation, text=mark)
    till = touchpoint("sale", visitor_id=mark)
    installation.send([{"type": "page_view", "occurred_at": 1, "visitor_id": mark}, till, [mark], {"id": {mark: 1}}])
    seen = looking.until(lambda seen: len(seen) == 4, "all four are seen")
    assert [one["reason"] for one in seen] == ["field_missing", "needs_secret_key", "not_an_object", "field_invalid"]
    assert all(one["state"] == "rejected" and one["remedy"] and one["detail"] for one in seen)
    assert (seen[1]["type"], seen[1]["visitor"], seen[1]["id"]) == ("sale", mark, till["id"])
    assert mark in looking.told("arrival", seen[1]["place"])
    assert looking.told("why", seen[1]["place"]) == "It was rejected, so no rule was tried on it."


@pytest.mark.parametrize(
    "value", ['"\\ud800"', "[" * 5_000 + "]" * 5_000, "9" * 9_000, '{"a":1,"a":2}', "1e999", '"\\u0000"']
)
def test_what_no_program_likes_is_shown_all_the_same(value: str) -> None:
    """Half a character, depth, numbers that are none: whatever was rejected can be looked at."""
    shown = readable(f'{{"type":{value}}}'.encode())
    assert shown.encode() and "type" in shown


def test_what_was_set_aside_is_said(installation: Installation) -> None:
    """A bad optional field and a field that nobody knows do not cost the touchpoint, and are named."""
    visitor = word()
    looking = Looking(installation, text=visitor, show="problems")
    installation.send([page_view(visitor), page_view(visitor, order={"total": 3}, colour="red")])
    [seen] = looking.until_stored(1)
    assert [problem.partition(":")[0] for problem in seen["problems"]] == ["$.order.total"]
    assert seen["unknown"] == ["colour"]


def test_an_id_that_came_before_is_told_apart(installation: Installation) -> None:
    """Who sends a made-up id again and again would wait for a second row for ever."""
    visitor = word()
    sent = page_view(visitor)
    looking = Looking(installation, text=visitor)
    installation.send([sent])
    [first] = looking.until_stored(1)
    installation.send([sent])
    second = looking.until_stored(2)[1]
    assert first["again"] is None
    assert second["again"] == pytest.approx(first["received"], abs=1e-2)


def test_arrivals_do_not_wait_for_the_loader(installation: Installation) -> None:
    """With a loader that stands still they are shown as safe on disk, and stored when it goes on."""
    visitor = word()
    looking = Looking(installation, text=visitor)
    [loader] = installation.pids("load")
    os.kill(loader, signal.SIGSTOP)
    try:
        installation.send([page_view(visitor)])
        [seen] = looking.until(len, "it is seen")
        assert seen["state"] == "waiting" and "phases" not in seen
        assert looking.told("why", seen["place"]) == (
            "It waits in the spool. Rules are tried when the loader stores it; ask again then."
        )
    finally:
        os.kill(loader, signal.SIGCONT)
    assert len(looking.until_stored(1)) == 1


def test_refused_requests_are_counted_with_their_reason(installation: Installation, web_key: str) -> None:
    """A wrong key and a page of another origin leave nothing to look at but these counts."""
    looking = Looking(installation)
    looking.look()
    before = looking.answer["answers"]
    assert installation.send([touchpoint()], key="pk_wrong")[0] == 401
    assert installation.send([touchpoint()], key=web_key, Origin="https://copied.example")[0] == 403

    def counted(_: list[dict[str, Any]]) -> bool:
        now = looking.answer["answers"]
        return all(now[reason] > before[reason] for reason in ("key_unknown", "origin_not_allowed"))

    looking.until(counted, "both are counted")
    assert "klantreis keys list" in looking.answer["remedies"]["key_unknown"]
    assert "--origin" in looking.answer["remedies"]["origin_not_allowed"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"key": "web"}, {"of web"}),
        ({"type": "search"}, {"search"}),
        ({"show": "rejected"}, {"sale"}),
        ({"show": "problems"}, {"sale", "bad price"}),
        ({"own": "1"}, {"of this browser"}),
        ({"key": "web", "type": "search"}, set()),
    ],
)
def test_one_finds_their_own(installation: Installation, web_key: str, wanted: dict[str, str], found: set[str]) -> None:
    """By key, type, trouble and browser, together with any text, a quotation mark within it too."""
    mark = f'{word()} "q"'
    names = ("of web", "search", "sale", "bad price", "of this browser")
    everything = Looking(installation, text=mark)
    looking = Looking(installation, text=mark, **wanted)
    agent = {"User-Agent": "Looking/1.0"}
    looking.look(**agent)

    def one(name: str, type_: str = "page_view", **fields: Any) -> dict[str, Any]:
        return touchpoint(type_, properties={"mark": mark, "name": name}, **fields)

    installation.send([one("of web")], key=web_key)
    installation.send([one("search", "search"), one("sale", "sale"), one("bad price", product={"price": 1})])
    installation.send([one("of this browser")], **agent)
    everything.until(lambda seen: len(seen) == len(names), "all are seen")
    raws = [everything.told("arrival", seen["place"]) for seen in looking.look(**agent)]
    assert {name for raw in raws for name in names if f'"name": "{name}"' in raw} == found


def test_what_the_loader_turns_away_is_told(installation: Installation) -> None:
    """Accepted, and then refused by ClickHouse or of somebody who is forgotten, or gone: each says so."""
    received = time.time_ns() // 1000
    envelope = Envelope(received_us=received, site=word(), key_name="web")
    ids = [f"0190b5a0-7c1e-7d3a-9f5b-2f8c4f6e1a1{number}" for number in range(3)]
    arrived = [
        Arrival(number=line, segment="", start=0, end=0, line=line, envelope=envelope, told=Told(id=one), raw=b"")
        for line, one in enumerate(ids)
    ]
    with Warehouse(installation.settings) as warehouse:
        for id_, reason in ((ids[0], "unloadable"), ("1", "forgotten"), ("2", "field_invalid")):
            warehouse.command(
                "INSERT INTO klantreis.rejected_stored (id, reason, detail, received_at, site) VALUES "
                "({id:String}, {reason:String}, 'because', fromUnixTimestamp64Micro({at:Int64}), {site:String})",
                {"id": id_, "reason": reason, "at": received, "site": envelope.site},
            )
        found = fates.became(warehouse, arrived)
        assert {number: (fate.state, fate.detail) for number, fate in found.items()} == {
            0: ("unloadable", "because"),
            1: ("forgotten", "because"),
        }
        for _ in range(fates.TRIES - 1):
            found = fates.became(warehouse, arrived)
        assert found[2].state == "missing"


def arrival(raw: bytes = b"{}", type_: str = "page_view") -> Arrival:
    """One of thousands."""
    envelope = Envelope(received_us=0, site="shop", key_name="web")
    return Arrival(segment="", start=0, end=0, line=0, envelope=envelope, told=Told(type=type_), raw=raw)


def test_thousands_a_second_leave_the_rare_one_to_be_seen() -> None:
    """As many as somebody reads are given and the others counted; who looks for their own gets it all the same."""
    kept = Arrivals()
    for number in range(5_000):
        kept.add(arrival(type_="rare" if number == 100 else "page_view"))
    shown, more = kept.newest(Wanted(), after=1_000)
    assert [one.number for one in shown] == list(range(5_000, 5_000 - LISTED, -1))
    assert more == 4_000 - LISTED
    assert [one.number for one in kept.newest(Wanted(type="rare"), after=1_000).arrivals] == [101]


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """In number and in bytes, the oldest first."""
    monkeypatch.setattr(arrivals_module, "MOST", 10)
    monkeypatch.setattr(arrivals_module, "MOST_BYTES", 1_000)
    kept = Arrivals()
    for _ in range(25):
        kept.add(arrival())
    assert [one.number for one in kept.newest(Wanted(), 0).arrivals] == list(range(25, 15, -1))
    for _ in range(4):
        kept.add(arrival(b"x" * 400))
    assert [one.number for one in kept.newest(Wanted(), 0).arrivals] == [29, 28]


def test_what_several_receivers_took_in_meanwhile_comes_in_the_order_of_its_coming(tmp_path: Path) -> None:
    """Each receiver has a segment of its own, and a page that is opened later is shown all of them at once."""
    chosen = settings_module.load({"data": tmp_path})
    for receiver in range(2):
        moments = range(receiver, 6, 2)
        fill(chosen.spool_folder, [received(moment) for moment in moments])
    watch, until = Watch(chosen), time.monotonic() + 20
    while len(shown := watch.see(Wanted(), 0, 0, 0)["arrivals"]) < 6:
        assert time.monotonic() < until, shown
        time.sleep(0.1)
    assert [one["received"] for one in shown] == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


def received(millisecond: int) -> bytes:
    """A record of one touchpoint, as a receiver appends it."""
    encoder = msgspec.json.Encoder()
    envelope = Envelope(received_us=millisecond * 1000, site="shop", key_name="web")
    return encoder.encode(envelope) + b"\n" + encoder.encode(touchpoint()) + b"\n"
