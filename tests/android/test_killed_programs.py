"""kill -9 of Java programs at any moment, on a line that breaks: each receipt that was told is in ClickHouse once.

A few seconds of what `make killed-android` does at length.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.android.killed import killed_programs
from tests.installation import Installation

SEED = 20_261_130
KILLS = 6


@pytest.mark.usefixtures("java_programs")
def test_killed_programs_lose_and_double_nothing(tmp_path: Path, collector: tuple[Installation, str]) -> None:
    """An app and a till die again and again, in their first millisecond or in the middle of a request."""
    outcome = killed_programs(tmp_path, *collector, seed=SEED, kills=KILLS)
    assert outcome.clean, outcome
    assert outcome.kills == KILLS
