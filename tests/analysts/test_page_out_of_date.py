"""An example on the analysts' page does not run, or asks what nobody can answer."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import klantreis
from collector.phases.rules import RuleSet
from collector.questions.catalogue import questions
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from tests.questions import generated
from tests.questions.conftest import Fill

PAGE = (Path(__file__).parents[2] / "docs" / "analysts.md").read_text(encoding="utf-8")
QUERIES = re.findall(r"^```sql\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
CALLS = [
    line
    for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
    if line.startswith(("klantreis ask ", "klantreis query "))
]


@pytest.fixture
def small(fill: Fill, rules: RuleSet) -> Warehouse:
    """A warehouse with a few people."""
    return fill(generated.steps(rules, 1, people=20))


def test_every_query_runs(small: Warehouse) -> None:
    """Each SQL block is answered; of one that is not the warehouse says why."""
    assert len(QUERIES) > len(questions())
    for sql in QUERIES:
        small.table(sql)


@pytest.mark.usefixtures("small")
def test_every_call_runs(clickhouse: Settings) -> None:
    """Each klantreis ask and klantreis query ends well, with the options that the page gives."""
    given = ["--clickhouse", f"http://127.0.0.1:{clickhouse.clickhouse_port}"]
    for call in CALLS:
        told = CliRunner().invoke(klantreis, [*shlex.split(call)[1:], *given], env={"KLANTREIS_CONFIG": "/dev/null"})
        assert told.exit_code == 0, f"{call}: {told.output} {told.exception}"


@pytest.mark.parametrize("name", [name for name in questions() if name != "attribution_transitions"])
def test_every_question_is_shown(name: str) -> None:
    """Each question is asked by command and in SQL."""
    assert any(f"klantreis ask {name}" in call for call in CALLS)
    assert any(f"klantreis.{name}(" in sql for sql in QUERIES)
