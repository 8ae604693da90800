"""Visitors without an identifier are counted by a hash, and nobody who said no, by no key that was not told to."""

from __future__ import annotations

import json
import stat
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from collector.envelope import Kind
from collector.errors import SettingsError
from collector.touchpoint import IDENTIFIERS
from collector.visitors.salts import DAY_US, SaltFiles, today
from tests.receive.receiver import Receiver, receiving, touchpoint, until

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"
OTHER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0"
HOME = "203.0.113.77"
NEIGHBOUR = "203.0.113.78"


class Counting:
    """A receiver behind a proxy, with two keys that count visitors, of a site each."""

    def __init__(self, receiver: Receiver) -> None:
        self.receiver = receiver
        for name, site in (("counting", "shop"), ("elsewhere", "blog")):
            receiver.keys.add(name=name, site=site, kind="public", counts_visitors=True)
        self.keys = {key.name: key.value for key in receiver.keys.list()}
        last = self.keys["elsewhere"]
        until(lambda: receiver.send(touchpoint(), key=last).status == 202, "the receiver knows the keys")
        until(lambda: self.send() is not None, "visitors are counted")

    def send(
        self, *touchpoints: Any, key: str = "counting", address: str = HOME, agent: str = AGENT, **headers: str
    ) -> Any:
        """The hash of the record in which these touchpoints rest."""
        sent = touchpoints or (touchpoint(),)
        headers = {"User_Agent": agent, "X_Forwarded_For": address, **headers}
        assert self.receiver.send(*sent, key=self.keys[key], **headers).json["accepted"] == len(sent)
        return self.receiver.stored(sent[0]["id"])["_envelope"].get("visitor_hash")


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counting]:
    """One for all of these that need no other."""
    with receiving(tmp_path_factory.mktemp("counting"), trusted_proxies="127.0.0.0/8") as receiver:
        yield Counting(receiver)


def test_the_same_visitor_is_one_and_others_are_others(counting: Counting) -> None:
    """One hash for what comes from one browser at one place to one site, and another for whatever differs."""
    seen = counting.send()
    assert isinstance(seen, int) and 0 <= seen < 2**64
    assert counting.send(touchpoint("search"), touchpoint("product_view")) == seen
    others = [
        counting.send(address=NEIGHBOUR),
        counting.send(agent=OTHER_AGENT),
        counting.send(agent=""),
        counting.send(key="elsewhere"),
    ]
    assert None not in others and len({seen, *others}) == 5


def test_an_address_counts_in_whole_and_a_household_as_one(counting: Counting) -> None:
    """Of IPv6 the lower half changes by itself from day to day, also on one device; IPv4 in its clothes is IPv4."""
    home = counting.send(address="2001:db8:1:2:aaaa::1")
    assert counting.send(address="2001:db8:1:2:bbbb::2") == home
    assert counting.send(address="2001:db8:1:3:aaaa::1") != home
    assert counting.send(address=f"::ffff:{HOME}") == counting.send(address=HOME)


def test_who_is_behind_a_proxy_cannot_choose_a_hash(counting: Counting, tmp_path: Path) -> None:
    """What stands before the address that a trusted proxy saw is not looked at; without such a proxy none of it is."""
    seen = counting.send()
    assert counting.send(address=f"198.51.100.9, {HOME}") == seen
    assert counting.send(X_Real_IP="198.51.100.9", Forwarded="for=198.51.100.9") == seen
    with receiving(tmp_path) as receiver:
        direct = Counting(receiver)
        assert direct.send(address="198.51.100.9") == direct.send(address=HOME) == direct.send(X_Real_IP="192.0.2.1")


WITHHELD: dict[str, tuple[dict[str, Any], dict[str, str]]] = {
    "denied": ({"consent": {"state": "denied"}}, {}),
    "not asked yet": ({"consent": {"state": "required"}}, {}),
    "GPC in the request": ({}, {"Sec_GPC": "1"}),
    "GPC in the request, whatever was granted": ({"consent": {"state": "granted"}}, {"Sec_GPC": "1"}),
    "GPC in the touchpoint": ({"consent": {"state": "granted", "gpc": True}}, {}),
    "Do Not Track": ({"consent": {"state": "granted", "dnt": True}}, {}),
    "consent of an unknown state": ({"consent": {"state": "perhaps"}}, {}),
    "consent that is no object": ({"consent": "granted"}, {}),
    "a visitor": ({"visitor_id": "v"}, {}),
    "a customer": ({"customer_id": "c"}, {}),
    "a visit": ({"session_id": "s"}, {}),
    "a place in the order of one device": ({"sequence": 4711}, {}),
    "an address's hash": ({"identity": {"email_hash": "a" * 64}}, {}),
    "an ambassador": ({"ambassador": {"code": "anna"}}, {}),
    "an order": ({"order": {"id": "A-1001"}}, {}),
    "a case": ({"contact": {"case": "K-7"}}, {}),
    "a click": ({"campaign": {"click_id": "x", "click_id_kind": "gclid"}}, {}),
}


@pytest.mark.parametrize(("fields", "headers"), WITHHELD.values(), ids=WITHHELD)
def test_who_said_no_or_is_known_is_not_hashed(
    counting: Counting, fields: dict[str, Any], headers: dict[str, str]
) -> None:
    """And neither is anything else that comes in the same request."""
    assert counting.send(touchpoint(**fields), **headers) is None
    assert counting.send(touchpoint(), touchpoint(**fields), touchpoint(), **headers) is None
    assert counting.send() is not None


def test_every_identifier_is_tried_above() -> None:
    """One that joins the vocabulary is not forgotten here."""
    assert set(IDENTIFIERS) <= {name for fields, _ in WITHHELD.values() for name in fields}


def test_a_yes_without_an_identifier_is_counted(counting: Counting) -> None:
    """As the web SDK says it in cookieless mode, and as a site says it that needs no consent."""
    assert counting.send(touchpoint(consent={"state": "granted"})) == counting.send(touchpoint()) is not None


@pytest.mark.parametrize("key", ["public", "secret"])
def test_a_key_counts_nobody_unless_told(counting: Counting, key: str) -> None:
    """Neither a public key nor a secret one, whatever address a server passes on."""
    receiver = counting.receiver
    sent = touchpoint(context={"address": HOME, "user_agent": AGENT})
    assert receiver.send(sent, key=getattr(receiver, key), X_Forwarded_For=HOME).status == 202
    assert "visitor_hash" not in receiver.stored(sent["id"])["_envelope"]


def test_a_secret_key_cannot_count(counting: Counting) -> None:
    """It is told so when it is made, and when it is there already."""
    with pytest.raises(SettingsError, match="secret key"):
        counting.receiver.keys.add(name="server", site="shop", kind="secret", counts_visitors=True)
    assert "server" not in {key.name for key in counting.receiver.keys.list()}
    with pytest.raises(SettingsError, match="secret key"):
        counting.receiver.keys.let_count_visitors("till", True)


def test_a_page_cannot_send_a_hash(counting: Counting) -> None:
    """A field of that name is one that nobody knows, in a touchpoint and beside it."""
    sent = touchpoint(visitor_hash=7, _visitor_hash=7, context={"address": "198.51.100.9", "user_agent": "x"})
    assert counting.send(sent) not in (7, None)
    assert counting.receiver.stored(sent["id"])["extra"] == {"visitor_hash": "7", "_visitor_hash": "7"}


def test_what_was_rejected_has_none(counting: Counting) -> None:
    """It rests beside what was accepted of the same request, and says nothing of whose it is."""
    good, bad = touchpoint(), touchpoint(occurred_at=0)
    key = counting.keys["counting"]
    answer = counting.receiver.send(good, bad, key=key, User_Agent=AGENT, X_Forwarded_For=HOME)
    assert answer.json["accepted"] == 1
    stored = {one["id"]: counting.receiver.stored(one["id"]) for one in (good, bad)}
    assert stored[good["id"]]["_envelope"]["visitor_hash"] == counting.send()
    assert stored[bad["id"]]["_kind"] == Kind.REJECTED
    assert "visitor_hash" not in stored[bad["id"]]["_envelope"]


@pytest.mark.parametrize(
    "told",
    [
        {"visitor_id": "somebody"},
        {"order": {"id": "10042"}},
        {"campaign": {"click_id": "g-1", "click_id_kind": "gclid"}},
        {"consent": {"state": "denied"}},
        {"consent": {"state": "granted", "dnt": True}},
    ],
    ids=str,
)
def test_what_was_rejected_speaks_for_its_request(counting: Counting, told: dict[str, Any]) -> None:
    """An identifier in it would lead to whose the hash is, as it rests as it was sent; a no in it is a no."""
    good, bad = touchpoint(), touchpoint(occurred_at=0, **told)
    key = counting.keys["counting"]
    assert counting.receiver.send(bad, good, key=key, User_Agent=AGENT, X_Forwarded_For=HOME).json["accepted"] == 1
    assert "visitor_hash" not in counting.receiver.stored(good["id"])["_envelope"]


def test_a_pixel_counts_too(counting: Counting) -> None:
    """By the same rules: it is what a page has that runs no script."""
    seen = counting.send()
    for query, expected in (("", seen), ("&consent.state=denied", None), ("&visitor_id=v", None)):
        identified = str(uuid.uuid4())
        path = f"/v1/pixel.gif?key={counting.keys['counting']}&id={identified}{query}"
        assert counting.receiver.get(path, User_Agent=AGENT, X_Forwarded_For=HOME).status == 200
        assert counting.receiver.stored(identified)["_envelope"].get("visitor_hash") == expected, query


def test_no_full_address_in_any_file(counting: Counting) -> None:
    """Of the whole data folder, in no form: only the hash knows it, and the truncated one tells no more."""
    counting.send()
    counting.send(address="2001:db8:77:88:99aa:bbcc:ddee:ff11")
    files = [file for file in counting.receiver.folder.rglob("*") if file.is_file()]
    content = b"".join(file.read_bytes() for file in files)
    assert b"203.0.113.0" in content and b"2001:db8:77::" in content
    for full in (HOME.encode(), bytes((203, 0, 113, 77)), b"2001:db8:77:88", bytes.fromhex("20010db800770088")):
        assert full not in content, full


def test_the_salts_are_today_s_and_tomorrow_s_and_the_owner_s(counting: Counting) -> None:
    """Nobody else may read them, and none of another day is there, nor what a crash left half written."""
    folder = counting.receiver.settings.salts_folder
    stale = [folder / "2026-01-01.salt", folder / "2099-01-01.salt", folder / "2026-11-30.salt.new"]
    for file in stale:
        file.write_bytes(b"x" * 32)
    until(lambda: not any(file.exists() for file in stale), "what is stale goes")
    files = SaltFiles(folder)
    assert sorted(folder.iterdir()) == sorted(files._path(day) for day in (today(), today() + 1))
    assert len({files.read(today()), files.read(today() + 1)} - {None}) == 2
    assert all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in folder.iterdir())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_lost_or_damaged_salt_comes_back(counting: Counting) -> None:
    """From the memory of who has it, so that nobody is counted twice."""
    files = SaltFiles(counting.receiver.settings.salts_folder)
    salt, seen = files.read(today()), counting.send()
    for damage in (Path.unlink, lambda path: path.write_bytes(b"half")):
        damage(files._path(today()))
        until(lambda: files.read(today()) == salt, "the salt is there again")
        assert counting.send() == seen


def test_counting_begins_and_ends_while_it_runs(tmp_path: Path) -> None:
    """Until then there is not even a salt; the key stays, and so does the page that holds it."""
    with receiving(tmp_path) as receiver:
        sent = touchpoint()
        assert receiver.send(sent).status == 202
        assert not receiver.settings.salts_folder.exists()
        key = next(key for key in receiver.keys.list() if key.name == "web")

        def counted() -> bool:
            sent = touchpoint()
            assert receiver.send(sent).status == 202
            return "visitor_hash" in receiver.stored(sent["id"])["_envelope"]

        receiver.keys.let_count_visitors("web", True)
        until(counted, "visitors are counted")
        receiver.keys.let_count_visitors("web", False)
        until(lambda: not counted(), "visitors are counted no longer")
        assert "visitor_hash" not in receiver.stored(sent["id"])["_envelope"]
        assert next(key for key in receiver.keys.list() if key.name == "web") == key


def test_a_folder_that_cannot_be_written_costs_the_hash_alone(tmp_path: Path) -> None:
    """Touchpoints come in all the same, and the log says where the trouble is."""
    (tmp_path / "salts").write_bytes(b"not a folder")
    with receiving(tmp_path) as receiver:
        receiver.keys.let_count_visitors("web", True)
        until(lambda: "visitors may not be counted" in receiver.log, "it is said")
        sent = touchpoint()
        assert receiver.send(sent).status == 202
        assert "visitor_hash" not in receiver.stored(sent["id"])["_envelope"]


def test_keys_of_before_count_nobody(tmp_path: Path) -> None:
    """A file that an older version wrote reads as it did, and one that is written now names only what is on."""
    with receiving(tmp_path) as receiver:
        file = receiver.settings.keys_file
        assert "counts_visitors" not in file.read_text("utf-8")
        receiver.keys.let_count_visitors("web", True)
        kept = {key["name"]: key for key in json.loads(file.read_text("utf-8"))["keys"]}
        assert kept["web"]["counts_visitors"] is True and "counts_visitors" not in kept["till"]


def test_days_are_of_utc() -> None:
    """Midnight in UTC divides two days, and 1970 began on day 0."""
    assert DAY_US == 86_400 * 1_000_000
    assert SaltFiles(Path("x"))._path(0).name == "1970-01-01.salt"
    assert SaltFiles(Path("x"))._path(20_787).name == "2026-11-30.salt"
