"""The SDK's own tests, in Node: what needs no browser."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cases.reading import counts

ROOT = Path(__file__).parents[2]


def test_units(script: Path) -> None:
    """The shared cases run against the core; the retry table, addresses and ids do what they say in every case."""
    done = subprocess.run(
        ["sdk/node", "npm", "--prefix", "sdk", "test"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for kind in ("web", "mobile"):
        assert f"there are {counts(kind).total()} cases for {kind}" in done.stdout
