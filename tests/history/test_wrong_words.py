"""A command that cannot be carried out says which word is to blame and what to write, and stores nothing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import klantreis
from collector.errors import KlantreisError
from collector.receive.access import Keys
from tests.history.importing import ORDERS, Folder, orders


def run(folder: Folder, *words: str) -> Result:
    """`klantreis import` with these words, in that folder."""
    variables: dict[str, str | None] = {name: None for name in os.environ if name.startswith("KLANTREIS_")}
    variables |= {"KLANTREIS_DATA": str(folder.settings.data), "KLANTREIS_CONFIG": os.devnull}
    return CliRunner().invoke(klantreis, ["import", *words], env=variables)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (
            ("orders.csv", "--key", "historie", "--mapping", "m.yaml"),
            "--key: historie is no active key; klantreis",
        ),
        (
            ("orders.csv", "--key", "web", "--mapping", "m.yaml"),
            "--key: web is a public key, which may not send",
        ),
        (("orders.csv", "--key", "gone", "--mapping", "m.yaml"), "--key: gone is no active key"),
        (("orders.csv", "--key", "history"), "orders.csv: csv needs a --mapping; see docs/import.md"),
        (("orders.txt", "--key", "history", "--mapping", "m.yaml"), "say --format csv, ndjson or parquet"),
        (("other.csv", "--key", "history", "--mapping", "m.yaml"), "other.csv cannot be opened: No such file"),
        (("orders.csv", "--key", "history", "--mapping", "n.yaml"), "--mapping: n.yaml cannot be read"),
    ],
)
def test_a_wrong_word_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], told: str
) -> None:
    """Keys that are unknown, public or revoked; files that are not there or whose form nobody knows."""
    folder = Folder(tmp_path)
    keys = Keys(folder.settings)
    keys.add(name="web", site="shop", kind="public")
    keys.add(name="gone", site="shop", kind="secret")
    keys.revoke("gone")
    folder.file("orders.csv", orders(3))
    folder.file("orders.txt", orders(3))
    folder.file("m.yaml", ORDERS)
    monkeypatch.chdir(tmp_path)
    done = run(folder, *words)
    assert isinstance(done.exception, KlantreisError) and told in str(done.exception)
    assert not folder.settings.spool_folder.exists() and not folder.settings.imports_folder.exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the journal has no place, nothing is appended to the spool."""
    folder = Folder(tmp_path)
    folder.file("orders.csv", orders(3))
    folder.file("m.yaml", ORDERS)
    folder.settings.imports_folder.write_bytes(b"in the way")
    monkeypatch.chdir(tmp_path)
    done = run(folder, "orders.csv", "--key", "history", "--mapping", "m.yaml")
    assert isinstance(done.exception, KlantreisError) and "imports" in str(done.exception)
    assert not folder.settings.spool_folder.exists()


def test_a_form_can_be_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the file is called; and several files are taken one after the other."""
    folder = Folder(tmp_path)
    folder.file("orders.txt", orders(3))
    folder.file("more.txt", orders(4, 3))
    folder.file("m.yaml", ORDERS)
    monkeypatch.chdir(tmp_path)
    words = ("--key", "history", "--mapping", "m.yaml", "--format", "csv", "--dry-run")
    told = run(folder, "orders.txt", "more.txt", *words).stdout.splitlines()
    assert told[0] == "orders.txt: 3 rows: 3 accepted, 0 rejected, 0 skipped"
    assert told[2] == "more.txt: 4 rows: 4 accepted, 0 rejected, 0 skipped"
    assert told[-1] == "nothing was stored"
