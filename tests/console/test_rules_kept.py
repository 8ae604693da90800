"""The live page reads the rules once, and anew when somebody changes them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from collector.console.because import Because
from collector.errors import RuleErrors
from collector.settings import Settings
from collector.shipped import rules


def test_a_changed_rule_is_seen_and_an_unchanged_one_is_not_read_again(tmp_path: Path) -> None:
    """Also while the change is a mistake, and when that is mended."""
    folder = shutil.copytree(rules(), tmp_path / "rules")
    because = Because(Settings(rules=folder, data=tmp_path))
    before = because._rules()
    assert because._rules() is before
    model = next((folder / "models").glob("*.yaml"))
    text = model.read_text(encoding="utf-8")
    model.write_text(text.replace("phases:", "fases:", 1), encoding="utf-8")
    with pytest.raises(RuleErrors, match="fases"):
        because._rules()
    model.write_text(text.replace("title:", "title :", 1), encoding="utf-8")
    assert because._rules() is not before
