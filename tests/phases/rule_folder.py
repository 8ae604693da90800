"""Writes small rule folders for tests: a few signal rules, and a model that puts every signal in a phase."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

MODEL = """format: phase-rules/1-0-0
model: house
default: true
title: {{en: House}}
source: Made for a test.
phases:
  - {{id: one, title: {{en: One}}, part: buyer}}
  - {{id: two, title: {{en: Two}}, part: buyer}}
  - {{id: three, title: {{en: Three}}, part: customer}}
rules:
{rules}
"""


def write(
    folder: Path,
    rules: Sequence[Mapping[str, Any]],
    model_rules: Sequence[Mapping[str, Any]] | None = None,
    lists: Mapping[str, Sequence[str]] | None = None,
) -> Path:
    """A folder with these rules. JSON is YAML, so rules may be given as plain dicts."""
    for room in ("signals", "models", "lists"):
        (folder / room).mkdir(parents=True, exist_ok=True)
    signals = sorted({str(rule["signal"]) for rule in rules})
    document = {
        "format": "phase-rules/1-0-0",
        "types": ["own_type"],
        "signals": [{"id": one, "title": {"en": one}, "description": one} for one in signals],
        "rules": [{"description": "made", **rule} for rule in rules],
    }
    (folder / "signals" / "10_made.yaml").write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")
    shown = model_rules or [
        {"id": "two.own", "phase": "two", "signal": signals, "type": "own_type"},
        {"id": "three.store", "phase": "three", "signal": signals, "channel": "store"},
        {"id": "one.rest", "phase": "one", "signal": signals},
    ]
    lines = [json.dumps({"description": "made", **rule}, ensure_ascii=False) for rule in shown]
    (folder / "models" / "house.yaml").write_text(MODEL.format(rules="\n".join(f"  - {one}" for one in lines)), "utf-8")
    for name, values in (lists or {}).items():
        (folder / "lists" / f"{name}.txt").write_text("\n".join(values), "utf-8")
    return folder
