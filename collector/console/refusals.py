"""Requests that never became touchpoints, by the reason for which they were refused: receivers only count them."""

from __future__ import annotations

import threading
import time

from collector import metrics
from collector.errors import Reason
from collector.settings import Settings

COUNTED_EVERY_S = 1.0
"""Receivers hand their counts over once a second; reading them takes some milliseconds."""


class Refusals:
    """What the receivers have counted; read once a second, however many ask."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._read = 0.0
        self._counts: dict[str, int] = {}

    def counts(self) -> dict[str, int]:
        """Requests with touchpoints by answer: `accepted`, or the reason of refusal. Empty where nobody receives."""
        with self._lock:
            if time.monotonic() - self._read > COUNTED_EVERY_S:
                self._read = time.monotonic()
                self._counts = {answer: round(count) for answer, count in metrics.answered(self._settings).items()}
            return self._counts

    def remedies(self) -> dict[str, str]:
        """What to do about each reason that was counted."""
        return {reason.word: reason.remedy for reason in Reason if self._counts.get(reason.word)}
