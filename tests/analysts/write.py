"""Writes anew what the queries on docs/analysts.md print: `python -m tests.analysts.write`. A test says when to.

The words beside the figures are written by people: read them again afterwards.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from collector.warehouse.client import Warehouse
from tests.analysts import month, page
from tests.conftest import embedded_clickhouse


def main() -> None:
    """Make the month in a warehouse of its own and ask everything."""
    with tempfile.TemporaryDirectory() as folder, embedded_clickhouse(Path(folder)) as settings:
        month.fill(settings)
        with Warehouse(settings) as warehouse:
            page.FILE.write_text(page.rewritten(page.FILE.read_text("utf-8"), warehouse), "utf-8")


if __name__ == "__main__":
    main()
