"""The same row is the same touchpoint: however often it is read, from whichever file, and wherever reading began."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from collector.errors import HistoryUnreadable
from collector.history.journal import Journal, fingerprint
from tests.history.importing import ORDERS, Folder, orders

WITHOUT_ID = ORDERS.replace("  id: order\n", "")


@pytest.mark.parametrize("limit", [1, 499, 500, 501, 1200, 1999])
def test_a_limit_is_where_the_next_run_goes_on(tmp_path: Path, limit: int) -> None:
    """What --limit left out comes in with the next run, and no row twice."""
    folder = Folder(tmp_path)
    file = folder.file("orders.csv", orders(2000))
    assert folder.bring(file, ORDERS, limit=limit).notes.counts.rows == limit
    assert len(folder.spooled()) == limit
    outcome = folder.bring(file, ORDERS)
    assert outcome.notes.counts.accepted == 2000 and not outcome.before
    assert [row["order"]["id"] for row in folder.spooled()] == [str(n) for n in range(2000)]


def test_what_is_read_again_is_the_same_byte_for_byte(tmp_path: Path) -> None:
    """Rows and their receipt too: so a rejected row, whose key holds the receipt, replaces itself as well."""
    folder = Folder(tmp_path)
    file = folder.file("orders.csv", orders(1300) + "1300,v,never,1\n")
    folder.bring(file, ORDERS)
    rows, envelopes = folder.spooled(), folder.envelopes()
    folder.bring(file, ORDERS, again=True)
    assert folder.spooled() == rows + rows
    assert folder.envelopes() == envelopes + envelopes
    assert len({envelope["received_us"] for envelope in envelopes}) == 3


def test_what_was_imported_is_not_read_again(tmp_path: Path) -> None:
    """A finished file costs nothing the second time; a changed mapping or file is other work."""
    folder = Folder(tmp_path)
    file = folder.file("orders.csv", orders(10))
    folder.bring(file, ORDERS)
    assert folder.bring(file, ORDERS).before
    assert not folder.bring(file, ORDERS + "  properties.a: {value: b}\n").before
    assert not folder.bring(folder.file("orders.csv", orders(11)), ORDERS).before


def test_a_dry_run_leaves_nothing(tmp_path: Path) -> None:
    """Neither in the spool nor in the journal; the report is the same."""
    folder = Folder(tmp_path)
    file = folder.file("orders.csv", orders(10) + "a,b\n")
    dry = folder.bring(file, ORDERS, dry_run=True)
    assert not folder.settings.spool_folder.exists() and not folder.settings.imports_folder.exists()
    assert json.loads(dry.first)["order"] == {"id": "0", "total": "0.50", "currency": "EUR"}
    assert folder.bring(file, ORDERS).notes.counts == dry.notes.counts


def test_two_imports_of_a_file_do_not_run_at_once(tmp_path: Path) -> None:
    """The second is told so."""
    folder = Folder(tmp_path)
    file = folder.file("orders.csv", orders(10))
    journal = Journal(folder.settings.imports_folder, fingerprint(file, "csv", ORDERS, folder.key), file, folder.key)
    with pytest.raises(HistoryUnreadable, match="is being imported by another process"):
        folder.bring(file, ORDERS)
    journal.close()
    assert folder.bring(file, ORDERS).notes.counts.accepted == 10


def test_a_damaged_journal_costs_time_alone(tmp_path: Path) -> None:
    """It begins anew, with the same ids."""
    folder = Folder(tmp_path)
    file = folder.file("orders.csv", orders(10))
    folder.bring(file, ORDERS)
    [journal] = folder.settings.imports_folder.glob("*.json")
    journal.write_bytes(b'{"file": "orde')
    assert not folder.bring(file, ORDERS).before
    rows = folder.spooled()
    assert rows[10:] == rows[:10]


def ids(folder: Folder, content: str, mapping: str = WITHOUT_ID, name: str = "orders.csv") -> list[str]:
    """Of the rows of a file, by a folder of its own."""
    before = len(folder.spooled()) if folder.settings.spool_folder.exists() else 0
    folder.bring(folder.file(name, content), mapping)
    return [row["id"] for row in folder.spooled()[before:]]


def test_a_row_without_an_id_is_known_by_all_that_it_holds(tmp_path: Path) -> None:
    """Wherever it stands, in whatever order of columns, with empty columns more or less; another row is another."""
    folder = Folder(tmp_path)
    first = ids(folder, "order,visitor,at,total\n1,v,2024-03-01,5\n2,v,2024-03-01,5\n")
    assert len(set(first)) == 2
    assert ids(folder, "at,total,visitor,order\n2024-03-01,5,v,2\n2024-03-01,5,v,1\n") == first[::-1]
    assert ids(folder, "order,visitor,at,total,note\n1,v,2024-03-01,5,\n", name="more.csv") == first[:1]
    assert ids(folder, "order,visitor,at,total,note\n1,v,2024-03-01,5,hi\n", name="more.csv") != first[:1]
    objects = [json.dumps(row) for row in ({"at": "2024-03-01", "order": 7, "visitor": "v", "total": 5}, {})]
    assert len(set(ids(folder, objects[0] + "\n", name="orders.ndjson"))) == 1


def test_a_row_with_an_id_is_known_by_it(tmp_path: Path) -> None:
    """By its own UUID as it is, by any other value and by several columns through a UUID made of them."""
    folder = Folder(tmp_path)
    own = "0190b5a0-0000-7000-8000-00000000000a"
    given = ids(folder, f"order,visitor,at,total\n{own.upper()},v,2024-03-01,5\n8,v,2024-03-01,5\n", ORDERS)
    assert given[0] == own and given[1] != own
    changed = ids(folder, "order,visitor,at,total\n8,v,2024-03-01,99\n", ORDERS, "changed.csv")
    assert changed == given[1:]
    several = ORDERS.replace("  id: order", "  id: {of: [order, total]}")
    assert ids(folder, "order,visitor,at,total\n8,v,2024-03-01,99\n", several, "changed.csv") != changed


def test_another_site_has_other_ids(tmp_path: Path) -> None:
    """Order 1 of one shop is not order 1 of the other, and an order is not the delivery of it."""
    folder = Folder(tmp_path)
    content = "order,visitor,at,total\n1,v,2024-03-01,5\n"
    first = ids(folder, content, ORDERS)
    delivery = ids(folder, content, ORDERS.replace("value: order}", "value: delivery}"), "again.csv")
    from collector.receive.access import Keys

    keys = Keys(folder.settings)
    keys.add(name="other", site="other", kind="secret")
    folder.key = keys.list()[-1]
    assert len({*first, *delivery, *ids(folder, content, ORDERS)}) == 3
