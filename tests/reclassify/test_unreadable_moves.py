"""What `rules diff` and a dry run print: a line a move that is read in any terminal, whatever senders sent."""

from __future__ import annotations

import pytest

from collector.cli.moves import ROWS, print_moves
from collector.reclassify.moves import Move, Moves

ID = "01922f8e-7c55-7b1e-9a68-3a64e2d1f0aa"


def printed(capsys: pytest.CaptureFixture[str], *moves: Move, one_in: int = 1) -> list[str]:
    """The lines of these moves, of ten touchpoints of seven people."""
    print_moves(Moves(10, sum(move.touchpoints for move in moves), 7, one_in, moves))
    return capsys.readouterr().out.splitlines()


def test_a_move_is_one_line_and_its_touchpoints_stand_below(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is folded: ids can be copied from a terminal of any width into `rules explain`."""
    page = "https://shop.example/nl/tuinhuisplanner"
    move = Move("sap_hybris", "discovery", "consideration", 1, 1, ((ID, "page_view", page), (ID, "order", "")))
    assert printed(capsys, move) == [
        "sap_hybris: discovery → consideration: 1 touchpoint, 1 person",
        f"    {ID} page_view {page}",
        f"    {ID} order",
        "1 of 10 touchpoints change, of 7 people",
    ]


def test_what_was_sent_cannot_steer_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """An address with escape characters, line ends or markup is shown as it is, and a long one is cut."""
    page = "https://shop.example/\x1b]0;owned\x07[red]\n" + "a" * 500
    head, example, last = printed(capsys, Move("signal", "", "page_viewed", 2, 0, ((ID, "page_view", page),)))
    assert head == "signal: (none) → page_viewed: 2 touchpoints, 0 people"
    assert "\\u001b]0;owned\\u0007[red]\\n" in example
    assert example.isprintable()
    assert len(example) < 200
    assert last == "2 of 10 touchpoints change, of 7 people"


def test_more_moves_than_anybody_reads_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """The rest is named, and that only a part of all touchpoints was looked at."""
    lines = printed(capsys, *(Move("made", f"p{at}", "q", 1, 1, ()) for at in range(ROWS + 5)), one_in=1200)
    assert lines[-2] == "and 5 more moves, of fewer touchpoints each: --json gives all"
    assert lines[-1] == f"{ROWS + 5} of 10 touchpoints, 1 in 1,200 of all, change, of 7 people"
