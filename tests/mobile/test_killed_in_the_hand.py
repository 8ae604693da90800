"""kill -9 of apps at any moment, on a line that breaks: each order that was kept is in ClickHouse once.

Ten seconds of what `make killed-apps` does at length.
"""

from __future__ import annotations

from pathlib import Path

from tests.installation import Installation
from tests.mobile.killed import killed_apps

SEED = 20_261_130
KILLS = 6


def test_killed_apps_lose_and_double_nothing(tmp_path: Path, collector: Installation) -> None:
    """An app dies again and again, in its first millisecond or in the middle of an order, and stays one visitor."""
    outcome = killed_apps(tmp_path, collector, seed=SEED, kills=KILLS)
    assert outcome.clean, outcome
    assert outcome.kills == KILLS
