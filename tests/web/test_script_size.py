"""The built script keeps within its budget."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path

BUDGET = 2_600
"""Bytes of k.js after gzip -9."""


def test_budget(script: Path) -> None:
    """k.js is at most 2,600 bytes after gzip -9."""
    packed = io.BytesIO()
    with gzip.GzipFile("k.js", "wb", 9, packed) as file:  # with its name, as `gzip -9 k.js` makes it
        file.write(script.read_bytes())
    size = len(packed.getvalue())
    assert size <= BUDGET, f"k.js is {size} bytes"


def test_source_map(script: Path) -> None:
    """The map beside each script knows the sources. Its name comes as a header: as a comment it is 34 bytes more."""
    sources = json.loads(script.with_name("k.js.map").read_text(encoding="utf-8"))["sources"]
    assert any(source.endswith("delivery.ts") for source in sources)
