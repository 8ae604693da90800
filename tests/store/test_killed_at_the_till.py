"""kill -9 of tills at any moment, on a line that breaks: each receipt that was told is in ClickHouse once.

Ten seconds of what `make killed-tills` does at length.
"""

from __future__ import annotations

from pathlib import Path

from tests.installation import Installation
from tests.store.killed import killed_tills

SEED = 20_261_130
KILLS = 10


def test_killed_tills_lose_and_double_nothing(tmp_path: Path, collector: tuple[Installation, str]) -> None:
    """Two tills share an outbox and die again and again, in their first millisecond or in the middle of a sale."""
    outcome = killed_tills(tmp_path, *collector, seed=SEED, kills=KILLS)
    assert outcome.clean, outcome
    assert outcome.kills == KILLS
