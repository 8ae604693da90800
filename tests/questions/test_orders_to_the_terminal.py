"""What strangers sent is printed as text: it gives no orders to the terminal of whoever asks."""

from __future__ import annotations

import json

import pytest

from collector.cli.printed import show

HOSTILE = "\x1b]0;renamed\x07\x1b[2J\u202eturned\x9b31m[bold]red[/bold]"
"""A page's title that renames the terminal, empties it, and turns the direction of writing."""


def test_a_table_only_shows(capsys: pytest.CaptureFixture[str]) -> None:
    """Every character that a terminal would obey is written out."""
    show(("page_title",), [(HOSTILE,), (None,), ("Chaussures d'été",)], "table")
    said = capsys.readouterr().out
    assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(said)
    assert "\\u001b" in said and "[bold]red[/bold]" in said and "d'été" in said


def test_json_stays_the_same_json(capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever reads it with a program reads what was sent."""
    show(("page_title",), [(HOSTILE,)], "json")
    said = capsys.readouterr().out
    assert not {"\x1b", "\u202e", "\x9b"} & set(said)
    assert json.loads(said) == {"page_title": HOSTILE}


def test_what_is_piped_is_not_broken_into_lines(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program, or a person with `less`, gets a row as a line, and no wider than it is; a terminal its own width."""
    address = "https://shop.example/" + "schoenen/" * 30
    monkeypatch.delenv("COLUMNS", raising=False)
    show(("page_url", "phase"), [(address, "consideration")], "table")
    said = capsys.readouterr().out
    assert f"│ {address} │ consideration │" in said.splitlines()
    monkeypatch.setenv("COLUMNS", "80")
    show(("page_url", "phase"), [(address, "consideration")], "table")
    assert max(map(len, capsys.readouterr().out.splitlines())) == 80
