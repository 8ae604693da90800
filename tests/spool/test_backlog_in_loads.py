"""A backlog is loaded in growing pieces, and whatever their sizes everything is in just one of them."""

from __future__ import annotations

from pathlib import Path

import msgspec
from spooling import left_behind

from collector.envelope import Envelope
from collector.load import FIRST_SHARE, Load, Loads
from collector.settings import Settings
from collector.spool.segment import HEADER_SIZE

RECORDS = 400


def touchpoint(number: int) -> bytes:
    """A record of 10 kB with one touchpoint."""
    envelope = msgspec.json.encode(Envelope(received_us=1_800_000_000_000_000, site="shop", key_name="web"))
    sent = {
        "id": f"01922f8e-7c55-7b1e-9a68-{number:012x}",
        "type": "page_view",
        "occurred_at": 1_790_000_000_000,
        "properties": {"padding": "x" * 10_000},
    }
    return envelope + b"\n" + msgspec.json.encode(sent) + b"\n"


def test_the_first_load_is_small_and_the_next_ones_grow(tmp_path: Path) -> None:
    """ClickHouse waits for the first load alone; each later one is made while the one before it is inserted."""
    settings = Settings(data=tmp_path, load_mib=1)
    left_behind(settings.spool_folder, [touchpoint(number) for number in range(RECORDS)])
    loads, read = Loads(settings), dict[str, int]()

    def position(name: str) -> int:
        return read.get(name, HEADER_SIZE)

    made: list[Load] = []
    load = loads.next(position)
    while load is not None:
        made.append(load)
        read.update((one.segment, one.end) for one in load.ranges)
        load = loads.next(position, load) if load.full else None
    sizes = [sum(map(len, load.rows.touchpoints)) for load in made]
    most = settings.load_mib * 2**20
    assert sizes[0] < most // FIRST_SHARE * 1.2
    assert sizes[0] * 1.8 < sizes[1] < sizes[0] * 2.2
    assert max(sizes) < most * 1.2
    assert sizes[2] > most * 0.8
    ids = [msgspec.json.decode(row)["id"] for load in made for row in load.rows.touchpoints]
    assert sorted(ids) == [msgspec.json.decode(touchpoint(n).splitlines()[1])["id"] for n in range(RECORDS)]
