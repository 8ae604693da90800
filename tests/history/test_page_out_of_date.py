"""docs/import.md shows what happens: its files are imported by its commands, and what is printed is what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from collector.cli import klantreis
from collector.settings import Settings
from collector.warehouse.client import Warehouse
from tests.history.importing import DOCS

PAGE = (DOCS / "import.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"```(csv|yaml|console)\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
WRONG = "format: import-mapping/1-0-0\ntouchpoint:\n  type: {value: order}\n  order.totl: Total\n"


def blocks(kind: str) -> list[str]:
    """The page's blocks of this kind."""
    return [text for found, text in BLOCK.findall(PAGE) if found == kind]


def run(variables: dict[str, str], words: list[str]) -> Result:
    """A command of the page."""
    return CliRunner().invoke(klantreis, words, env={k: v for k, v in variables.items() if k.startswith("KLANTREIS_")})


def counted(chosen: Settings) -> int:
    """Touchpoints that came in with the page's key."""
    with Warehouse(chosen) as warehouse:
        return int(warehouse.command("SELECT count() FROM klantreis.touchpoints WHERE key = 'history-2024'"))


def test_the_example_does_what_the_page_says(
    shop: tuple[Settings, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Word for word, the ids and hashes too; and in ClickHouse stands what it says of them."""
    chosen, variables = shop
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("collector.cli.history.PATIENCE_S", 300.0)  # the loader has only just been started
    Path("orders.csv").write_text(blocks("csv")[0], encoding="utf-8")
    Path("orders.yaml").write_text(blocks("yaml")[0], encoding="utf-8")
    Path("wrong.yaml").write_text(WRONG, encoding="utf-8")
    assert run(variables, ["keys", "add", "history-2024", "--site", "shop", "--kind", "secret"]).exit_code == 0
    shown = blocks("console")
    assert len(shown) == 3
    for block in shown:
        command, _, expected = block.partition("\n")
        done = run(variables, command.removeprefix("$ klantreis ").split())
        told = done.stdout or f"klantreis: {done.exception}\n"
        assert told == expected
    with Warehouse(chosen) as warehouse:
        rows = warehouse.rows(
            "SELECT order_id, channel, toString(occurred_at) AS at, toString(order_total) AS total, "
            "problems != [] AS bad, properties['note'] AS note "
            "FROM klantreis.touchpoints WHERE key = 'history-2024' ORDER BY order_id"
        )
    assert [tuple(row.values()) for row in rows] == [
        ("1001", "web", "2023-12-31 22:30:00.000", "1249.5", False, ""),
        ("1003", "store", "2024-01-01 10:00:00.000", "7.95", False, "Gift,\nplease wrap"),
        ("1005", "web", "2024-01-02 08:15:00.000", None, True, ""),
    ]
    assert counted(chosen) == 3
    [mended] = [text for text in SHELL.findall(PAGE) if "DELETE" in text]
    for line, left in zip(mended.strip().splitlines(), (0, 3), strict=True):
        done = run(variables, shlex.split(line.removeprefix("klantreis ")))
        assert done.exit_code == 0, done.exception
        assert counted(chosen) == left


@pytest.mark.parametrize("name", sorted(path.name for path in (DOCS / "import").iterdir()))
def test_every_mapping_that_ships_is_on_the_page(name: str) -> None:
    """No example is an orphan."""
    assert f"import/{name}" in PAGE
