"""The second half of the worked change of docs/rules.md: what it says is printed, and what becomes of history."""

from __future__ import annotations

import json
import re
import shutil
from datetime import datetime, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.cli import klantreis
from collector.phases.rulefile import load
from collector.settings import Settings
from collector.shipped import rules as shipped_rules
from collector.warehouse.client import Warehouse
from tests.reclassify.history import loader, shipped
from tests.reclassify.test_killed_halfway import environment
from tests.warehouse.rows import row

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text("utf-8")
SECTION = PAGE.split("\n## A worked change\n")[1].split("\n## ")[0]


def block(word: str, language: str) -> list[str]:
    """The lines of the one fenced block that holds this word, without their indentation."""
    found = re.findall(r"^ *```(\w*)\n(.*?)^ *```$", SECTION, re.DOTALL | re.MULTILINE)
    [content] = [content for written, content in found if written == language and word in content]
    indent = len(content) - len(content.lstrip())
    return [line[indent:] for line in content.splitlines()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The rules as they are after step 5."""
    folder = Path(shutil.copytree(shipped_rules(), tmp_path / "our_rules"))
    (folder / "signals" / "05_ours.yaml").write_text("\n".join(block("ours.planner", "yaml")), "utf-8")
    for model in (folder / "models").glob("*.yaml"):
        model.write_text(model.read_text("utf-8").replace("demonstrated]", "demonstrated, planner_used]"), "utf-8")
    return folder


def sent() -> dict[str, object]:
    """The touchpoint that the page lets somebody send."""
    body = "".join(block("curl ", "sh")).split("-d '")[1].rpartition("'")[0]
    [touchpoint] = json.loads(re.sub(r"'\$\(date .*?\)'", "2026-11-20T10:00:00Z", body))["touchpoints"]
    moment = datetime.fromisoformat(touchpoint.pop("occurred_at").replace("Z", "+00:00"))
    assert moment.tzinfo == timezone.utc
    return {**touchpoint, "occurred_at": round(moment.timestamp() * 1000)}


def test_history_follows_as_the_page_says(warehouse: Warehouse, clickhouse: Settings, folder: Path) -> None:
    """The page's touchpoint moves as it shows, and after `reclassify` it is stored just so."""
    touchpoint = sent()
    assert loader(warehouse, shipped()).store([row(**touchpoint)]) == []

    def said(*words: str) -> list[str]:
        runner = CliRunner(env=dict(environment(clickhouse, folder)))
        outcome = runner.invoke(klantreis, list(words), input="y\n", catch_exceptions=False)
        assert outcome.exit_code == 0, outcome.output
        return outcome.output.splitlines()

    shown = block("aida: interest", "")
    lines = said("rules", "diff", str(shipped_rules()), str(folder))
    assert set(shown) - {"…"} <= set(lines)
    assert [line.split(":")[0] for line in lines if "→" in line] == [
        "aida", "discover_to_talk", "sap_hybris", "see_think_do_care", "signal",
    ]  # fmt: skip
    said("settle", "--rules", str(shipped_rules()))
    lines = said("reclassify")
    assert set(shown) - {"…"} <= set(lines)
    assert [
        line
        for line in lines
        if f"by the rules {load(shipped_rules()).hash} that the collector was last started" in line
    ]
    said("settle")
    assert "last started with" not in "".join(said("reclassify"))
    last = said("rules", "explain", str(touchpoint["id"]))[-1]
    assert last.startswith("stored just so, by these rules")
    assert "`stored just so, by these rules`" in SECTION
