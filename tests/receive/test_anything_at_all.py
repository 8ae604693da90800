"""Whatever bytes or values come in: an answer of ours, never a crash, and what is kept can be read by the loader."""

from __future__ import annotations

import asyncio
import gzip
import json
import uuid
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from collector.envelope import AcceptedTouchpoint, RejectedTouchpoint
from collector.errors import Refused
from collector.receive import body
from collector.receive.accept import Checks
from collector.receive.access import Key
from collector.receive.arriving import Arriving
from collector.receive.decode import decode
from collector.receive.tally import Tally
from collector.settings import Settings
from collector.touchpoint import STANDARD_TYPES, Touchpoint
from tests.receive.receiver import now_ms

LIMIT = 8 << 20
CHECKS = Checks(Settings(data=Path("unused")), Tally())
KEYS = [Key(name="web", site="shop", kind="public"), Key(name="till", site="shop", kind="secret")]
FIELDS = [field.name for field in msgspec.structs.fields(Touchpoint)]

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
inner_names = st.sampled_from(["id", "url", "state", "gpc", "total", "price", "address", "score", "code", "foo"])
parts = (
    values
    | st.dictionaries(inner_names, values, max_size=5)
    | st.lists(st.dictionaries(inner_names, values), max_size=3)
)
touchpoints = st.fixed_dictionaries(
    {
        "id": st.just("") | st.builds(lambda: str(uuid.uuid4())),
        "type": st.sampled_from(sorted(STANDARD_TYPES)) | values,
        "occurred_at": st.builds(now_ms) | values,
    },
    optional=dict.fromkeys([*FIELDS[3:], "novelty"], parts),
)
batches = st.fixed_dictionaries(
    {"touchpoints": st.lists(touchpoints | values, max_size=4)}, optional={"sent_at": values}
)


def take(sent: bytes, key: Key, headers: dict[bytes, bytes]) -> None:
    """The way in up to the spool; fails on anything but a refusal of ours."""
    try:
        delivery = decode(body.unpack(sent, LIMIT), limit=500, nesting=16)
    except Refused:
        return
    checked = asyncio.run(CHECKS.sort(delivery, Arriving(key, "192.0.2.0", headers, delivery.sent_us)))
    assert checked.number + len(checked.rejected) == len(delivery.touchpoints)
    accepted = msgspec.json.Decoder(AcceptedTouchpoint).decode_lines(checked.lines)
    assert len(accepted) == checked.number
    for one in accepted:
        assert isinstance(one.occurred_at, int)
        assert all(isinstance(text, str) for text in (one.properties or {}).values())
    kept = [turned.kept for turned in checked.rejected]
    msgspec.json.decode(msgspec.json.encode(kept), type=list[RejectedTouchpoint])


@settings(max_examples=100)
@given(batches, st.sampled_from(KEYS), st.booleans())
def test_any_values(batch: Any, key: Key, gpc: bool) -> None:
    """Any JSON value in any field is accepted, set aside or rejected."""
    take(json.dumps(batch).encode(), key, {b"sec-gpc": b"1"} if gpc else {})


@settings(max_examples=100)
@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes(sent: bytes) -> None:
    """Any bytes, plain or compressed, are refused or understood."""
    take(sent, KEYS[0], {})
    take(gzip.compress(sent), KEYS[0], {})


@settings(max_examples=100)
@given(batches, st.data())
def test_any_damage(batch: Any, data: st.DataObject) -> None:
    """A good body with any of its bytes changed, put in or taken out."""
    good = json.dumps(batch).encode()
    at = data.draw(st.integers(0, len(good)))
    to = data.draw(st.integers(at, min(len(good), at + 5)))
    take(good[:at] + data.draw(st.binary(max_size=5)) + good[to:], KEYS[1], {})


@settings(max_examples=100)
@given(touchpoints)
def test_what_is_accepted_again_stays_the_same(sent: dict[str, Any]) -> None:
    """A retry of the same touchpoint gives the same bytes, so that it replaces itself."""
    results = []
    for _ in range(2):
        delivery = decode(json.dumps({"touchpoints": [sent]}).encode(), limit=500, nesting=16)
        results.append(asyncio.run(CHECKS.sort(delivery, Arriving(KEYS[1], "", {}, None))).lines)
    assert results[0] == results[1]
