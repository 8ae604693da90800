"""Something on the analysts' page does not run, prints something else by now, or says a figure that nobody printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import klantreis
from collector.questions.catalogue import questions
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from tests.analysts import page
from tests.analysts.page import Shown

PAGE = page.FILE.read_text(encoding="utf-8")
SHOWN = list(page.shown(PAGE))
ASKED = [name for name in questions() if name != "attribution_transitions"]
"""That one is asked by `klantreis ask attribution --rule markov`."""

DEMO = re.compile(r"\*\*The source:\*\* .*?\*\*The\s+demo:\*\* (.*?)\n\n", re.DOTALL)
FIGURE = re.compile(r"-?\d+(?:\.\d+)?")
PORT = "8123"


def blocks(language: str) -> list[str]:
    """The page's code in a language."""
    return re.findall(rf"^```{language}\n([^`]*)^```", PAGE, re.MULTILINE)


def calls(command: str) -> list[str]:
    """Commands of the page that begin so, without that beginning."""
    lines = "".join(blocks("sh")).replace("\\\n", " ").splitlines()
    return [line.removeprefix(f"klantreis {command} ") for line in lines if line.startswith(f"klantreis {command} ")]


@pytest.fixture
def warehouse(demo_month: Settings) -> Iterator[Warehouse]:
    """The demo's month."""
    with Warehouse(demo_month) as opened:
        yield opened


def run(settings: Settings, *words: str) -> Result:
    """`klantreis` with these words."""
    given = {"KLANTREIS_CONFIG": "/dev/null", "KLANTREIS_CLICKHOUSE": f"http://127.0.0.1:{settings.clickhouse_port}"}
    return CliRunner().invoke(klantreis, words, env=given)


@pytest.mark.parametrize("one", SHOWN, ids=[f"{number} {one.section}" for number, one in enumerate(SHOWN)])
def test_every_query_prints_what_stands_below_it(warehouse: Warehouse, one: Shown) -> None:
    """To the letter. Write it anew with `python -m tests.analysts.write`, and read the words beside it again."""
    assert page.printed(warehouse, one.sql) == one.told


def test_every_other_query_runs(warehouse: Warehouse) -> None:
    """Those whose answer depends on what day it is."""
    others = [sql for sql in blocks("sql") if sql not in {one.sql for one in SHOWN}]
    assert others
    for sql in others:
        warehouse.table(sql)


@pytest.mark.parametrize("command", ["ask", "query"])
def test_every_call_runs(demo_month: Settings, command: str) -> None:
    """Each ends well, with the options that the page gives."""
    assert calls(command)
    for call in calls(command):
        done = run(demo_month, command, *shlex.split(call))
        assert done.exit_code == 0, f"{call}: {done.output} {done.exception}"


def test_every_program_runs(demo_month: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The exports are made, and pandas and Polars read them and the warehouse as it stands there, with the login."""
    monkeypatch.chdir(tmp_path)
    for call in calls("export"):
        done = run(demo_month, "export", *shlex.split(call))
        assert done.exit_code == 0, f"{call}: {done.output} {done.exception}"
    known = []
    for program in blocks("python"):
        names: dict[str, object] = {}
        exec(program.replace(f"port={PORT}", f"port={demo_month.clickhouse_port}"), names)  # noqa: S102  # our own page
        known += [name for name, value in names.items() if hasattr(value, "shape") and min(value.shape) > 0]
    assert known == ["frame", "scores", "frame", "frame", "november", "transitions"]
    heading = '"occurred_at","type","channel","phase","order_total"\n'
    assert Path("november.csv").read_text("utf-8").startswith(heading)


@pytest.mark.parametrize("name", ASKED)
def test_every_question_is_shown(name: str) -> None:
    """Each is asked by command and in SQL, and stands beside what the source says."""
    assert any(call.split()[0] == name for call in calls("ask"))
    assert any(one.section == name and f"klantreis.{name}(" in one.sql and DEMO.search(one.words) for one in SHOWN)


@pytest.mark.parametrize("name", ASKED)
def test_every_figure_in_words_is_of_a_table(name: str) -> None:
    """What is said of the demo is what was printed, as it stands or in percent, and nothing else."""
    here = [one for one in SHOWN if one.section == name]
    printed = {float(figure) for one in here for figure in FIGURE.findall(one.told)}
    allowed = printed | {round(100 * figure, 2) for figure in printed}
    told = [float(figure) for figure in FIGURE.findall(DEMO.findall(here[-1].words)[0])]
    assert told and [figure for figure in told if figure not in allowed] == []


def test_the_month_is_as_large_as_the_page_says(warehouse: Warehouse) -> None:
    """How many touchpoints its figures are of."""
    [row] = warehouse.rows("SELECT count() AS touchpoints FROM klantreis.touchpoints")
    assert f"{row['touchpoints']:,} touchpoints" in PAGE
