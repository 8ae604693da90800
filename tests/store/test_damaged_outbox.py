"""Torn, overwritten, flipped and vanished files: what can be read is kept, what cannot is counted and told."""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from klantreis_store import OutboxError, Store
from klantreis_store.on_disk import OnDisk
from klantreis_store.salvage import FILES

from tests.store.simulated import SimulatedClock, Till, accepted

SALES = 300
PAGE = 4096


def sold(folder: Path, count: int = SALES) -> list[str]:
    """The ids of so many sales, in an outbox that nobody has open any more."""
    store = Store("http://127.0.0.1:9", key="k", folder=folder, sends=False)
    ids = [store.sale(f"R-{number}", "1") for number in range(count)]
    store.close()
    return ids


def waiting(folder: Path) -> list[str]:
    """The ids in an outbox, in their order."""
    disk = OnDisk(folder)
    found = [one.id for one in disk.do(lambda outbox: outbox.oldest(10_000))]
    disk.close()
    return found


def overwrite(file: Path, place: int, content: bytes) -> None:
    """Damages a file in one place."""
    with file.open("r+b") as opened:
        opened.seek(place)
        opened.write(content)


@pytest.mark.parametrize("seed", range(6))
def test_an_overwritten_page_costs_what_was_on_it(
    quick_folder: Path, seed: int, caplog: pytest.LogCaptureFixture
) -> None:
    """Whichever page it is, the rest is saved; saved and counted as lost are all that there were."""
    ids = sold(quick_folder)
    file = quick_folder / FILES[0]
    pages = file.stat().st_size // PAGE
    chance = random.Random(seed)
    overwrite(file, chance.randrange(pages) * PAGE, chance.randbytes(PAGE))
    found = set(waiting(quick_folder))
    store = Store("http://127.0.0.1:9", key="k", folder=quick_folder, sends=False)
    status = store.status()
    lost = sum(loss.count for loss in status.losses)
    unknown = any("unknown" in loss.what for loss in status.losses)
    assert found <= set(ids)
    assert len(found) >= SALES - 2 * PAGE // 200
    assert unknown or len(found) + lost == SALES
    if len(found) < SALES or unknown:
        assert "was damaged" in caplog.text
        [copies] = quick_folder.glob("damaged-*")
        assert (copies / FILES[0]).stat().st_size == file.stat().st_size or (copies / FILES[0]).exists()
    identified = store.sale("R-new", "1")
    assert waiting(quick_folder)[-1] == identified


@pytest.mark.parametrize("content", [b"", b"\0" * 8192, b"no database at all" * 1000], ids=["empty", "zeroes", "other"])
def test_a_file_that_is_no_outbox_any_more(quick_folder: Path, content: bytes) -> None:
    """The next sale is stored all the same, and nothing raises."""
    sold(quick_folder, 3)
    for name in FILES[1:]:
        (quick_folder / name).unlink(missing_ok=True)
    (quick_folder / FILES[0]).write_bytes(content)
    store = Store("http://127.0.0.1:9", key="k", folder=quick_folder, sends=False)
    identified = store.sale("R-new", "1")
    assert waiting(quick_folder) == [identified]
    if content:
        assert [loss.what.partition(":")[2] for loss in store.status().losses] == [
            " an unknown number could not be read"
        ]


def test_a_head_of_zeroes_leaves_what_is_behind_it(quick_folder: Path) -> None:
    """As after a power cut on a bad file system: SQLite reads nothing any more, the bytes still hold the sales."""
    ids = sold(quick_folder)
    overwrite(quick_folder / FILES[0], 0, b"\0" * PAGE)
    found = waiting(quick_folder)
    assert set(found) <= set(ids)
    assert len(found) > SALES * 0.9
    assert found == sorted(found, key=ids.index)


def test_a_torn_log_leaves_a_beginning(quick_folder: Path, tmp_path: Path) -> None:
    """A write-ahead log cut anywhere, as by a power cut: the sales up to there, in order, without a hole."""
    store = Store("http://127.0.0.1:9", key="k", folder=quick_folder, sends=False)
    ids = [store.sale(f"R-{number}", "1") for number in range(40)]
    log = (quick_folder / FILES[1]).read_bytes()
    chance = random.Random(5)
    lengths = set()
    for number in range(12):
        copy = tmp_path / str(number)
        shutil.copytree(quick_folder, copy)
        (copy / FILES[2]).unlink()
        (copy / FILES[1]).write_bytes(log[: chance.randrange(len(log))] + chance.randbytes(chance.randrange(5000)))
        found = waiting(copy)
        assert found == ids[: len(found)]
        assert not list(copy.glob("damaged-*"))
        lengths.add(len(found))
    assert len(lengths) > 3


def test_a_flipped_bit_in_a_touchpoint_is_seen(quick_folder: Path) -> None:
    """SQLite does not notice it. It is put aside as damaged; its neighbours are sent."""
    ids = sold(quick_folder, 20)
    file = quick_folder / FILES[0]
    place = file.read_bytes().index(b'"id":"R-7"') + 8
    overwrite(file, place, b"9")
    sent: list[str] = []

    def post(body: bytes) -> object:
        sent.extend(one["id"] for one in json.loads(body)["touchpoints"])
        return accepted(body)

    till = Till(quick_folder, SimulatedClock(1_800_000_000_000), post)  # type: ignore[arg-type]
    till.wait(5_000)
    assert sorted(sent) == sorted(set(ids) - {ids[7]})
    assert (till.store.status().aside, till.store.status().waiting) == (1, 0)
    till.stop()


def test_mending_that_was_cut_short_is_finished(quick_folder: Path) -> None:
    """Killed between any two of its steps: the next program goes on with it."""
    ids = sold(quick_folder)
    before = {file.name: file.read_bytes() for file in quick_folder.iterdir() if file.is_file()}
    damaged = bytearray(before[FILES[0]])
    damaged[:PAGE] = b"\0" * PAGE
    for reached in ("marked", "half copied", "copied", "half replaced"):
        for old in list(quick_folder.iterdir()):
            shutil.rmtree(old) if old.is_dir() else old.unlink()
        (quick_folder / FILES[0]).write_bytes(bytes(damaged))
        (quick_folder / "mending").write_text("damaged-1")
        if reached == "half copied":
            (quick_folder / "damaged-1.part").mkdir()
            (quick_folder / "damaged-1.part" / FILES[0]).write_bytes(b"half")
        elif reached != "marked":
            (quick_folder / "damaged-1").mkdir()
            (quick_folder / "damaged-1" / FILES[0]).write_bytes(bytes(damaged))
        if reached == "half replaced":
            (quick_folder / FILES[0]).unlink()
            (quick_folder / "outbox.new").write_bytes(b"half")
        found = waiting(quick_folder)
        assert len(found) > SALES * 0.9 and set(found) <= set(ids), reached
        assert not (quick_folder / "mending").exists()


def test_an_outbox_that_is_taken_away_while_it_is_in_use(quick_folder: Path) -> None:
    """Somebody clears the folder, or another program mends: the next sale is in the file that is there now."""
    store = Store("http://127.0.0.1:9", key="k", folder=quick_folder, sends=False)
    store.sale("R-1", "1")
    for file in quick_folder.iterdir():
        file.unlink()
    identified = store.sale("R-2", "1")
    assert waiting(quick_folder) == [identified]


def test_a_newer_format_is_left_alone(quick_folder: Path) -> None:
    """It is no damage, and nothing of it is touched."""
    sold(quick_folder, 2)
    connection = sqlite3.connect(quick_folder / FILES[0])
    connection.execute("PRAGMA user_version = 2")
    connection.close()
    with pytest.raises(OutboxError, match="has format 2, this version reads 1"):
        Store("http://127.0.0.1:9", key="k", folder=quick_folder, sends=False)
    assert not list(quick_folder.glob("damaged-*"))


def test_a_commit_is_synced(tmp_path: Path) -> None:
    """What SQLite promises for power cuts it promises for these settings, as they are on the connection."""
    disk = OnDisk(tmp_path)
    settings = [
        disk.do(lambda outbox, name=name: outbox.connection.execute(f"PRAGMA {name}").fetchone()[0])  # type: ignore[misc]
        for name in ("journal_mode", "synchronous")
    ]
    assert settings == ["wal", 2]
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


def test_a_folder_that_cannot_be_used_is_told_at_the_start(tmp_path: Path) -> None:
    """With its place and what to do, and not at the first sale."""
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxError, match="cannot be made"):
        Store("http://127.0.0.1:9", key="k", folder=tmp_path / "file" / "outbox", sends=False)
