"""kill -9 of tills at any moment, on a line that breaks: each receipt that was told is in ClickHouse once.

Ten seconds of what `make killed-tills` does at length.
"""

from __future__ import annotations

from pathlib import Path

from collector.settings import Settings
from tests.store.killed import killed_tills

SEED = 20_261_130
KILLS = 16


def test_killed_tills_lose_and_double_nothing(tmp_path: Path, clickhouse: Settings) -> None:
    """Two tills share an outbox and die again and again, in their first millisecond or in the middle of a sale."""
    outcome = killed_tills(tmp_path, seed=SEED, kills=KILLS, clickhouse=clickhouse)
    assert outcome.clean, outcome
    assert outcome.kills == KILLS
