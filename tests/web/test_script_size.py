"""Each script keeps within its budget, and what a feature costs is known."""

from __future__ import annotations

import gzip
import io
import json
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BUDGETS = {"k.js": 2_600, "k.full.js": 5_000}
"""Bytes after gzip -9."""
TRACK_BUDGET = 2_200
"""Bytes of what a bundler leaves of the module where a page imports `track` alone."""


def packed(content: bytes, name: str) -> int:
    """Bytes as `gzip -9` makes of a file with that name."""
    into = io.BytesIO()
    with gzip.GzipFile(name, "wb", 9, into) as file:
        file.write(content)
    return len(into.getvalue())


@pytest.mark.parametrize("name", BUDGETS)
def test_budget(script: Path, name: str) -> None:
    """k.js and k.full.js are at most as large as their page of docs says."""
    size = packed(script.with_name(name).read_bytes(), name)
    assert size <= BUDGETS[name], f"{name} is {size} bytes"


def test_what_is_not_imported_is_not_there(script: Path) -> None:
    """The module shakes down to `track`; every feature is paid by who names it, and by nobody else."""
    done = subprocess.run(
        ["sdk/node", "node", "sdk/web/sizes.mjs"], cwd=ROOT, capture_output=True, text=True, timeout=120, check=True
    )
    sizes: dict[str, int] = json.loads(done.stdout)
    print(done.stdout)
    assert sizes["track"] <= TRACK_BUDGET
    least = sizes["start, track"]
    costs = {name: size - least for name, size in sizes.items() if name not in ("track", "start, track")}
    assert min(costs.values()) > 0
    assert max(costs.values()) < 700


@pytest.mark.parametrize("name", BUDGETS)
def test_source_map(script: Path, name: str) -> None:
    """The map beside each script knows the sources. Its name comes as a header: as a comment it is 34 bytes more."""
    sources = json.loads(script.with_name(f"{name}.map").read_text(encoding="utf-8"))["sources"]
    assert any(source.endswith("delivery.ts") for source in sources)
