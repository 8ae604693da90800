"""What the commands about people say: whose an identifier is, what was decided, and what was mistyped."""

from __future__ import annotations

import os
from unittest.mock import patch

import pytest
from click.testing import CliRunner, Result

from collector.cli import klantreis
from collector.settings import as_environment
from tests.journeys.settling import Journeys
from tests.journeys.test_undone import touchpoint

SITE = "told"


def command(journeys: Journeys, *words: str) -> Result:
    """`klantreis …` on the warehouse of these tests."""
    with patch.dict(os.environ, {**as_environment(journeys.settings), "KLANTREIS_CONFIG": os.devnull}):
        return CliRunner().invoke(klantreis, list(words))


@pytest.fixture
def known(journeys: Journeys) -> Journeys:
    """A customer who was seen on a device and at the till with a card."""
    journeys.load(
        [(SITE, [touchpoint(0, visitor_id="phone-1"), touchpoint(1, visitor_id="phone-1", customer_id="77")])]
    )
    card = {"loyalty_card": "card-77"}
    journeys.load([(SITE, [touchpoint(2, type="sale", channel="store", customer_id="77", identity=card)])])
    journeys.settle()
    return journeys


def test_a_person_is_shown_with_all_links(known: Journeys) -> None:
    """Every identifier of the person with one number, each link once, and what was decided of it."""
    shown = command(known, "identity", "show", "loyalty_card:card-77", "--site", SITE).output
    lines = shown.splitlines()
    people = {line.rpartition(" ")[2] for line in lines if not line.startswith("  ")}
    assert [line.partition("  ")[0] for line in lines[:3]] == ["customer:77", "loyalty_card:card-77", "visitor:phone-1"]
    assert len(people) == 1
    assert sum("came together first at" in line for line in lines) == len(lines) - 3 == 2
    assert command(known, "identity", "unlink", "visitor:phone-1", "customer:77", "--site", SITE).exit_code == 0
    known.settle()
    undone = command(known, "identity", "show", "customer:77", "--site", SITE).output
    assert "decided: unlink" in undone
    assert command(known, "identity", "facts", "customer:77", "visitor:phone-1", "--site", SITE).exit_code == 0
    known.settle()
    assert command(known, "identity", "show", "loyalty_card:card-77", "--site", SITE).output == shown


def test_a_stranger_is_said_to_be_one(known: Journeys) -> None:
    """An identifier that never came together with another is nobody's error."""
    answer = command(known, "identity", "show", "visitor:never-seen", "--site", SITE)
    assert answer.exit_code == 0
    assert "visitor:never-seen came together with nothing on told" in answer.output


@pytest.mark.parametrize("word", ["77", "klant:77", "customer:", ":77"])
def test_a_mistyped_identifier_is_explained(known: Journeys, word: str) -> None:
    """It says what an identifier looks like, and decides nothing."""
    answer = command(known, "identity", "link", word, "customer:78", "--site", SITE)
    assert answer.exit_code == 2
    assert "visitor:…, customer:…, loyalty_card:…, email:…, phone:…" in " ".join(answer.output.split())


def test_an_identifier_and_itself_are_no_pair(known: Journeys) -> None:
    """Nothing is noted of it."""
    answer = command(known, "identity", "link", "customer:77", "customer:77", "--site", SITE)
    assert "name two" in str(answer.exception)


def test_settling_by_hand(known: Journeys) -> None:
    """It does the work where no settler runs, and says when there is none."""
    known.load([(SITE, [touchpoint(3, visitor_id="phone-1")])])
    assert "settled: 1 identifiers" in command(known, "settle").output
    assert "settled: nobody had changed" in command(known, "settle").output
    everybody = command(known, "settle", "--all").output
    assert "everybody is noted as changed" in everybody and "settled: " in everybody
