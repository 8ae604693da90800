"""A loader that runs takes up rules that were changed, and keeps the ones it has when they are broken."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector import taken_up
from collector.errors import WarehouseAway, WarehouseRefused
from collector.phases.compile import Compiled
from collector.phases.rulefile import load
from collector.taken_up import RulesInUse
from tests.installation import Installation, running, touchpoint
from tests.reclassify import history


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Rules that may be changed."""
    folder = history.changed_rules(tmp_path / "rules")
    (folder / "signals" / "05_made.yaml").unlink()
    return folder


@pytest.fixture
def installation(tmp_path: Path, folder: Path) -> Iterator[Installation]:
    """A whole one that has these rules."""
    with running(tmp_path, rules=str(folder)) as started:
        yield started


def command(installation: Installation, *words: str) -> str:
    """What a command says, on either stream."""
    done = subprocess.run(
        [sys.executable, "-m", "collector", *words],
        env=installation.environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.stdout + done.stderr


def in_use(installation: Installation) -> str:
    """The rules that the metrics name."""
    text = installation.get("/metrics", installation.console_url)[1].decode()
    return " ".join(re.findall(r'klantreis_rules_info\{rule_set="([0-9a-f]+)"\} 1', text))


def refused(installation: Installation) -> float:
    """Mistakes that the metrics count."""
    text = installation.get("/metrics", installation.console_url)[1].decode()
    found = re.search(r"^klantreis_rules_refused ([0-9.]+)$", text, re.MULTILINE)
    return float(found[1]) if found else -1.0


def test_from_changed_to_history(installation: Installation, folder: Path) -> None:
    """Broken rules are refused and said, right ones used within seconds, and reclassify gives them to history."""
    first = load(folder).hash
    page = {"url": "https://shop.example/a", "language": "nl"}

    def sent() -> str:
        one = touchpoint(channel="web", page=page)
        assert installation.send([one])[0] == 202
        asked = "SELECT rule_set FROM klantreis.touchpoints WHERE id = {id:UUID}"
        rows = installation.until(lambda: installation.ask(asked, {"id": one["id"]}), "it is loaded")
        return str(rows[0]["rule_set"])

    assert sent() == first
    new = folder / "signals" / "05_made.yaml"
    new.write_text(history.SIGNAL.replace("signal: ad_seen", "signal: no_such_signal"), "utf-8")
    installation.until(lambda: refused(installation) > 0, "the broken rules are refused")
    assert in_use(installation) == first and sent() == first
    assert f"Until then the loader keeps {first}" in command(installation, "doctor")
    assert "the ones before stay in use" in installation.log.read_text("utf-8")
    new.write_text(history.SIGNAL, "utf-8")
    changed = load(folder).hash
    installation.until(lambda: in_use(installation) == changed, "the right ones are in use")
    assert refused(installation) == 0 and sent() == changed
    said = command(installation, "doctor")
    assert "2 of 3 stored touchpoints were classified with older rules" in said and "klantreis reclassify" in said
    assert "re-classified" in command(installation, "reclassify", "--yes")
    assert "history: classified with the present rules" in command(installation, "doctor")
    rows = installation.ask("SELECT signal, rule_set, count() AS n FROM klantreis.touchpoints GROUP BY ALL")
    assert rows == [{"signal": "ad_seen", "rule_set": changed, "n": 3}]


def test_looks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder is believed when it stood still for two looks; one that ClickHouse refuses is refused once."""
    monkeypatch.setattr(taken_up, "LOOK_EVERY_S", 0.0)
    rules = RulesInUse(folder)
    first = rules.first()
    assert first is not None
    tried: list[str] = []

    def takes(compiled: Compiled) -> None:
        tried.append(compiled.hash)

    def never(compiled: Compiled) -> None:
        takes(compiled)
        raise WarehouseRefused("no", 427)

    def away(compiled: Compiled) -> None:
        takes(compiled)
        raise WarehouseAway("nobody there")

    model = folder / "models" / "made.yaml"
    text = model.read_text("utf-8")
    os.utime(model)
    assert [rules.changed(takes) for _ in range(3)] == [None] * 3 and tried == [], "touched is not changed"
    model.write_text(text.replace("type: page_view\n    examples", "type: [page_view, share]\n    examples"), "utf-8")
    assert rules.changed(takes) is None and tried == [], "it may still be written"
    assert rules.changed(away) is None and rules.changed(away) is None and len(tried) == 2, "asked again"
    changed = rules.changed(takes)
    assert changed is not None and changed.hash == load(folder).hash != first.hash
    assert rules.changed(takes) is None
    model.write_text(text, "utf-8")
    assert [rules.changed(never) for _ in range(4)] == [None] * 4 and len(tried) == 4, "refused once and for all"
    model.unlink()
    assert [rules.changed(takes) for _ in range(2)][1] is not None, "a file that is gone is a change"
